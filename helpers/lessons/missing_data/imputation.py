"""Multiple imputation of one column: a draw as unsure as it should be, and Rubin's rules to pool what follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import t as student

from helpers.evaluation import Interval

STEPS, CLOSE, LONGEST = 30, 1e-8, 3.0  # of Newton's method


def fit_logit(design: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression without a penalty: coefficients (p,) and their covariance (p, p), by Newton's method.

    design: shape (n, p), with a column of ones where a level is wanted. outcome: 0 and 1, shape (n,).
    """
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        risk = expit(design @ found)
        information = design.T @ (design * (risk * (1 - risk))[:, np.newaxis]) + 1e-9 * np.eye(len(found))
        step = np.clip(np.linalg.solve(information, design.T @ (outcome - risk)), -LONGEST, LONGEST)
        found += step
        if np.abs(step).max() < CLOSE:
            break
    return found, np.linalg.inv(information)


def complete_by_draw(
    holed: np.ndarray, column: int, known: np.ndarray, rng: np.random.Generator, shift: float = 0.0
) -> np.ndarray:
    """The table with the gaps of one column drawn from a normal regression on what is known.

    holed: shape (n, f), NaN in the column alone. known: what the regression reads, shape (n, k). The residual variance
    and the coefficients are drawn first, then the values: so the draw knows that it does not know the line (Rubin 1987,
    example 5.1). shift: added to each drawn value, in the column's unit.

    Taught in notebooks/06_missing_data.ipynb, section 2.3.
    """
    gone = np.isnan(holed[:, column])
    design = np.column_stack([np.ones(len(holed)), known])
    seen, values = design[~gone], holed[~gone, column]
    inverse = np.linalg.inv(seen.T @ seen + 1e-9 * np.eye(design.shape[1]))
    line = inverse @ seen.T @ values
    freedom = max(len(values) - design.shape[1], 1)
    variance = np.sum((values - seen @ line) ** 2) / rng.chisquare(freedom)
    line = rng.multivariate_normal(line, variance * inverse)
    drawn = design[gone] @ line + rng.normal(0, math.sqrt(variance), gone.sum())
    whole = holed.copy()
    whole[gone, column] = drawn + shift
    return whole


@dataclass(frozen=True)
class Pooled:
    """What m analyses say together. within, between and total: variances. freedom: degrees of it. owed_to_gaps: the
    share (1 + 1/m) between / total of the variance, λ in the notebook."""

    estimate: float
    within: float
    between: float
    total: float
    freedom: float
    owed_to_gaps: float

    def interval(self, level: float = 0.95, digits: int = 2) -> Interval:
        """The estimate with Student's interval."""
        half = student.ppf((1 + level) / 2, self.freedom) * math.sqrt(self.total)
        return Interval(self.estimate, self.estimate - half, self.estimate + half, digits)


def pool(estimates: np.ndarray, variances: np.ndarray, complete_freedom: float = math.inf) -> Pooled:
    """Rubin's rules: m estimates (m,) and their squared standard errors (m,) as one.

    complete_freedom: the degrees of freedom that the analysis has without gaps; where it is finite, those of Barnard
    and Rubin (Biometrika 86:948, 1999), else Rubin's (1987). Raises ValueError for fewer than two, or other shapes.

    Taught in notebooks/06_missing_data.ipynb, section 2.4.
    """
    estimates, variances = np.asarray(estimates, float), np.asarray(variances, float)
    m = len(estimates)
    if m < 2 or estimates.shape != variances.shape or estimates.ndim != 1:
        raise ValueError(f"pool: expected two estimates or more, each with its variance, found {estimates.shape}")
    within, between = variances.mean(), estimates.var(ddof=1)
    total = within + (1 + 1 / m) * between
    lost = (1 + 1 / m) * between / total
    freedom = (m - 1) / lost**2 if lost > 0 else math.inf
    if math.isfinite(complete_freedom):
        observed = (complete_freedom + 1) / (complete_freedom + 3) * complete_freedom * (1 - lost)
        freedom = observed if math.isinf(freedom) else 1 / (1 / freedom + 1 / observed)
    return Pooled(float(estimates.mean()), float(within), float(between), float(total), float(freedom), float(lost))
