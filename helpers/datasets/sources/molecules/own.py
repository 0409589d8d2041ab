"""Molecules of one's own: a file with SMILES and a measured number, cleaned by rules that are counted and named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError
from helpers.datasets.molecules import MoleculeDataset, MoleculeSplit
from helpers.datasets.sources.molecules.identity import identities
from helpers.datasets.sources.molecules.molnet import ESOL_TARGET, read_bbbp, read_esol
from helpers.datasets.sources.molecules.splits import random_split
from helpers.datasets.sources.tables.reading import read_text_table

SMILES, TARGET = "smiles", "target"
LEAST = 60  # molecules that are left, so that each split has some
SAME = 1.0  # numbers of one molecule that differ by so much or more contradict each other: ten times, in log10
NAMED = 3  # lines of the file that a note names
LAYOUTS = {"BBBP": read_bbbp, ESOL_TARGET: read_esol}  # columns by which the files of MoleculeNet are known
TODO = f"Name the column with the SMILES {SMILES} and the one with the measured number {TARGET}; save as CSV in UTF-8."
WHY = {
    "unreadable": "RDKit cannot read the SMILES",
    "without a value": "no number in the column target",
    "salts and mixtures": "several molecules in one line: which was measured, the line does not say",
    "contradicted": f"the same molecule, or a tautomer of it, with values that differ by {SAME:g} or more",
    "repeated": "the same molecule, or a tautomer of it, under another SMILES: the first line stays, with the mean",
}


def read_own_molecules(path: Path, *, seed: int = 1) -> MoleculeDataset:
    """The molecules in a file: a header with the columns `smiles` and `target`, a number; others are left out.

    A file without a target, but with a column of LAYOUTS, is read as that set of MoleculeNet.

    Set aside, in the order of WHY, and each counted and named by its lines in `notes`: what cannot be read, has no
    value, is a salt or a mixture, contradicts another line or repeats it. Tautomers, which differ by where a hydrogen
    sits and are one substance in a flask, count as one molecule; so do an acid and its charged form. Values are to be
    logarithms to base 10, or 0 and 1: for others SAME would be too strict or too lax. The splits are drawn at random
    with the seed.
    Raises DataError that names the file, where a column is lacking, fewer than LEAST stay or all have one value.
    """
    if not path.is_file():
        raise DataError(path.name, expected="a file", found="none", todo="Check the path.")
    columns = read_text_table(path, [SMILES], todo=TODO).attrs["columns"]
    known = [read for column, read in LAYOUTS.items() if column in columns and TARGET not in columns]
    if known:
        return known[0](path, seed=seed)
    table = read_text_table(path, [SMILES, TARGET], todo=TODO)
    kept, target, aside = clean(table[SMILES].fillna("").to_numpy(str), _values(table[TARGET]))
    notes = in_words(aside, table.attrs["lines"])
    if len(kept) < LEAST:
        raise DataError(
            path.name,
            expected=f"at least {LEAST} different molecules with a value",
            found=f"{len(kept)}. {' '.join(notes)}".rstrip(". "),
            todo="See to the lines that are set aside, or add molecules.",
        )
    if np.ptp(target) == 0:
        raise DataError(
            path.name,
            expected="values that differ",
            found=f"{target[0]:g} {len(target)} times",
            todo="Check the column.",
        )
    smiles = table[SMILES].to_numpy(str)[kept]
    keys, scaffolds = (np.array(part) for part in zip(*identities(smiles), strict=True))
    whole = MoleculeSplit(smiles, target, keys, scaffolds)
    return MoleculeDataset(
        name=path.name,
        title=f"{path.name}, a file of your own",
        source=path.name,
        licence="not stated",
        citation="not stated",
        simulated=False,
        patients_known=True,
        notes=tuple(notes),
        **{split: whole.rows(rows) for split, rows in random_split(keys, seed=seed).items()},
        split="random",
        target_name=TARGET,
        target_unit="unit not stated",
    )


def _values(column: Iterable[object]) -> np.ndarray:
    """A column as float64 (n,), NaN for what is no finite number, such as "", "n/a" or "> 100"."""
    return pd.to_numeric(pd.Series(column), errors="coerce").replace([np.inf, -np.inf], np.nan).to_numpy(float)


def clean(smiles: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, list[int]]]:
    """Which rows stay (their indices), their target, and the rows that are set aside, by the keys of WHY.

    smiles: text, shape (n,). target: shape (n,), NaN where there is none.
    """
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdMolHash
    from rdkit.Chem.MolStandardize import rdMolStandardize

    uncharger = rdMolStandardize.Uncharger()
    with rdBase.BlockLogs():
        molecules = [Chem.MolFromSmiles(text) for text in smiles]
        neutral = [None if one is None else uncharger.uncharge(one) for one in molecules]
    aside: dict[str, list[int]] = {why: [] for why in WHY}
    same: dict[str, list[int]] = {}
    for row, molecule in enumerate(molecules):
        if molecule is None or not molecule.GetNumAtoms():
            aside["unreadable"].append(row)
        elif not np.isfinite(target[row]):
            aside["without a value"].append(row)
        elif len(Chem.GetMolFrags(molecule)) > 1:
            aside["salts and mixtures"].append(row)
        else:  # a hash that leaves out where a hydrogen sits, so that tautomers share it; acids as they are uncharged
            same.setdefault(rdMolHash.MolHash(neutral[row], rdMolHash.HashFunction.HetAtomTautomerv2), []).append(row)
    kept = []
    for rows in same.values():
        if np.ptp(target[rows]) >= SAME:
            aside["contradicted"] += rows
        else:
            kept.append((rows[0], target[rows].mean()))
            aside["repeated"] += rows[1:]
    kept.sort()
    return np.array([row for row, _ in kept], int), np.array([value for _, value in kept], float), aside


def in_words(aside: dict[str, list[int]], numbered: Sequence[int]) -> list[str]:
    """A sentence for each reason for which rows were set aside: how many, why, and the lines of the first.

    numbered: the line of the file of each row.

    >>> in_words({"unreadable": [0, 2]}, [2, 4, 5])
    ['Set aside, unreadable: 2 (RDKit cannot read the SMILES; line 2, 5).']
    """
    sentences = []
    for why, rows in aside.items():
        if rows:
            lines = [str(numbered[row]) for row in sorted(rows)[:NAMED]] + ["..."] * (len(rows) > NAMED)
            sentences.append(f"Set aside, {why}: {len(rows):,} ({WHY[why]}; line {', '.join(lines)}).")
    return sentences
