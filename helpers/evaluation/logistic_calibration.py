"""Calibration as level, slope and curve: what a logistic regression of the outcome on the log-odds says of risks.

The scores take labels 0 and 1 (n,) and probabilities (n, 2), and weights of shape (draws, n) as those of
helpers.evaluation.scores do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from helpers.evaluation.calibration import EDGE
from helpers.evaluation.cases import Labelled
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_probabilities, check_risks
from helpers.evaluation.intervals import over_draws

STEPS, LONGEST, CLOSE = 50, 2.0, 1e-8  # of Newton's method: how many, how far one goes, and when it has arrived
PENALTY = 1e-3  # of a recalibration, on half the squared slope of standardised log-odds
TINY = 1e-300  # no division by zero


def observed_to_expected(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None
) -> float | np.ndarray:
    """O:E, the number of the diseased over the sum of the risks: 1 at best, below 1 where risks are too high.

    Taught in notebooks/04_evaluation.ipynb, section 5.2.
    """
    ill, risks = _of_two(labels, probabilities)
    return float(ill.sum() / risks.sum()) if weights is None else weights @ ill / (weights @ risks)


def calibration_intercept(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None
) -> float | np.ndarray:
    """What all log-odds lack: a of logit P(ill) = a + logit(risk). 0 at best, below 0 where risks are too high.

    Also called calibration in the large. Source: Cox, Biometrika 45:562, 1958; Van Calster et al., BMC Medicine 17:230,
    2019.

    Taught in notebooks/04_evaluation.ipynb, section 5.2.
    """
    ill, risks = _of_two(labels, probabilities)
    found = np.atleast_1d(_intercepts(ill, _log_odds(risks), _rows(weights, len(ill))))
    return float(found[0]) if weights is None else found


def calibration_slope(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None
) -> float | np.ndarray:
    """b of logit P(ill) = a + b · logit(risk): 1 at best, below 1 where risks are too extreme, above 1 where too timid.

    NaN where risks do not differ, or tell the diseased from the others without a fault: no slope is the likeliest then.
    Source: as of `calibration_intercept`.

    Taught in notebooks/04_evaluation.ipynb, section 5.2.
    """
    ill, risks = _of_two(labels, probabilities)
    slopes = _lines(ill, _log_odds(risks), _rows(weights, len(ill)))[1]
    return float(slopes[0]) if weights is None else slopes


@dataclass(frozen=True)
class Recalibration:
    """A level and a slope learned on validation patients: log-odds z become intercept + slope · z."""

    intercept: float
    slope: float

    def predict(self, risks: np.ndarray) -> np.ndarray:
        """Risks (n,) with their level and slope mended."""
        return expit(self.intercept + self.slope * _log_odds(np.asarray(risks, np.float64)))


def fit_recalibration(diseased: np.ndarray, risks: np.ndarray) -> Recalibration:
    """Logistic recalibration (Cox 1958): the likeliest level and slope. `.predict(risks)` applies them.

    diseased and risks: shape (n,), of validation patients, on whom the mean risk is then the share of the diseased. A
    temperature T is the slope 1 / T without a level. A trace of a penalty (PENALTY) keeps it finite where the risks
    make no fault. Raises ValueError as check_risks does, and for risks all alike.

    Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    ill, risks = check_risks(diseased, risks)
    z = _log_odds(risks)
    if z.std() < CLOSE:
        raise ValueError("fit_recalibration: risks that are all alike have no likeliest slope")
    intercept, slope = (float(one[0]) for one in _lines(ill, z, np.ones((1, len(ill))), penalty=PENALTY))
    if math.isnan(slope):  # hardly a fault among few people: Newton's steps swing from side to side
        model = LogisticRegression(C=1 / PENALTY, tol=CLOSE, max_iter=10_000)
        model.fit((z[:, np.newaxis] - z.mean()) / z.std(), ill)
        slope = float(model.coef_[0, 0] / z.std())
        intercept = float(model.intercept_[0] - slope * z.mean())
    return Recalibration(intercept, slope)


def smoothed_calibration(
    rows: Labelled, risks: np.ndarray, *, span: float = 0.75, points: int = 60, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """The share diseased as a smooth function of the risk, with a 95 % band from resampling patients.

    rows: with labels 0 and 1 and patients. At each point a straight line is fitted to the nearest `span` of the rows,
    those near it counting more (loess of degree 1 with tricube weights; Cleveland, J. Am. Stat. Assoc. 74:829, 1979;
    for calibration Austin & Steyerberg, Stat. Med. 33:517, 2014). The band holds at each point, not along the whole
    curve.
    Columns predicted, observed, low, high; one row per point, from the lowest to the highest hundredth of the risks.
    Raises ValueError as check_risks does.

    Taught in notebooks/04_evaluation.ipynb, section 5.1.
    """
    ill, risks = check_risks(rows.labels, risks)
    grid = np.linspace(*np.quantile(risks, [0.01, 0.99]), points)
    distance = risks[:, np.newaxis] - grid
    reach = np.partition(np.abs(distance), math.ceil(span * len(risks)) - 1, axis=0)[math.ceil(span * len(risks)) - 1]
    near = np.clip(1 - np.abs(distance / np.maximum(reach, EDGE)) ** 3, 0, None) ** 3  # (n, points)

    def curve(weights: np.ndarray) -> np.ndarray:
        """The curve of each draw, (draws, points): the weighted least-squares line at distance 0."""
        s0, s1, s2 = (weights @ (near * distance**k) for k in range(3))
        t0, t1 = (weights @ (near * distance**k * ill[:, np.newaxis]) for k in range(2))
        spread = s0 * s2 - s1**2
        level = np.divide(t0, s0, out=np.full(s0.shape, ill.mean()), where=s0 > 0)
        line = np.divide(s2 * t0 - s1 * t1, spread, out=level, where=spread > EDGE * s0**2)
        return np.clip(line, 0, 1)

    drawn = over_draws(rows, curve, draws=draws, seed=seed)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return pd.DataFrame({"predicted": grid, "observed": curve(np.ones((1, len(ill))))[0], "low": low, "high": high})


def seen_at(curve: pd.DataFrame, said: float) -> Interval:
    """The share diseased that a smoothed curve shows at one risk, with the ends of its band there.

    curve: of `smoothed_calibration`; between its points lie straight lines. NaN for a risk that the curve does not
    reach, for then hardly anybody is told so.

    Taught in notebooks/04_evaluation.ipynb, section 5.2.
    """
    columns = (curve[what] for what in ("observed", "low", "high"))
    return Interval(*(float(np.interp(said, curve["predicted"], one, math.nan, math.nan)) for one in columns))


def _of_two(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels, probabilities = check_probabilities(labels, probabilities)
    return check_risks(labels, probabilities[:, -1], both=False)


def _log_odds(risks: np.ndarray) -> np.ndarray:
    return logit(np.clip(risks, EDGE, 1 - EDGE))


def _rows(weights: np.ndarray | None, n: int) -> np.ndarray:
    return np.ones((1, n)) if weights is None else weights


def _intercepts(ill: np.ndarray, z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """For each draw the a that makes the risks expit(a + z) sum to the number of the diseased, by Newton's method."""
    a = np.zeros(len(weights))
    for _ in range(STEPS):
        risks = expit(a[:, np.newaxis] + z)
        off = np.einsum("ij,ij->i", weights, ill - risks)
        step = off / np.einsum("ij,ij->i", weights, np.maximum(risks * (1 - risks), EDGE))
        a += np.clip(step, -LONGEST, LONGEST)
        if np.abs(step).max() < CLOSE:
            break
    return a


def _lines(ill: np.ndarray, z: np.ndarray, weights: np.ndarray, penalty: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """For each draw intercept and slope of the logistic regression of the outcome on z, by Newton's method.

    z is standardised first, so that no step goes far. penalty: of half the squared slope. NaN for both where it does
    not arrive.
    """
    middle, scale = z.mean(), z.std()
    if scale < CLOSE:
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    x = (z - middle) / scale
    at = np.zeros((2, len(weights)))
    for _ in range(STEPS):
        risks = expit(at[0][:, np.newaxis] + at[1][:, np.newaxis] * x)
        off, curved = weights * (ill - risks), weights * risks * (1 - risks)
        g0, g1, h0, h1, h2 = off.sum(axis=1), off @ x, curved.sum(axis=1), curved @ x, curved @ x**2
        g1, h2 = g1 - penalty * at[1], h2 + penalty
        area = np.maximum(h0 * h2 - h1**2, TINY)
        step = np.stack([h2 * g0 - h1 * g1, h0 * g1 - h1 * g0]) / area
        at += np.clip(step, -LONGEST, LONGEST)
        if np.abs(step).max() < CLOSE:
            break
    at[:, np.abs(step).max(axis=0) > math.sqrt(CLOSE)] = np.nan
    return at[0] - at[1] * middle / scale, at[1] / scale
