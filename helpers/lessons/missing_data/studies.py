"""The same gaps made many times: what each method does to estimates, to coverage, to scores, and where it leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.impute import KNNImputer

from helpers import evaluation
from helpers.lessons.missing_data.imputation import complete_by_draw, fit_logit, pool
from helpers.lessons.missing_data.mechanisms import GAP, SIGN, chances, hide

METHODS = ("complete cases", "mean", "kNN", "regression", "multiple")
QUANTITIES = ("mean", "SD", "correlation", "coefficient")
SUSPICION = 2.0  # log-odds by which the test is left out more often for the healthy


def standardised(features: np.ndarray) -> np.ndarray:
    """The workbench with mean 0 and standard deviation 1 in each column, shape (n, 4)."""
    return (features - features.mean(axis=0)) / features.std(axis=0)


def with_ones(features: np.ndarray) -> np.ndarray:
    """A design: a column of ones, then the features."""
    return np.column_stack([np.ones(len(features)), features])


def line_of(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Coefficients (k + 1,) of the straight line through values (n,), by least squares."""
    return np.linalg.lstsq(with_ones(known), values, rcond=None)[0]


def estimates(features: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """QUANTITIES of a table without gaps, shape (4,), and the variances of the first and the last (2,).

    The mean and standard deviation of the column GAP, its correlation with SIGN, its coefficient in a logistic
    regression of the outcome on all columns.
    """
    gap, n = features[:, GAP], len(features)
    line, covariance = fit_logit(with_ones(features), outcome)
    found = [gap.mean(), gap.std(ddof=1), np.corrcoef(gap, features[:, SIGN])[0, 1], line[1 + GAP]]
    return np.array(found), np.array([gap.var(ddof=1) / n, covariance[1 + GAP, 1 + GAP]])


def completions(
    method: str,
    holed: np.ndarray,
    outcome: np.ndarray,
    rng: np.random.Generator,
    *,
    neighbours: int = 5,
    imputations: int = 10,
    with_outcome: bool = True,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What a method makes of a table with gaps in the column GAP: tables without any, each with its outcomes.

    One table, or `imputations` of them by "multiple"; of "complete cases" fewer rows. with_outcome: whether the draws
    of "multiple" read the outcome too. Raises ValueError for another method.

    Taught in notebooks/06_missing_data.ipynb, section 2.5.
    """
    gone = np.isnan(holed[:, GAP])
    others = np.delete(holed, GAP, axis=1)
    whole = holed.copy()
    if method == "complete cases":
        return [(holed[~gone], outcome[~gone])]
    if method == "multiple":
        known = np.column_stack([others, outcome]) if with_outcome else others
        return [(complete_by_draw(holed, GAP, known, rng), outcome) for _ in range(imputations)]
    if method == "mean":
        whole[gone, GAP] = holed[~gone, GAP].mean()
    elif method == "kNN":
        whole = KNNImputer(n_neighbors=neighbours).fit_transform(holed)
    elif method == "regression":
        whole[gone, GAP] = with_ones(others[gone]) @ line_of(others[~gone], holed[~gone, GAP])
    else:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, found {method!r}")
    return [(whole, outcome)]


def what_breaks(
    features: np.ndarray,
    outcome: np.ndarray,
    mechanisms: Iterable[str],
    shares: Iterable[float],
    *,
    repeats: int,
    seed: int,
    neighbours: int,
    imputations: int,
) -> pd.DataFrame:
    """QUANTITIES by mechanism, share of gaps, method and repeat, one row each; features: standardised, shape (n, 4).

    Of "multiple" the mean over the imputations. Each repeat makes other gaps in the same table.

    Taught in notebooks/06_missing_data.ipynb, section 2.5.
    """
    rows = []
    for mechanism in mechanisms:
        for share in shares:
            for repeat in range(repeats):
                rng = np.random.default_rng([seed, repeat, round(1000 * share)])
                holed = hide(features, mechanism, share, rng)
                for method in METHODS:
                    tables = completions(method, holed, outcome, rng, neighbours=neighbours, imputations=imputations)
                    found = np.mean([estimates(*table)[0] for table in tables], axis=0)
                    rows.append((mechanism, share, method, repeat, *found))
    return pd.DataFrame(rows, columns=["mechanism", "share", "method", "repeat", *QUANTITIES])


def coverage(
    features: np.ndarray, outcome: np.ndarray, share: float, *, people: int, repeats: int, seed: int, imputations: int
) -> pd.DataFrame:
    """How often a 95 % interval holds the truth: a row per method, columns mean and coefficient, shares of `repeats`.

    All rows are the population, whose truth is known; each repeat draws `people` of them with replacement, hides values
    at random (in the sense of section 1) and asks each method. Nothing but "multiple" knows that values were made up.

    Taught in notebooks/06_missing_data.ipynb, section 2.6.
    """
    truth = estimates(features, outcome)[0][[0, 3]]
    methods = {
        "mean": partial(completions, "mean"),
        "regression": partial(completions, "regression"),
        "complete cases": partial(completions, "complete cases"),
        "multiple, outcome left out": partial(completions, "multiple", with_outcome=False, imputations=imputations),
        "multiple": partial(completions, "multiple", imputations=imputations),
    }
    held = {name: [] for name in methods}
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        drawn = rng.integers(len(features), size=people)
        holed = hide(features[drawn], "at random", share, rng)
        for name, complete in methods.items():
            ends = _ends([estimates(*table) for table in complete(holed, outcome[drawn], rng)], people)
            held[name].append([low <= value <= high for value, (low, high) in zip(truth, ends, strict=True)])
    return pd.DataFrame({name: np.mean(each, axis=0) for name, each in held.items()}, index=["mean", "coefficient"]).T


def _ends(found: list[tuple[np.ndarray, np.ndarray]], people: int) -> list[tuple[float, float]]:
    """The ends of the intervals of the mean and of the coefficient."""
    ends = []
    for place, k in enumerate((0, 3)):
        values, variances = (np.array(each) for each in zip(*((e[k], v[place]) for e, v in found), strict=True))
        if len(values) > 1:
            one = pool(values, variances, people - 5).interval()
            ends.append((one.low, one.high))
        else:
            half = 1.96 * np.sqrt(variances[0])
            ends.append((values[0] - half, values[0] + half))
    return ends


Imputer = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]


def mean_imputer(train: np.ndarray, outcome: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Learns the mean of the seen values of the column GAP; returns what fills any other table with it."""
    return partial(_filled, value=lambda rows: np.full(len(rows), np.nanmean(train[:, GAP])))


def regression_imputer(train: np.ndarray, outcome: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
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
    fill = imputer(train, outcome)

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


def halves(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
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
            one, other = halves(len(features), rng)
            holed = hide(features, "at random", share, rng)
            for name, imputer in (("mean", mean_imputer), ("regression", regression_imputer)):
                found = scores_of(holed[one], outcome[one], holed[other], outcome[other], imputer)
                rows.append((share, name, repeat, *found.values()))
            kept, asked = (part[~np.isnan(holed[part, GAP])] for part in (one, other))
            found = scores_of(holed[kept], outcome[kept], holed[asked], outcome[asked], mean_imputer)
            rows.append((share, "complete cases", repeat, *found.values()))
    return pd.DataFrame(rows, columns=["share", "method", "repeat", "AUC", "slope", "O:E"])


def leaks(features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int) -> pd.DataFrame:
    """AUC with and without two leaks, columns leaky and clean, means over the repeats; gaps that depend on nothing.

    "imputed before the split" learns the imputer from all rows, test rows included; "imputed with the outcome" lets
    the imputer read the diagnosis, of test rows too. Training has a tenth of the patients, so that a leak can show.

    Taught in notebooks/06_missing_data.ipynb, section 3.1.
    """
    found = {"imputed before the split": [], "imputed with the outcome": []}
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        order = rng.permutation(len(features))
        one, other = order[: len(order) // 10], order[len(order) // 10 :]
        holed = hide(features, "at random completely", share, rng)
        clean = scores_of(holed[one], outcome[one], holed[other], outcome[other], regression_imputer)["AUC"]
        before = regression_imputer(holed, outcome)(holed)
        with_it = np.column_stack([holed, outcome])
        told = regression_imputer(with_it, outcome)(with_it)[:, :-1]
        for name, table in (("imputed before the split", before), ("imputed with the outcome", told)):
            leaky = scores_of(table[one], outcome[one], table[other], outcome[other], mean_imputer)["AUC"]
            found[name].append((leaky, clean))
    return pd.DataFrame({name: np.mean(each, axis=0) for name, each in found.items()}, index=["leaky", "clean"]).T


def ordered_on_suspicion(
    features: np.ndarray, outcome: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """The table where the test was left out more often for those who looked well to their doctor.

    What the doctor saw stands in no column; it agrees with the outcome, SUSPICION in log-odds.

    Taught in notebooks/06_missing_data.ipynb, section 4.1.
    """
    holed = features.copy()
    holed[rng.uniform(size=len(features)) < chances(-SUSPICION * outcome, share), GAP] = np.nan
    return holed


def deployments(features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int) -> pd.DataFrame:
    """AUC and O:E of a model that learned where tests were ordered on suspicion, when ordering stays or changes.

    One row per deployment, model and repeat. Deployments: as before, at random, for everybody, for nobody.

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
        one, other = halves(len(features), rng)
        train = ordered_on_suspicion(features[one], outcome[one], share, rng)
        nobody = features[other].copy()
        nobody[:, GAP] = np.nan
        tests = {
            "as before": ordered_on_suspicion(features[other], outcome[other], share, rng),
            "at random": hide(features[other], "at random completely", share, rng),
            "for everybody": features[other],
            "for nobody": nobody,
        }
        for deployment, table in tests.items():
            for name, (imputer, indicator) in models.items():
                found = scores_of(train, outcome[one], table, outcome[other], imputer, indicator=indicator)
                rows.append((deployment, name, repeat, found["AUC"], found["O:E"]))
    return pd.DataFrame(rows, columns=["deployment", "model", "repeat", "AUC", "O:E"])


def indicator_estimate(
    features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int, imputations: int
) -> pd.DataFrame:
    """The coefficient of the column SIGN, which has no gap, by method and repeat, with gaps that depend on nothing."""
    rows = []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        holed = hide(features, "at random completely", share, rng)
        gone = np.isnan(holed[:, [GAP]]).astype(float)
        whole = completions("mean", holed, outcome, rng)[0][0]
        marked = fit_logit(with_ones(np.hstack([whole, gone])), outcome)[0][1 + SIGN]
        several = completions("multiple", holed, outcome, rng, imputations=imputations)
        pooled = np.mean([fit_logit(with_ones(table), outcome)[0][1 + SIGN] for table, _ in several])
        rows.append((repeat, marked, pooled))
    return pd.DataFrame(rows, columns=["repeat", "mean + indicator", "multiple"])


def shifted(
    holed: np.ndarray, outcome: np.ndarray, shifts: Iterable[float], *, imputations: int, seed: int
) -> pd.DataFrame:
    """The pooled mean of the column GAP where each imputed value is moved by a shift: columns mean, low, high by shift.

    shifts: in the column's unit. The draws are the same for each shift.

    Taught in notebooks/06_missing_data.ipynb, section 6.
    """
    known = np.column_stack([np.delete(holed, GAP, axis=1), outcome])
    rows = {}
    for shift in shifts:
        rng = np.random.default_rng(seed)
        tables = [complete_by_draw(holed, GAP, known, rng, shift) for _ in range(imputations)]
        columns = [table[:, GAP] for table in tables]
        one = pool([c.mean() for c in columns], [c.var(ddof=1) / len(c) for c in columns], len(holed) - 1).interval()
        rows[shift] = {"mean": one.estimate, "low": one.low, "high": one.high}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("shift")


def against_truth(table: pd.DataFrame, truth: np.ndarray) -> pd.DataFrame:
    """How far each method's QUANTITIES lie from the truth, a row per mechanism and method of one share of gaps.

    table: of `what_breaks`. Intervals over the repeats: the mean distance, and where 95 % of them lie.

    Taught in notebooks/06_missing_data.ipynb, section 2.5.
    """
    rows = {}
    for which, part in table.groupby(["mechanism", "method"], sort=False):
        off = part[list(QUANTITIES)].to_numpy() - truth
        low, high = np.quantile(off, [0.025, 0.975], axis=0)
        rows[which] = [evaluation.Interval(*ends, digits=2) for ends in zip(off.mean(axis=0), low, high, strict=True)]
    index = pd.MultiIndex.from_tuples(list(rows), names=["mechanism", "method"])
    return pd.DataFrame(list(rows.values()), index=index, columns=list(QUANTITIES))
