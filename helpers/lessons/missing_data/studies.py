"""The same gaps made many times: what each method does to estimates and to the intervals around them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd
from sklearn.impute import KNNImputer

from helpers import evaluation
from helpers.lessons.missing_data.imputation import complete_by_draw, fit_logit, pool
from helpers.lessons.missing_data.mechanisms import GAP, SIGN, hide

METHODS = ("complete cases", "mean", "kNN", "regression", "multiple")
QUANTITIES = ("mean", "SD", "correlation", "coefficient")


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
    with_outcome: bool | None = None,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What a method makes of a table with gaps in the column GAP: tables without any, each with its outcomes.

    One table, or `imputations` of them by "multiple"; of "complete cases" fewer rows. with_outcome: whether the line
    of "regression" or "multiple" reads the outcome too; unless told, that of "multiple" does. Raises ValueError for
    another method.

    Taught in notebooks/06_missing_data.ipynb, section 2.5.
    """
    gone = np.isnan(holed[:, GAP])
    known = np.delete(holed, GAP, axis=1)
    if with_outcome is None:
        with_outcome = method == "multiple"
    if with_outcome:
        known = np.column_stack([known, outcome])
    whole = holed.copy()
    if method == "complete cases":
        return [(holed[~gone], outcome[~gone])]
    if method == "multiple":
        return [(complete_by_draw(holed, GAP, known, rng), outcome) for _ in range(imputations)]
    if method == "mean":
        whole[gone, GAP] = holed[~gone, GAP].mean()
    elif method == "kNN":
        whole = KNNImputer(n_neighbors=neighbours).fit_transform(holed)
    elif method == "regression":
        whole[gone, GAP] = with_ones(known[gone]) @ line_of(known[~gone], holed[~gone, GAP])
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
    """How often a 95 % interval holds the truth, a row per method, as shares of `repeats`.

    Columns: mean and coefficient (of GAP), and the medians of the coefficient and of its interval's width. All rows are
    the population, whose truth is known; each repeat draws `people` of them with replacement, hides values at random
    (in the sense of section 1) and asks each method. Nothing but "multiple" knows that values were made up; "no gaps"
    hides nothing: what the analysis itself is worth.

    Taught in notebooks/06_missing_data.ipynb, section 2.6.
    """
    truth = estimates(features, outcome)[0][[0, 3]]
    methods = {
        "complete cases": partial(completions, "complete cases"),
        "mean": partial(completions, "mean"),
        "regression": partial(completions, "regression"),
        "regression, outcome read": partial(completions, "regression", with_outcome=True),
        "multiple, outcome left out": partial(completions, "multiple", with_outcome=False, imputations=imputations),
        "multiple": partial(completions, "multiple", imputations=imputations),
    }
    found = {name: [] for name in ("no gaps", *methods)}
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        drawn = rng.integers(len(features), size=people)
        holed = hide(features[drawn], "at random", share, rng)
        tables = {"no gaps": [(features[drawn], outcome[drawn])]}
        tables |= {name: complete(holed, outcome[drawn], rng) for name, complete in methods.items()}
        for name, completed in tables.items():
            mean, coefficient = _intervals([estimates(*table) for table in completed], people)
            held = [one.low <= value <= one.high for one, value in zip((mean, coefficient), truth, strict=True)]
            found[name].append([*held, coefficient.estimate, coefficient.high - coefficient.low])
    medians = {name: np.median(np.array(each)[:, 2:], axis=0) for name, each in found.items()}
    shares = {name: np.mean(np.array(each)[:, :2], axis=0) for name, each in found.items()}
    columns = ["mean", "coefficient", "median coefficient", "median width"]
    return pd.DataFrame({name: [*shares[name], *medians[name]] for name in found}, index=columns).T


def _intervals(
    found: list[tuple[np.ndarray, np.ndarray]], people: int
) -> tuple[evaluation.Interval, evaluation.Interval]:
    """The 95 % intervals of the mean and of the coefficient, pooled where there are several tables."""
    freedoms = {"mean": people - 1, "coefficient": people - 5}  # four columns and a level are fitted
    both = []
    for place, (quantity, freedom) in enumerate(freedoms.items()):
        k = QUANTITIES.index(quantity)
        values, variances = (np.array(each) for each in zip(*((e[k], v[place]) for e, v in found), strict=True))
        if len(values) > 1:
            both.append(pool(values, variances, freedom).interval())
        else:
            half = 1.96 * np.sqrt(variances[0])
            both.append(evaluation.Interval(values[0], values[0] - half, values[0] + half))
    return both[0], both[1]


def coefficient_of_sign(
    features: np.ndarray, outcome: np.ndarray, share: float, *, repeats: int, seed: int, imputations: int
) -> pd.DataFrame:
    """The coefficient of the column SIGN, which has no gap, a column per method and a row per repeat.

    Gaps in the column GAP depend on nothing. "mean + indicator" is mean imputation with a column that is 1 at a gap.

    Taught in notebooks/06_missing_data.ipynb, section 4.1.
    """
    rows = []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])
        holed = hide(features, "completely at random", share, rng)
        tables = {
            method: completions(method, holed, outcome, rng, imputations=imputations)
            for method in ("complete cases", "mean", "multiple")
        }
        filled = tables["mean"][0][0]
        marked = np.hstack([filled, np.isnan(holed[:, [GAP]])])
        tables["mean + indicator"] = [(marked, outcome)]
        rows.append(
            {
                method: np.mean([fit_logit(with_ones(table), cases)[0][1 + SIGN] for table, cases in completed])
                for method, completed in tables.items()
            }
        )
    return pd.DataFrame(rows)[["complete cases", "mean", "mean + indicator", "multiple"]]


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


class Spread(evaluation.Interval):
    """The mean of repeats and where they lay, written [low … high]: not an interval of the mean.

    >>> str(Spread(0.5, 0.25, 0.75, 2))
    '.50 [.25 … .75]'
    """

    def __str__(self) -> str:
        return super().__str__().replace("(", "[").replace(" to ", " … ").replace(")", "]")


def spread(values: np.ndarray, digits: int = 2) -> Spread:
    """The mean over repeats, shape (r,), and where 95 % of them lay.

    Taught in notebooks/06_missing_data.ipynb, section 3.1.
    """
    return Spread(float(np.mean(values)), *np.quantile(values, [0.025, 0.975]), digits=digits)


def against_truth(table: pd.DataFrame, truth: np.ndarray) -> pd.DataFrame:
    """How far each method's QUANTITIES lie from the truth, a row per mechanism and method of one share of gaps.

    table: of `what_breaks`. Each cell is the `spread` over the repeats.

    Taught in notebooks/06_missing_data.ipynb, section 2.5.
    """
    rows = {}
    for which, part in table.groupby(["mechanism", "method"], sort=False):
        rows[which] = [spread(column) for column in (part[list(QUANTITIES)].to_numpy() - truth).T]
    index = pd.MultiIndex.from_tuples(list(rows), names=["mechanism", "method"])
    return pd.DataFrame(list(rows.values()), index=index, columns=list(QUANTITIES))
