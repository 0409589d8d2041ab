"""A table of patients of several hospitals: each hospital in turn is left out and foretold by all others."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from helpers import evaluation
from helpers.datasets import DataError, load
from helpers.datasets.given import readable
from helpers.datasets.sources.listed import fetch_listed
from helpers.datasets.sources.tables.heart import COLUMNS, SITES
from helpers.datasets.sources.tables.own import read_own_table
from helpers.datasets.sources.tables.reading import read_text_table
from helpers.datasets.tables import TableDataset
from helpers.lessons.generalisation.heterogeneity import leave_one_out
from helpers.lessons.missing_data import own_gaps

SITE = "site"  # the column of a file of one's own that says in which hospital a row is
FEWEST = 3  # hospitals
LEAST = 5  # rows of each class below which a hospital gets no scores
SHARED = "columns measured there"
MODELS = ("base rate", "mean", "mean + indicators", SHARED)
MEASURED = 0.5  # share of rows in which a column must stand at a hospital to count as measured there
FOLDS = 5
TREAT_FROM = 0.5  # threshold probability of the net benefit: one false alarm weighs as much as one disease found

# FLamby (Ogier du Terrail et al., NeurIPS 2022) publishes these counts of training and test rows by hospital
FLAMBY = {"Cleveland": (199, 104), "Budapest": (172, 89), "Switzerland": (30, 16), "Long Beach": (85, 45)}
FLAMBY_LEAVES_OUT = ("slope", "ca", "thal")


@dataclass(frozen=True, eq=False)
class Hospitals:
    """All rows of a table with the hospital of each.

    features: float64 (n, f), NaN where missing. labels: 0 and 1 (n,). sites: names (n,). patients: (n,).
    """

    title: str
    simulated: bool
    features: np.ndarray
    labels: np.ndarray
    sites: np.ndarray
    patients: np.ndarray
    feature_names: tuple[str, ...]

    def rows(self, keep: np.ndarray) -> Hospitals:
        """The rows that a boolean array or indices keep."""
        parts = (self.features[keep], self.labels[keep], self.sites[keep], self.patients[keep])
        return Hospitals(self.title, self.simulated, *parts, self.feature_names)

    @property
    def shares_missing(self) -> pd.DataFrame:
        """Share of missing values, a line per hospital, a column per feature that lacks any."""
        table = pd.DataFrame(np.isnan(self.features), columns=self.feature_names)
        return table.loc[:, table.any()].groupby(self.sites, sort=False).mean()


def hospitals_of(table: str, *, seed: int) -> Hospitals:
    """The hospitals of a table: "simulated", "heart", or the path of a file of one's own.

    A file has a header, `outcome` (0 or 1), `site` (a number for each hospital) and numbers in all other columns.
    Raises DataError as the loaders do, and where a file has no column `site` or fewer than three hospitals with LEAST
    rows of each class.

    Taught in notebooks/08_generalisation.ipynb, section 7.1.
    """
    if table == "simulated":
        return _simulated(seed)
    if table == "heart":
        data = load("heart", seed=seed)
        features, labels, patients = _pooled(data)
        sites = data.patient_table.loc[patients, "site"].to_numpy(str)
        return Hospitals(data.title, False, features, labels, sites, patients, data.feature_names)
    data = read_own_table(Path(readable(table)), seed=seed)
    if SITE not in data.feature_names:
        raise DataError(data.name, expected=f"a column {SITE}", found=", ".join(data.feature_names), todo="Add it.")
    features, labels, patients = _pooled(data)
    at = data.feature_names.index(SITE)
    sites = np.array([f"hospital {number:g}" for number in features[:, at]])
    large = int((pd.crosstab(sites, labels).min(axis=1) >= LEAST).sum())
    if large < FEWEST:
        raise DataError(
            data.name,
            expected=f"{FEWEST} hospitals or more with {LEAST} rows of each outcome",
            found=str(large),
            todo="Put small hospitals together.",
        )
    kept = np.arange(len(data.feature_names)) != at
    names = tuple(name for name, keep in zip(data.feature_names, kept, strict=True) if keep)
    return Hospitals(data.title, False, features[:, kept], labels, sites, patients, names)


def _pooled(data: TableDataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels 0 and 1 and patients of all splits, in the order of the patients."""
    parts = [rows for _, rows in data.splits()]
    features, target, patients = (
        np.concatenate([getattr(rows, name) for rows in parts]) for name in ("features", "target", "patients")
    )
    order = np.argsort(patients, kind="stable")
    return features[order], (target[order] == data.disease_class).astype(np.int64), patients[order]


# of the simulated hospitals: people, share with the disease, shift of all values (SD), how strongly signs go with it
_STAND_IN = {
    "hospital 1": (300, 0.45, 0.0, 1.0),
    "hospital 2": (260, 0.35, -0.3, 1.2),
    "hospital 3": (120, 0.85, 0.4, 0.6),
    "hospital 4": (200, 0.70, 0.6, 0.5),
}
_EFFECTS = {"age": 0.4, "pain": 0.9, "pressure": 0.2, "cholesterol": 0.2, "exercise": 0.7, "scan": 1.2}


def _simulated(seed: int) -> Hospitals:
    """Four hospitals that differ in the share of the ill, in whom they see, and in what they measure."""
    rng, parts = np.random.default_rng([seed, 8]), []
    for site, (people, prevalence, shift, strength) in _STAND_IN.items():
        ill = (rng.random(people) < prevalence).astype(np.int64)
        values = rng.normal(shift + strength * np.outer(ill, list(_EFFECTS.values())), 1.0)
        gone = rng.random(values.shape) < 0.05
        names = list(_EFFECTS)
        gone[:, names.index("scan")] = rng.random(people) < (0.02 if site == "hospital 1" else 0.9)
        if site == "hospital 3":
            gone[:, names.index("cholesterol")] = True
        parts.append((np.where(gone, np.nan, values), ill, np.full(people, site)))
    features, labels, sites = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Hospitals("Four simulated hospitals", True, features, labels, sites, np.arange(len(labels)), tuple(_EFFECTS))


def left_out_risks(hospitals: Hospitals, *, seed: int) -> dict[str, np.ndarray]:
    """For each of MODELS the risk of every row by the model that has not seen its hospital, (n,).

    "mean" puts training means into gaps, "mean + indicators" also tells the model where gaps were (notebook 06);
    "columns measured there" has only the columns that the hospital left out measures in half of its rows or more, which
    needs none of its outcomes. All are logistic regressions but the base rate.

    Taught in notebooks/08_generalisation.ipynb, section 7.1.
    """
    return _foretold(hospitals, [(train, test) for _, train, test in leave_one_out(hospitals.sites)], seed)


def mixed_risks(hospitals: Hospitals, *, seed: int) -> dict[str, np.ndarray]:
    """The same by cross-validation that mixes all hospitals: each row by a model that has seen its neighbours.

    Taught in notebooks/08_generalisation.ipynb, section 7.1.
    """
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    n, places = len(hospitals.labels), []
    for train, test in folds.split(np.zeros(n), hospitals.labels):
        places.append((np.isin(np.arange(n), train), np.isin(np.arange(n), test)))
    return _foretold(hospitals, places, seed)


def _foretold(hospitals: Hospitals, places, seed: int) -> dict[str, np.ndarray]:
    found = {name: np.full(len(hospitals.labels), np.nan) for name in MODELS}
    ways = own_gaps.candidates(neighbours=5, seed=seed)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for train, test in places:
            there = np.isnan(hospitals.features[test]).mean(axis=0) <= 1 - MEASURED
            for name in MODELS:
                columns = there if name == SHARED else np.ones(len(there), bool)
                model = ways["mean" if name == SHARED else name]
                model.fit(hospitals.features[train][:, columns], hospitals.labels[train])
                found[name][test] = model.predict_proba(hospitals.features[test][:, columns])[:, 1]
    return found


def scores_by_hospital(hospitals: Hospitals, risks: Mapping[str, np.ndarray], *, draws: int, seed: int) -> pd.DataFrame:
    """AUC, calibration and net benefit of each model at each hospital, Interval objects; indexed by hospital and model.

    Columns AUC, O:E, intercept, slope, "net benefit" and "minus treat all", both at TREAT_FROM. A base rate has no AUC
    but .5, and no slope. Hospitals with fewer than LEAST rows of a class are left out.

    Taught in notebooks/08_generalisation.ipynb, section 7.1.
    """
    benefit, lines = evaluation.benefit_at(TREAT_FROM), {}
    metrics = {
        "AUC": evaluation.auc,
        "O:E": evaluation.observed_to_expected,
        "intercept": evaluation.calibration_intercept,
        "slope": evaluation.calibration_slope,
        "net benefit": benefit,
    }
    for site in dict.fromkeys(hospitals.sites.tolist()):
        here = hospitals.rows(hospitals.sites == site)
        if np.bincount(here.labels, minlength=2).min() < LEAST:
            continue
        rows = evaluation.Patients(here.labels, here.patients)
        all_ill = evaluation.two_columns(np.ones(len(here.labels)))
        for name, every in risks.items():
            pair = evaluation.two_columns(every[hospitals.sites == site])
            line = {
                what: evaluation.bootstrap(metric, rows, pair, draws=draws, seed=seed)
                for what, metric in metrics.items()
                if name != "base rate" or what not in ("AUC", "slope")
            }
            ahead = evaluation.bootstrap_difference(benefit, rows, pair, all_ill, draws=draws, seed=seed)
            lines[site, name] = line | {"minus treat all": ahead}
    return pd.DataFrame.from_dict(lines, orient="index")


def flamby_protocol(hospitals: Hospitals, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of the heart table that FLamby keeps, split into its numbers of training and test rows: masks (n,).

    Kept are rows with nothing missing outside of slope, ca and thal, where a cholesterol of 0 counts as measured: just
    as many at each hospital as FLamby publishes. Which of them it trains on is in a file that is not at hand here, so
    they are drawn with the seed, stratified by outcome. Raises ValueError where the counts do not agree.
    """
    paths = fetch_listed("heart")
    tables = [read_text_table(paths[file], COLUMNS, header=False, missing="?") for file in SITES]
    kept = [name for name in COLUMNS if name not in FLAMBY_LEAVES_OUT]
    whole = np.concatenate([table[kept].notna().all(axis=1).to_numpy() for table in tables])
    rng, train, test = np.random.default_rng([seed, 9]), np.zeros(len(whole), bool), np.zeros(len(whole), bool)
    for site, (fit, asked) in FLAMBY.items():
        here = np.flatnonzero(whole & (hospitals.sites == site))
        if len(here) != fit + asked:
            raise ValueError(f"{site}: expected {fit + asked} rows as FLamby has, found {len(here)}")
        order = rng.permutation(here)
        order = order[np.argsort(hospitals.labels[order], kind="stable")]  # the healthy first, then the ill
        off = np.isin(np.arange(len(order)), np.floor((np.arange(asked) + 0.5) * len(order) / asked).astype(int))
        test[order[off]], train[order[~off]] = True, True
    return train, test


def with_and_without_own(
    hospitals: Hospitals, train: np.ndarray, test: np.ndarray, *, seed: int
) -> dict[str, np.ndarray]:
    """Risks of the test rows by logistic regression (means in the gaps), NaN elsewhere: trained on all hospitals'
    training rows, and on those of the other hospitals alone.

    train, test: masks (n,), as `flamby_protocol` gives them.
    """
    found = {name: np.full(len(hospitals.labels), np.nan) for name in ("with its own", "without its own")}
    model = own_gaps.candidates(neighbours=5, seed=seed)["mean"]
    with threadpool_limits(1):
        for _, others, own in leave_one_out(hospitals.sites):
            for name, learn in (("with its own", train), ("without its own", train & others)):
                model.fit(hospitals.features[learn], hospitals.labels[learn])
                found[name][test & own] = model.predict_proba(hospitals.features[test & own])[:, 1]
    return found
