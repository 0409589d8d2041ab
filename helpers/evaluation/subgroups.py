"""Scores by subgroup of the patients, with intervals and the number of comparisons said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.datasets.contract import Split
from helpers.evaluation.cases import two_columns
from helpers.evaluation.inputs import check_draws, check_risks
from helpers.evaluation.intervals import Interval, bootstrap
from helpers.evaluation.scores import auc, called_right

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
    """AUC, sensitivity and specificity in each group of each attribute, with patient-level intervals.

    rows: with labels 0 and 1 (the disease) and patients, as `one_against_rest` makes them. risks: shape (n,).
    attributes: one row per patient, indexed by identifier, a column per attribute.
    The intervals are of 95 % for all k groups together: each has the level 1 - .05 / k (Bonferroni). A group with
    fewer than five patients with or without the disease has its counts and no scores (None).
    Columns: attribute, group, patients, diseased (patients), AUC, sensitivity, specificity.
    Raises ValueError as check_risks does.

    Taught in notebooks/04_evaluation.ipynb, section 9.1.
    """
    diseased, risks = check_risks(rows.labels, risks, both=False)
    check_draws(draws)
    of_row = attributes.reindex(rows.patients)
    groups = [(name, group) for name in attributes for group in np.unique(of_row[name].dropna().astype(str))]
    level = 1 - 0.05 / max(len(groups), 1)
    draws = max(draws, round(10 / (1 - level)))  # so that five draws or more lie beyond each end
    lines = []
    for name, group in groups:
        keep = of_row[name].astype(str).to_numpy() == group
        part, ill = rows.rows(keep), diseased[keep]
        with_it, without = (len(np.unique(part.patients[who])) for who in (ill, ~ill))
        line = {"attribute": name, "group": group, "patients": len(np.unique(part.patients)), "diseased": with_it}
        scores: dict[str, Interval | None] = dict.fromkeys(("AUC", "sensitivity", "specificity"))
        if min(with_it, without) >= LEAST:
            metrics = (auc, called_right(1, threshold, "diseased"), called_right(1, threshold, "others"))
            for score, metric in zip(scores, metrics, strict=True):
                scores[score] = bootstrap(metric, part, two_columns(risks[keep]), draws=draws, level=level, seed=seed)
        lines.append(line | scores)
    return pd.DataFrame(
        lines, columns=["attribute", "group", "patients", "diseased", "AUC", "sensitivity", "specificity"]
    )
