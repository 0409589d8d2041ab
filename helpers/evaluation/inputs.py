"""What every score asks of its inputs, refused with a sentence where it does not hold."""

from __future__ import annotations

import numpy as np

SUM_TOLERANCE = 1e-3  # how far the sum of a row of probabilities may lie from 1: a softmax in float32 is within 1e-6


def check_scores(labels: np.ndarray, scores: np.ndarray, *, what: str = "scores") -> None:
    """Raise ValueError unless there is one row of finite scores, shape (n, classes), per whole label of shape (n,)."""
    labels, scores = np.asarray(labels), np.asarray(scores)
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels: expected shape (n,) with at least one row, found {labels.shape}")
    if scores.ndim < 2 or len(scores) != len(labels):
        raise ValueError(f"{what}: expected shape ({len(labels)}, classes), one row per label, found {scores.shape}")
    if not np.isfinite(scores).all():
        raise ValueError(f"{what}: {int((~np.isfinite(scores)).sum())} values are NaN or infinite; the model failed")


def check_probabilities(labels: np.ndarray, probabilities: np.ndarray) -> None:
    """Raise ValueError unless `check_scores` holds and the rows are probabilities: from 0 to 1, with sum 1."""
    check_scores(labels, probabilities, what="probabilities")
    if np.min(probabilities) < 0 or np.max(probabilities) > 1:
        raise ValueError(
            f"probabilities: expected values from 0 to 1, found {np.min(probabilities):.4g} to "
            f"{np.max(probabilities):.4g}; are these logits or log-odds?"
        )
    sums = np.sum(probabilities, axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > SUM_TOLERANCE:
        raise ValueError(f"probabilities: expected rows whose sum is 1, found {sums[worst]:.4g} in row {worst}")
    if np.max(labels) >= np.shape(probabilities)[1] or np.min(labels) < 0:
        raise ValueError(
            f"labels: expected 0 to {np.shape(probabilities)[1] - 1}, the columns of the probabilities, "
            f"found {np.min(labels)} to {np.max(labels)}"
        )


def check_risks(diseased: np.ndarray, risks: np.ndarray, *, both: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Diseased as booleans and risks as float64, both of shape (n,).

    diseased: truth values, or whole numbers 0 and 1. risks: the probability of the disease, 0 to 1. both: whether
    there must be rows with the disease and rows without it.
    Raises ValueError for another shape, another value, NaN, or a class that is missing where both are needed.
    """
    diseased, risks = np.asarray(diseased), np.asarray(risks, dtype=np.float64)
    if diseased.ndim != 1 or len(diseased) == 0 or risks.shape != diseased.shape:
        raise ValueError(f"expected one risk per row, found {risks.shape} risks for {diseased.shape} rows")
    if diseased.dtype != bool and not np.isin(diseased, (0, 1)).all():
        raise ValueError(f"diseased: expected 0 and 1 or truth values, found {np.unique(diseased)[:5]}")
    if not np.isfinite(risks).all():
        raise ValueError(f"risks: {int((~np.isfinite(risks)).sum())} values are NaN or infinite; the model failed")
    if risks.min() < 0 or risks.max() > 1:
        raise ValueError(f"risks: expected values from 0 to 1, found {risks.min():.4g} to {risks.max():.4g}")
    diseased = diseased.astype(bool)
    if both and not 0 < diseased.sum() < len(diseased):
        raise ValueError(f"expected rows with the disease and rows without, found {diseased.sum()} of {len(diseased)}")
    return diseased, risks
