"""Stretches of DNA that a protein binds to, what to hold them against, and splits that share no chromosome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets import load
from helpers.datasets.errors import DataError
from helpers.datasets.given import readable
from helpers.datasets.sequences import SequenceDataset, one_hot
from helpers.datasets.simulators.genetics.sequences import simulate_bound
from helpers.datasets.sources.genetics.sequences import read_ctcf

SPLITS = {"test": 0.25, "validation": 0.15}  # the least share of the sequences; the rest is for training


@dataclass(frozen=True, eq=False)
class Sequences:
    """Bound and unbound sequences of one split.

    letters: text, (n,). labels: int64, (n,), 1 is bound. patients: (n,), the same number for a bound sequence and for
    what stands against it, so that an interval resamples both together.
    """

    letters: np.ndarray
    labels: np.ndarray
    patients: np.ndarray

    @property
    def inputs(self) -> np.ndarray:
        """One-hot, float32 (n, length, 4)."""
        return one_hot(self.letters)


def read_bound(motif_data: str, *, sequences: int, seed: int) -> SequenceDataset:
    """Bound stretches: "simulated" (as many as `sequences`), "ctcf", or a FASTA file whose names are places.

    Raises DataError as load and read_ctcf do, and where there is no such file.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    if motif_data == "simulated":
        return simulate_bound(sequences, seed=seed)
    if motif_data == "ctcf":
        return load("ctcf")
    path = Path(readable(motif_data))
    if not path.is_file():
        raise DataError(path.name, expected="a FASTA file", found="no file of that name", todo="Check the path.")
    words = {"title": f"Stretches of DNA from {path.name}", "source": "a file of your own", "notes": ()}
    return replace(read_ctcf(path), name=path.name, licence="yours to know", citation="yours to know", **words)


def split_by_chromosome(chromosomes: pd.Series, *, seed: int) -> dict[str, np.ndarray]:
    """Rows of "train", "validation" and "test", which share no chromosome, as arrays of numbers in ascending order.

    Chromosomes are drawn at random until a split has its share of the rows (SPLITS), first for test.
    Raises DataError where fewer than three chromosomes are there. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    names = chromosomes.unique()
    drawn = iter(np.random.default_rng(seed).permutation(np.sort(names.astype(str))).tolist())
    rows: dict[str, np.ndarray] = {}
    for split, share in SPLITS.items():
        taken: list[str] = []
        while chromosomes.isin(taken).mean() < share and (name := next(drawn, None)) is not None:
            taken.append(name)
        rows[split] = np.flatnonzero(chromosomes.isin(taken))
    rows["train"] = np.flatnonzero(chromosomes.isin(list(drawn)))
    if not all(map(len, rows.values())):
        raise DataError(
            "sequences",
            expected="at least three chromosomes, each with a part of the sequences",
            found=f"{len(names)}: {', '.join(map(str, names[:5]))}",
            todo="Use sequences of more chromosomes.",
        )
    return rows


def against(bound: np.ndarray, unbound: np.ndarray, rows: np.ndarray) -> Sequences:
    """The bound sequences of these rows, and below them the unbound ones of the same rows."""
    labels = np.repeat(np.array([1, 0]), len(rows))
    return Sequences(np.concatenate([bound[rows], unbound[rows]]), labels, np.concatenate([rows, rows]))


def hide(rows: Sequences, starts: np.ndarray, width: int) -> Sequences:
    """The same with N, any letter, where the site is: in each bound sequence, and at the same places of its shuffle.

    starts: of all bound sequences, by their number. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    cut = [
        one[:start] + "N" * width + one[start + width :]
        for one, start in zip(rows.letters.tolist(), starts[rows.patients].tolist(), strict=True)
    ]
    return replace(rows, letters=np.array(cut))


def shuffle_pairs(sequence: str, rng: np.random.Generator) -> str:
    """The letters in another order in which every pair of neighbours is as often as it was.

    Altschul & Erickson, Molecular Biology and Evolution 2:526, 1985: letters are towns, pairs are roads; a random walk
    that takes every road once. The last road out of each town is drawn first, until those lead to the last letter from
    everywhere; the order of the others is free, and all walks are equally likely. First and last letter stay.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    roads: dict[str, list[str]] = {}
    for here, there in pairwise(sequence):
        roads.setdefault(here, []).append(there)
    end = sequence[-1:]
    towns = [town for town in roads if town != end]
    while True:
        picks = {town: int(rng.integers(len(roads[town]))) for town in towns}
        last = {town: roads[town][pick] for town, pick in picks.items()}
        if all(_leads_to(town, end, last) for town in towns):
            break
    orders = {}
    for town, ways in roads.items():
        free = [way for number, way in enumerate(ways) if number != picks.get(town)]
        orders[town] = iter([free[i] for i in rng.permutation(len(free))] + ([last[town]] if town in last else []))
    walk = [sequence[:1]]
    for _ in range(len(sequence) - 1):
        walk.append(next(orders[walk[-1]]))
    return "".join(walk)


def _leads_to(town: str, end: str, last: dict[str, str]) -> bool:
    for _ in range(len(last) + 1):
        if town == end:
            return True
        town = last[town]
    return False


def shuffled(letters: np.ndarray, *, seed: int) -> np.ndarray:
    """Each sequence by shuffle_pairs, text (n,). Taught in notebooks/10_genomics.ipynb, section 1."""
    rng = np.random.default_rng(seed)
    return np.array([shuffle_pairs(one, rng) for one in letters.tolist()])
