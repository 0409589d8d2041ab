"""Which molecules a model has not seen: groups that are held out together, and what that does to scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from rdkit import Chem
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import r2_score
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
    """Every molecule of a data set once, the first of its rows, with a class counted as 0 or 1, by InChIKey.

    The order is the same however the data set was split, so that no seed touches a scaffold split of them. most: of
    more molecules than these so many are drawn with the seed.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    parts = [rows for _, rows in data.splits()]
    joined = (
        np.concatenate([getattr(rows, part) for rows in parts]) for part in ("smiles", "target", "keys", "scaffolds")
    )
    smiles, target, keys, scaffolds = joined
    first = np.unique(keys, return_index=True)[1]
    if len(first) > most:
        first = first[np.sort(np.random.default_rng(seed).choice(len(first), most, replace=False))]
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


def ring_systems(molecules: Sequence[Chem.Mol]) -> np.ndarray:
    """The largest set of rings that share atoms of each molecule, as SMILES, text (n,); "" where there is no ring."""
    found = []
    for one in molecules:
        systems: list[set[int]] = []
        for ring in one.GetRingInfo().AtomRings():
            joined = [system for system in systems if system & set(ring)]
            systems = [system for system in systems if not system & set(ring)] + [set(ring).union(*joined)]
        texts = [Chem.MolFragmentToSmiles(one, sorted(system)) for system in systems]
        found.append(max(texts, key=lambda text: (len(text), text), default=""))
    return np.array(found)


def leak_table(kinds: Mapping[str, np.ndarray], rings: np.ndarray, *, folds: int, seed: int) -> pd.DataFrame:
    """A row per kind of split: how many groups it has, and what still leaks from training into what is held out.

    kinds: as kinds_of_split gives them. rings: (n,), as ring_systems gives them. "ring system known": the share of the
    held-out molecules whose ring system a molecule has that was learned from, in the folds of out_of_fold.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    lines = {}
    for kind, groups in kinds.items():
        known = np.zeros(len(rings), bool)
        for learned, held in _dealt(groups, folds, seed):
            known[held] = np.isin(rings[held], rings[learned])
        lines[kind] = {"groups": len(np.unique(groups)), "ring system known": known.mean()}
    return pd.DataFrame(lines).T.astype({"groups": int})


def _dealt(groups: np.ndarray, folds: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows held out, for each fold: whole groups, at random with the seed."""
    return GroupKFold(folds, shuffle=True, random_state=seed % 2**32).split(groups, groups=groups)


def squared_correlation(truth: np.ndarray, said: np.ndarray) -> float:
    """Pearson's correlation squared, 0 to 1, whatever bias and scale the forecasts have; NaN where all are the same."""
    return float(np.corrcoef(truth, said)[0, 1] ** 2) if np.ptp(said) > 0 else float("nan")


def out_of_fold(
    models: Mapping[str, Model], target: np.ndarray, groups: np.ndarray, *, folds: int, seed: int
) -> pd.DataFrame:
    """What each model says of each molecule when its whole group was held out, (n, models).

    groups: (n,), dealt to the folds at random with the seed; each fold in turn is held out of the training.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    said = pd.DataFrame(np.nan, index=range(len(target)), columns=list(models))
    for number, (learned, held) in enumerate(_dealt(groups, folds, seed)):
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
            lambda rows: evaluation.rmse(target[rows], values[rows]), kinds[kind], draws=draws, seed=seed
        )

    models = next(iter(said.values())).columns
    return pd.DataFrame({kind: {model: interval(kind, model) for model in models} for kind in said})


def error_gaps(
    target: np.ndarray,
    said: Mapping[str, pd.DataFrame],
    kinds: Mapping[str, np.ndarray],
    pair: tuple[str, str],
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """RMSE of the first model of a pair less that of the second, with a 95 % interval: one row, a column per kind.

    Both are judged on the same drawn molecules each time. said, kinds: as error_table takes them.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """

    def interval(kind: str) -> evaluation.Interval:
        one, other = (said[kind][name].to_numpy() for name in pair)
        return evaluation.bootstrap_statistic(
            lambda rows: evaluation.rmse(target[rows], one[rows]) - evaluation.rmse(target[rows], other[rows]),
            kinds[kind],
            draws=draws,
            seed=seed,
        )

    return pd.DataFrame({kind: [interval(kind)] for kind in said}, [f"{pair[0]}, less {pair[1]}"])


def protocol_table(molecules: MoleculeSplit, models: Mapping[str, Model], *, seed: int) -> pd.DataFrame:
    """Scores by a protocol like MoleculeNet's, a row per model and split: RMSE of the test, R² of validation and test;
    where the target is 0 or 1, RMSE (the root of the Brier score) and the AUC of both.

    random: drawn with the seed. scaffold: the commonest scaffolds for training, the rarest for the test, by
    `scaffold_split`; of scaffolds of the same size those of later rows come first, and the rows here are in the order
    of all_of, not of the file. "validation r²" is the squared correlation, which forgives bias and scale; it is what
    DeepChem's examples report of this set. NaN where a model says the same of all.
    Source: Wu et al., Chem Sci 9:513, 2018.
    Taught in notebooks/11_drug_discovery.ipynb, section 4.
    """
    parts = {
        "random": random_split(molecules.keys, seed=seed),
        "scaffold": scaffold_split(molecules.scaffolds),
    }
    lines, classes = {}, set(np.unique(molecules.target)) == {0, 1}
    for name, model in models.items():
        for split, rows in parts.items():
            said = model(rows["train"], molecules.target, seed)
            validation, test = ((molecules.target[rows[part]], said[rows[part]]) for part in ("validation", "test"))
            lines[name, split] = {"test RMSE": evaluation.rmse(*test)} | (
                {"test AUC": evaluation.auc_or_nan(*test), "validation AUC": evaluation.auc_or_nan(*validation)}
                if classes
                else {
                    "validation R²": r2_score(*validation),
                    "validation r²": squared_correlation(*validation),
                    "test R²": r2_score(*test),
                }
            )
    return pd.DataFrame(lines).T.rename_axis(["model", "split"])
