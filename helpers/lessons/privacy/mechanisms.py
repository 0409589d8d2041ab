"""Noise with a promise: the coin, Laplace's and Gauss's noise on a count, and what repeated asking does to it."""

from __future__ import annotations

import math

import numpy as np

from helpers.evaluation import Interval


def answer_by_coin(truths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Randomised response (Warner, 1965): heads, say the truth; tails, throw again and say yes on heads.

    truths: bool (n,). Returns what each person says, bool (n,). Taught in notebooks/09_privacy.ipynb, section 3.1.
    """
    honest, second = rng.random((2, len(truths))) < 0.5
    return np.where(honest, truths, second)


def share_behind(answers: np.ndarray) -> float:
    """The share of people whose truth is yes, from what they said by coin: (share of yes - 1/4) / (1/2)."""
    return float((answers.mean() - 0.25) / 0.5)


def measured_epsilon(yes: tuple[int, int], no: tuple[int, int]) -> Interval:
    """ln of the rate of an answer among those of the one truth over that among the other, with a 95 % interval.

    yes, no: (how often the answer came, of how many), 1 or more of each. The interval is the usual one of a log ratio
    of two shares (Katz et al., 1978). Taught in notebooks/09_privacy.ipynb, section 3.1.
    """
    (a, n), (b, m) = yes, no
    ratio = math.log(a / n / (b / m))
    half = 1.96 * math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return Interval(ratio, ratio - half, ratio + half)


def laplace_count(count: float, epsilon: float, rng: np.random.Generator, times: int = 1) -> np.ndarray:
    """A count with Laplace noise of scale 1 / ε, so many times: one person moves a count by 1 (Dwork et al., 2006).

    Taught in notebooks/09_privacy.ipynb, section 3.2.
    """
    return count + rng.laplace(scale=1 / epsilon, size=times)


def gauss_scale(epsilon: float, delta: float) -> float:
    """The least standard deviation with which Gaussian noise on a count gives (ε, δ): Balle and Wang's, by search.

    Φ(1 / (2σ) - εσ) - exp(ε) Φ(-1 / (2σ) - εσ) ≤ δ (Balle & Wang, ICML 2018). Raises ValueError (from SciPy) where δ
    is 0 or less. Taught in notebooks/09_privacy.ipynb, section 3.2.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    def too_much(sd: float) -> float:
        return norm.cdf(0.5 / sd - epsilon * sd) - math.exp(epsilon) * norm.cdf(-0.5 / sd - epsilon * sd) - delta

    return float(brentq(too_much, 1e-2, 1e4))


def gauss_epsilon(mu: float, delta: float) -> float:
    """The exact ε, at that δ, of Gaussian noise on something that one person moves by mu standard deviations.

    The equation of `gauss_scale` with σ = 1 / mu, solved for ε; 0 where δ already covers it (Balle & Wang, ICML 2018).
    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    def too_much(epsilon: float) -> float:
        return norm.cdf(mu / 2 - epsilon / mu) - math.exp(epsilon + norm.logcdf(-mu / 2 - epsilon / mu)) - delta

    return float(brentq(too_much, 0, 10 * mu * (mu + 5))) if mu > 0 and too_much(0) > 0 else 0.0
