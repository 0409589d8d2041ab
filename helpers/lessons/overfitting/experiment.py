"""Experiments on overfitting: draw patients, train with a remedy, keep what it says of everybody.

Every fit is made once and remembered. Taught in notebooks/05_overfitting.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.datasets import draw_patients
from helpers.datasets.contract import ImageDataset, Split
from helpers.lessons.overfitting.repeated_fits import STRENGTHS, Bench, build_dense_network, probabilities_of
from helpers.models.floors import fit_logistic
from helpers.notebook.facts import publish_fact

SIDE = 14  # pixels: images are averaged down to at most so many a side
SETS = ("train", "validation", "test")
WIDTHS = (128, 128)  # neurons of the hidden layers
PATIENCE = 2  # checkpoints that early stopping waits for a new best


def shrink(rows: Split, side: int = SIDE) -> Split:
    """The rows with their images averaged over blocks of pixels until no side is longer than `side`; masks left out.

    Rows and columns that fill no whole block are cut off. Images stay uint8 of shape (n, height, width, channels).
    """
    height, width = rows.images.shape[1:3]
    block = math.ceil(max(height, width) / side)
    high, wide = height // block, width // block
    cut = rows.images[:, : high * block, : wide * block].reshape(len(rows), high, block, wide, block, -1)
    return Split(cut.mean((2, 4)).round().astype(np.uint8), rows.labels, rows.patients)


METRICS = {"loss": evaluation.cross_entropy, "accuracy": evaluation.accuracy, "auc": evaluation.auc_or_nan}


@dataclass(frozen=True, eq=False)
class Outcome:
    """One fit, judged, with what is worth its memory.

    curve: a row per checkpoint (epoch, then SET_METRIC for sets and metrics). rows: of each set.
    logits: set -> scores before the softmax (checkpoints, n, classes), validation and test only.
    steps: of the optimiser. weights: how many, biases left out; weight_norm: root of the sum of their squares;
    small_weights: share of them within ± 0.001.
    """

    curve: pd.DataFrame
    rows: Mapping[str, Split]
    logits: Mapping[str, np.ndarray]
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
        """The checkpoint with the lowest loss on validation, of all that were made: PATIENCE has no say in it."""
        return int(self.curve["validation_loss"].to_numpy().argmin())

    def probabilities(self, name: str, checkpoint: int = -1) -> np.ndarray:
        """Probabilities (n, classes) of a set ("validation", "test") at a checkpoint, the end if none is given."""
        return probabilities_of(self.logits[name][checkpoint])


@dataclass(frozen=True, eq=False)
class Group:
    """The same fit from several draws of patients.

    scores: means over the draws, named as in Outcome.curve. probabilities: of the test set (draws, n, classes).
    arithmetic: mean number of multiplications with weights in training (steps times weights), NaN where it was not
    counted.
    """

    scores: pd.Series
    probabilities: np.ndarray
    arithmetic: float


class Experiment:
    """Fits on one data set, each made once: `study.fit(seed=1, patients=100, l2=0.01)` gives an Outcome.

    data: its images are shrunk to 14 pixels a side. patients, validation_patients, epochs: of every fit that does not
    say otherwise; its hidden layers then have WIDTHS. The seed of a fit draws its training and validation patients, its
    weights and all else; the test split is the same for all. In a notebook it also publishes how many patients those
    are, for the report card (helpers.notebook.facts).

    Taught in notebooks/05_overfitting.ipynb, section 1.1.
    """

    def __init__(self, data: ImageDataset, *, patients: int, validation_patients: int, epochs: int):
        self.splits = {name: shrink(rows) for name, rows in data.splits()}
        self.classes = len(data.class_names)
        self.defaults = {"patients": patients, "widths": WIDTHS, "batch_norm": False, "shuffled": False}
        self.validation_patients, self.epochs = validation_patients, epochs
        self._outcomes: dict[tuple, Outcome] = {}
        self._benches: dict[tuple, Bench] = {}
        most = {"train": patients, "validation": validation_patients}
        present = {name: len(np.unique(rows.patients)) for name, rows in self.splits.items()}
        drawn = {name: min(n, most.get(name, n)) for name, n in present.items()}
        publish_fact("counts", pd.DataFrame({"patients": drawn}).to_dict(orient="split"))

    @property
    def pool(self) -> int:
        """How many patients there are to draw from."""
        return len(np.unique(self.splits["train"].patients))

    def draw(self, seed: int, patients: int | None = None) -> dict[str, Split]:
        """The rows of a fit: train, validation, test."""
        count = self.defaults["patients"] if patients is None else patients
        return {
            "train": draw_patients(self.splits["train"], count, seed=seed, every_class=True),
            "validation": draw_patients(
                self.splits["validation"], self.validation_patients, seed=seed, every_class=True
            ),
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
        settings = self.defaults | dict.fromkeys(STRENGTHS, 0.0) | settings
        key = (seed, *sorted(settings.items()))
        if key not in self._outcomes:
            self._outcomes[key] = self._fit(seed, **settings)
        return self._outcomes[key]

    def _fit(self, seed: int, *, patients: int, widths: tuple[int, ...], batch_norm: bool, shuffled: bool, **strengths):
        rows = self.draw(seed, patients)
        if shuffled:
            labels = np.random.default_rng([seed, 2]).permutation(rows["train"].labels)
            rows["train"] = Split(rows["train"].images, labels, rows["train"].patients)
        return self.judge(rows, self.bench(widths, batch_norm), seed=seed, **strengths)

    def judge(self, rows: Mapping[str, Split], bench: Bench | None = None, *, seed: int, **strengths) -> Outcome:
        """The outcome of training on rows["train"] and scoring the rest; not remembered."""
        others = [rows[name] for name in SETS[1:]]
        fitted = (bench or self.bench()).fit(rows["train"], others, seed=seed, epochs=self.epochs, **strengths)
        curve = {"epoch": fitted.epochs}
        for name, scores in zip(SETS, fitted.scores, strict=True):
            probabilities = probabilities_of(scores)
            for metric, score in METRICS.items():
                curve[f"{name}_{metric}"] = [score(rows[name].labels, each) for each in probabilities]
        weights = np.concatenate([kernel.ravel() for kernel in fitted.kernels])
        return Outcome(
            pd.DataFrame(curve),
            dict(rows),
            logits=dict(zip(SETS[1:], fitted.scores[1:], strict=True)),
            steps=fitted.steps,
            weights=weights.size,
            weight_norm=float(np.linalg.norm(weights)),
            small_weights=float((np.abs(weights) < 1e-3).mean()),
        )

    def scores(self, column: str, seeds: Sequence[int], **settings) -> np.ndarray:
        """One score at the end, such as "test_auc", of the fits with these seeds: shape (seeds,)."""
        return np.array([self.fit(seed=seed, **settings).last[column] for seed in seeds])

    def group(self, seeds: Sequence[int], *, until: str = "end", rescaled: bool = False, **settings) -> Group:
        """The fits with these seeds and settings, each judged once.

        until: "end"; "best", the checkpoint with the lowest validation loss, for which training is paid until PATIENCE
        checkpoints later; or "equal steps", the one at which about as many steps were made as a fit without settings
        makes.
        rescaled: with probabilities at the temperature that is likeliest on the validation patients.
        """
        fits = [self.fit(seed=one, **settings) for one in seeds]
        rows, answers, paid = [], [], []
        for seed, one in zip(seeds, fits, strict=True):
            end = len(one.curve) - 1
            steps = (one.curve["epoch"] / self.epochs * one.steps).to_numpy()
            if until == "equal steps":
                end = int(np.abs(steps - self.fit(seed=seed).steps).argmin())
            checkpoint = one.best if until == "best" else end
            row, shown = one.curve.iloc[checkpoint].copy(), one.probabilities("test", checkpoint)
            if rescaled:
                held = one.rows["validation"].labels, one.probabilities("validation", checkpoint)
                heat = evaluation.fit_temperature(*held)
                shown = evaluation.at_temperature(shown, heat)
                row["validation_loss"] = evaluation.cross_entropy(held[0], evaluation.at_temperature(held[1], heat))
                row["test_loss"] = evaluation.cross_entropy(one.rows["test"].labels, shown)
            rows.append(row)
            answers.append(shown)
            paid.append(one.weights * steps[min(checkpoint + PATIENCE, end) if until == "best" else checkpoint])
        return Group(pd.DataFrame(rows).mean(), np.stack(answers), float(np.mean(paid)))

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


def power_law(sizes: Sequence[int], errors: np.ndarray) -> Callable[[float], float]:
    """The law error(n) = a n^-c that is closest to errors (sizes,) where both are logarithmic; constant for one size.

    Taught in notebooks/05_overfitting.ipynb, section 3.8.

    >>> law = power_law([10, 1000], np.array([0.4, 0.1]))
    >>> round(law(100), 3)
    0.2
    """
    logs = np.log(np.maximum(errors, 1e-6))
    slope, start = np.polyfit(np.log(sizes), logs, 1) if len(sizes) > 1 else (0.0, logs[0])
    return lambda n: float(np.exp(start + slope * np.log(n)))


def linear_group(study: Experiment, seeds: Sequence[int]) -> Group:
    """Logistic regression on the same draws: the floor of helpers.models.floors, its penalty chosen on validation.

    Taught in notebooks/05_overfitting.ipynb, section 3.9.
    """
    rows, on_test = [], []
    for seed in seeds:
        drawn = study.draw(seed)
        model = fit_logistic(drawn["train"], drawn["validation"])
        answers = {
            name: evaluation.class_columns(model.predict_proba(drawn[name].images), study.classes) for name in SETS
        }
        rows.append({f"{name}_loss": evaluation.cross_entropy(drawn[name].labels, p) for name, p in answers.items()})
        on_test.append(answers["test"])
    return Group(pd.DataFrame(rows).mean(), np.stack(on_test), math.nan)
