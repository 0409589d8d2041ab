"""Beats called and counted as the standard has it: a threshold, sensitivity and PPV for each disease."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers.datasets.beats import AAMI
from helpers.evaluation import (
    Interval,
    average_precision,
    over_draws,
    pr_points,
    share,
    threshold_for_sensitivity,
    wilson,
)
from helpers.evaluation.cases import Labelled, Patients
from helpers.lessons.biosignals.heartbeats import Beats

NAMES = tuple(AAMI)
DISEASES = ("ventricular", "supraventricular")  # in the order in which they are called
# Beats that are no false alarm of a class, though they are not of it (ANSI/AAMI EC57; de Chazal et al. 2004)
FORGIVEN = {"ventricular": ("fusion", "unknown"), "supraventricular": ("unknown",)}
LEVEL = 0.95
LEAST = 5  # people with a class, below whom a group's rates of it are not given


def thresholds_for(labels: np.ndarray, risks: np.ndarray, wanted: float) -> dict[str, float]:
    """For each disease the highest threshold that finds this share of its beats; risks: (n, 5), out of fold.

    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    return {
        name: threshold_for_sensitivity(labels == NAMES.index(name), risks[:, NAMES.index(name)], wanted)
        for name in DISEASES
    }


def call(risks: np.ndarray, thresholds: Mapping[str, float]) -> np.ndarray:
    """The class called for each beat, int64 (n,): ventricular where its risk reaches the threshold, else
    supraventricular where its does, else normal.

    risks: (n, 5), a column per class of AAMI. thresholds: by the names in DISEASES.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    calls = np.full(len(risks), NAMES.index("normal"))
    for name in reversed(DISEASES):
        calls[risks[:, NAMES.index(name)] >= thresholds[name]] = NAMES.index(name)
    return calls


def counted(labels: np.ndarray, name: str) -> np.ndarray:
    """Which beats count for a class's PPV and its curves, bool (n,): all but those that the standard forgives."""
    return ~np.isin(labels, [NAMES.index(other) for other in FORGIVEN[name]])


def _rates(labels: np.ndarray, calls: np.ndarray, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of sensitivity and PPV of a class the beats that are hits, and those among which they are counted, bool (n,)."""
    own, named = labels == NAMES.index(name), calls == NAMES.index(name)
    return {"sensitivity": (named, own), "PPV": (own, named & counted(labels, name))}


def rate_table(calls: Mapping[str, np.ndarray], rows: Labelled, *, draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Sensitivity and PPV of each disease, and accuracy, of each model with 95 % intervals by patient.

    calls: name -> classes called, (n,). One row per model; columns V sensitivity, V PPV, S sensitivity, S PPV,
    accuracy, of Interval objects. A PPV of no call is NaN; draws without a beat among which to count are left out of an
    interval. A share of 0 or 1 is so on every draw: then the interval is Wilson's, with the people among whom it was
    counted.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    table = {}
    for model, called in calls.items():
        shares = {
            f"{name[0].upper()} {what}": pair
            for name in DISEASES
            for what, pair in _rates(rows.labels, called, name).items()
        }
        shares["accuracy"] = called == rows.labels, np.ones(len(called), bool)
        table[model] = {what: _interval(rows, *pair, draws, seed) for what, pair in shares.items()}
    return pd.DataFrame.from_dict(table, orient="index")


def _interval(rows: Labelled, hits: np.ndarray, among: np.ndarray, draws: int, seed: int) -> Interval:
    found = share(hits, among)
    if found in (0, 1):
        people = len(np.unique(rows.patients[among]))
        return wilson(round(found * people), people)
    everybody = Patients(np.zeros(len(hits), int), rows.patients)  # as if of one class, so that no draw is refused
    with np.errstate(invalid="ignore"):  # a draw without a beat among which to count
        values = over_draws(everybody, lambda weights: share(hits, among, weights), draws=draws, seed=seed)
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(values) else (np.nan, np.nan)
    return Interval(found, float(low), float(high))


def by_group(
    calls: np.ndarray, rows: Beats, attributes: pd.DataFrame | None, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """One model's row of `rate_table` in each group of people, each interval by itself; no row where nothing is known.

    calls: (n,). attributes: a row per person, a column per attribute, or None. Columns: people, and those of
    `rate_table`; a class that fewer than LEAST people of the group have had has None.
    Taught in notebooks/12_biosignals.ipynb, section 3.1.
    """
    lines = {}
    of_row = pd.DataFrame(index=rows.patients) if attributes is None else attributes.reindex(rows.patients)
    for attribute, column in of_row.items():
        for group in np.unique(column.dropna().astype(str)):
            keep = column.astype(str).to_numpy() == group
            part = rows.rows(keep)
            (line,) = rate_table({group: calls[keep]}, part, draws=draws, seed=seed).to_dict("records")
            for name in DISEASES:
                if len(np.unique(part.patients[part.labels == NAMES.index(name)])) < LEAST:
                    line |= dict.fromkeys((f"{name[0].upper()} sensitivity", f"{name[0].upper()} PPV"))
            lines[f"{attribute}: {group}"] = {"people": len(np.unique(part.patients))} | line
    return pd.DataFrame.from_dict(lines, orient="index")


def precision_gain(
    rows: Labelled, risks: np.ndarray, others: np.ndarray, name: str, *, draws: int = 1000, seed: int = 1
) -> Interval:
    """The average precision (`precision_of`) of one model less that of another, with its 95 % interval by patient.

    risks, others: (n, 5), of the same beats. Draws without a beat of the class are drawn again.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    keep, k = counted(rows.labels, name), NAMES.index(name)
    own = rows.labels[keep] == k
    one, other = (_weighted_precision(own, said[keep, k]) for said in (risks, others))
    with_class = Patients((rows.labels == k).astype(int), rows.patients)
    values = over_draws(
        with_class, lambda weights: one(weights[:, keep]) - other(weights[:, keep]), draws=draws, seed=seed
    )
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    found = precision_of(rows.labels, risks, name) - precision_of(rows.labels, others, name)
    return Interval(found, float(low), float(high))


def _weighted_precision(own: np.ndarray, risks: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """From weights (draws, n) to the average precision of each draw, as scikit-learn has it, many draws at once."""
    order = np.argsort(-risks, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(risks[order])), len(order) - 1)  # of equal risks the last

    def precision(weights: np.ndarray) -> np.ndarray:
        hits = np.cumsum(weights[:, order] * own[order], axis=1)[:, ends]
        called = np.cumsum(weights[:, order], axis=1)[:, ends]
        found = np.diff(hits, axis=1, prepend=0) / hits[:, -1:]
        return (found * hits / np.maximum(called, 1)).sum(axis=1)

    return precision


def precision_of(labels: np.ndarray, risks: np.ndarray, name: str) -> float:
    """The area under the curve of PPV against sensitivity of a class: 1 is perfect, chance is the class's share.

    risks: (n, 5). Taught in notebooks/12_biosignals.ipynb, section 2.4.
    """
    keep = counted(labels, name)
    return average_precision(labels[keep] == NAMES.index(name), risks[keep, NAMES.index(name)])


def curve(labels: np.ndarray, risks: np.ndarray, name: str) -> pd.DataFrame:
    """PPV against sensitivity of a class at every threshold: columns recall, precision. risks: (n, 5).

    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    keep = counted(labels, name)
    return pr_points(labels[keep] == NAMES.index(name), risks[keep, NAMES.index(name)])


def sensitivity_at(labels: np.ndarray, risks: np.ndarray, name: str, ppv: float) -> float:
    """The highest sensitivity that comes with at least this PPV, whatever the threshold; 0 where none does.

    It is read from the rows' own curve: for standing beside a published pair, and no choice of a threshold.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    points = curve(labels, risks, name)
    return float(points["recall"][points["precision"] >= ppv].max())
