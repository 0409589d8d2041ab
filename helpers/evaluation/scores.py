"""Scores of a classifier: accuracy, the area under the ROC curve, recall, the table of confusions; of a forecast RMSE.

Each score takes labels (n,) and probabilities (n, classes). Those with a third argument also take weights of shape
(draws, n) and return one value per draw: a resample of patients is the same rows with other weights, and thousands
of them are a few operations on one array.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import confusion_matrix

from helpers.evaluation.inputs import (
    check_choices,
    check_finite,
    check_forecast,
    check_names,
    check_number,
    check_probabilities,
    check_scores,
)

Metric = Callable[..., "float | np.ndarray"]


def class_columns(probabilities: np.ndarray, classes: int) -> np.ndarray:
    """The first columns of shape (n, classes), rescaled to sum to 1: what a ten-output network says of three classes.

    Raises ValueError for fewer columns, NaN, values below 0, and a row that says 0 of all of these classes.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    probabilities = check_finite(probabilities, "probabilities")
    if probabilities.ndim != 2 or not 1 <= classes <= probabilities.shape[1]:
        raise ValueError(f"expected shape (n, {classes}) or more columns, found {probabilities.shape}")
    kept = probabilities[:, :classes]
    total = kept.sum(axis=1, keepdims=True)
    if not (kept.min(initial=0) >= 0 and np.all(total > 0)):
        raise ValueError(f"expected probabilities, some of them above 0 in the first {classes} columns of each row")
    return kept / total


def accuracy(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Share of images whose most probable class is the true one.

    weights: None, or shape (draws, n): how often each row counts; then one share per draw, shape (draws,).
    Raises ValueError for NaN, for shapes that do not fit, and for one column that holds percentages or logits.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.1.
    """
    labels, probabilities = check_choices(labels, probabilities)
    right = probabilities.argmax(axis=1) == labels
    return float(right.mean()) if weights is None else weights @ right / weights.sum(axis=1)


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of −log of the probability of the true class, in nats; probabilities below 1e-7 count as that.

    Where none is, it is scikit-learn's log_loss, which takes a hundred times as long on small arrays.
    Raises ValueError for what are no probabilities and for labels without a column.

    Taught in notebooks/05_overfitting.ipynb, section 3.9.
    """
    labels, probabilities = check_probabilities(labels, probabilities)
    given = np.take_along_axis(probabilities, labels[:, np.newaxis], axis=1)
    return float(-np.log(np.maximum(given, 1e-7)).mean())


def auc_or_nan(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The AUC, or NaN where a class has no row in so small a sample."""
    labels, probabilities = check_scores(labels, probabilities)
    if len(np.unique(labels)) < probabilities.shape[1]:
        return math.nan
    return auc(labels, probabilities)


def auc(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Area under the ROC curve: of class 1 if there are two classes, else the unweighted mean of each against the rest.

    Computed from ranks: the probability that a random positive scores above a random negative, ties counting one
    half (Hanley & McNeil, Radiology 1982); the same number as scikit-learn's. Only the order of the scores matters,
    so they need not be probabilities.
    weights: None, or shape (draws, n): how often each row counts; then one area per draw, shape (draws,).
    Raises ValueError if a class has no image, for NaN and for shapes that do not fit.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.1.
    """
    labels, probabilities = check_scores(labels, probabilities)
    classes = probabilities.shape[1]
    areas = []
    for k in [1] if classes == 2 else range(classes):
        positive = labels == k
        n_positive, n_negative = int(positive.sum()), int((~positive).sum())
        if n_positive == 0 or n_negative == 0:
            raise ValueError(f"the AUC of class {k} needs images with and without it")
        if weights is None:
            ranks = rankdata(probabilities[:, k])
            areas.append((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))
        else:
            areas.append(_weighted_area(positive, probabilities[:, k], weights))
    return float(np.mean(areas)) if weights is None else np.mean(areas, axis=0)


def _weighted_area(positive: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The AUC of each row of weights (draws, n): pairs (positive, negative) in order, tied pairs counting one half."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)  # where a new score begins
    sorted_weights = weights[:, order]
    ups, downs = sorted_weights * positive[order], sorted_weights * ~positive[order]
    if len(starts) < len(scores):  # scores are tied: add them up
        ups, downs = (np.add.reduceat(part, starts, axis=1) for part in (ups, downs))
    below = np.cumsum(downs, axis=1) - downs / 2
    return np.einsum("ij,ij->i", ups, below) / (ups.sum(axis=1) * downs.sum(axis=1))


def rmse(targets: np.ndarray, forecast: np.ndarray) -> float:
    """Root of the mean squared error over all rows and steps, in the targets' unit: large errors count for more.

    targets, forecast: (n,) or (n, steps); a forecast (n, 1) counts as (n,).
    Raises ValueError for shapes that differ, NaN and nothing.
    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.1.
    """
    targets, forecast = check_forecast(targets, forecast)
    return float(np.sqrt(np.mean((forecast - targets) ** 2)))


def recall_of(k: int) -> Metric:
    """The metric "recall of class k": the share of images of class k that are called k."""

    def recall(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
        labels, probabilities = check_choices(labels, probabilities)
        found = probabilities.argmax(axis=1) == k
        return share(found, labels == k, weights)

    recall.among = lambda labels: labels == k
    return recall


def called_right(k: int, threshold: float, among: str) -> Metric:
    """The metric "share called right", where rows whose probability of class k reaches the threshold are called k.

    among: "diseased" (rows of class k: the sensitivity), "others" (the specificity) or "all" (the accuracy). The metric
    remembers it as `among`, from labels to the rows that count.
    Raises ValueError for another word.
    """
    chosen = {
        "diseased": lambda labels: labels == k,
        "others": lambda labels: labels != k,
        "all": lambda labels: np.ones(len(labels), bool),
    }
    if among not in chosen:
        raise ValueError(f"among: expected {', '.join(chosen)}, found {among!r}")
    check_number(threshold, "threshold")

    def right(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
        labels, probabilities = check_scores(labels, probabilities)
        return share((probabilities[:, k] >= threshold) == (labels == k), chosen[among](labels), weights)

    right.among = chosen[among]
    return right


def likelihood_ratio(threshold: float, called: bool) -> Metric:
    """The metric "likelihood ratio": how many times as often the diseased (class 1) get this answer as the others.

    called: True for the ratio of a call, sensitivity / (1 - specificity); False for that of being left alone,
    (1 - sensitivity) / specificity. Infinite where none of the others gets the answer.
    """
    check_number(threshold, "threshold")

    def ratio(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
        labels, probabilities = check_scores(labels, probabilities)
        answered = (probabilities[:, 1] >= threshold) == called
        of_ill, of_well = (np.asarray(share(answered, labels == k, weights)) for k in (1, 0))
        found = np.divide(of_ill, of_well, out=np.full(of_ill.shape, np.inf), where=of_well > 0)
        return float(found) if weights is None else found

    return ratio


def share(hits: np.ndarray, among: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """Of the rows in `among`, the share that are hits, NaN of no row; with weights (draws, n) one share per draw."""
    if weights is None:
        return float(hits[among].mean()) if among.any() else math.nan
    return weights @ (hits & among) / (weights @ among)


def confusion(labels: np.ndarray, probabilities: np.ndarray, class_names: tuple[str, ...]) -> pd.DataFrame:
    """Counts of images: rows the true class, columns the class called.

    Raises ValueError where the probabilities are none, or do not fit the labels.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """
    labels, probabilities = check_probabilities(labels, probabilities)
    check_names(probabilities, class_names)
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), labels=range(len(class_names)))
    return pd.DataFrame(matrix, index=pd.Index(class_names, name="true"), columns=pd.Index(class_names, name="called"))
