"""What a set of molecules looks like: each as a line of text (SMILES) with what was measured of it, in three splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from helpers.datasets.contract import SplitByPatient


@dataclass(frozen=True, eq=False)
class MoleculeSplit:
    """The molecules of one split.

    smiles: text, shape (n,), as the source writes them. target: shape (n,); int64, an index into the data set's class
    names, or float64, a number in the target's unit. keys: text, shape (n,), the InChIKey, the same for two ways of
    writing one molecule. scaffolds: text, shape (n,), the Bemis–Murcko scaffold as SMILES, "" where there is no ring.
    """

    smiles: np.ndarray
    target: np.ndarray
    keys: np.ndarray
    scaffolds: np.ndarray

    def __len__(self) -> int:
        return len(self.target)

    @property
    def inputs(self) -> np.ndarray:
        """What a model is given: the SMILES, shape (n, 1)."""
        return self.smiles[:, np.newaxis]

    @property
    def patients(self) -> np.ndarray:
        """Who must not be in two splits: here the molecule, by its InChIKey."""
        return self.keys

    @property
    def labels(self) -> np.ndarray:
        """The target of a set with classes. Raises AttributeError where the target is a number."""
        if self.target.dtype != np.int64:
            raise AttributeError("the target of these molecules is a number, not a class: use .target")
        return self.target

    def rows(self, keep: np.ndarray) -> MoleculeSplit:
        """The molecules that a boolean array of shape (n,) or an array of indices keeps."""
        return MoleculeSplit(self.smiles[keep], self.target[keep], self.keys[keep], self.scaffolds[keep])


@dataclass(frozen=True, eq=False, kw_only=True)
class MoleculeDataset(SplitByPatient):
    """Molecules in three splits, none of them in two, with where they come from and what may be done with them.

    train, validation, test: of type MoleculeSplit. split: how they were made, "random" or "scaffold".
    target_name, target_unit, class_names: as in TableDataset. left_out: columns of the source that are no inputs, and
    why.

    Raises DataError where the parts contradict each other, and where a molecule, however it is written, or in a
    scaffold split a scaffold, is in two splits. All arrays become read-only.
    """

    rows_are: ClassVar[str] = "rows"
    one_is: ClassVar[str] = "molecule"
    origin: ClassVar[str] = "real measurements"

    split: str
    target_name: str
    target_unit: str | None = None
    class_names: tuple[str, ...] = ()
    disease_class: int | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        for split, rows in self.splits():
            n = len(rows.smiles)
            if n == 0:
                self._refuse(f"at least one {split} molecule", "none")
            if not rows.keys.shape == rows.scaffolds.shape == rows.smiles.shape == (n,):
                self._refuse(
                    f"{split} keys and scaffolds of shape ({n},)", f"{rows.keys.shape}, {rows.scaffolds.shape}"
                )
            if self.class_names:
                self._check_labels(split, rows.target, n, self.class_names)
            elif rows.target.dtype != np.float64 or rows.target.shape != (n,) or not np.isfinite(rows.target).all():
                self._refuse(f"a finite {split} target as float64 of shape ({n},)", f"{rows.target.dtype}")
        if self.split == "scaffold":
            self._check_scaffolds()
        self._seal()

    @property
    def people_note(self) -> str:
        """How it is known which rows are the same molecule, in words for `provenance`."""
        return f"told apart by InChIKey; {self.split} split"

    def _check_scaffolds(self):
        seen: dict[str, str] = {}
        for split, rows in self.splits():
            for scaffold in np.unique(rows.scaffolds).tolist():
                if seen.setdefault(scaffold, split) != split:
                    self._refuse(
                        f"no scaffold in both {seen[scaffold]} and {split}", repr(scaffold), "Split by scaffold again."
                    )
