"""Floors to beat, scores with intervals, and what the errors are.

Probabilities are float arrays of shape (n, classes) whose rows sum to 1; labels are int64 of shape (n,).
A network with more outputs than there are classes is scored on the classes' columns alone (see `class_columns`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split

Metric = Callable[[np.ndarray, np.ndarray], float]

C_VALUES = (1e-4, 1e-3, 1e-2, 1e-1)  # scikit-learn's C, the inverse of the penalty, which validation chooses among


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
        shown = [f"{value:.{self.digits}f}".removeprefix("0") for value in (self.estimate, self.low, self.high)]
        return f"{shown[0]} ({shown[1]} to {shown[2]})"


def class_columns(probabilities: np.ndarray, classes: int) -> np.ndarray:
    """The first columns of shape (n, classes), rescaled to sum to 1: what a ten-output network says of three classes.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    kept = probabilities[:, :classes]
    return kept / kept.sum(axis=1, keepdims=True)


def accuracy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Share of images whose most probable class is the true one.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    return float((probabilities.argmax(axis=1) == labels).mean())


def auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve: of class 1 if there are two classes, else the unweighted mean of each against the rest.

    Computed from ranks: the probability that a random positive scores above a random negative, ties counting one
    half (Hanley & McNeil, Radiology 1982); the same number as scikit-learn's, fast enough for a bootstrap.
    Raises ValueError if a class has no image.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.1.
    """
    classes = probabilities.shape[1]
    scored = [1] if classes == 2 else range(classes)
    areas = []
    for k in scored:
        positive = labels == k
        n_positive, n_negative = int(positive.sum()), int((~positive).sum())
        if n_positive == 0 or n_negative == 0:
            raise ValueError(f"the AUC of class {k} needs images with and without it")
        ranks = rankdata(probabilities[:, k])
        areas.append((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))
    return float(np.mean(areas))


def recall_of(k: int) -> Metric:
    """The metric "recall of class k": the share of images of class k that are called k.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """

    def recall(labels: np.ndarray, probabilities: np.ndarray) -> float:
        return float((probabilities[labels == k].argmax(axis=1) == k).mean())

    return recall


def bootstrap(
    metric: Metric, rows: Split, probabilities: np.ndarray, *, draws: int = 1000, level: float = 0.95, seed: int = 1
) -> Interval:
    """The metric with a percentile interval from resampling patients, each with all of their images.

    Patients are drawn with replacement, as many as there are; the metric is computed on all images of the drawn
    patients; the interval runs between the (1 - level) / 2 quantiles on both sides (Efron & Tibshirani, 1993).
    Draws that lack a class altogether are drawn again. probabilities: shape (n, classes), one row per row of rows.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    present = len(np.unique(rows.labels))
    return bootstrap_groups(
        lambda index: metric(rows.labels[index], probabilities[index]),
        rows.patients,
        accept=lambda index: len(np.unique(rows.labels[index])) == present,
        draws=draws,
        level=level,
        seed=seed,
    )


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
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(metric(np.arange(len(group))), float(low), float(high))


def fit_floors(train: Split, validation: Split) -> dict[str, object]:
    """Three models that a network has to beat, fitted on the training images: name -> scikit-learn classifier.

    "majority class" always gives the classes' shares in training; "mean intensity" is a logistic regression on one
    number per image; "logistic regression" is one on all pixels, standardised, with the strength of its L2 penalty
    chosen by the loss on validation. Each takes uint8 images of shape (n, height, width, channels).

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.1.
    """
    mean_intensity = FunctionTransformer(_mean_intensity)
    candidates = [
        make_pipeline(FunctionTransformer(_flatten), StandardScaler(), LogisticRegression(C=c, max_iter=500))
        for c in C_VALUES
    ]
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        for candidate in candidates:
            candidate.fit(train.images, train.labels)
    losses = [
        log_loss(validation.labels, candidate.predict_proba(validation.images), labels=np.unique(train.labels))
        for candidate in candidates
    ]
    return {
        "majority class": DummyClassifier(strategy="prior").fit(train.images, train.labels),
        "mean intensity": make_pipeline(mean_intensity, StandardScaler(), LogisticRegression()).fit(
            train.images, train.labels
        ),
        "logistic regression": candidates[int(np.argmin(losses))],
    }


def _mean_intensity(images: np.ndarray) -> np.ndarray:
    return images.mean(axis=(1, 2, 3))[:, np.newaxis]


def _flatten(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32)


def score_table(
    probabilities: Mapping[str, np.ndarray], rows: Split, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """AUC and accuracy of each model with 95 % patient-level intervals, one row per model.

    probabilities: model name -> shape (n, classes). Columns AUC, accuracy hold Interval objects.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    metrics: dict[str, Metric] = {"AUC": auc, "accuracy": accuracy}
    return pd.DataFrame.from_dict(
        {
            model: {
                name: bootstrap(metric, rows, predicted, draws=draws, seed=seed) for name, metric in metrics.items()
            }
            for model, predicted in probabilities.items()
        },
        orient="index",
    )


def recall_table(
    probabilities: np.ndarray, rows: Split, class_names: tuple[str, ...], *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """Recall of each class with its 95 % patient-level interval and the number of images, one row per class shown.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """
    return pd.DataFrame.from_dict(
        {
            name: {
                "images": int((rows.labels == k).sum()),
                "recall": bootstrap(recall_of(k), rows, probabilities, draws=draws, seed=seed),
            }
            for k, name in enumerate(class_names)
            if (rows.labels == k).any()
        },
        orient="index",
    )


def operating_point(
    probabilities: np.ndarray,
    rows: Split,
    disease_class: int,
    threshold: float,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> dict[str, Interval]:
    """What one threshold does: everybody whose probability of the disease reaches it is called ill.

    probabilities: shape (n, classes), one row per row of rows. Returns sensitivity (share of the diseased called ill),
    specificity (share of all others not called ill) and accuracy (share called right), each with its 95 %
    patient-level interval.
    Raises ValueError where no row, or every row, is of the disease class.

    Taught in notebooks/02_cnn_imaging.ipynb, section 7.3.
    """
    diseased = rows.labels == disease_class
    if not 0 < diseased.sum() < len(diseased):
        raise ValueError(f"operating_point: needs rows with and without class {disease_class}")

    def right(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return (scores[:, disease_class] >= threshold) == (labels == disease_class)

    metrics: dict[str, Metric] = {
        "sensitivity": lambda labels, scores: float(right(labels, scores)[labels == disease_class].mean()),
        "specificity": lambda labels, scores: float(right(labels, scores)[labels != disease_class].mean()),
        "accuracy": lambda labels, scores: float(right(labels, scores).mean()),
    }
    return {name: bootstrap(metric, rows, probabilities, draws=draws, seed=seed) for name, metric in metrics.items()}


def confusion(labels: np.ndarray, probabilities: np.ndarray, class_names: tuple[str, ...]) -> pd.DataFrame:
    """Counts of images: rows the true class, columns the class called.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), labels=range(len(class_names)))
    return pd.DataFrame(matrix, index=pd.Index(class_names, name="true"), columns=pd.Index(class_names, name="called"))
