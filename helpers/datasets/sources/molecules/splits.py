"""Two ways to split molecules: at random, which asks about ones like those known, and by scaffold, about new kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

TRAIN, VALIDATION = 0.8, 0.1  # shares, as in MoleculeNet (Wu et al., Chem Sci 9:513, 2018); the rest is for the test


def random_split(keys: np.ndarray, *, seed: int) -> dict[str, np.ndarray]:
    """Indices of the rows of each split, sorted: the molecules drawn with the seed, all rows of one together.

    keys: text, shape (n,), who is the same molecule.
    """
    molecules = np.random.default_rng(seed).permutation(np.unique(keys))
    first, second = round(TRAIN * len(molecules)), round((TRAIN + VALIDATION) * len(molecules))
    parts = {"train": molecules[:first], "validation": molecules[first:second], "test": molecules[second:]}
    return {split: np.flatnonzero(np.isin(keys, part)) for split, part in parts.items()}


def scaffold_split(scaffolds: np.ndarray) -> dict[str, np.ndarray]:
    """Indices of the rows of each split, sorted: whole scaffolds, the commonest for training, the rarest for the test.

    As DeepChem does it for MoleculeNet: scaffolds in order of their number of rows (of two with as many, the one that
    comes later in the file) go to training while they fit into its share, then to validation while they fit into both
    shares together, then to the test. There is nothing random in it. scaffolds: text, shape (n,).
    """
    groups = pd.Series(np.arange(len(scaffolds))).groupby(scaffolds, sort=False).apply(list).tolist()
    splits: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for rows in sorted(groups, key=lambda rows: (len(rows), rows[0]), reverse=True):
        if len(splits["train"]) + len(rows) <= TRAIN * len(scaffolds):
            splits["train"] += rows
        elif len(splits["train"]) + len(splits["validation"]) + len(rows) <= (TRAIN + VALIDATION) * len(scaffolds):
            splits["validation"] += rows
        else:
            splits["test"] += rows
    return {split: np.sort(np.array(rows, np.int64)) for split, rows in splits.items()}
