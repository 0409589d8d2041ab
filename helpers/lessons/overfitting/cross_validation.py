"""Cross-validation by patient and by image, plain and nested, of a linear model that is fitted in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, KFold, cross_val_predict
from threadpoolctl import threadpool_limits

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.evaluation.inputs import check_labels


def halves(rows: Split, *, by_patient: bool, seed: int) -> tuple[Split, Split]:
    """The rows in two halves, drawn by patient or by row.

    Taught in notebooks/05_overfitting.ipynb, section 4.2.
    """
    splitter = GroupShuffleSplit(1, test_size=0.5, random_state=seed)
    units = rows.patients if by_patient else np.arange(len(rows))
    one, other = next(splitter.split(rows.labels, groups=units))
    return rows.rows(np.sort(one)), rows.rows(np.sort(other))


def ridge_scores(train: Split, shown: Split, strength: float, classes: int) -> np.ndarray:
    """Linear regression with an L2 penalty from pixels to the classes' indicators: scores (n, classes).

    Taught in notebooks/05_overfitting.ipynb, section 5.
    """
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        return Ridge(alpha=strength).fit(_pixels(train), _indicators(train, classes)).predict(_pixels(shown))


def _indicators(rows: Split, classes: int) -> np.ndarray:
    """One column per class, (n, classes): 1 in that of the label. Raises ValueError for a label without a column."""
    labels = check_labels(rows.labels)
    if labels.max() >= classes:
        raise ValueError(f"labels: expected 0 to {classes - 1}, found {labels.max()}")
    return np.eye(classes)[labels]


def _pixels(rows: Split) -> np.ndarray:
    return rows.images.reshape(len(rows), -1) / 255


def cross_validated(rows: Split, strength: float, classes: int, *, folds: int, by_patient: bool, seed: int) -> float:
    """AUC of all out-of-fold scores together: each row is scored by a linear model that was fitted without its fold.

    NaN where the rows lack a class. Taught in notebooks/05_overfitting.ipynb, section 5.
    """
    splitter = (GroupKFold if by_patient else KFold)(folds, shuffle=True, random_state=seed)
    groups = rows.patients if by_patient else None
    with threadpool_limits(1):
        scores = cross_val_predict(
            Ridge(alpha=strength), _pixels(rows), _indicators(rows, classes), cv=splitter, groups=groups
        )
    return evaluation.auc_or_nan(rows.labels, scores)


def best_strength(
    rows: Split, strengths: Sequence[float], classes: int, *, folds: int, seed: int
) -> tuple[float, float]:
    """The strength with the highest cross-validated AUC, patients kept together, and that AUC; the first where none
    is defined. Taught in notebooks/05_overfitting.ipynb, section 5."""
    scores = [cross_validated(rows, one, classes, folds=folds, by_patient=True, seed=seed) for one in strengths]
    best = int(np.nan_to_num(scores, nan=-1).argmax())
    return strengths[best], scores[best]


def nested(rows: Split, strengths: Sequence[float], classes: int, *, folds: int, seed: int) -> float:
    """AUC by nested cross-validation: in each outer fold the strength is chosen by an inner one on the rest.

    Taught in notebooks/05_overfitting.ipynb, section 5.
    """
    scores = np.empty((len(rows), classes))
    for fitted_on, left_out in GroupKFold(folds, shuffle=True, random_state=seed).split(
        rows.labels, groups=rows.patients
    ):
        inside = rows.rows(fitted_on)
        strength, _ = best_strength(inside, strengths, classes, folds=folds, seed=seed)
        scores[left_out] = ridge_scores(inside, rows.rows(left_out), strength, classes)
    return evaluation.auc_or_nan(rows.labels, scores)
