"""Predictions from a table with gaps: scores by share missing, leaks, and an ordering of tests that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit

from helpers import evaluation
from helpers.lessons.missing_data.imputation import fit_logit
from helpers.lessons.missing_data.mechanisms import GAP, chances, hide
from helpers.lessons.missing_data.studies import line_of, with_ones

SUSPICION = 2.0  # log-odds by which the test is left out more often for the healthy

Imputer = Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]


def mean_imputer(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Learns the mean of the seen values of the column GAP; returns what fills any other table with it."""
    return partial(_filled, value=lambda rows: np.full(len(rows), np.nanmean(train[:, GAP])))


def as_is(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """For tables without gaps: fills nothing."""
    return np.asarray


def regression_imputer(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Learns the regression of the column GAP on the others; returns what fills any other table with it."""
    seen = ~np.isnan(train[:, GAP])
    line = line_of(np.delete(train[seen], GAP, axis=1), train[seen, GAP])
    return partial(_filled, value=lambda rows: with_ones(np.delete(rows, GAP, axis=1)) @ line)


def _filled(table: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    gone = np.isnan(table[:, GAP])
    whole = table.copy()
    whole[gone, GAP] = value(table[gone])
    return whole


def scores_of(train, outcome, test, test_outcome, imputer: Imputer, *, indicator: bool = False) -> dict[str, float]:
    """AUC, calibration slope and O:E on test rows of a logistic regression whose imputer and line come from training.

    indicator: whether the model also gets a column that is 1 where the value was missing.
    """
    fill = imputer(train)

    def design(table: np.ndarray) -> np.ndarray:
        gone = np.isnan(table[:, [GAP]]).astype(float)
        return with_ones(np.hstack([fill(table), gone]) if indicator else fill(table))

    line, _ = fit_logit(design(train), outcome)
    risks = evaluation.two_columns(expit(np.clip(design(test) @ line, -15, 15)))
    return {
        "AUC": evaluation.auc(test_outcome, risks),
        "slope": evaluation.calibration_slope(test_outcome, risks),
        "O:E": evaluation.observed_to_expected(test_outcome, risks),
    }


def two_halves(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of n rows in two random halves."""
    order = rng.permutation(n)
    return order[: n // 2], order[n // 2 :]


def score_by_share(
    features: np.ndarray, outcome: np.ndarray, shares: Iterable[float], *, repeats: int, seed: int
) -> pd.DataFrame:
    """AUC, calibration slope and O:E on the other half of the patients, by share of gaps, method and repeat.

    Gaps at random in both halves. "complete cases" learns from rows without a gap and can only score such rows.
    """
    rows = []
    for share in shares:
        for repeat in range(repeats):
            rng = np.random.default_rng([seed, repeat, round(1000 * share)])
            one, other = two_halves(len(features), rng)
            holed = hide(features, "at random", share, rng)
            for name, imputer in (("mean", mean_imputer), ("regression", regression_imputer)):
                found = scores_of(holed[one], outcome[one], holed[other], outcome[other], imputer)
                rows.append((share, name, repeat, *found.values()))
            kept, asked = (part[~np.isnan(holed[part, GAP])] for part in (one, other))
            found = scores_of(holed[kept], outcome[kept], holed[asked], outcome[asked], mean_imputer)
            rows.append((share, "complete cases", repeat, *found.values()))
    return pd.DataFrame(rows, columns=["share", "method", "repeat", "AUC", "slope", "O:E"])


def leaks(features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int) -> pd.DataFrame:
    """Test AUC without and with each of two leaks, a row per repeat; gaps that depend on nothing.

    "imputed before the split" learns the imputer from all rows, test rows included; "imputed with the outcome" learns
    it from training alone, but lets it read the diagnosis, of test rows too. Training has a tenth of the patients, so
    that a leak can show. (Scaling columns by all rows, as the workbench does, changes no unpenalised regression.)

    Taught in notebooks/06_missing_data.ipynb, section 3.1.
    """
    rows = []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        order = rng.permutation(len(features))
        one, other = order[: len(order) // 10], order[len(order) // 10 :]
        holed = hide(features, "completely at random", share, rng)
        with_it = np.column_stack([holed, outcome])
        tables = {
            "clean": regression_imputer(holed[one])(holed),
            "imputed before the split": regression_imputer(holed)(holed),
            "imputed with the outcome": regression_imputer(with_it[one])(with_it)[:, :-1],
        }
        rows.append(
            {
                name: scores_of(table[one], outcome[one], table[other], outcome[other], as_is)["AUC"]
                for name, table in tables.items()
            }
        )
    return pd.DataFrame(rows)


def ordered_on_suspicion(
    features: np.ndarray, outcome: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """The table where the test was left out more often for those who looked well to their doctor.

    What the doctor saw stands in no column. Here it is made from the outcome itself, SUSPICION in log-odds: a doctor
    who is often right.

    Taught in notebooks/06_missing_data.ipynb, section 4.1.
    """
    holed = features.copy()
    holed[rng.uniform(size=len(features)) < chances(-SUSPICION * outcome, share), GAP] = np.nan
    return holed


def deployments(features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int) -> pd.DataFrame:
    """AUC and O:E of a model that learned where tests were ordered on suspicion, when ordering stays or changes.

    One row per deployment, model and repeat. Deployments: as before, completely at random, for everybody, for nobody.

    Taught in notebooks/06_missing_data.ipynb, section 4.1.
    """
    models = {
        "mean": (mean_imputer, False),
        "mean + indicator": (mean_imputer, True),
        "regression": (regression_imputer, False),
        "regression + indicator": (regression_imputer, True),
    }
    rows = []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        one, other = two_halves(len(features), rng)
        train = ordered_on_suspicion(features[one], outcome[one], share, rng)
        nobody = features[other].copy()
        nobody[:, GAP] = np.nan
        tests = {
            "as before": ordered_on_suspicion(features[other], outcome[other], share, rng),
            "completely at random": hide(features[other], "completely at random", share, rng),
            "for everybody": features[other],
            "for nobody": nobody,
        }
        for deployment, table in tests.items():
            for name, (imputer, indicator) in models.items():
                found = scores_of(train, outcome[one], table, outcome[other], imputer, indicator=indicator)
                rows.append((deployment, name, repeat, found["AUC"], found["O:E"]))
    return pd.DataFrame(rows, columns=["deployment", "model", "repeat", "AUC", "O:E"])
