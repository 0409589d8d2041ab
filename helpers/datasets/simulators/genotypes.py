"""Simulated genotypes: for each person and each place of the genome, how many copies of the rarer letter there are."""

from __future__ import annotations

import numpy as np

from helpers.datasets.arguments import check_range, check_whole

RAREST, COMMONEST = 0.05, 0.5  # frequency of the rarer letter; a letter that is more common than one half is not it


def simulate_genotypes(
    people: int, places: int, *, frequencies: tuple[float, float] = (RAREST, COMMONEST), seed: int = 1
) -> np.ndarray:
    """Genotypes of unrelated people, int64 of shape (people, places), each 0, 1 or 2.

    Each place has a frequency f of its rarer letter, drawn evenly between `frequencies`. Both parents hand down one
    letter, independently, so that 0, 1 and 2 copies have the probabilities (1 - f)², 2 f (1 - f) and f² (the
    Hardy–Weinberg proportions: Hardy, Science 28:49, 1908). Neighbouring places are independent here, which in life
    they are not, and no place has to do with any disease.

    Raises ValueError naming the argument, what is allowed and what was given.
    Taught in notebooks/01_background.ipynb, section 2.
    """
    check_whole("people", people, 1, 1_000_000)
    check_whole("places", places, 1, 1_000_000)
    check_range("frequencies", frequencies, 0.0, 0.5)
    check_whole("seed", seed, 0, 2**63 - 1)
    rng = np.random.default_rng(seed)
    return rng.binomial(2, rng.uniform(*frequencies, places), (people, places))
