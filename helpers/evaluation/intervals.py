"""Intervals from resampling patients: the percentile bootstrap, of one model's score and of a difference of two."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from helpers.datasets.contract import Split
from helpers.evaluation.inputs import check_scores
from helpers.evaluation.scores import Metric

VALUES_AT_ONCE = 1_000_000  # weights held in memory at a time: 8 MB


@dataclass(frozen=True)
class Interval:
    """An estimate with the lower and upper end of its interval; digits: how many stand behind the point.

    >>> str(Interval(0.912, 0.8901, 0.9333)), str(Interval(18.12, 16.9, 19.44, digits=1))
    ('.912 (.890 to .933)', '18.1 (16.9 to 19.4)')
    """

    estimate: float
    low: float
    high: float
    digits: int = 3

    def __str__(self) -> str:
        shown = [f"{value:.{self.digits}f}" for value in (self.estimate, self.low, self.high)]
        shown = [text.removeprefix("0") if not text.startswith("-0.") else "-" + text[2:] for text in shown]
        return f"{shown[0]} ({shown[1]} to {shown[2]})"


def bootstrap(
    metric: Metric, rows: Split, probabilities: np.ndarray, *, draws: int = 1000, level: float = 0.95, seed: int = 1
) -> Interval:
    """The metric with a percentile interval from resampling patients, each with all of their images.

    Patients are drawn with replacement, as many as there are; the metric is computed on all images of the drawn
    patients; the interval runs between the (1 - level) / 2 quantiles on both sides (Efron & Tibshirani, 1993).
    Draws that lack a class altogether are drawn again. probabilities: shape (n, classes), one row per row of rows.
    A metric that takes `weights`, as those of helpers.evaluation.scores do, is computed on many draws at once; any
    other is called once per draw, with the labels and probabilities of the drawn rows. The draws are the same.
    Raises ValueError for NaN and where probabilities and rows do not fit.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    check_scores(rows.labels, probabilities)
    if takes_weights(metric):
        values = over_draws(rows, lambda w: metric(rows.labels, probabilities, w), draws=draws, seed=seed)
        return _percentiles(metric(rows.labels, probabilities), values, level)
    present = len(np.unique(rows.labels))
    return bootstrap_groups(
        lambda index: metric(rows.labels[index], probabilities[index]),
        rows.patients,
        accept=lambda index: len(np.unique(rows.labels[index])) == present,
        draws=draws,
        level=level,
        seed=seed,
    )


def bootstrap_difference(
    metric: Metric,
    rows: Split,
    probabilities: np.ndarray,
    others: np.ndarray,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 1,
) -> Interval:
    """The metric of one model minus that of another, on the same resampled patients: a paired comparison.

    metric: takes `weights`, as those of helpers.evaluation.scores do. probabilities and others: (n, classes), what the
    one and the other model say of the same rows. The draws are those of `bootstrap`.
    Raises ValueError for NaN and where the shapes do not fit.

    Taught in notebooks/04_evaluation.ipynb, section 3.3.
    """
    check_scores(rows.labels, probabilities)
    check_scores(rows.labels, others)

    def difference(*weights: np.ndarray) -> float | np.ndarray:
        return metric(rows.labels, probabilities, *weights) - metric(rows.labels, others, *weights)

    return _percentiles(difference(), over_draws(rows, difference, draws=draws, seed=seed), level)


def over_draws(
    rows: Split, score: Callable[[np.ndarray], np.ndarray], *, draws: int = 1000, seed: int = 1
) -> np.ndarray:
    """The values of a score over resampled patients, shape (draws,).

    rows: with labels and patients, both (n,). score: takes weights of shape (some draws, n), how often each row was
    drawn, and returns one value per draw. Draws that lack a class which the rows have are drawn again.
    """
    rng = np.random.default_rng(seed)
    people, group = np.unique(rows.patients, return_inverse=True)
    classes = np.unique(rows.labels)
    holds = np.zeros((len(people), len(classes)))  # rows of each class that a patient has
    np.add.at(holds, (group, np.searchsorted(classes, rows.labels)), 1)
    values, waiting = [], []
    at_once = max(1, VALUES_AT_ONCE // len(group))
    for found in range(1, draws + 1):
        while True:
            times = np.bincount(rng.integers(len(people), size=len(people)), minlength=len(people))
            if (times @ holds > 0).all():
                break
        waiting.append(times)
        if len(waiting) == at_once or found == draws:
            values.append(score(np.array(waiting, dtype=np.float64)[:, group]))
            waiting = []
    return np.concatenate(values)


def takes_weights(metric: Metric) -> bool:
    """Whether a metric can be computed on many draws at once."""
    return "weights" in inspect.signature(metric).parameters


def bootstrap_groups(
    metric: Callable[[np.ndarray], float],
    groups: np.ndarray,
    *,
    accept: Callable[[np.ndarray], bool] = lambda index: True,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 1,
) -> Interval:
    """A metric of rows with a percentile interval from resampling groups of rows, as `bootstrap` describes it.

    metric: takes the indices of rows, some of them repeated. groups: shape (n,), which group (a patient, a person)
    each row belongs to. accept: a draw for which it says no is drawn again.
    """
    rng = np.random.default_rng(seed)
    _, group = np.unique(groups, return_inverse=True)
    order = np.argsort(group, kind="stable")
    per_group = np.split(order, np.cumsum(np.bincount(group))[:-1])
    values: list[float] = []
    while len(values) < draws:
        drawn = rng.integers(len(per_group), size=len(per_group))
        index = np.concatenate([per_group[one] for one in drawn])
        if accept(index):
            values.append(metric(index))
    return _percentiles(metric(np.arange(len(group))), values, level)


def _percentiles(estimate: float, values: np.ndarray | list[float], level: float) -> Interval:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, float(low), float(high))


def paired_gains(
    metric: Metric,
    rows: Split,
    without: np.ndarray,
    remedies: Mapping[str, np.ndarray],
    *,
    draws: int,
    seed: int,
) -> dict[str, Interval]:
    """For each remedy the mean over the fits of the metric with it minus without, its 95 % interval over patients and
    fits.

    without, and each of remedies: probabilities (fits, n, classes), the k-th of all trained on the same patients. Each
    draw takes patients with replacement and fits with replacement, the same for all; draws that lack a class are drawn
    again. Taught in notebooks/05_overfitting.ipynb, section 3.9.
    """
    rng = np.random.default_rng(seed)
    people, person = np.unique(rows.patients, return_inverse=True)
    rows_of = np.split(np.argsort(person, kind="stable"), np.cumsum(np.bincount(person))[:-1])
    present = len(np.unique(rows.labels))

    def gains(index: np.ndarray, fits: np.ndarray) -> list[float]:
        labels = rows.labels[index]
        which, weights = np.unique(fits, return_counts=True)
        means = [
            np.average([metric(labels, said[k][index]) for k in which], weights=weights)
            for said in (without, *remedies.values())
        ]
        return [mean - means[0] for mean in means[1:]]

    values = []
    while len(values) < draws:
        index = np.concatenate([rows_of[k] for k in rng.integers(len(people), size=len(people))])
        if len(np.unique(rows.labels[index])) == present:
            values.append(gains(index, rng.integers(len(without), size=len(without))))
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    found = gains(np.arange(len(rows)), np.arange(len(without)))
    return {name: Interval(*ends) for name, *ends in zip(remedies, found, low, high, strict=True)}
