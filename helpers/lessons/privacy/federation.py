"""Hospitals that learn together without a common table: federated averaging of logistic regressions, in NumPy.

In earnest take Flower or NVIDIA FLARE: they bring the network, the people who drop out, and the encryption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from helpers.datasets import load
from helpers.datasets.tables import TableSplit, split_patients

SHRINK = 0.01  # half the squared weights times this is added to the loss: it has one lowest point
COLUMNS = 12
# of the simulated hospitals: people, log-odds of the disease, shift of all columns (SD), how far their own effects go
SIMULATED = {"university": (900, -0.3, 0.0, 0.2), "county": (400, 0.8, 0.5, 0.3), "village": (100, -0.8, -0.5, 0.2)}


@dataclass(frozen=True, eq=False)
class Hospital:
    """The three splits of one hospital's own patients, as TableSplits without gaps, on the federation's scale."""

    train: TableSplit
    validation: TableSplit
    test: TableSplit


def hospitals_of(table: str, *, seed: int) -> dict[str, Hospital]:
    """Hospitals by name: "simulated" makes three unlike ones, "heart" is the real table of four.

    All columns are standardised with the training rows' means and standard deviations over *all* hospitals, which need
    no table but sums from each (`shared_scale`); a gap becomes 0, and a column with gaps in training gets a second one
    that says where they are. Raises DataError as helpers.datasets.load does.

    Taught in notebooks/09_privacy.ipynb, section 4.1.
    """
    raw = _simulated(seed) if table == "simulated" else _by_site(table, seed)
    centre, spread = shared_scale([parts["train"].features for parts in raw.values()])
    gaps = np.any([np.isnan(parts["train"].features).any(axis=0) for parts in raw.values()], axis=0)

    def scaled(rows: TableSplit) -> TableSplit:
        values = np.nan_to_num((rows.features - centre) / spread)
        marks = np.isnan(rows.features[:, gaps]).astype(float)
        return TableSplit(np.column_stack([values, marks]), rows.target, rows.patients)

    return {name: Hospital(**{split: scaled(rows) for split, rows in parts.items()}) for name, parts in raw.items()}


def shared_scale(tables: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column over all tables, from each one's counts, sums and sums of squares."""
    seen = [~np.isnan(table) for table in tables]
    count = sum(one.sum(axis=0) for one in seen)
    total, squares = (sum(np.nansum(table**power, axis=0) for table in tables) for power in (1, 2))
    mean = total / np.maximum(count, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0))
    return mean, np.where(spread > 0, spread, 1)


def _by_site(table: str, seed: int) -> dict[str, dict[str, TableSplit]]:
    data = load(table, seed=seed)
    found: dict[str, dict[str, TableSplit]] = {}
    for site in sorted(data.patient_table["site"].unique()):
        found[site] = {}
        for split, rows in data.splits():
            own = rows.rows((data.patient_table.loc[rows.patients, "site"] == site).to_numpy())
            ill = (own.target == data.disease_class).astype(np.int64)
            found[site][split] = TableSplit(own.features, ill, own.patients)
    return found


def _simulated(seed: int) -> dict[str, dict[str, TableSplit]]:
    rng, first = np.random.default_rng([seed, 6]), 0
    common, found = rng.normal(0, 0.5, COLUMNS), {}
    for name, (people, level, shift, own) in SIMULATED.items():
        values = rng.normal(shift, 1, (people, COLUMNS))
        effects = common + own * rng.normal(size=COLUMNS)
        ill = (rng.random(people) < expit(level + (values - shift) @ effects)).astype(np.int64)
        whole = TableSplit(values, ill, first + np.arange(people))
        found[name] = {split: whole.rows(rows) for split, rows in split_patients(ill, seed=seed).items()}
        first += people
    return found


def with_constant(features: np.ndarray) -> np.ndarray:
    """The columns with one of ones before them, for the intercept."""
    return np.column_stack([np.ones(len(features)), features])


def loss(weights: np.ndarray, rows: TableSplit) -> float:
    """Mean cross-entropy of a logistic regression, without what shrinks its weights."""
    scores = with_constant(rows.features) @ weights
    return float(np.mean(np.logaddexp(0, scores) - rows.labels * scores))


def slope(weights: np.ndarray, rows: TableSplit) -> np.ndarray:
    """The gradient of that loss, and of SHRINK times half the squared weights: (1 + columns,)."""
    inputs = with_constant(rows.features)
    return inputs.T @ (expit(inputs @ weights) - rows.labels) / len(rows.labels) + SHRINK * weights


def at_home(shared: np.ndarray, rows: TableSplit, *, steps: int, rate: float, pull: float = 0.0) -> np.ndarray:
    """What one hospital makes of the shared weights: gradient steps on its own rows.

    pull: FedProx's μ, which holds the weights near the shared ones (Li et al., 2020); 0 is FedAvg.
    Taught in notebooks/09_privacy.ipynb, section 4.1.
    """
    weights = shared
    for _ in range(steps):
        weights = weights - rate * (slope(weights, rows) + pull * (weights - shared))
    return weights


def federate(
    hospitals: Mapping[str, TableSplit], *, rounds: int, steps: int, rate: float, pull: float = 0.0
) -> list[np.ndarray]:
    """The shared weights after 0, 1, ... rounds of federated averaging (McMahan et al., 2017).

    In a round every hospital trains at home from the shared weights, and the mean of what comes back, weighted by the
    hospitals' numbers of patients, is shared next.

    Taught in notebooks/09_privacy.ipynb, section 4.1.
    """
    sizes = np.array([len(rows.labels) for rows in hospitals.values()], float)
    shared = [np.zeros(1 + next(iter(hospitals.values())).features.shape[1])]
    for _ in range(rounds):
        back = [at_home(shared[-1], rows, steps=steps, rate=rate, pull=pull) for rows in hospitals.values()]
        shared.append(np.average(back, axis=0, weights=sizes))
    return shared


def together(tables: Sequence[TableSplit]) -> TableSplit:
    """The rows of all tables in one."""
    parts = ([getattr(one, name) for one in tables] for name in ("features", "target", "patients"))
    return TableSplit(*(np.concatenate(part) for part in parts))


def fit_central(rows: TableSplit, *, steps: int = 3000, rate: float = 0.5) -> np.ndarray:
    """The weights with the lowest loss on rows in one place, by as many steps as it takes."""
    return at_home(np.zeros(1 + rows.features.shape[1]), rows, steps=steps, rate=rate)


def risks(weights: np.ndarray, rows: TableSplit) -> np.ndarray:
    """The risk of each row, (n,)."""
    return expit(with_constant(rows.features) @ weights)
