"""People of several places in one study: a difference of the surroundings that looks like one of the genes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from helpers.datasets.simulators.genetics.populations import ancestors, draw_people, part
from helpers.evaluation import Interval
from helpers.lessons.genomics.association import associate, inflation, mean_and_sd, standardised, without
from helpers.lessons.genomics.scores import by_weights, explained

PLACES = 600  # independent ones
SHUFFLES = 5  # of the outcome within towns: one alone scatters
PENALTY = 3000.0  # of the ridge score: no choice is at stake where nothing is to be found


class Study(NamedTuple):
    """genotypes: int8 (people, places). town: int64 (people,). outcome: (people,), to which no gene contributes."""

    genotypes: np.ndarray
    town: np.ndarray
    outcome: np.ndarray


def simulate_towns(people: int, towns: int, *, fst: float, gap: float, seed: int) -> Study:
    """People of several towns whose frequencies drifted apart by fst; the outcome differs between towns, by their
    surroundings alone: town means with SD gap, of two towns -gap and gap, and everybody's own rest with SD 1.

    people: in all, as many from each town as can be. Taught in notebooks/10_genomics.ipynb, section 3.1.
    """
    rng = np.random.default_rng(seed)
    past, each = ancestors(PLACES, 1, seed=seed), people // towns
    genotypes = [draw_people(part(past, fst, seed=seed + 1 + k), each, seed=seed + towns + 1 + k) for k in range(towns)]
    town = np.arange(towns).repeat(each)
    order = rng.permutation(len(town))
    means = rng.normal(size=towns)
    means = gap * (means - means.mean()) / means.std()
    outcome = means[town] + rng.normal(size=len(town))
    return Study(np.concatenate(genotypes)[order], town[order], outcome[order])


def principal_components(genotypes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The directions in which people differ most, as coordinates (people, count), and the weights (places, count).

    Of standardised copies, the widest first (Price et al., Nature Genetics 38:904, 2006; use PLINK 2 or flashPCA for
    a million places). Taught in notebooks/10_genomics.ipynb, section 3.2.
    """
    places = standardised(genotypes)
    lengths, directions = np.linalg.eigh((places.T @ places).astype(np.float64))
    widest = np.argsort(lengths)[::-1][:count]
    return places.astype(np.float64) @ directions[:, widest], directions[:, widest]


class Found(NamedTuple):
    """inflation: of the association. shuffled_within: the same, the mean over five shuffles of the outcome among the
    people of each town, which takes away what genes do and leaves what towns do; shuffled_sd: their standard deviation.
    mixed: what a score explains among
    people of all towns who were not learned from. within: the same, where each is compared with people of the same
    town only."""

    inflation: float
    shuffled_within: float
    shuffled_sd: float
    mixed: Interval
    within: Interval


def score_of(study: Study, components: int) -> Found:
    """Learn a score from the first half of the people, with so many principal components taken out, test on the rest.

    Taught in notebooks/10_genomics.ipynb, section 3.2.
    """
    half = len(study.town) // 2
    learn, test = study.genotypes[:half], study.genotypes[half:]
    covariates = principal_components(learn, components)[0] if components else None
    orders = np.arange(half), *_shuffled_within(study.town[:half])
    found, *shuffled = (inflation(associate(learn, study.outcome[:half][order], covariates)["z"]) for order in orders)
    places = without(covariates, standardised(learn))
    left = without(covariates, study.outcome[:half])
    products = (places.T @ places).astype(np.float64) + PENALTY * np.eye(places.shape[1])
    weights = np.linalg.solve(products, places.T @ left.astype(np.float32))
    said = by_weights(*mean_and_sd(learn), weights)(test)
    outcome, town = study.outcome[half:], study.town[half:]
    own = [values - _means(values, town)[town] for values in (said, outcome)]
    shuffled = float(np.mean(shuffled)), float(np.std(shuffled, ddof=1))
    return Found(found, *shuffled, explained(said, outcome), explained(*own))


def _shuffled_within(town: np.ndarray) -> Iterator[np.ndarray]:
    """SHUFFLES orders of the people, (people,), that change only within each town; drawn from a seed of their own."""
    rng = np.random.default_rng(len(town))
    for _ in range(SHUFFLES):
        order = np.arange(len(town))
        for one in np.unique(town):
            order[town == one] = rng.permutation(order[town == one])
        yield order


def _means(values: np.ndarray, town: np.ndarray) -> np.ndarray:
    return np.bincount(town, weights=values) / np.maximum(np.bincount(town), 1)
