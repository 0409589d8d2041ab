"""Which molecules a model has not seen: groups that are held out together, and what that does to scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from sklearn.cluster import AgglomerativeClustering
from sklearn.model_selection import GroupKFold

from helpers import evaluation
from helpers.datasets.molecules import MoleculeDataset, MoleculeSplit
from helpers.datasets.sources.molecules.splits import random_split, scaffold_split
from helpers.lessons.drug_discovery.views import similarities

Model = Callable[
    [np.ndarray, np.ndarray, int], np.ndarray
]  # rows to learn from, the target, a seed -> what it says of all
APART = 0.75  # distance, 1 minus similarity, at which two clusters stay two


def all_of(data: MoleculeDataset, *, most: int, seed: int) -> MoleculeSplit:
    """Every molecule of a data set once, the first of its rows, with a class counted as 0 or 1.

    most: of more molecules than these so many are drawn with the seed.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    parts = [rows for _, rows in data.splits()]
    joined = (
        np.concatenate([getattr(rows, part) for rows in parts]) for part in ("smiles", "target", "keys", "scaffolds")
    )
    smiles, target, keys, scaffolds = joined
    first = np.unique(keys, return_index=True)[1]
    if len(first) > most:
        first = np.random.default_rng(seed).choice(first, most, replace=False)
    first = np.sort(first)
    return MoleculeSplit(smiles[first], target[first].astype(float), keys[first], scaffolds[first])


def clusters(prints: np.ndarray) -> np.ndarray:
    """The number of the cluster of each molecule, (n,): the nearest merge until the mean distance of two is APART."""
    grouping = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=APART)
    return grouping.fit_predict(1 - similarities(prints, prints))


def kinds_of_split(molecules: MoleculeSplit, prints: np.ndarray) -> dict[str, np.ndarray]:
    """What is held out together in each kind of split: (n,) the molecule itself, its scaffold, its cluster.

    Molecules without a ring have no scaffold; each of them is a group of its own.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    own = np.where(molecules.scaffolds == "", molecules.keys, molecules.scaffolds)
    return {"random": molecules.keys, "scaffold": own, "cluster": clusters(prints).astype(str)}


def rmse(truth: np.ndarray, said: np.ndarray) -> float:
    """The root of the mean squared error, in the target's unit."""
    return float(np.sqrt(np.mean((truth - said) ** 2)))


def r_squared(truth: np.ndarray, said: np.ndarray) -> float:
    """1 minus the squared errors by those of the mean of these very molecules: 0 for that mean, 1 without an error."""
    return float(1 - np.mean((truth - said) ** 2) / np.var(truth))


def out_of_fold(
    models: Mapping[str, Model], target: np.ndarray, groups: np.ndarray, *, folds: int, seed: int
) -> pd.DataFrame:
    """What each model says of each molecule when its whole group was held out, (n, models).

    groups: (n,), dealt to the folds at random with the seed; each fold in turn is held out of the training.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    said = pd.DataFrame(np.nan, index=range(len(target)), columns=list(models))
    dealt = GroupKFold(folds, shuffle=True, random_state=seed % 2**32)
    for number, (learned, held) in enumerate(dealt.split(target, groups=groups)):
        for name, model in models.items():
            said.loc[held, name] = model(learned, target, seed + number)[held]
    return said


def error_table(
    target: np.ndarray, said: Mapping[str, pd.DataFrame], kinds: Mapping[str, np.ndarray], *, draws: int, seed: int
) -> pd.DataFrame:
    """RMSE with a 95 % interval, a row per model, a column per kind of split; the groups of each are resampled.

    said: kind -> (n, models), as out_of_fold gives it. The intervals tell of other molecules, not of other trainings.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """

    def interval(kind: str, model: str) -> evaluation.Interval:
        values = said[kind][model].to_numpy()
        return evaluation.bootstrap_statistic(
            lambda rows: rmse(target[rows], values[rows]), kinds[kind], draws=draws, seed=seed
        )

    models = next(iter(said.values())).columns
    return pd.DataFrame({kind: {model: interval(kind, model) for model in models} for kind in said})


def protocol_table(molecules: MoleculeSplit, models: Mapping[str, Model], *, seed: int) -> pd.DataFrame:
    """Scores by MoleculeNet's protocol, a row per model and split: RMSE of the test, R² of validation and test.

    random: drawn with the seed. scaffold: the commonest scaffolds for training, the rarest for the
    test; of scaffolds of the same size those of earlier rows come first.
    Source: Wu et al., Chem Sci 9:513, 2018.
    Taught in notebooks/11_drug_discovery.ipynb, section 4.
    """
    parts = {
        "random": random_split(molecules.keys, seed=seed),
        "scaffold": scaffold_split(molecules.scaffolds),
    }
    lines = {}
    for name, model in models.items():
        for split, rows in parts.items():
            said = model(rows["train"], molecules.target, seed)
            validation, test = ((molecules.target[rows[part]], said[rows[part]]) for part in ("validation", "test"))
            lines[name, split] = {
                "test RMSE": rmse(*test),
                "validation R²": r_squared(*validation),
                "test R²": r_squared(*test),
            }
    return pd.DataFrame(lines).T.rename_axis(["model", "split"])
