"""What exercises of two notebooks ask of a threshold."""

from __future__ import annotations

import numpy as np

from helpers.checks.verdicts import NotYetError
from helpers.evaluation import calls_at, threshold_for_sensitivity


def check_highest_threshold(diseased: np.ndarray, scores: np.ndarray, sensitivity: float, threshold: float) -> None:
    """Hold a threshold against the highest that finds at least this share of the diseased.

    diseased (0 or 1) and scores (0 to 1): shape (n,). It may lie between two scores: who is called is what counts.
    Raises NotYetError where it finds fewer, and where a higher one finds enough.
    """
    if not (scores >= threshold).any():
        raise NotYetError("a threshold above every score calls nobody ill")
    calls = calls_at(diseased, scores, threshold)
    if calls.sensitivity < sensitivity - 1e-12:
        raise NotYetError(
            f"your threshold finds {calls.sensitivity:.3f} of the diseased where {sensitivity} was asked for"
        )
    best = calls_at(diseased, scores, threshold_for_sensitivity(diseased, scores, sensitivity))
    if calls.tp + calls.fp > best.tp + best.fp:
        raise NotYetError(
            f"with sensitivity {sensitivity} asked for, a higher threshold finds enough of the diseased too, "
            "and calls fewer people ill"
        )
