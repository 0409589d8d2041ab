"""Motifs as matrices: what a place tells, where a matrix fits on either strand, and how alike two matrices are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.datasets.sequences import Motif

PSEUDO = 0.01  # added to each frequency, so that a letter never seen is unlikely, not impossible
EVEN = 0.25  # of four letters, none preferred


def information(frequencies: np.ndarray) -> np.ndarray:
    """What each place tells, in bits, float64 (width,): 2 + Σ f log2 f, 2 for one letter alone, 0 for four alike.

    Schneider & Stephens, Nucleic Acids Research 18:6097, 1990, without their correction for few sequences.
    """
    logs = np.log2(frequencies, out=np.zeros_like(frequencies, dtype=np.float64), where=frequencies > 0)
    return 2 + (frequencies * logs).sum(axis=1)


def log_odds(frequencies: np.ndarray, background: np.ndarray) -> np.ndarray:
    """log2 of how much likelier each letter is at each place of a site than elsewhere, float64 (width, 4).

    background: the share of each letter elsewhere, (4,).
    """
    softened = (frequencies + PSEUDO) / (frequencies + PSEUDO).sum(axis=1, keepdims=True)
    return np.log2(softened / background)


class Scan(NamedTuple):
    """score: the best of each sequence, (n,). start: where it is (the leftmost base). reverse: on the other strand."""

    score: np.ndarray
    start: np.ndarray
    reverse: np.ndarray


def scan(x: np.ndarray, weights: np.ndarray) -> Scan:
    """Lay a matrix of weights (width, 4) at every place of both strands of one-hot sequences (n, length, 4).

    The other strand is read by turning the matrix round, places and letters: the same sums, and places stay places.
    Raises ValueError where the matrix is longer.
    """
    if len(weights) > x.shape[1]:
        raise ValueError(f"weights: expected at most {x.shape[1]} places, found {len(weights)}")
    sums = np.stack([sums_at(x, one) for one in (weights, weights[::-1, ::-1])])
    best, start = sums.max(axis=2), sums.argmax(axis=2)
    reverse = best[1] > best[0]
    return Scan(best.max(axis=0), np.where(reverse, start[1], start[0]), reverse)


def sums_at(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The sum of the weights of the letters at each place, one strand, float64 (n, length - width + 1)."""
    places = x.shape[1] - len(weights) + 1
    return sum(x[:, at : at + places] @ row for at, row in enumerate(weights))


def sites_at(x: np.ndarray, found: Scan, width: int) -> np.ndarray:
    """What a scan found, each site read in the matrix's direction, float32 (n, width, 4)."""
    sites = x[np.arange(len(x))[:, np.newaxis], found.start[:, np.newaxis] + np.arange(width)]
    return np.where(found.reverse[:, np.newaxis, np.newaxis], sites[:, ::-1, ::-1], sites)


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """How alike two matrices of frequencies (width, 4) are: 1 for the same, about 0 for unrelated ones.

    Both are taken minus 1/4, so that a place without preference counts nothing, and laid over each other at every
    shift and on either strand: the greatest cosine, with what sticks out kept in the lengths.
    """
    a, b = one - EVEN, other - EVEN
    sums = [
        sum(np.correlate(a[:, letter], turned[:, letter], "full") for letter in range(a.shape[1])).max()
        for turned in (b, b[::-1, ::-1])
    ]
    return float(max(sums) / (np.linalg.norm(a) * np.linalg.norm(b)))


def laid_over(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The found matrix on the strand and at the shift where it is likest to the truth, float64 (len(truth), 4).

    Places that it does not reach have 1/4 for each letter; what sticks out is cut off.
    """
    best, place = -np.inf, None
    for turned in (found, found[::-1, ::-1]):
        for shift in range(1 - len(turned), len(truth)):
            on_truth = np.full(truth.shape, EVEN)
            here = slice(max(shift, 0), shift + len(turned))
            part = on_truth[here]
            on_truth[here] = turned[max(-shift, 0) :][: len(part)]
            fit = float(((on_truth - EVEN) * (truth - EVEN)).sum())
            if fit > best:
                best, place = fit, on_truth
    return place


def by_chance(found: np.ndarray, truth: np.ndarray, *, shuffles: int = 999, seed: int) -> np.ndarray:
    """The similarity of a found matrix to the truth with its places in another order, float64 (shuffles,).

    The null is strict: letters and information stay, only the order goes. Taught in notebooks/10_genomics.ipynb,
    section 1.
    """
    rng = np.random.default_rng(seed)
    return np.array([similarity(found, truth[rng.permutation(len(truth))]) for _ in range(shuffles)])


def p_value(observed: float, null: np.ndarray) -> float:
    """The share of the null that is at least as great, with the observed one counted: never 0."""
    return (1 + (null >= observed).sum()) / (1 + len(null))


def ranked(found: np.ndarray, known: Mapping[str, Motif]) -> pd.DataFrame:
    """Known matrices by their similarity to a found one, the likest first: id, name and similarity."""
    rows = [(one.id, one.name, similarity(found, one.frequencies)) for one in known.values()]
    table = pd.DataFrame(rows, columns=["id", "name", "similarity"])
    return table.sort_values("similarity", ascending=False, kind="stable", ignore_index=True)
