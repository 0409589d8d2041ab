"""Floors: the simple models that a network has to beat."""

from __future__ import annotations

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split
from helpers.datasets.tables import TableSplit
from helpers.evaluation.inputs import check_labels

C_VALUES = (1e-4, 1e-3, 1e-2, 1e-1)  # scikit-learn's C, the inverse of the penalty, which validation chooses among


def fit_floors(train: Split, validation: Split) -> dict[str, object]:
    """Three models that a network has to beat, fitted on the training images: name -> scikit-learn classifier.

    "majority class" always gives the classes' shares in training; "mean intensity" is a logistic regression on one
    number per image; "logistic regression" is one on all pixels, standardised, with the strength of its L2 penalty
    chosen by the loss on validation. Each takes uint8 images of shape (n, height, width, channels).
    Raises ValueError as fit_logistic does.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.1.
    """
    _check_classes(train, validation)
    mean_intensity = FunctionTransformer(_mean_intensity)
    return {
        "majority class": DummyClassifier(strategy="prior").fit(train.images, train.labels),
        "mean intensity": make_pipeline(mean_intensity, StandardScaler(), LogisticRegression()).fit(
            train.images, train.labels
        ),
        "logistic regression": fit_logistic(train, validation),
    }


def fit_logistic(train: Split | TableSplit, validation: Split | TableSplit) -> Pipeline:
    """Logistic regression on the standardised inputs, with the L2 penalty that has the least loss on validation.

    train, validation: images or table rows, with labels (n,). Returns a scikit-learn classifier of inputs (n, ...).
    Raises ValueError where training has fewer than two classes, or lacks one that validation has.
    """
    _check_classes(train, validation)
    candidates = [
        make_pipeline(FunctionTransformer(flat), StandardScaler(), LogisticRegression(C=c, max_iter=500))
        for c in C_VALUES
    ]
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        for candidate in candidates:
            candidate.fit(train.inputs, train.labels)
    losses = [
        log_loss(validation.labels, candidate.predict_proba(validation.inputs), labels=np.unique(train.labels))
        for candidate in candidates
    ]
    return candidates[int(np.argmin(losses))]


def _check_classes(train: Split | TableSplit, validation: Split | TableSplit):
    learned, asked = np.unique(check_labels(train.labels)), np.unique(check_labels(validation.labels))
    if len(learned) < 2:
        raise ValueError(f"train: expected rows of two classes or more, found only class {learned[0]}")
    if missing := np.setdiff1d(asked, learned).tolist():
        raise ValueError(f"train: expected rows of each class that validation has, found none of {missing}")


def _mean_intensity(images: np.ndarray) -> np.ndarray:
    return images.mean(axis=(1, 2, 3))[:, np.newaxis]


def flat(inputs: np.ndarray) -> np.ndarray:
    """Images or features (n, ...) as a table of float32, one row each."""
    return inputs.reshape(len(inputs), -1).astype(np.float32)
