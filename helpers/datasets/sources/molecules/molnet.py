"""Two sets of MoleculeNet: how well molecules dissolve in water (esol), and whether they reach the brain (bbbp)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.arguments import refuse
from helpers.datasets.molecules import MoleculeDataset, MoleculeSplit
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.listed import described, fetch_listed
from helpers.datasets.sources.molecules.identity import identities
from helpers.datasets.sources.molecules.splits import random_split, scaffold_split
from helpers.datasets.sources.tables.reading import numbers, read_text_table

SPLITS = ("random", "scaffold")
ESOL_TARGET = "measured log solubility in mols per litre"


def load_esol(*, seed: int = 1, split: str = "random") -> MoleculeDataset:
    """The 1,128 molecules of ESOL with the logarithm of their measured solubility in water, log10(mol/L).

    split: "random", drawn with the seed, or "scaffold", the same with every seed. Rows of one molecule, of which the
    file has some twice, are in one split. Raises DataError as fetch_listed does, and where RDKit is not installed.
    """
    return read_esol(fetch_listed("esol")["delaney-processed.csv"], seed=seed, split=split)


def read_esol(path: Path, *, seed: int = 1, split: str = "random") -> MoleculeDataset:
    """The same, from a file in this layout."""
    table = read_text_table(path, [*read_catalogue()["esol"]["left_out"], ESOL_TARGET, "smiles"])
    return _dataset("esol", table, numbers(table, ESOL_TARGET), seed, split, target_unit="log10(mol/L)")


def load_bbbp(*, seed: int = 1, split: str = "random") -> MoleculeDataset:
    """The molecules of BBBP that can be read, 2,039 of 2,050; class 1 crosses the barrier between blood and brain.

    split, and what is raised: as for load_esol.
    """
    return read_bbbp(fetch_listed("bbbp")["BBBP.csv"], seed=seed, split=split)


def read_bbbp(path: Path, *, seed: int = 1, split: str = "random") -> MoleculeDataset:
    """The same, from a file in this layout."""
    table = read_text_table(path, ["BBBP", "smiles"])
    return _dataset("bbbp", table, numbers(table, "BBBP", {"0": 0, "1": 1}).astype(np.int64), seed, split)


def _dataset(
    name: str, table: pd.DataFrame, target: np.ndarray, seed: int, split: str, target_unit: str | None = None
) -> MoleculeDataset:
    if split not in SPLITS:
        refuse("split", f"one of {', '.join(SPLITS)}", split)
    entry, facts = read_catalogue()[name], described(name)
    found = identities(table["smiles"].fillna(""))
    known = np.array([one is not None and one.key != "" for one in found])
    keys = np.array([one.key for one, is_known in zip(found, known, strict=True) if is_known])
    own = {}
    for one in found:  # two ways to write a molecule may give it two scaffolds: the first counts
        if one is not None:
            own.setdefault(one.key, one.scaffold)
    scaffolds = np.array([own[key] for key in keys])
    whole = MoleculeSplit(table["smiles"].to_numpy()[known].astype(str), target[known], keys, scaffolds)
    rows = random_split(keys, seed=seed) if split == "random" else scaffold_split(scaffolds)
    return MoleculeDataset(
        **facts | {"notes": (*facts["notes"], *_what_was_found(whole, int((~known).sum())))},
        **{part: whole.rows(at) for part, at in rows.items()},
        patients_known=True,
        split=split,
        target_name=entry["task"],
        target_unit=target_unit,
        class_names=tuple(entry.get("classes", ())),
        disease_class=entry.get("disease_class"),
        left_out={column: reason.strip() for column, reason in entry.get("left_out", {}).items()},
    )


def _what_was_found(whole: MoleculeSplit, unread: int) -> list[str]:
    """Sentences on molecules that could not be read, that are there more than once, and on those that disagree."""
    by_key = pd.Series(whole.target).groupby(whole.keys)
    repeated, differing = len(whole) - by_key.ngroups, int((by_key.min() != by_key.max()).sum())
    notes = [f"Left out, because RDKit cannot read them: {unread} molecules."] if unread else []
    if repeated:
        notes.append(
            f"{repeated} rows repeat a molecule (by InChIKey); all rows of one are in one split. "
            f"Of {differing} molecules the rows disagree on the target."
        )
    return notes
