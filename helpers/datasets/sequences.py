"""What sequences of DNA look like, and the matrices that say which letters a protein binds to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from helpers.base.nearest import did_you_mean
from helpers.datasets.contract import Described

LETTERS = "ACGT"  # the order of the columns of one-hot sequences and of matrices
_CODES = np.frombuffer(LETTERS.encode(), np.uint8)
_COMPLEMENT = str.maketrans(LETTERS, LETTERS[::-1])


def one_hot(letters: np.ndarray) -> np.ndarray:
    """Sequences as numbers, float32 (n, length, 4): 1 in the column of the letter (A, C, G, T), else 0.

    letters: text, shape (n,), of one length, upper or lower case; N, any letter, has no 1. Raises ValueError otherwise.

    >>> one_hot(np.array(["AGN"]))[0].tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """
    lengths = {len(one) for one in letters}
    if len(lengths) != 1:
        raise ValueError(f"letters: expected sequences of one length, got lengths {sorted(lengths)}")
    codes = np.frombuffer("".join(letters).upper().encode(), np.uint8).reshape(len(letters), -1)
    strange = set(np.unique(codes).tolist()) - {*LETTERS.encode(), ord("N")}
    if strange:
        raise ValueError(f"letters: expected A, C, G, T or N, got {chr(min(strange))!r}")
    return (codes[..., np.newaxis] == _CODES).astype(np.float32)


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its direction.

    >>> reverse_complement("AACg")
    'CGTT'
    """
    return sequence.upper().translate(_COMPLEMENT)[::-1]


@dataclass(frozen=True, eq=False, kw_only=True)
class SequenceDataset(Described):
    """Stretches of a genome, all of one length.

    letters: text, shape (n,), of A, C, G, T and N in upper case. repeats: bool, shape (n, length), True where the
    source writes lower case: repeated DNA, which tells of no function.
    places: one row per sequence, with chromosome, start (counted from 0) and end (not included) in the genome that
    `genome` names: what to split by, since a chromosome in two splits shares neighbours and copies.

    Raises DataError where the parts contradict each other, two sequences overlap in the genome, or one is there twice
    or on both strands. Arrays become read-only.
    """

    one_is: ClassVar[str] = "sequence"
    origin: ClassVar[str] = "real DNA"
    damaged: ClassVar[str] = "The file is damaged or not of this kind."

    letters: np.ndarray
    repeats: np.ndarray
    places: pd.DataFrame
    genome: str

    def __post_init__(self):
        n = len(self.letters)
        lengths = {len(one) for one in self.letters}
        if n == 0 or len(lengths) != 1:
            self._refuse("sequences of one length", f"lengths {sorted(lengths)}" if n else "no sequence")
        if self.repeats.dtype != bool or self.repeats.shape != (n, *lengths) or len(self.places) != n:
            self._refuse(f"repeats as bool of shape ({n}, {lengths.pop()}), and {n} places", str(self.repeats.shape))
        self._check_apart()
        for array in (self.letters, self.repeats):
            array.flags.writeable = False

    @property
    def inputs(self) -> np.ndarray:
        """What a model is given: one-hot sequences, float32 (n, length, 4), made anew each time."""
        return one_hot(self.letters)

    @property
    def people_note(self) -> str:
        """Whose DNA it is, in words for `provenance`."""
        return f"{len(self.letters)} of the reference genome {self.genome}, nobody's own"

    def summary(self) -> pd.DataFrame:
        """Sequences, share of G and C, and share of repeated DNA, one line per chromosome."""
        shares = one_hot(self.letters)[:, :, 1:3].sum(axis=(1, 2)) / self.repeats.shape[1]
        table = self.places[["chromosome"]].assign(gc=shares, repeats=self.repeats.mean(axis=1))
        return table.groupby("chromosome", sort=False).agg(
            sequences=("gc", "size"), gc=("gc", "mean"), repeats=("repeats", "mean")
        )

    def _check_apart(self):
        seen: dict[str, int] = {}
        for row, one in enumerate(self.letters.tolist()):
            key = min(one, reverse_complement(one))
            if seen.setdefault(key, row) != row:
                self._refuse("each sequence once, whichever strand", f"row {row} again that of row {seen[key]}")
        for chromosome, rows in self.places.sort_values("start").groupby("chromosome"):
            over = np.flatnonzero(rows["start"].to_numpy()[1:] < rows["end"].cummax().to_numpy()[:-1])
            if len(over):
                self._refuse(
                    "sequences that do not overlap", f"two that do at {chromosome}:{rows['start'].iloc[over[0] + 1]}"
                )


class Motif(NamedTuple):
    """How often each letter stands at each place of what a protein binds to.

    id: with the version, "MA0139.1". name: of the protein. counts: float64, shape (width, 4), of A, C, G and T; weighed
    by the source in some matrices, and so not always whole numbers.
    """

    id: str
    name: str
    counts: np.ndarray

    @property
    def frequencies(self) -> np.ndarray:
        """Share of each letter at each place, float64 (width, 4); each row adds up to 1."""
        return self.counts / self.counts.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class MotifDataset(Described):
    """Matrices of letters that proteins bind to, by id. Raises DataError where one is no matrix of counts."""

    one_is: ClassVar[str] = "matrix"
    origin: ClassVar[str] = "real measurements"
    damaged: ClassVar[str] = "The file is damaged or not of this kind."

    motifs: Mapping[str, Motif]

    def __post_init__(self):
        object.__setattr__(self, "motifs", MappingProxyType(dict(self.motifs)))
        if not self.motifs:
            self._refuse("at least one matrix", "none")
        for motif in self.motifs.values():
            good = motif.counts.ndim == 2 and motif.counts.shape[1] == len(LETTERS) and len(motif.counts)
            if not good or not np.isfinite(motif.counts).all() or (motif.counts < 0).any():
                self._refuse(f"counts of {motif.id} of shape (width, 4), none below 0", str(motif.counts.shape))
            if (motif.counts.sum(axis=1) == 0).any():
                self._refuse(f"a letter at each place of {motif.id}", "a place with none")
            motif.counts.flags.writeable = False

    @property
    def people_note(self) -> str:
        """What is counted, in words for `provenance`."""
        return f"{len(self.motifs):,}, each of one protein, from experiments on many sequences"

    def motif(self, id: str) -> Motif:
        """The matrix of that id, such as "MA0139.1" (CTCF). Raises ValueError naming the nearest where it is none."""
        if id not in self.motifs:
            raise ValueError(
                f"id: expected one of {len(self.motifs):,} such as {next(iter(self.motifs))}, got {id!r}"
                f"{did_you_mean(id, self.motifs)}"
            )
        return self.motifs[id]

    def summary(self) -> pd.DataFrame:
        """How many matrices there are of each width."""
        widths = pd.Series([len(motif.counts) for motif in self.motifs.values()], name="width")
        return widths.value_counts().sort_index().rename("matrices").to_frame()
