"""Simulated populations of people: frequencies that drifted apart, and neighbouring places inherited together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from helpers.datasets.arguments import check_number, check_range, check_whole

FREQUENCIES = (0.1, 0.9)  # of the counted letter, before populations parted
LINKS = (0.92, 0.995)  # correlation of the hidden normal variables of neighbours in a block; 0 between blocks
SURE = 1e-6  # a frequency that drifted to 0 or 1 is kept this far from it, so that every place can vary


@dataclass(frozen=True, eq=False)
class Population:
    """What a population's genomes are drawn from.

    frequencies: (places,), of the counted letter. links: (places,), how strongly each place is tied to the one before,
    0 at the beginning of a block. Both are float64.
    """

    frequencies: np.ndarray
    links: np.ndarray


def ancestors(blocks: int, per_block: int, *, seed: int) -> Population:
    """The population before any parted: blocks x per_block places, frequencies and links drawn evenly.

    Raises ValueError naming the argument, what is allowed and what was given.
    """
    check_whole("blocks", blocks, 1, 100_000)
    check_whole("per_block", per_block, 1, 1_000)
    rng = np.random.default_rng(seed)
    links = rng.uniform(*LINKS, (blocks, per_block))
    links[:, 0] = 0
    return Population(rng.uniform(*FREQUENCIES, blocks * per_block), links.ravel())


def drift(frequencies: np.ndarray, fst: float, *, seed: int) -> np.ndarray:
    """Frequencies after drift, of the same shape: drawn from Beta(p (1 - F) / F, (1 - p) (1 - F) / F), whose mean is p
    and whose variance F p (1 - p).

    fst: F, 0 (no drift) to .9. The model of Balding & Nichols, Genetica 96:3, 1995. Raises ValueError for others.
    Taught in notebooks/10_genomics.ipynb, section 2.1.
    """
    check_number("fst", fst, 0, 0.9)
    check_range("frequencies", (float(np.min(frequencies)), float(np.max(frequencies))), 0.0, 1.0)
    if fst == 0:
        return frequencies.copy()
    strength = (1 - fst) / fst
    rng = np.random.default_rng(seed)
    drifted = rng.beta(frequencies * strength, (1 - frequencies) * strength)
    return drifted.clip(SURE, 1 - SURE)


def part(from_: Population, fst: float, *, older: float = 1.0, seed: int) -> Population:
    """A population that parted from another: frequencies drifted by fst, links weakened to their power `older`.

    older: how many times as many generations have cut the links, at least 1: linkage falls by the same factor with
    each generation (Hill & Robertson, Theor Appl Genet 38:226, 1968), so t generations leave a power t of it.
    Raises ValueError for values that are not allowed.
    """
    check_number("older", older, 1, 100)
    return Population(drift(from_.frequencies, fst, seed=seed), from_.links**older)


def draw_people(population: Population, people: int, *, seed: int) -> np.ndarray:
    """Genotypes of unrelated people, int8 of shape (people, places): 0, 1 or 2 copies of the counted letter.

    Both parents hand down a chromosome. Along it runs a hidden normal variable, correlated with its neighbour by the
    link; where it lies below the quantile of the frequency, there is the counted letter. So each place keeps its
    frequency, and neighbours in a block go together. Raises ValueError for fewer than 1 or more than 1,000,000 people.
    Taught in notebooks/10_genomics.ipynb, section 2.1.
    """
    check_whole("people", people, 1, 1_000_000)
    rng = np.random.default_rng(seed)
    thresholds = ndtri(population.frequencies).astype(np.float32)
    genotypes = np.empty((len(thresholds), people), np.int8)
    hidden = np.zeros((2, people), np.float32)
    for place, (threshold, link) in enumerate(zip(thresholds, population.links, strict=True)):
        fresh = rng.standard_normal((2, people), np.float32)
        hidden = np.float32(link) * hidden + np.float32(np.sqrt(1 - link**2)) * fresh
        genotypes[place] = (hidden < threshold).sum(axis=0)
    return np.ascontiguousarray(genotypes.T)


def draw_children(parents: np.ndarray, *, seed: int) -> np.ndarray:
    """A child of each two people in a row (0 and 1, 2 and 3, ...), of parents' dtype, shape (people // 2, places).

    parents: (people, places), 0, 1 or 2. Each hands down one letter per place, independently between places, which
    loses the links; kinship and the likeness of parent and child are as they should be."""
    rng = np.random.default_rng(seed)
    pairs = len(parents) // 2
    handed = rng.random((2 * pairs, parents.shape[1]), np.float32) < parents[: 2 * pairs] / np.float32(2)
    return (handed[0::2].astype(parents.dtype) + handed[1::2]).astype(parents.dtype)
