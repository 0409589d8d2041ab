"""An attack on the training itself: how much privacy it at least gives away, whatever was promised."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import beta

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


def _bound(alarms: np.ndarray, hits: np.ndarray, delta: float, level: float) -> float:
    doubt = (1 - level) / 2
    low = beta.ppf(doubt, hits.sum(), len(hits) - hits.sum() + 1) if hits.any() else 0.0
    high = beta.ppf(1 - doubt, alarms.sum() + 1, len(alarms) - alarms.sum()) if not alarms.all() else 1.0
    return math.log((low - delta) / high) if low > delta else -math.inf


def audit(
    private_sum: Sum, noise: float, share: float, steps: int, delta: float, *, trainings: int, seed: int
) -> float:
    """The lower bound on ε of so many trainings without the canary and as many with it.

    private_sum: as helpers.lessons.privacy.dpsgd.private_sum, or a wrong one. Taught in notebooks/09_privacy.ipynb,
    section 3.7.
    """
    samples = [
        np.array(
            [
                statistic(private_sum, noise, share, steps, canary=canary, seed=[seed, canary, k])
                for k in range(trainings)
            ]
        )
        for canary in (False, True)
    ]
    return lower_bound(*samples, delta)
