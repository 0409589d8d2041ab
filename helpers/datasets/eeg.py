"""What a set of short electroencephalograms looks like, and what differs between two of its groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from helpers.datasets.contract import Described


@dataclass(frozen=True, eq=False, kw_only=True)
class EegDataset(Described):
    """Segments of one channel each, all of the same length, in groups.

    signal: float32, shape (n, samples), in the unit that `unit` names. groups: text, shape (n,), the group of each.
    names: text, shape (n,), what the source calls each segment. rate: samples per second.
    group_table: one row per group, indexed by its name, with what is known of its people and electrodes; its columns
    are what two groups can differ in.

    Nobody says which segments are of one person, so that there is no split between people here: a split by segment
    tests on people who were learned from. Raises DataError where the parts contradict each other. Arrays become
    read-only.
    """

    damaged: ClassVar[str] = "The recordings are damaged or not of this kind."

    signal: np.ndarray
    groups: np.ndarray
    names: np.ndarray
    rate: float
    unit: str
    group_table: pd.DataFrame

    def __post_init__(self):
        n = len(self.signal)
        if self.signal.dtype != np.float32 or self.signal.ndim != 2 or n == 0 or not np.isfinite(self.signal).all():
            self._refuse("a finite signal as float32 of shape (n, samples)", f"{self.signal.dtype} {self.signal.shape}")
        if not self.groups.shape == self.names.shape == (n,):
            self._refuse(f"a group and a name for each of {n} segments", f"{self.groups.shape}, {self.names.shape}")
        unknown = sorted(set(self.groups.tolist()) - set(self.group_table.index))
        if unknown:
            self._refuse("every group in the table of groups", f"{unknown[0]}, which is not")
        for array in (self.signal, self.groups, self.names):
            array.flags.writeable = False

    @property
    def people_note(self) -> str:
        """How it is known whose segments these are, in words for `provenance`."""
        return "not identified: a split by segment tests on people who were learned from"

    @property
    def seconds(self) -> np.ndarray:
        """The time of each sample from the start of its segment, float64 (samples,), seconds."""
        return np.arange(self.signal.shape[1]) / self.rate

    def confounds(self, one: str, other: str) -> dict[str, tuple[str, str]]:
        """What differs between two groups, and so may be what a classifier tells them apart by.

        Returns what differs (a column of group_table) -> what it is in the one and the other. Raises ValueError for a
        group that there is not.
        """
        for name in (one, other):
            if name not in self.group_table.index:
                raise ValueError(f"group: expected one of {', '.join(self.group_table.index)}, got {name!r}")
        first, second = self.group_table.loc[one], self.group_table.loc[other]
        return {what: (first[what], second[what]) for what in self.group_table if first[what] != second[what]}

    def summary(self) -> pd.DataFrame:
        """Segments and their size, one line per group."""
        rows = {}
        for group in self.group_table.index:
            mine = self.signal[self.groups == group].astype(float)
            rows[group] = {
                "segments": len(mine),
                "mean": mine.mean() if mine.size else np.nan,
                "median SD of a segment": np.median(mine.std(axis=1)) if mine.size else np.nan,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")
