"""A trait to which many places add a little, and the disease of those whose sum is high: truth known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri


@dataclass(frozen=True, eq=False)
class Trait:
    """places: (causal,), which places act. effects: (causal,), on the liability per copy, before it is scaled.
    spread: (causal,), the SD of the copies where the effects were drawn. heritability: the share of the liability's
    variance that they make, in each population."""

    places: np.ndarray
    effects: np.ndarray
    spread: np.ndarray
    heritability: float


@dataclass(frozen=True, eq=False)
class Cohort:
    """People of a simulation. genotypes: int8 (people, typed places), what a chip reads. genetic: (people,), what the
    causal places make of the liability. liability: (people,), that and all else, mean 0, variance 1."""

    genotypes: np.ndarray
    genetic: np.ndarray
    liability: np.ndarray

    def ill(self, prevalence: float) -> np.ndarray:
        """Whose liability is among the highest of the population, int64 (people,)."""
        return (self.liability > -ndtri(prevalence)).astype(np.int64)


def causal_trait(frequencies: np.ndarray, per_block: int, *, causal: int, heritability: float, seed: int) -> Trait:
    """One causal place in each of `causal` blocks of per_block places, its effect normal per SD of its letter's copies.

    frequencies: (places,), of the population in which the effects per SD are alike in size.
    Raises ValueError for more causal places than blocks. Taught in notebooks/10_genomics.ipynb, section 2.1.
    """
    rng = np.random.default_rng(seed)
    blocks = np.sort(rng.choice(len(frequencies) // per_block, causal, replace=False))
    places = blocks * per_block + rng.integers(per_block, size=causal)
    spread = np.sqrt(2 * frequencies[places] * (1 - frequencies[places]))
    return Trait(places, rng.normal(size=causal) / spread, spread, heritability)


def other_effects(trait: Trait, correlation: float, *, seed: int) -> Trait:
    """The same places with other effects, which are correlated with the first ones as stated (0 to 1)."""
    rng = np.random.default_rng(seed)
    fresh = rng.normal(size=len(trait.effects)) / trait.spread
    mixed = correlation * trait.effects + np.sqrt(1 - correlation**2) * fresh
    return replace(trait, effects=mixed)


def express(trait: Trait, genotypes: np.ndarray, *, typed: np.ndarray, seed: int) -> Cohort:
    """The people with their liability: genetic part with variance h2, and a normal rest with variance 1 - h2.

    genotypes: (people, places), causal ones among them. typed: bool (places,), those that a chip reads.
    Taught in notebooks/10_genomics.ipynb, section 2.1.
    """
    rng = np.random.default_rng(seed)
    raw = genotypes[:, trait.places].astype(np.float32) @ trait.effects.astype(np.float32)
    genetic = (raw - raw.mean()) / raw.std() * np.sqrt(trait.heritability)
    rest = rng.normal(size=len(genetic)) * np.sqrt(1 - trait.heritability)
    return Cohort(genotypes[:, typed], genetic, genetic + rest)
