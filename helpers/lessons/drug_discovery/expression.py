"""How active genes are in cases and controls, measured in two batches: a simulation with its truth, and its tests.

In earnest use limma or edgeR (both in R) or PyDESeq2: counts of RNA have a variance that grows with their mean, which
these model, and their estimates of a gene's variance borrow from the other genes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from helpers import evaluation

BATCH_SPREAD = 0.8  # SD over genes of what the second batch adds, in the gene's own SDs
LEAST, MOST = 0.2, 1.0  # effect of a driver in the gene's own SDs, to either side, uniform between the two


class Cohort(NamedTuple):
    """values: float64 (people, genes), logarithm to base 2 of how much RNA was found. case, batch: bool (people,)."""

    values: np.ndarray
    case: np.ndarray
    batch: np.ndarray


class Tested(NamedTuple):
    """effect: estimated difference of cases and controls, (genes,), log2. p: its two-sided p value, (genes,)."""

    effect: np.ndarray
    p: np.ndarray


def simulate_cohort(
    drivers: np.ndarray, rng: np.random.Generator, *, people: int = 80, in_batch: float = 0.75
) -> Cohort:
    """Half of the people are cases; a share `in_batch` of the cases, and one minus it of the controls, is in batch 2.

    drivers: bool (genes,); these differ between cases and controls, by LEAST to MOST of a gene's SD, up or down. Every
    gene has a level and an SD of its own, and batch 2 adds to each gene a shift of its own. Genes are independent given
    these; real ones move together, which makes the share of false discoveries vary more.
    Raises ValueError for fewer than 8 people or a share outside 0 to 1.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.1.
    """
    if people < 8 or not 0 <= in_batch <= 1:
        raise ValueError(f"expected 8 people or more and a share from 0 to 1, found {people} and {in_batch}")
    genes = len(drivers)
    case = np.arange(people) < people // 2
    batch = np.zeros(people, bool)
    for group, share in ((case, in_batch), (~case, 1 - in_batch)):
        batch[np.flatnonzero(group)[: round(share * group.sum())]] = True
    sign = rng.choice([-1, 1], genes)
    effect = np.where(drivers, sign * rng.uniform(LEAST, MOST, genes), 0)
    noise = rng.normal(size=(people, genes))
    shift = rng.normal(0, BATCH_SPREAD, genes)
    level, spread = rng.normal(7, 2, genes), rng.lognormal(-0.7, 0.3, genes)
    return Cohort(level + spread * (np.outer(case, effect) + np.outer(batch, shift) + noise), case, batch)


def compare_genes(cohort: Cohort, *, batch: bool) -> Tested:
    """Each gene's difference of cases and controls by ordinary least squares: value = a + b · case (+ c · batch).

    batch: whether the batch is in the model. Without it this is Student's t test. p by Student's t with
    people - columns degrees of freedom.
    Raises ValueError where cases and batches coincide, so that no model can tell them apart.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.2.
    """
    columns = [np.ones(len(cohort.case)), cohort.case, *([cohort.batch] if batch else [])]
    design = np.column_stack(columns).astype(float)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("all cases are in one batch and all controls in the other: no model can tell them apart")
    coefficients = np.linalg.pinv(design) @ cohort.values
    free = len(design) - design.shape[1]
    variance = ((cohort.values - design @ coefficients) ** 2).sum(axis=0) / free
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
    return Tested(coefficients[1], 2 * stats.t.sf(np.abs(coefficients[1] / error), free))


def adjusted(p: np.ndarray) -> np.ndarray:
    """The p values of Benjamini and Hochberg, J R Stat Soc B 57:289, 1995: (genes,), in the order given.

    Calling all genes with one of at most q keeps the expected share of false ones among the called at q or less.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.2.
    """
    return stats.false_discovery_control(p)


def discoveries(called: np.ndarray, drivers: np.ndarray) -> dict[str, float]:
    """How many genes are called, what share of them is false (0 of none), and what share of the drivers is found.

    called, drivers: bool (genes,). Taught in notebooks/11_drug_discovery.ipynb, section 1.2.
    """
    false = (called & ~drivers).sum() / max(called.sum(), 1)
    return {"called": int(called.sum()), "false share": float(false), "share of drivers": float(called[drivers].mean())}


def average(tables: Sequence[pd.DataFrame], *, draws: int, seed: int) -> pd.DataFrame:
    """The mean over diseases of each cell, with its interval over diseases, which are drawn again with replacement.

    tables: one per disease, of numbers, all with the same rows and columns. The column "called" has no decimals.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.2.
    """
    values = np.stack([table.to_numpy(float) for table in tables])
    shown = pd.DataFrame(index=tables[0].index, columns=tables[0].columns, dtype=object)
    for row, name in enumerate(shown.index):
        for column, heading in enumerate(shown.columns):
            cell = values[:, row, column]
            mean = evaluation.bootstrap_statistic(
                lambda which, cell=cell: float(cell[which].mean()), np.arange(len(cell)), draws=draws, seed=seed
            )
            shown.loc[name, heading] = replace(mean, digits=0) if heading == "called" else mean
    return shown
