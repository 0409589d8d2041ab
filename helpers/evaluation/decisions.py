"""Decision curves: what acting on a model is worth, against treating everybody and treating nobody."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.evaluation.inputs import check_number, check_risks, check_scores
from helpers.evaluation.scores import Metric
from helpers.evaluation.thresholds import calls_at


def net_benefit(diseased: np.ndarray, risks: np.ndarray, threshold: float) -> float:
    """True positives less weighted false positives, per row, where all with a risk of at least pt are treated.

    NB = tp / n - fp / n · pt / (1 - pt): at the threshold probability pt a doctor accepts (1 - pt) / pt false alarms
    for one diseased patient found. Treating nobody has a net benefit of 0.
    Source: Vickers & Elkin, Medical Decision Making 26:565, 2006.
    Raises ValueError as check_risks does, and for a threshold outside 0 to below 1.

    Taught in notebooks/04_evaluation.ipynb, section 6.
    """
    if not 0 <= threshold < 1:
        raise ValueError(f"threshold: expected a probability from 0 to below 1, found {threshold}")
    counts = calls_at(diseased, risks, threshold)
    return (counts.tp - counts.fp * threshold / (1 - threshold)) / len(risks)


def benefit_at(threshold: float) -> Metric:
    """The metric "net benefit at this threshold", as `net_benefit` counts it, for `bootstrap` and its kin.

    Taught in notebooks/04_evaluation.ipynb, section 6.
    """
    check_number(threshold, "threshold", low=0, high=1 - 1e-9)

    def benefit(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
        labels, probabilities = check_scores(labels, probabilities)
        worth = np.where(labels == 1, 1, -threshold / (1 - threshold)) * (probabilities[:, 1] >= threshold)
        return float(worth.mean()) if weights is None else weights @ worth / weights.sum(axis=1)

    return benefit


def cost_at(threshold: float, missed_cost: float) -> Metric:
    """The metric "cost per 100 rows at this threshold", as `cost` counts it, for `bootstrap` and its kin.

    Raises ValueError for a negative cost.
    """
    check_number(threshold, "threshold")
    check_number(missed_cost, "missed_cost", low=0)

    def cost(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
        labels, probabilities = check_scores(labels, probabilities)
        called, ill = probabilities[:, 1] >= threshold, labels == 1
        each = 100.0 * (called & ~ill) + 100 * missed_cost * (~called & ill)
        return float(each.mean()) if weights is None else weights @ each / weights.sum(axis=1)

    return cost


def decision_curve(diseased: np.ndarray, models: Mapping[str, np.ndarray], thresholds: np.ndarray) -> pd.DataFrame:
    """Net benefit by threshold, one column per model and "treat all" and "treat none", indexed by threshold.

    models: name -> risks of shape (n,).

    Taught in notebooks/04_evaluation.ipynb, section 6.
    """
    diseased = check_risks(diseased, np.zeros(len(diseased)), both=False)[0]
    everybody = np.ones(len(diseased))
    curves = {
        name: [net_benefit(diseased, risks, t) for t in thresholds]
        for name, risks in {**models, "treat all": everybody}.items()
    }
    return pd.DataFrame(curves | {"treat none": 0.0}, index=pd.Index(thresholds, name="threshold"))
