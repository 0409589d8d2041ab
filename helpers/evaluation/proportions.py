"""How wide the interval of a plain proportion, rate or AUC is, by formula, and how many patients one needs."""

from __future__ import annotations

import math
from statistics import NormalDist

from scipy.optimize import brentq
from scipy.stats import binomtest, chi2

from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_level


def wilson(hits: int, n: int, *, level: float = 0.95) -> Interval:
    """A share of n independent patients with Wilson's interval (by SciPy), sensible also near 0 and 1.

    Source: Wilson, J. Am. Stat. Assoc. 22:209, 1927; recommended by Newcombe, Stat. Med. 17:857, 1998.
    Raises ValueError unless 0 <= hits <= n and n >= 1.

    Taught in notebooks/04_evaluation.ipynb, section 7.1.
    """
    if n < 1 or not 0 <= hits <= n or hits != int(hits) or n != int(n):
        raise ValueError(f"wilson: expected 0 <= hits <= n, whole numbers, n of 1 or more, found {hits} of {n}")
    check_level(level)
    found = binomtest(int(hits), int(n)).proportion_ci(confidence_level=level, method="wilson")
    return Interval(hits / n, float(found.low), float(found.high))


def garwood(count: int, exposure: float, *, level: float = 0.95) -> Interval:
    """A rate of so many events in an exposure (days, hours, ...), per unit of it, with its exact Poisson interval.

    Of no event it is 0 to 3.7 over the exposure, where resampling would give no width at all.
    Source: Garwood, Biometrika 28:437, 1936; its ends by quantiles of χ².
    Raises ValueError unless count is a whole number of 0 or more and exposure above 0.

    >>> str(garwood(0, 10)), str(garwood(10, 10))
    ('.000 (.000 to .369)', '1.000 (.480 to 1.839)')
    """
    if count < 0 or count != int(count) or not exposure > 0:
        raise ValueError(f"garwood: expected a count of 0 or more and an exposure above 0, found {count} in {exposure}")
    check_level(level)
    low = chi2.ppf((1 - level) / 2, 2 * count) / 2 if count else 0.0
    high = chi2.ppf((1 + level) / 2, 2 * count + 2) / 2
    return Interval(count / exposure, float(low / exposure), float(high / exposure))


def patients_for(half_width: float, share: float, *, level: float = 0.95) -> int:
    """How many independent patients an interval of share ± half_width needs: z² p (1 - p) / w², rounded up.

    Near 0 and 1 that formula goes to nobody; there it is as many as make Wilson's interval of a share of 1 no wider
    than 2 w: z² (1 - 2 w) / (2 w).
    Raises ValueError for a share outside 0 to 1 or a half width that is not above 0.

    Taught in notebooks/04_evaluation.ipynb, section 7.4.
    """
    if not 0 <= share <= 1 or not half_width > 0:
        raise ValueError(f"patients_for: expected a share and a width above 0, found {share} and {half_width}")
    check_level(level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    plain = z**2 * share * (1 - share) / half_width**2
    at_the_edge = z**2 * (1 - 2 * half_width) / (2 * half_width)
    return max(1, math.ceil(round(max(plain, at_the_edge), 9)))


def difference_of(one: Interval, other: Interval) -> Interval:
    """One estimate minus another of other patients, with the interval that theirs give by squares.

    d - √((a - low_a)² + (high_b - b)²) to d + √((high_a - a)² + (b - low_b)²): it needs no draws, and keeps its width
    where one of the two is 0 or 1. Source: method 10 of Newcombe, Stat. Med. 17:873, 1998.
    """
    difference = one.estimate - other.estimate
    down = math.hypot(one.estimate - one.low, other.high - other.estimate)
    up = math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Interval(difference, difference - down, difference + up)


def auc_half_width(auc: float, diseased: int, healthy: int, *, level: float = 0.95) -> float:
    """Half the width of an interval around an AUC of which only the value and the numbers of patients are known.

    z √V with V = (A (1 - A) + (m - 1)(Q₁ - A²) + (n - 1)(Q₂ - A²)) / (m n), where m are diseased, n healthy, Q₁ =
    A / (2 - A) and Q₂ = 2 A² / (1 + A): exact for exponential scores, close for others (Hanley & McNeil, Radiology
    143:29, 1982). Raises ValueError for an AUC outside 0 to 1 or a class without a patient.
    """
    if not 0 <= auc <= 1 or diseased < 1 or healthy < 1:
        raise ValueError(f"auc_half_width: expected an AUC and two counts, found {auc}, {diseased} and {healthy}")
    check_level(level)
    variance = _area_variance(auc, diseased, healthy, diseased - 1, healthy - 1)
    return NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(variance)


def newcombe(auc: float, diseased: float, healthy: float, *, level: float = 0.95) -> Interval:
    """An AUC with Newcombe's score interval, sensible also at 0 and 1 and for few patients.

    Its ends are the areas θ with |A - θ| = z √V(θ), V being that of `auc_half_width` with (m + n) / 2 - 1 in the place
    of m - 1 and of n - 1. Eight against eight, all pairs in order: .756 to 1.
    Source: method 5 of Newcombe, Stat. Med. 25:559, 2006. Raises ValueError as auc_half_width does.

    Taught in notebooks/04_evaluation.ipynb, section 7.1.
    """
    if not 0 <= auc <= 1 or diseased < 1 or healthy < 1:
        raise ValueError(f"newcombe: expected an AUC and two counts, found {auc}, {diseased} and {healthy}")
    check_level(level)
    z, half = NormalDist().inv_cdf((1 + level) / 2), (diseased + healthy) / 2 - 1

    def lower(area: float) -> float:
        def off(theta: float) -> float:
            return (area - theta) ** 2 - z**2 * _area_variance(theta, diseased, healthy, half, half)

        return float(brentq(off, 0, area - 1e-9)) if area > 1e-6 else 0.0

    return Interval(auc, lower(auc), 1 - lower(1 - auc))


def newcombe_error(auc: float, diseased: float, healthy: float) -> float:
    """The standard error of an AUC behind `newcombe`, at the AUC itself: √V. The counts may be fractions."""
    half = (diseased + healthy) / 2 - 1
    return math.sqrt(_area_variance(auc, diseased, healthy, half, half))


def _area_variance(area: float, diseased: float, healthy: float, more_ill: float, more_well: float) -> float:
    """Hanley & McNeil's variance of an AUC; more_ill and more_well: m - 1 and n - 1, or what stands for them."""
    q1, q2 = area / (2 - area) - area**2, 2 * area**2 / (1 + area) - area**2
    return (area * (1 - area) + more_ill * q1 + more_well * q2) / (diseased * healthy)
