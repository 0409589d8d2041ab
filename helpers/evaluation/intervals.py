"""Intervals from resampling patients: the percentile bootstrap, of one model's score and of a difference of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import numpy as np

from helpers.datasets.contract import Split
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_draws, check_labels, check_number, check_scores
from helpers.evaluation.proportions import newcombe, wilson
from helpers.evaluation.scores import Metric, accuracy, auc

VALUES_AT_ONCE = 1_000_000  # weights held in memory at a time: 8 MB


def bootstrap(
    metric: Metric, rows: Split, probabilities: np.ndarray, *, draws: int = 1000, level: float = 0.95, seed: int = 1
) -> Interval:
    """The metric with a percentile interval from resampling patients, each with all of their images.

    Patients are drawn with replacement, as many as there are; the metric is computed on all images of the drawn
    patients; the interval runs between the (1 - level) / 2 quantiles on both sides (Efron & Tibshirani, 1993).
    Draws that lack a class altogether are drawn again. probabilities: shape (n, classes), one row per row of rows.
    metric: takes `weights`, as those of helpers.evaluation.scores do, and is computed on many draws at once; of any
    other metric see `bootstrap_statistic`. A score of exactly 0 or 1 is so on every draw, which tells nothing: then the
    interval is Wilson's, of an AUC Newcombe's, with patients as the count. Raises ValueError for NaN and where
    probabilities and rows do not fit, TypeError for a metric without weights.

    Taught in notebooks/04_evaluation.ipynb, section 3.3.
    """
    labels, probabilities = check_scores(rows.labels, probabilities)
    values = over_draws(rows, lambda w: metric(labels, probabilities, w), draws=draws, seed=seed)
    found = _percentiles(metric(labels, probabilities), values, level)
    return _at_the_edge(metric, rows, found, level) if found.estimate in (0, 1) else found


def _at_the_edge(metric: Metric, rows: Split, found: Interval, level: float) -> Interval:
    """The interval of a score of exactly 0 or 1; the one given where nothing is known of what the metric counts."""
    if metric is auc:
        everybody = len(np.unique(rows.patients))
        of_class = [len(np.unique(rows.patients[rows.labels == k])) for k in np.unique(rows.labels)]
        return newcombe(found.estimate, min(of_class), max(everybody - min(of_class), 1), level=level)
    among = (lambda labels: np.ones(len(labels), bool)) if metric is accuracy else getattr(metric, "among", None)
    if among is None:
        return found
    counted = len(np.unique(rows.patients[among(rows.labels)]))
    return wilson(round(found.estimate * counted), counted, level=level)


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
    labels, probabilities = check_scores(rows.labels, probabilities)
    others = check_scores(labels, others)[1]

    def difference(*weights: np.ndarray) -> float | np.ndarray:
        return metric(labels, probabilities, *weights) - metric(labels, others, *weights)

    return _percentiles(difference(), over_draws(rows, difference, draws=draws, seed=seed), level)


def over_draws(
    rows: Split, score: Callable[[np.ndarray], np.ndarray], *, draws: int = 1000, seed: int = 1
) -> np.ndarray:
    """The values of a score over resampled patients, shape (draws,).

    rows: with labels and patients, both (n,). score: takes weights of shape (some draws, n), how often each row was
    drawn, and returns one value per draw. Draws that lack a class which the rows have are drawn again.

    Taught in notebooks/04_evaluation.ipynb, section 7.2.
    """
    check_draws(draws)
    labels, (people, group) = check_labels(rows.labels), np.unique(rows.patients, return_inverse=True)
    if labels.shape != group.shape:
        raise ValueError(f"patients: expected one for each of {len(labels)} labels, found shape {group.shape}")
    drawn = islice(_draws(len(people), np.random.default_rng(seed), _holds_every_class(labels, group)), draws)
    values, at_once = [], max(1, VALUES_AT_ONCE // len(group))
    while some := list(islice(drawn, at_once)):
        times = np.array([np.bincount(one, minlength=len(people)) for one in some], dtype=np.float64)
        values.append(score(times[:, group]))
    return np.concatenate(values)


def bootstrap_statistic(
    statistic: Callable[[np.ndarray], float],
    groups: np.ndarray,
    *,
    accept: Callable[[np.ndarray], bool] = lambda index: True,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 1,
) -> Interval:
    """Any statistic of rows with a percentile interval from resampling groups of rows, as `bootstrap` describes it.

    statistic: takes the numbers of the drawn rows, some of them repeated; it is called once per draw. groups: shape
    (n,), which group (a patient, a person) each row belongs to. accept: takes the same, and a draw for which it says
    no is drawn again. The draws are those of `bootstrap`.
    """
    check_draws(draws)
    _, group = np.unique(groups, return_inverse=True)
    if group.ndim != 1 or not len(group):
        raise ValueError(f"groups: expected shape (n,) with at least one row, found {np.shape(groups)}")
    rows_by_group = _rows_by_group(group)
    every = (_rows_of(drawn, rows_by_group) for drawn in _draws(len(rows_by_group), np.random.default_rng(seed)))
    values = [statistic(index) for index in islice(filter(accept, every), draws)]
    return _percentiles(statistic(np.arange(len(group))), values, level)


def _draws(
    groups: int, rng: np.random.Generator, accept: Callable[[np.ndarray], bool] = lambda drawn: True
) -> Iterator[np.ndarray]:
    """Endless draws of as many groups as there are, with replacement: their numbers, shape (groups,), each accepted."""
    while True:
        drawn = rng.integers(groups, size=groups)
        if accept(drawn):
            yield drawn


def _holds_every_class(labels: np.ndarray, group: np.ndarray) -> Callable[[np.ndarray], bool]:
    """Whether drawn groups hold every class of the labels; group: (n,), the number of each row's group."""
    classes, label = np.unique(labels, return_inverse=True)
    holds = np.zeros((len(classes), group.max() + 1), bool)
    holds[label, group] = True
    return lambda drawn: all(of_class[drawn].any() for of_class in holds)


def _rows_by_group(group: np.ndarray) -> list[np.ndarray]:
    """The numbers of the rows of each group; group: (n,), the number of each row's group."""
    return np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])


def _rows_of(drawn: np.ndarray, rows_by_group: list[np.ndarray]) -> np.ndarray:
    """The numbers of the rows of drawn groups, in the order of the draw."""
    return np.concatenate([rows_by_group[one] for one in drawn])


def _percentiles(estimate: float, values: np.ndarray | list[float], level: float) -> Interval:
    check_number(level, "level", low=0, high=1)
    method = "linear" if np.isfinite(values).all() else "nearest"  # between a number and infinity lies nothing
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], method=method)
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
    check_draws(draws)
    everybody = check_labels(rows.labels)
    for probabilities in (without, *remedies.values()):
        if np.ndim(probabilities) != 3 or np.shape(probabilities)[:2] != (len(without), len(everybody)):
            wanted = f"({len(without)}, {len(everybody)}, classes)"
            raise ValueError(f"probabilities: expected shape {wanted}, found {np.shape(probabilities)}")
    rng = np.random.default_rng(seed)
    _, person = np.unique(rows.patients, return_inverse=True)
    rows_by_person = _rows_by_group(person)

    def gains(index: np.ndarray, fits: np.ndarray) -> list[float]:
        labels = everybody[index]
        which, weights = np.unique(fits, return_counts=True)
        means = [
            np.average([metric(labels, probabilities[k][index]) for k in which], weights=weights)
            for probabilities in (without, *remedies.values())
        ]
        return [mean - means[0] for mean in means[1:]]

    values = [  # the fits of a draw are drawn after its patients
        gains(_rows_of(drawn, rows_by_person), rng.integers(len(without), size=len(without)))
        for drawn in islice(_draws(len(rows_by_person), rng, _holds_every_class(everybody, person)), draws)
    ]
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    found = gains(np.arange(len(rows)), np.arange(len(without)))
    return {name: Interval(*ends) for name, *ends in zip(remedies, found, low, high, strict=True)}
