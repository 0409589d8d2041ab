"""A sum of which nobody sees the summands: pairwise masks, as in secure aggregation."""

from __future__ import annotations

from itertools import combinations

import numpy as np

SCALE = 2**16  # steps in which a number of size 1 is counted; sums up to 2**15 fit the 32 bits


def masked(updates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What each of n hospitals sends: its update in whole steps of 1 / SCALE, hidden by a mask for each other hospital.

    updates: (n, weights), below 2**15 in sum. Each pair shares random numbers of 32 bits: one adds them, the other
    takes them off, all modulo 2**32, so that what is sent is uniform, whatever was meant, and the sum keeps nothing of
    them. Here one generator plays all pairs; in earnest each agrees on a key, and somebody who drops out is provided
    for (Bonawitz et al., 2017).

    Taught in notebooks/09_privacy.ipynb, section 4.2.
    """
    sent = np.rint(updates * SCALE).astype(np.int64).astype(np.uint32)
    for one, other in combinations(range(len(updates)), 2):
        mask = rng.integers(2**32, size=updates.shape[1], dtype=np.uint32)
        sent[one] += mask
        sent[other] -= mask
    return sent


def unmasked_sum(sent: np.ndarray) -> np.ndarray:
    """The sum of the updates behind what was sent, (weights,). Taught in notebooks/09_privacy.ipynb, section 4.2."""
    return sent.sum(axis=0, dtype=np.uint32).astype(np.int32) / SCALE
