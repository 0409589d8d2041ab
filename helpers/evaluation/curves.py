"""ROC and precision-recall curves, and DeLong's intervals for the area under the first."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_curve

from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_level, check_number, check_risks
from helpers.evaluation.proportions import difference_of, newcombe


def roc_points(diseased: np.ndarray, risks: np.ndarray) -> pd.DataFrame:
    """The ROC curve by scikit-learn: one row per threshold, from the strictest, which calls nobody ill.

    diseased and risks: shape (n,). Columns threshold, sensitivity, false_positive_rate (1 - specificity).
    Raises ValueError as check_risks does.

    Taught in notebooks/04_evaluation.ipynb, section 3.1.
    """
    diseased, risks = check_risks(diseased, risks)
    false, found, thresholds = roc_curve(diseased, risks, drop_intermediate=False)
    return pd.DataFrame({"threshold": thresholds, "sensitivity": found, "false_positive_rate": false})


def pr_points(diseased: np.ndarray, risks: np.ndarray, prevalence: float | None = None) -> pd.DataFrame:
    """The precision-recall curve by scikit-learn: columns recall, precision, from recall 0 to 1.

    prevalence: where the rows are to stand for people of whom this share is diseased, and who differ in nothing else.
    Raises ValueError as check_risks does, and for a prevalence outside 0 to 1.
    """
    diseased, risks = check_risks(diseased, risks)
    precision, recall, _ = precision_recall_curve(diseased, risks, sample_weight=_standing_for(diseased, prevalence))
    return pd.DataFrame({"recall": recall[::-1], "precision": precision[::-1]})


def average_precision(diseased: np.ndarray, risks: np.ndarray, prevalence: float | None = None) -> float:
    """The area under the precision-recall curve as steps: the mean precision at each diseased row, by scikit-learn.

    prevalence: as of `pr_points`.

    Taught in notebooks/04_evaluation.ipynb, section 3.
    """
    diseased, risks = check_risks(diseased, risks)
    return float(average_precision_score(diseased, risks, sample_weight=_standing_for(diseased, prevalence)))


def _standing_for(diseased: np.ndarray, prevalence: float | None) -> np.ndarray | None:
    """Weights of the rows, so that the diseased make up this share of them."""
    if prevalence is None:
        return None
    check_number(prevalence, "prevalence", low=0, high=1)
    return np.where(diseased, prevalence / diseased.mean(), (1 - prevalence) / (1 - diseased.mean()))


def delong(diseased: np.ndarray, risks: np.ndarray, *, level: float = 0.95) -> Interval:
    """The AUC with DeLong's interval: estimate ± z standard errors, cut off at 0 and 1.

    Every row counts as one independent patient: with several images a patient it is too narrow. Where all pairs are in
    order, or none, the formula gives no width; there the interval is that of `newcombe`.
    Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44:837, 1988, by midranks (Sun & Xu, IEEE SPL 21:1389, 2014).
    Raises ValueError as check_risks does, and with fewer than two rows with or without the disease.

    Taught in notebooks/04_evaluation.ipynb, section 3.3.
    """
    check_level(level)
    area, covariance = delong_covariance(diseased, [risks])
    if area[0] in (0, 1):
        ill = check_risks(diseased, risks)[0]
        return newcombe(float(area[0]), int(ill.sum()), int((~ill).sum()), level=level)
    half = NormalDist().inv_cdf((1 + level) / 2) * float(np.sqrt(covariance[0, 0]))
    return Interval(float(area[0]), max(0.0, float(area[0]) - half), min(1.0, float(area[0]) + half))


def delong_difference(
    diseased: np.ndarray, risks: np.ndarray, others: np.ndarray, *, level: float = 0.95
) -> tuple[Interval, float]:
    """AUC of one model minus that of another on the same patients, with DeLong's interval and two-sided p-value.

    The p-value is 1 where both models rank everybody alike. Where the formula finds no variance in a difference that
    is there (all pairs in order against none of them told apart), the p-value is NaN, and the interval comes from those
    of the two areas by squares (Newcombe's method 10, Stat. Med. 17:873, 1998): wide, since it knows of no pairing.
    Errors and limits are those of `delong`.

    Taught in notebooks/04_evaluation.ipynb, section 3.3.
    """
    check_level(level)
    area, covariance = delong_covariance(diseased, [risks, others])
    difference = float(area[0] - area[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    error = float(np.sqrt(max(variance, 0.0)))
    if error < 1e-12 < abs(difference):
        ill = check_risks(diseased, risks)[0]
        ends = [newcombe(float(a), int(ill.sum()), int((~ill).sum()), level=level) for a in area]
        return difference_of(*ends), math.nan
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    p = 2 * NormalDist().cdf(-abs(difference) / error) if error > 1e-12 else 1.0
    return Interval(difference, difference - half, difference + half), p


def delong_covariance(diseased: np.ndarray, models: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The AUC of each of m models, shape (m,), and DeLong's covariance of them, shape (m, m)."""
    ill_parts, well_parts = [], []
    for risks in models:
        ill, scores = check_risks(diseased, risks)
        n_ill, n_well = int(ill.sum()), int((~ill).sum())
        if min(n_ill, n_well) < 2:
            raise ValueError(f"expected two rows or more with and without the disease, found {n_ill} and {n_well}")
        ranks = rankdata(scores)
        ill_parts.append((ranks[ill] - rankdata(scores[ill])) / n_well)
        well_parts.append(1 - (ranks[~ill] - rankdata(scores[~ill])) / n_ill)
    areas = np.mean(ill_parts, axis=1)
    return areas, np.atleast_2d(np.cov(ill_parts)) / n_ill + np.atleast_2d(np.cov(well_parts)) / n_well
