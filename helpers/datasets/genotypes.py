"""What genotypes of people look like: how many copies of a letter each has at each place, and who is related."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from helpers.datasets.contract import Described

FIRST_DEGREE = 0.177  # kinship above which two people count as parent and child, full siblings or twins (KING, below)
SEX_CHROMOSOMES = ("X", "Y", "MT")


@dataclass(frozen=True, eq=False, kw_only=True)
class GenotypeDataset(Described):
    """Genotypes of people whom the source holds for unrelated (related_pairs looks whether they are).

    genotypes: int64, shape (people, places), each 0, 1 or 2: copies of the counted letter, the rarer of the two among
    these people, as helpers.datasets.simulators.genotypes makes them. On chromosome X men have one copy at most.
    people: one row per person, indexed by identifier, with population, super_population and sex ("F" or "M").
    places: one row per place, with chromosome, position, counted, other (the two letters) and frequency (of the counted
    one here). relatives_left_out: how many people of the file are relatives of these.

    Raises DataError where the parts contradict each other. The array becomes read-only.
    """

    one_is: ClassVar[str] = "person"
    origin: ClassVar[str] = "real people"
    damaged: ClassVar[str] = "The file is damaged or not of this kind."

    genotypes: np.ndarray
    people: pd.DataFrame
    places: pd.DataFrame
    relatives_left_out: int

    def __post_init__(self):
        shape = (len(self.people), len(self.places))
        if self.genotypes.dtype != np.int64 or self.genotypes.shape != shape or 0 in shape:
            self._refuse(f"genotypes as int64 of shape {shape}", f"{self.genotypes.dtype} {self.genotypes.shape}")
        if self.genotypes.min() < 0 or self.genotypes.max() > 2:
            self._refuse("0, 1 or 2 copies of a letter", f"{self.genotypes.min()} to {self.genotypes.max()}")
        if self.people.index.has_duplicates:
            self._refuse("each person once", f"{self.people.index[self.people.index.duplicated()][0]} twice")
        self.genotypes.flags.writeable = False

    @property
    def people_note(self) -> str:
        """How many people, and how many relatives of theirs were left out, in words for `provenance`."""
        return f"{len(self.people):,}, unrelated as the source counts; {self.relatives_left_out} relatives left out"

    @property
    def autosomes(self) -> np.ndarray:
        """Which places are on chromosomes of which everybody has two, bool (places,)."""
        return ~self.places["chromosome"].isin(SEX_CHROMOSOMES).to_numpy()

    def summary(self) -> pd.DataFrame:
        """People, populations and women, one line per group of populations."""
        groups = self.people.groupby("super_population")
        return groups.agg(
            people=("sex", "size"), populations=("population", "nunique"), women=("sex", lambda sex: (sex == "F").sum())
        )


def kinship(genotypes: np.ndarray) -> np.ndarray:
    """How closely each two people are related, float32 (people, people): about 1/2 for a person with themselves or a
    twin, 1/4 for parent and child or full siblings, 1/8 for second degree, 0 or less for strangers.

    genotypes: (people, places), 0, 1 or 2 copies, of autosomes. The robust estimate of KING (Manichaikul et al.,
    Bioinformatics 26:2867, 2010, equation 11), which needs no frequencies and so no population to belong to. With a
    thousand places its standard error is about .03. Raises ValueError for a person without any 1.
    """
    one = (genotypes == 1).astype(np.float32)
    none, two = (genotypes == 0).astype(np.float32), (genotypes == 2).astype(np.float32)
    heterozygous = one.sum(axis=1)
    if not heterozygous.all():
        raise ValueError("genotypes: expected at least one place with one copy for each person, got a person without")
    opposite = none @ two.T
    fewer = np.minimum.outer(heterozygous, heterozygous)
    total = np.add.outer(heterozygous, heterozygous)
    return (one @ one.T - 2 * (opposite + opposite.T)) / (2 * fewer) + 0.5 - total / (4 * fewer)


def related_pairs(data: GenotypeDataset, *, closer_than: float = FIRST_DEGREE) -> pd.DataFrame:
    """The pairs of people whose kinship exceeds a limit, the closest first: one, other, kinship.

    Relatives share what a model could remember, so that a split between them is no split between strangers.
    """
    found = np.triu(kinship(data.genotypes[:, data.autosomes]), k=1)
    one, other = np.nonzero(found > closer_than)
    names = data.people.index.to_numpy()
    table = pd.DataFrame({"one": names[one], "other": names[other], "kinship": found[one, other]})
    return table.sort_values("kinship", ascending=False, ignore_index=True)


def families(data: GenotypeDataset) -> np.ndarray:
    """A number for each person, int64 (people,), the same for all whom related_pairs ties together: split by it."""
    place = {name: row for row, name in enumerate(data.people.index)}
    family = np.arange(len(place))
    for pair in related_pairs(data).itertuples():
        mine, theirs = family[place[pair.one]], family[place[pair.other]]
        family[family == max(mine, theirs)] = min(mine, theirs)
    return family
