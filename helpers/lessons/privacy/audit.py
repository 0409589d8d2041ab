"""An attack on the training itself: how much privacy it at least gives away, whatever was promised."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import beta, norm

from helpers.lessons.privacy.mechanisms import gauss_epsilon

PATIENTS, SIZE = 40, 6  # of the small data set that is trained on, and weights
CANARY_IMAGES = 12

Sum = Callable[[np.ndarray, np.ndarray, float, float, np.random.Generator], np.ndarray]


def statistic(private_sum: Sum, noise: float, share: float, steps: int, *, canary: bool, seed) -> float:
    """What an attacker sees of one training: the sum over its steps of the released sums, in the canary's direction.

    The data: PATIENTS with one image each, whose gradients are random, most of them shorter than the bound of 1; and,
    if canary is True, one more with CANARY_IMAGES images, whose gradients all point along the last weight, each as long
    as the bound. Nobody else's do: a worse patient cannot be. The attacker sees every step, as the guarantee allows.
    """
    rng = np.random.default_rng(seed)
    gradients = np.zeros((PATIENTS + CANARY_IMAGES, SIZE))
    gradients[:PATIENTS, :-1] = rng.normal(size=(PATIENTS, SIZE - 1)) / SIZE
    gradients[PATIENTS:, -1] = 1.0
    owner = np.minimum(np.arange(len(gradients)), PATIENTS)
    people = PATIENTS + canary
    seen = 0.0
    for _ in range(steps):
        drawn = np.flatnonzero(rng.random(people) < share)
        rows = np.isin(owner, drawn)
        seen += private_sum(gradients[rows], owner[rows], 1.0, noise, rng)[-1]
    return seen


def lower_bound(without: np.ndarray, within: np.ndarray, delta: float, *, level: float = 0.95) -> float:
    """The ε below which the two samples could not differ so much, but for chance: 0 or more.

    The threshold is chosen on the first half of each sample, and the rates of false alarms (false) and hits (true) are
    counted on the second; with their Clopper-Pearson bounds, each at 1 - (1 - level) / 2, it is
    ln((true_low - δ) / false_high). Raises ValueError for fewer than 4 values in a sample.
    Source: Jagielski, Ullman & Oprea, NeurIPS 2020; of the two errors the more telling side is not chosen, for the
    canary only ever raises the statistic.

    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    if min(len(without), len(within)) < 4:
        raise ValueError(f"expected 4 values or more in each sample, found {len(without)} and {len(within)}")
    halves = [(sample[: len(sample) // 2], sample[len(sample) // 2 :]) for sample in (without, within)]
    (learn_out, test_out), (learn_in, test_in) = halves
    places = np.linspace(min(learn_out.min(), learn_in.min()), max(learn_out.max(), learn_in.max()), 201)
    worth = np.array([_bound(learn_out > place, learn_in > place, delta, level) for place in places])
    best = np.flatnonzero(worth == worth.max())
    place = places[best[len(best) // 2]]
    return max(0.0, _bound(test_out > place, test_in > place, delta, level))


def ceiling(trainings: int, delta: float, *, level: float = 0.95) -> float:
    """The most that `lower_bound` can say after so many trainings of each kind: all hits, and no false alarm.

    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    tested = trainings - trainings // 2
    return _bound(np.zeros(tested, bool), np.ones(tested, bool), delta, level)


def gaussian_bound(
    without: np.ndarray, within: np.ndarray, place: float, delta: float, *, level: float = 0.95
) -> float:
    """The ε below which the two samples could not differ so much, but for chance, if what is told has Gaussian noise.

    place: a threshold fixed beforehand, so that all trainings count. Rates of false alarms and hits with the bounds of
    `lower_bound` give the least distance μ of two normal curves, in standard deviations, and μ its ε
    (`mechanisms.gauss_epsilon`). Source: Nasr et al., USENIX Security 2023, who audit by Gaussian differential privacy.

    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    low, high = _rates((without > place).sum(), len(without), (within > place).sum(), len(within), level)
    return gauss_epsilon(max(0.0, float(norm.ppf(low) - norm.ppf(high))), delta)


def least_caught(promised: float, trainings: int, delta: float, *, level: float = 0.95) -> dict[str, float]:
    """The least true ε that an audit of so many trainings of each kind catches as often as not, by both bounds.

    That is: with the expected numbers of hits and false alarms the bound reaches the promised ε. Code whose noise is
    Gaussian is taken, with the canary μ standard deviations away. NaN where the bound's ceiling lies below the promise.

    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    tested, places = trainings - trainings // 2, np.linspace(-2, 6, 161)

    def counting(mu: float) -> float:
        low, high = _rates(tested * norm.sf(places), tested, tested * norm.sf(places - mu), tested, level)
        return float(np.log(np.maximum(low - delta, 1e-12) / high).max())

    def gaussian(mu: float) -> float:
        low, high = _rates(trainings * norm.sf(mu / 2), trainings, trainings * norm.cdf(mu / 2), trainings, level)
        return gauss_epsilon(max(0.0, float(norm.ppf(low) - norm.ppf(high))), delta)

    found = {}
    for name, bound in (("by counting", counting), ("as Gaussian", gaussian)):
        reached = bound(12.0) > promised
        mu = brentq(lambda mu, bound=bound: bound(mu) - promised, 1e-3, 12.0) if reached else math.nan
        found[name] = gauss_epsilon(mu, delta) if reached else math.nan
    return found


def _rates(alarms, others, hits, members, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The lower bound of the rate of hits, the upper one of false alarms: Clopper-Pearson, each at (1 - level) / 2."""
    doubt = (1 - level) / 2
    low = np.where(hits > 0, beta.ppf(doubt, np.maximum(hits, 1e-9), members - hits + 1), 0.0)
    high = np.where(alarms < others, beta.ppf(1 - doubt, alarms + 1, np.maximum(others - alarms, 1e-9)), 1.0)
    return low, high


def _bound(alarms: np.ndarray, hits: np.ndarray, delta: float, level: float) -> float:
    low, high = _rates(alarms.sum(), len(alarms), hits.sum(), len(hits), level)
    return math.log((low - delta) / high) if low > delta else -math.inf


def samples(
    private_sum: Sum, noise: float, share: float, steps: int, *, trainings: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """What the attacker sees of so many trainings without the canary, and of as many with it."""
    without, within = (
        np.array(
            [
                statistic(private_sum, noise, share, steps, canary=canary, seed=[seed, canary, k])
                for k in range(trainings)
            ]
        )
        for canary in (False, True)
    )
    return without, within


def audit(
    private_sum: Sum, noise: float, share: float, steps: int, delta: float, *, trainings: int, seed: int
) -> float:
    """The lower bound on ε of so many trainings without the canary and as many with it.

    private_sum: as helpers.lessons.privacy.dpsgd.private_sum, or a wrong one.
    """
    return lower_bound(*samples(private_sum, noise, share, steps, trainings=trainings, seed=seed), delta)


def audit_table(
    versions: Mapping[str, tuple[Sum, float]], noise: float, steps: int, delta: float, *, trainings: int, seed: int
) -> pd.DataFrame:
    """Both lower bounds on ε of each version of the code, beside the exact one of its canary.

    versions: name -> (private_sum, how many standard deviations of its noise the canary moves a step). Everybody is in
    every step, so that the steps are one Gaussian mechanism whose distance grows with their root. Columns: "true ε",
    "by counting" (`lower_bound`) and "as Gaussian" (`gaussian_bound`, its threshold half-way to where the right code
    puts the canary).

    Taught in notebooks/09_privacy.ipynb, section 3.7.
    """
    lines = {}
    for name, (private_sum, moves) in versions.items():
        without, within = samples(private_sum, noise, 1.0, steps, trainings=trainings, seed=seed)
        lines[name] = {
            "true ε": gauss_epsilon(moves * math.sqrt(steps), delta),
            "by counting": lower_bound(without, within, delta),
            "as Gaussian": gaussian_bound(without, within, steps / 2, delta),
        }
    return pd.DataFrame.from_dict(lines, orient="index")
