"""A table with gaps of its own: who lacks what, and what each way of filling them is worth to a prediction."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (makes IterativeImputer known)
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from helpers import evaluation
from helpers.datasets.tables import TableDataset, TableSplit
from helpers.lessons.missing_data.mechanisms import chances

MOST_FIELDS = 12  # columns shown in a figure
REFERENCE = "mean"


def with_gaps(data: TableDataset, *, share: float, seed: int) -> Mapping[str, TableSplit]:
    """The splits of a table by name; of a table without any gap, with gaps made in three columns.

    Made gaps hit the first three columns together, and more often where the last column is high.

    Taught in notebooks/06_missing_data.ipynb, section 7.
    """
    splits = dict(data.splits())
    if any(np.isnan(rows.features).any() for rows in splits.values()):
        return splits
    rng, holed = np.random.default_rng(seed), {}
    for name, rows in splits.items():
        features, sign = rows.features.copy(), rows.features[:, -1]
        gone = rng.uniform(size=len(rows)) < chances((sign - sign.mean()) / (sign.std() or 1), share)
        for column in range(min(3, features.shape[1] - 1)):
            features[gone, column] = np.nan
        holed[name] = TableSplit(features, rows.target, rows.patients, rows.time)
    return holed


def shares_missing(data: TableDataset, splits: Mapping[str, TableSplit], by: str | None = None) -> pd.DataFrame:
    """Share of missing values, a line per split (or group of a patient attribute), the columns that lack most first.

    Only columns with a gap, at most MOST_FIELDS of them.

    Taught in notebooks/06_missing_data.ipynb, section 7.
    """
    features = np.concatenate([rows.features for rows in splits.values()])
    groups = np.concatenate([np.full(len(rows), name) for name, rows in splits.items()])
    if by is not None:
        patients = np.concatenate([rows.patients for rows in splits.values()])
        groups = data.patient_table.loc[patients, by].to_numpy()
    table = pd.DataFrame(np.isnan(features), columns=data.feature_names).groupby(groups, sort=False).mean()
    lacking = table.columns[np.isnan(features).any(axis=0)]
    order = np.argsort(-np.isnan(features).mean(axis=0)[np.isnan(features).any(axis=0)], kind="stable")
    return table[lacking[order][:MOST_FIELDS]]


def outcome_by_gap(splits: Mapping[str, TableSplit], disease_class: int, column: int) -> dict[str, evaluation.Interval]:
    """The share with the disease of those whose value is missing and of those whose value is there, all splits.

    Taught in notebooks/06_missing_data.ipynb, section 7.
    """
    gone = np.concatenate([np.isnan(rows.features[:, column]) for rows in splits.values()])
    ill = np.concatenate([rows.labels == disease_class for rows in splits.values()])
    both = {"value missing": gone, "value there": ~gone}
    return {name: evaluation.wilson(int(ill[who].sum()), int(who.sum())) for name, who in both.items() if who.any()}


def candidates(neighbours: int, seed: int) -> dict[str, Pipeline]:
    """Ways to predict from a table with gaps; each learns its imputer inside its pipeline, from what it is given."""

    def logistic(*steps) -> Pipeline:
        return make_pipeline(*steps, StandardScaler(), LogisticRegression(max_iter=2000))

    def trees() -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(max_iter=100, learning_rate=0.05, max_leaf_nodes=8, random_state=seed)

    iterative = {"max_iter": 10, "random_state": seed, "keep_empty_features": True}
    return {
        "base rate": make_pipeline(DummyClassifier(strategy="prior")),
        "gaps alone": logistic(MissingIndicator(features="all")),
        "mean": logistic(SimpleImputer(keep_empty_features=True)),
        "mean + indicators": logistic(SimpleImputer(add_indicator=True, keep_empty_features=True)),
        "kNN": make_pipeline(
            StandardScaler(),
            KNNImputer(n_neighbors=neighbours, keep_empty_features=True),
            LogisticRegression(max_iter=2000),
        ),
        "iterative": logistic(IterativeImputer(**iterative)),
        "iterative + indicators": logistic(IterativeImputer(add_indicator=True, **iterative)),
        "trees on means": make_pipeline(SimpleImputer(keep_empty_features=True), trees()),
        "trees that read gaps": make_pipeline(trees()),
    }


def fit_all(train: TableSplit, *, neighbours: int, seed: int) -> dict[str, Pipeline]:
    """All candidates, fitted on training rows with labels 0 and 1; "complete cases" on those without a gap.

    "complete cases" is left out where they hold fewer than ten of a class; asked about a row with gaps, it puts in the
    means of the complete rows.

    Taught in notebooks/06_missing_data.ipynb, section 7.
    """
    whole = train.rows(~np.isnan(train.features).any(axis=1))
    fitted = {}
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # ten rounds are what was asked for
        for name, model in candidates(neighbours, seed).items():
            fitted[name] = model.fit(train.features, train.labels)
        if np.bincount(whole.labels, minlength=2).min() >= 10:
            fitted["complete cases"] = candidates(neighbours, seed)["mean"].fit(whole.features, whole.labels)
    return fitted


def risks_of(models: Mapping[str, Pipeline], rows: TableSplit) -> dict[str, np.ndarray]:
    """The risk that each model gives each row, (n,)."""
    with threadpool_limits(1):
        return {name: model.predict_proba(rows.features)[:, 1] for name, model in models.items()}


def scored(
    risks: Mapping[str, np.ndarray], rows: TableSplit, *, draws: int, seed: int
) -> tuple[pd.DataFrame, dict[str, evaluation.Interval]]:
    """AUC, its paired difference to REFERENCE and O:E of each model with intervals, and the differences by name."""
    pairs = {name: evaluation.two_columns(one) for name, one in risks.items()}
    ahead = {
        name: evaluation.bootstrap_difference(evaluation.auc, rows, pair, pairs[REFERENCE], draws=draws, seed=seed)
        for name, pair in pairs.items()
        if name not in (REFERENCE, "base rate")
    }
    table = {
        name: {
            "AUC": evaluation.bootstrap(evaluation.auc, rows, pair, draws=draws, seed=seed),
            f"AUC minus that of {REFERENCE}": ahead.get(name, ""),
            "O:E": evaluation.bootstrap(evaluation.observed_to_expected, rows, pair, draws=draws, seed=seed),
        }
        for name, pair in pairs.items()
    }
    return pd.DataFrame.from_dict(table, orient="index"), ahead
