"""Experiments on overfitting: draw patients, train with a remedy, keep what it says of everybody, and compare.

Every fit is made once and remembered. Taught in notebooks/05_overfitting.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, KFold
from threadpoolctl import threadpool_limits

from helpers import evaluation
from helpers.datasets.contract import ImageDataset, Split
from helpers.repeated_fits import Bench, build_dense_network

SIDE = 14  # pixels: images are averaged down to at most so many a side
SETS = ("train", "validation", "test")


def shrink(rows: Split, side: int = SIDE) -> Split:
    """The rows with their images averaged over blocks of pixels until no side is longer than `side`; masks left out.

    Rows and columns that fill no whole block are cut off. Images stay uint8 of shape (n, height, width, channels).
    """
    height, width = rows.images.shape[1:3]
    block = math.ceil(max(height, width) / side)
    high, wide = height // block, width // block
    cut = rows.images[:, : high * block, : wide * block].reshape(len(rows), high, block, wide, block, -1)
    return Split(cut.mean((2, 4)).round().astype(np.uint8), rows.labels, rows.patients)


def draw_patients(rows: Split, patients: int, *, seed: int) -> Split:
    """The rows of so many patients, drawn at random with the seed; all rows where there are not more patients.

    Draws the same patients as helpers.datasets.limit_training.
    """
    people = np.unique(rows.patients)
    if len(people) <= patients:
        return rows
    kept = np.random.default_rng(seed).choice(people, size=patients, replace=False)
    return rows.rows(np.isin(rows.patients, kept))


def auc_or_nothing(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The AUC of helpers.evaluation, or NaN where a class has no row in so small a sample."""
    if len(np.unique(labels)) < probabilities.shape[1]:
        return math.nan
    return evaluation.auc(labels, probabilities)


def row_losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Cross-entropy of each row in nats: labels (n,), probabilities (..., n, classes) give (..., n)."""
    given = np.take_along_axis(probabilities, np.broadcast_to(labels, probabilities.shape[:-1])[..., np.newaxis], -1)
    return -np.log(np.maximum(given[..., 0], 1e-7))


def mean_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean cross-entropy in nats: labels (n,), probabilities (n, classes)."""
    return float(row_losses(labels, probabilities).mean())


def minus_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """`mean_loss` turned round, so that more is better."""
    return -mean_loss(labels, probabilities)


METRICS = {"loss": mean_loss, "accuracy": evaluation.accuracy, "auc": auc_or_nothing}


@dataclass(frozen=True, eq=False)
class Outcome:
    """One fit, judged, with what is worth its memory.

    curve: a row per look (epoch, then SET_METRIC for sets and metrics). rows: who was trained on and looked at.
    said: set -> probabilities (looks, n, classes), validation and test only. steps: of the optimiser. weights: how
    many, biases left out; weight_norm: root of the sum of their squares; small_weights: share within ± 0.001.
    """

    curve: pd.DataFrame
    rows: Mapping[str, Split]
    said: Mapping[str, np.ndarray]
    steps: int
    weights: int
    weight_norm: float
    small_weights: float

    @property
    def last(self) -> pd.Series:
        """The scores at the end."""
        return self.curve.iloc[-1]

    @property
    def best(self) -> int:
        """The look at which the loss on validation was lowest: where early stopping stops."""
        return int(self.curve["validation_loss"].to_numpy().argmin())

    def says(self, name: str, look: int = -1) -> np.ndarray:
        """Probabilities (n, classes) of a set ("validation", "test") at a look, the end if none is given."""
        return self.said[name][look]


class Study:
    """Fits on one data set, each made once: `study.fit(seed=1, patients=100, l2=0.01)` gives an Outcome.

    data: its images are shrunk to 14 pixels a side. patients, validation_patients, epochs, widths: of every fit that
    does not say otherwise. The seed of a fit draws its training and validation patients, its weights and all else;
    the test split is the same for all.
    """

    def __init__(
        self,
        data: ImageDataset,
        *,
        patients: int,
        validation_patients: int,
        epochs: int,
        widths: tuple[int, ...] = (128, 128),
    ):
        self.splits = {name: shrink(rows) for name, rows in data.splits()}
        self.classes = len(data.class_names)
        self.defaults = {"patients": patients, "widths": widths, "batch_norm": False, "shuffled": False}
        self.validation_patients, self.epochs = validation_patients, epochs
        self._outcomes: dict[tuple, Outcome] = {}
        self._benches: dict[tuple, Bench] = {}

    @property
    def pool(self) -> int:
        """How many patients there are to draw from."""
        return len(np.unique(self.splits["train"].patients))

    def draw(self, seed: int, patients: int | None = None) -> dict[str, Split]:
        """The rows of a fit: train, validation, test."""
        count = self.defaults["patients"] if patients is None else patients
        return {
            "train": draw_patients(self.splits["train"], count, seed=seed),
            "validation": draw_patients(self.splits["validation"], self.validation_patients, seed=seed),
            "test": self.splits["test"],
        }

    def bench(self, widths: tuple[int, ...] | None = None, batch_norm: bool = False) -> Bench:
        """The bench for a shape of network, built at its first use."""
        widths = self.defaults["widths"] if widths is None else widths
        if (widths, batch_norm) not in self._benches:
            shape = self.splits["train"].images.shape[1:]
            self._benches[widths, batch_norm] = Bench(build_dense_network(shape, self.classes, widths, batch_norm))
        return self._benches[widths, batch_norm]

    def fit(self, *, seed: int, **settings) -> Outcome:
        """The outcome with these settings: patients, widths, batch_norm, shuffled (labels of the training rows dealt
        out anew), and the strengths of Bench.fit."""
        settings = {name: value for name, value in settings.items() if value or name in self.defaults}
        settings = self.defaults | settings
        key = (seed, *sorted(settings.items()))
        if key not in self._outcomes:
            self._outcomes[key] = self._fit(seed, **settings)
        return self._outcomes[key]

    def _fit(self, seed: int, *, patients: int, widths: tuple[int, ...], batch_norm: bool, shuffled: bool, **strengths):
        rows = self.draw(seed, patients)
        if shuffled:
            labels = np.random.default_rng(seed).permutation(rows["train"].labels)
            rows["train"] = Split(rows["train"].images, labels, rows["train"].patients)
        return self.judge(rows, self.bench(widths, batch_norm), seed=seed, **strengths)

    def judge(self, rows: Mapping[str, Split], bench: Bench | None = None, *, seed: int, **strengths) -> Outcome:
        """The outcome of training on rows["train"] and looking at the rest; not remembered."""
        others = [rows[name] for name in SETS[1:]]
        fitted = (bench or self.bench()).fit(rows["train"], others, seed=seed, epochs=self.epochs, **strengths)
        curve = {"epoch": fitted.epochs}
        for name, probabilities in zip(SETS, fitted.probabilities, strict=True):
            for metric, score in METRICS.items():
                curve[f"{name}_{metric}"] = [score(rows[name].labels, at_look) for at_look in probabilities]
        weights = np.concatenate([kernel.ravel() for kernel in fitted.kernels])
        return Outcome(
            pd.DataFrame(curve),
            dict(rows),
            said=dict(zip(SETS[1:], fitted.probabilities[1:], strict=True)),
            steps=fitted.steps,
            weights=weights.size,
            weight_norm=float(np.linalg.norm(weights)),
            small_weights=float((np.abs(weights) < 1e-3).mean()),
        )

    def scores(self, column: str, seeds: Sequence[int], **settings) -> np.ndarray:
        """One score at the end, such as "test_auc", of the fits with these seeds: shape (seeds,)."""
        return np.array([self.fit(seed=seed, **settings).last[column] for seed in seeds])

    def panels(
        self, seeds: Sequence[int], settings: Sequence[Mapping], sets: Sequence[str] = SETS
    ) -> dict[str, dict[str, np.ndarray]]:
        """Loss and AUC at the end for each of some settings: score -> set -> shape (settings, seeds)."""
        return {
            title: {
                part: np.array([self.scores(f"{part}_{metric}", seeds, **setting) for setting in settings])
                for part in sets
            }
            for title, metric in (("loss (nats)", "loss"), ("AUC", "auc"))
        }

    def path(self, penalty: str, strengths: Sequence[float], seeds: Sequence[int]) -> pd.DataFrame:
        """What a penalty does at rising strength, one row each: mean losses, norm of the weights, share near zero."""
        rows = []
        for strength in strengths:
            fits = [self.fit(seed=one, **{penalty: strength}) for one in seeds]
            rows.append(
                {"penalty": penalty.upper(), "strength": strength}
                | {f"{part} loss": np.mean([one.last[f"{part}_loss"] for one in fits]) for part in SETS}
                | {"norm of weights": np.mean([one.weight_norm for one in fits])}
                | {"within ± 0.001": np.mean([one.small_weights for one in fits])}
            )
        return pd.DataFrame(rows).set_index(["penalty", "strength"])

    def grid(self, column: str, seeds: Sequence[int], l2: Sequence[float], dropout: Sequence[float]) -> np.ndarray:
        """One score of every combination: shape (l2, dropout, seeds)."""
        return np.array([[self.scores(column, seeds, l2=a, dropout=b) for b in dropout] for a in l2])


def paired_gains(
    metric: Callable[[np.ndarray, np.ndarray], float],
    rows: Split,
    without: np.ndarray,
    remedies: Mapping[str, np.ndarray],
    *,
    draws: int,
    seed: int,
) -> dict[str, evaluation.Interval]:
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
    return {name: evaluation.Interval(*ends) for name, *ends in zip(remedies, found, low, high, strict=True)}


def best_epoch_optimism(outcome: Outcome, patients: int, *, repeats: int, seed: int) -> float:
    """How much the AUC of the best look flatters when so few validation patients choose it: the mean of several draws.

    For each draw of validation patients: their AUC at the look that is best on them minus the test AUC at that look;
    less the same difference averaged over all looks, which is not owed to choosing. NaN where no draw has every class.
    Taught in notebooks/05_overfitting.ipynb, section 3.4.
    """
    rows, fresh = outcome.rows["validation"], outcome.curve["test_auc"].to_numpy()
    found = []
    for repeat in range(repeats):
        index = np.isin(rows.patients, draw_patients(rows, patients, seed=1000 * seed + repeat).patients)
        chosen = np.array([auc_or_nothing(rows.labels[index], p[index]) for p in outcome.said["validation"]])
        if not np.isnan(chosen).any():
            best = chosen.argmax()
            found.append(chosen[best] - fresh[best] - (chosen - fresh).mean())
    return float(np.mean(found)) if found else math.nan


def bias_and_variance(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance of probabilities (fits, n, classes) around the truth, labels (n,), summed over classes.

    Both are unbiased in the number of fits (at least 2); their sum is the mean squared error over the fits (the Brier
    score) exactly. Taught in notebooks/05_overfitting.ipynb, section 2.
    """
    truth = np.eye(probabilities.shape[-1])[labels]
    variance = probabilities.var(axis=0, ddof=1)
    bias = (probabilities.mean(axis=0) - truth) ** 2 - variance / len(probabilities)
    return float(bias.sum(axis=-1).mean()), float(variance.sum(axis=-1).mean())


def best_on_one_half(
    metric: Callable[[np.ndarray, np.ndarray], float],
    rows: Split,
    models: np.ndarray,
    tries: Sequence[int],
    *,
    patients: int,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """What choosing by a test set does: the best of so many models on one half of the patients, judged on the other.

    models: probabilities (models, n, classes). In each repeat so many patients are drawn, halved, and `tries` models
    drawn; each half chooses once, the model with the highest metric on it, so that a half that is easier for all models
    cancels. Columns: tries, chosen (the choice's score on the half that chose), fresh (its score on the other half);
    means over the repeats in which both halves hold every class.
    """
    rng = np.random.default_rng(seed)
    people = np.unique(rows.patients)
    results = []
    for _ in range(repeats):
        drawn = rng.permutation(people)[:patients]
        both = [np.isin(rows.patients, half) for half in np.array_split(drawn, 2)]
        scores = np.array([[metric(rows.labels[half], p[half]) for half in both] for p in models])
        if np.isnan(scores).any():
            continue
        order = rng.permutation(len(models))
        for count in tries:
            tried = scores[order[:count]]
            for chooser in (0, 1):
                best = tried[:, chooser].argmax()
                results.append((count, tried[best, chooser], tried[best, 1 - chooser]))
    return pd.DataFrame(results, columns=["tries", "chosen", "fresh"]).groupby("tries").mean().reset_index()


def oversample(rows: Split, *, seed: int) -> Split:
    """The rows with those of rare classes repeated at random until all classes present have as many."""
    rng = np.random.default_rng(seed)
    of_class = [np.flatnonzero(rows.labels == k) for k in np.unique(rows.labels)]
    most = max(map(len, of_class))
    return rows.rows(np.concatenate([np.r_[one, rng.choice(one, most - len(one))] for one in of_class]))


def halves(rows: Split, *, by_patient: bool, seed: int) -> tuple[Split, Split]:
    """The rows in two halves, drawn by patient or by row."""
    rng = np.random.default_rng(seed)
    unit = rows.patients if by_patient else np.arange(len(rows))
    units = np.unique(unit)
    first = np.isin(unit, rng.permutation(units)[: len(units) // 2])
    return rows.rows(first), rows.rows(~first)


def ridge_scores(train: Split, shown: Split, strength: float, classes: int) -> np.ndarray:
    """Linear regression with an L2 penalty from pixels to the classes' indicators: scores (n, classes)."""
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        model = Ridge(alpha=strength).fit(train.images.reshape(len(train), -1) / 255, np.eye(classes)[train.labels])
        return model.predict(shown.images.reshape(len(shown), -1) / 255)


def cross_validated(rows: Split, strength: float, classes: int, *, folds: int, by_patient: bool, seed: int) -> float:
    """AUC of all out-of-fold scores together: each row is scored by a linear model that was fitted without its fold."""
    splitter = (GroupKFold if by_patient else KFold)(folds, shuffle=True, random_state=seed)
    scores = np.empty((len(rows), classes))
    for fitted_on, left_out in splitter.split(rows.labels, groups=rows.patients if by_patient else None):
        scores[left_out] = ridge_scores(rows.rows(fitted_on), rows.rows(left_out), strength, classes)
    return auc_or_nothing(rows.labels, scores)


def best_strength(
    rows: Split, strengths: Sequence[float], classes: int, *, folds: int, seed: int
) -> tuple[float, float]:
    """The strength with the highest cross-validated AUC, patients kept together, and that AUC; the first where none
    is defined."""
    scores = [cross_validated(rows, one, classes, folds=folds, by_patient=True, seed=seed) for one in strengths]
    best = int(np.nan_to_num(scores, nan=-1).argmax())
    return strengths[best], scores[best]


def nested(rows: Split, strengths: Sequence[float], classes: int, *, folds: int, seed: int) -> float:
    """AUC by nested cross-validation: in each outer fold the strength is chosen by an inner one on the rest."""
    scores = np.empty((len(rows), classes))
    for fitted_on, left_out in GroupKFold(folds, shuffle=True, random_state=seed).split(
        rows.labels, groups=rows.patients
    ):
        inside = rows.rows(fitted_on)
        strength, _ = best_strength(inside, strengths, classes, folds=folds, seed=seed)
        scores[left_out] = ridge_scores(inside, rows.rows(left_out), strength, classes)
    return auc_or_nothing(rows.labels, scores)


def result_name(remedy: str) -> str:
    """A remedy as the name of a recorded result.

    >>> result_name("flip (forbidden)"), result_name("weight decay")
    ('flip', 'weight_decay')
    """
    return remedy.split(" (")[0].replace(" ", "_").lower()


def by_size(results: pd.DataFrame, score: str) -> pd.DataFrame:
    """Recorded scores named REMEDY_at_SIZE_SCORE as a table: a row per remedy, a column per number of patients.

    results: one row per seed, as helpers.reference.real_results gives them. score: such as "validation_loss". Each
    cell holds the scores of all seeds, shape (seeds,).
    """
    cells: dict[str, dict[str, np.ndarray]] = {}
    for column in results:
        if column.endswith(f"_{score}") and "_at_" in column:
            remedy, size = column.removesuffix(f"_{score}").split("_at_")
            cells.setdefault(remedy.replace("_", " "), {})[size] = results[column].to_numpy(dtype=float)
    return pd.DataFrame.from_dict(cells, orient="index").rename_axis("remedy")
