"""Scores by subgroup of the patients, and how they differ, with intervals for all that is shown together."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.datasets.contract import Split
from helpers.evaluation.cases import two_columns
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_draws, check_risks
from helpers.evaluation.intervals import bootstrap, over_draws
from helpers.evaluation.logistic_calibration import observed_to_expected
from helpers.evaluation.proportions import difference_of
from helpers.evaluation.scores import Metric, auc, called_right

SCORES = ("AUC", "sensitivity", "specificity")
WITH_LEVEL = (*SCORES, "O:E")  # what the table of groups shows
LEAST = 5  # patients with, and patients without the disease below which a subgroup's scores are not given


def subgroup_table(
    rows: Split,
    risks: np.ndarray,
    attributes: pd.DataFrame,
    threshold: float,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """AUC, sensitivity, specificity and O:E in each group of each attribute, with patient-level intervals.

    rows: with labels 0 and 1 (the disease) and patients, as `one_against_rest` and `by_patient` make them.
    risks: shape (n,).
    attributes: one row per patient, indexed by identifier, a column per attribute.
    The intervals are of 95 % for all of them together: with k groups each has the level 1 - .05 / (4 k) (Bonferroni,
    over the four scores too). A group with fewer than five patients with or without the disease has its counts and no
    scores (None).
    Columns: attribute, group, patients, diseased (patients), AUC, sensitivity, specificity, O:E.
    Raises ValueError as check_risks does.

    Taught in notebooks/04_evaluation.ipynb, section 9.1.
    """
    diseased, risks = check_risks(rows.labels, risks, both=False)
    check_draws(draws)
    of_row = attributes.reindex(rows.patients)
    groups = [(name, group) for name in attributes for group in np.unique(of_row[name].dropna().astype(str))]
    level = 1 - 0.05 / max(len(WITH_LEVEL) * len(groups), 1)
    draws = _enough(draws, level)
    lines = []
    for name, group in groups:
        keep = of_row[name].astype(str).to_numpy() == group
        part, (with_it, without) = rows.rows(keep), _counts(rows, diseased, keep)
        line = {"attribute": name, "group": group, "patients": len(np.unique(part.patients)), "diseased": with_it}
        scores: dict[str, Interval | None] = dict.fromkeys(WITH_LEVEL)
        if min(with_it, without) >= LEAST:
            pair = two_columns(risks[keep])
            scores |= _intervals(part, pair, threshold, draws, level, seed)
            scores["O:E"] = bootstrap(observed_to_expected, part, pair, draws=draws, level=level, seed=seed)
        lines.append(line | scores)
    return pd.DataFrame(lines, columns=["attribute", "group", "patients", "diseased", *WITH_LEVEL])


def subgroup_differences(
    rows: Split,
    risks: np.ndarray,
    attributes: pd.DataFrame,
    threshold: float,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """AUC, sensitivity and specificity of one group minus those of another, for each pair of groups of an attribute.

    Arguments are those of `subgroup_table`. The patients of the two groups are others, so each group is resampled by
    itself. With k pairs each of the 3 k intervals has the level 1 - .05 / (3 k): together they hold all truths in 95 of
    100 studies. None where a group is too small; where a score is exactly 0 or 1, the interval is that of
    `difference_of`.
    Columns: attribute, groups ("A minus B"), AUC, sensitivity, specificity.

    Taught in notebooks/04_evaluation.ipynb, section 9.1.
    """
    diseased, risks = check_risks(rows.labels, risks, both=False)
    check_draws(draws)
    of_row = attributes.reindex(rows.patients)
    pairs = [
        (name, pair) for name in attributes for pair in combinations(np.unique(of_row[name].dropna().astype(str)), 2)
    ]
    level = 1 - 0.05 / max(len(SCORES) * len(pairs), 1)
    draws = _enough(draws, level)
    lines = []
    for name, pair in pairs:
        line = {"attribute": name, "groups": " minus ".join(pair)} | dict.fromkeys(SCORES)
        masks = [of_row[name].astype(str).to_numpy() == group for group in pair]
        if min(min(_counts(rows, diseased, mask)) for mask in masks) >= LEAST:
            line |= _differences(rows, risks, masks, threshold, draws, level, seed)
        lines.append(line)
    return pd.DataFrame(lines, columns=["attribute", "groups", *SCORES])


def leads(differences: pd.DataFrame) -> pd.DataFrame:
    """The differences whose interval leaves out 0, one row each: leads to follow in new patients.

    differences: of `subgroup_differences`. Columns attribute, groups, score, difference.

    Taught in notebooks/04_evaluation.ipynb, section 9.1.
    """
    long = differences.melt(["attribute", "groups"], SCORES, var_name="score", value_name="difference")
    found = [one is not None and (one.low > 0 or one.high < 0) for one in long["difference"]]
    return long[np.array(found, dtype=bool)].reset_index(drop=True)


def _intervals(
    rows: Split, pair: np.ndarray, threshold: float, draws: int, level: float, seed: int
) -> dict[str, Interval]:
    """Each score with the interval that `bootstrap` gives it, all three on the same draws."""
    drawn, intervals = _drawn(rows, pair, threshold, draws, seed), {}
    for k, (score, metric) in enumerate(zip(SCORES, _metrics(threshold), strict=True)):
        found = metric(rows.labels, pair)
        low, high = np.quantile(drawn[:, k], [(1 - level) / 2, (1 + level) / 2])
        at_the_edge = found in (0, 1)  # there the draws tell nothing, and one is as good as many
        intervals[score] = (
            bootstrap(metric, rows, pair, draws=1, level=level) if at_the_edge else Interval(found, low, high)
        )
    return intervals


def _differences(
    rows: Split, risks: np.ndarray, masks: list[np.ndarray], threshold: float, draws: int, level: float, seed: int
) -> dict[str, Interval]:
    parts = [(rows.rows(mask), two_columns(risks[mask])) for mask in masks]
    drawn = [_drawn(*part, threshold, draws, seed + k) for k, part in enumerate(parts)]
    low, high = np.quantile(drawn[0] - drawn[1], [(1 - level) / 2, (1 + level) / 2], axis=0)
    differences = {}
    for k, (score, metric) in enumerate(zip(SCORES, _metrics(threshold), strict=True)):
        one, other = (metric(part.labels, pair) for part, pair in parts)
        differences[score] = Interval(one - other, float(low[k]), float(high[k]))
        if {0, 1} & {one, other}:
            intervals = (_intervals(*part, threshold, draws, level, seed)[score] for part in parts)
            differences[score] = difference_of(*intervals)
    return differences


def _drawn(rows: Split, pair: np.ndarray, threshold: float, draws: int, seed: int) -> np.ndarray:
    """The three scores on the same resampled patients: (draws, 3)."""
    metrics = _metrics(threshold)
    return over_draws(
        rows, lambda w: np.stack([metric(rows.labels, pair, w) for metric in metrics], axis=1), draws=draws, seed=seed
    )


def _metrics(threshold: float) -> tuple[Metric, ...]:
    """The metrics behind SCORES."""
    return auc, called_right(1, threshold, "diseased"), called_right(1, threshold, "others")


def _counts(rows: Split, diseased: np.ndarray, keep: np.ndarray) -> tuple[int, int]:
    """How many patients among the rows to keep have the disease, and how many have rows without it."""
    return tuple(len(np.unique(rows.patients[keep & who])) for who in (diseased, ~diseased))


def _enough(draws: int, level: float) -> int:
    """So many draws that five or more lie beyond each end."""
    return max(draws, round(10 / (1 - level)))
