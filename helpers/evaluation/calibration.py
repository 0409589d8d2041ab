"""Calibration: do risks mean what they say, and how to mend them on validation patients."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, softmax
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

from helpers.evaluation.inputs import check_finite, check_probabilities, check_risks, check_scores

EDGE = 1e-12  # risks are kept this far from 0 and 1 before their log-odds are taken
HOTTEST = 50.0  # temperatures are looked for between its inverse and it


def reliability(diseased: np.ndarray, risks: np.ndarray, *, bins: int = 10) -> pd.DataFrame:
    """Predicted against observed: one row per bin of risks that holds somebody.

    diseased and risks: shape (n,). bins: how many, equally wide from 0 to 1. A risk on an edge counts to the upper bin.
    Columns: count, predicted (mean risk), observed (share diseased).
    Raises ValueError as check_risks does; one class alone is allowed.

    Taught in notebooks/04_evaluation.ipynb, section 5.5.
    """
    diseased, risks = check_risks(diseased, risks, both=False)
    if not isinstance(bins, int | np.integer) or bins < 1:
        raise ValueError(f"bins: expected a whole number of 1 or more, found {bins}")
    place = np.searchsorted(np.arange(1, bins) / bins, risks, side="right")
    rows = pd.DataFrame({"predicted": risks, "observed": diseased.astype(float)}).groupby(place)
    return rows.mean().assign(count=rows.size())[["count", "predicted", "observed"]].reset_index(drop=True)


def expected_calibration_error(diseased: np.ndarray, risks: np.ndarray, *, bins: int = 10) -> float:
    """ECE: the mean of |predicted - observed| over the bins of `reliability`, each weighted by its count.

    Taught in notebooks/04_evaluation.ipynb, section 5.5.
    """
    table = reliability(diseased, risks, bins=bins)
    return float(np.average((table["predicted"] - table["observed"]).abs(), weights=table["count"]))


def brier(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None) -> float | np.ndarray:
    """The mean squared distance of the risk (the column of class 1) and the outcome, for labels 0 and 1: 0 at best.

    weights: None, or shape (draws, n), as of the scores of helpers.evaluation.scores.
    It mixes calibration with how well the ill are told from the others. Source: Brier, Mon. Weather Rev. 78:1, 1950.

    Taught in notebooks/04_evaluation.ipynb, section 5.1.
    """
    labels, probabilities = check_probabilities(labels, probabilities)
    apart = (probabilities[:, -1] - check_risks(labels, probabilities[:, -1], both=False)[0]) ** 2
    return float(apart.mean()) if weights is None else weights @ apart / weights.sum(axis=1)


@dataclass(frozen=True)
class BrierParts:
    """The Brier score of binned risks: brier = reliability - resolution + uncertainty (Murphy 1973).

    reliability: mean squared distance of predicted and observed, 0 at best. resolution: how far the bins' shares lie
    from the overall share, high at best. uncertainty: share · (1 - share), of the patients alone. within: what the
    binning leaves out, so that the score of the risks themselves is the sum of all (Stephenson et al. 2008).
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier_parts(diseased: np.ndarray, risks: np.ndarray, *, bins: int = 10) -> BrierParts:
    """The Brier score (mean squared distance of risk and outcome, by scikit-learn) and its parts.

    score = reliability - resolution + uncertainty + within, exactly. Raises ValueError as check_risks does; one class
    alone is allowed.
    Sources: Murphy, J. Appl. Meteorol. 12:595, 1973; Stephenson, Coelho & Jolliffe, Weather Forecast. 23:752, 2008.

    Taught in notebooks/04_evaluation.ipynb, section 5.5.
    """
    diseased, risks = check_risks(diseased, risks, both=False)
    table = reliability(diseased, risks, bins=bins)
    share = diseased.mean()
    score = float(brier_score_loss(diseased, risks, pos_label=True))
    reliable = float(np.average((table["predicted"] - table["observed"]) ** 2, weights=table["count"]))
    resolved = float(np.average((table["observed"] - share) ** 2, weights=table["count"]))
    uncertain = float(share * (1 - share))
    return BrierParts(score, reliable, resolved, uncertain, score - (reliable - resolved + uncertain))


def bias_and_variance(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance of probabilities (fits, n, classes) around the truth, labels (n,), summed over classes.

    Both are unbiased in the number of fits (at least 2); their sum is the mean squared error over the fits (the Brier
    score) exactly. Taught in notebooks/05_overfitting.ipynb, section 2.
    """
    probabilities = check_finite(probabilities, "probabilities")
    if probabilities.ndim != 3 or len(probabilities) < 2:
        raise ValueError(
            f"probabilities: expected shape (fits, n, classes), 2 fits or more, found {probabilities.shape}"
        )
    for each in probabilities:
        labels, _ = check_scores(labels, each, what="probabilities")
    truth = np.eye(probabilities.shape[-1])[labels]
    variance = probabilities.var(axis=0, ddof=1)
    bias = (probabilities.mean(axis=0) - truth) ** 2 - variance / len(probabilities)
    return float(bias.sum(axis=-1).mean()), float(variance.sum(axis=-1).mean())


def fit_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature T > 0 that makes probabilities, as at_temperature changes them, the likeliest.

    labels: classes (n,), found on validation patients; of risks (n,) whether the disease is there. probabilities: risks
    (n,) or a column per class (n, K). Above 1 they were too extreme, below 1 too timid. The order of risks stays, and
    with it their AUC; so does each patient's likeliest class.
    Source: Guo et al., On calibration of modern neural networks, ICML 2017. Raises ValueError as
    check_risks and check_probabilities do. 1 where all rows are alike: none can be told from them.

    Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    if np.ndim(probabilities) == 1 or np.shape(probabilities)[1:] == (1,):
        labels, probabilities = check_risks(labels, probabilities)
        alike = probabilities.min() == probabilities.max()
    else:
        labels, probabilities = check_probabilities(labels, probabilities)
        alike = np.ptp(probabilities, axis=0).max() == 0
    if alike:
        return 1.0
    classes = range(2 if probabilities.ndim == 1 else probabilities.shape[1])
    limit = np.log(HOTTEST)
    found = minimize_scalar(
        lambda t: log_loss(labels, at_temperature(probabilities, float(np.exp(t))), labels=classes),
        bounds=(-limit, limit),
        method="bounded",
    )
    return float(np.exp(found.x))


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Risks (n,) with their log-odds, or probabilities (n, K) with their logarithms, divided by a temperature.

    Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature: expected a number above 0, found {temperature}")
    probabilities = check_finite(probabilities, "probabilities").astype(np.float64)
    if probabilities.shape[1:] == (1,):  # what a sigmoid gives
        probabilities = probabilities[:, 0]
    if not (probabilities.min() >= 0 and probabilities.max() <= 1):
        raise ValueError("probabilities: expected values from 0 to 1; NaN or log-odds have no temperature")
    clipped = np.clip(probabilities, EDGE, 1 - EDGE)
    return expit(logit(clipped) / temperature) if clipped.ndim == 1 else softmax(np.log(clipped) / temperature, axis=1)


def fit_isotonic(diseased: np.ndarray, risks: np.ndarray) -> IsotonicRegression:
    """A rising staircase from risks to shares, fitted on validation patients; `.predict(risks)` applies it.

    Steps tie patients who were told apart, so the AUC may change a little. Raises ValueError as check_risks does.

    Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    diseased, risks = check_risks(diseased, risks)
    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(risks, diseased.astype(float))
