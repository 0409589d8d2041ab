"""The world of section 2: a home population and another one, whose three differences can be switched off one by one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from helpers.datasets.simulators.genetics.populations import Population, ancestors, draw_people, drift, part
from helpers.lessons.genomics.traits import Cohort, Trait, causal_trait, express, other_effects

BLOCKS, PER_BLOCK, CAUSAL = 120, 8, 40
PARTED = 0.1  # F_ST of the home population from the ancestors
OLDER = 3.0  # the other population has had so many times as many generations to cut the links
SHARED = 0.8  # correlation of the effects in the two populations
DIFFERENCES = ("frequencies", "linkage", "effects")
ABROAD = 500  # added to the seed of home, so that the other population's draws are others


@dataclass(frozen=True, eq=False)
class World:
    """past: the common ancestors. home: the population in which a score is made, or the one that was parted from it.
    trait: what acts. typed: bool (places,), which places a chip reads: all but the causal ones."""

    past: Population
    home: Population
    trait: Trait
    typed: np.ndarray

    def people(self, count: int, *, seed: int) -> Cohort:
        """So many unrelated people of the home population."""
        return express(self.trait, draw_people(self.home, count, seed=seed), typed=self.typed, seed=seed + 1)

    def abroad(self, differences: Collection[str], *, fst: float, seed: int) -> World:
        """The same world with another population as home, which differs in what is named, and in nothing else.

        differences: of DIFFERENCES. fst: of the other population from the ancestors. With the same seed, what differs
        is the same whatever else does. Raises ValueError for another name.
        """
        if unknown := set(differences) - set(DIFFERENCES):
            raise ValueError(f"differences: expected some of {', '.join(DIFFERENCES)}, got {', '.join(unknown)}")
        drifted = drift(self.past.frequencies, fst, seed=seed + ABROAD)
        there = Population(
            drifted if "frequencies" in differences else self.home.frequencies,
            self.home.links**OLDER if "linkage" in differences else self.home.links,
        )
        trait = other_effects(self.trait, SHARED, seed=seed + ABROAD + 1) if "effects" in differences else self.trait
        return replace(self, home=there, trait=trait)


def make_world(*, heritability: float, seed: int) -> World:
    """120 blocks of 8 places, a causal one in 40 of them, and people whose frequencies have drifted by F_ST .1.

    Taught in notebooks/10_genomics.ipynb, section 2.1.
    """
    past = ancestors(BLOCKS, PER_BLOCK, seed=seed)
    home = part(past, PARTED, seed=seed + 1)
    trait = causal_trait(home.frequencies, PER_BLOCK, causal=CAUSAL, heritability=heritability, seed=seed + 2)
    typed = np.ones(len(home.frequencies), bool)
    typed[trait.places] = False
    return World(past, home, trait, typed)
