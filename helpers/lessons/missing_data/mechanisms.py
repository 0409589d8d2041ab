"""Gaps made on purpose in a complete table, so that the truth behind each of them is known."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import ttest_ind

from helpers.evaluation import Interval

STEEPNESS = 1.5  # log-odds of a gap for each standard deviation of what it depends on
GAP, SIGN = 0, 3  # columns of the workbench: radius, which gets the gaps, and compactness, which is always seen
MECHANISMS = ("completely at random", "at random", "not at random")


def chances(score: np.ndarray, share: float) -> np.ndarray:
    """The chance of a gap for each row, float64 (n,): a logistic function of the score, `share` on average.

    score: shape (n,), in log-odds; only its differences matter. Raises ValueError for a share outside 0 to 1.

    Taught in notebooks/06_missing_data.ipynb, section 1.2.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: expected a number above 0 and below 1, found {share}")
    level = brentq(lambda a: expit(a + score).mean() - share, -50 - score.max(), 50 - score.min())
    return expit(level + score)


def hide(features: np.ndarray, mechanism: str, share: float, rng: np.random.Generator) -> np.ndarray:
    """A copy of the workbench, shape (n, 4), with NaN in about `share` of the column GAP.

    mechanism: one of MECHANISMS. A gap depends on nothing; on the column SIGN, which is always seen; or on the very
    value that is hidden. Raises ValueError for another mechanism.

    Taught in notebooks/06_missing_data.ipynb, section 2.1.
    """
    drivers = dict(zip(MECHANISMS, (None, SIGN, GAP), strict=True))
    if mechanism not in drivers:
        raise ValueError(f"mechanism: expected one of {', '.join(MECHANISMS)}, found {mechanism!r}")
    driver = drivers[mechanism]
    score = np.zeros(len(features))
    if driver is not None:
        column = features[:, driver]
        score = STEEPNESS * (column - column.mean()) / column.std()
    gone = rng.uniform(size=len(features)) < chances(score, share)
    holed = features.copy()
    holed[gone, GAP] = np.nan
    return holed


def gone_minus_seen(values: np.ndarray, gone: np.ndarray) -> Interval:
    """The mean of values (n,) among rows with a gap minus that among the others, with Welch's 95 % interval.

    gone: truth values, shape (n,).

    Taught in notebooks/06_missing_data.ipynb, section 1.2.
    """
    hidden, seen = values[gone], values[~gone]
    ends = ttest_ind(hidden, seen, equal_var=False).confidence_interval()
    return Interval(float(hidden.mean() - seen.mean()), float(ends.low), float(ends.high), digits=2)
