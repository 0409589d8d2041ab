"""Beats called and counted as the standard has it: a threshold, sensitivity and PPV for each disease."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.datasets.beats import AAMI
from helpers.evaluation import Interval, average_precision, over_draws, pr_points, share, threshold_for_sensitivity
from helpers.evaluation.cases import Labelled

NAMES = tuple(AAMI)
DISEASES = ("ventricular", "supraventricular")  # in the order in which they are called
# Beats that are no false alarm of a class, though they are not of it (ANSI/AAMI EC57; de Chazal et al. 2004)
FORGIVEN = {"ventricular": ("fusion", "unknown"), "supraventricular": ("unknown",)}
LEVEL = 0.95


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


def rates(labels: np.ndarray, calls: np.ndarray, name: str, weights: np.ndarray | None = None) -> tuple:
    """Sensitivity and PPV of a class; with weights (draws, n) two arrays (draws,). NaN of no beat."""
    own, named = labels == NAMES.index(name), calls == NAMES.index(name)
    return share(named, own, weights), share(own, named & counted(labels, name), weights)


def rate_table(calls: Mapping[str, np.ndarray], rows: Labelled, *, draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Sensitivity and PPV of each disease, and accuracy, of each model with 95 % intervals by patient.

    calls: name -> classes called, (n,). One row per model; columns V sensitivity, V PPV, S sensitivity, S PPV,
    accuracy, of Interval objects. A PPV of no call is NaN; draws without one are left out of its interval.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    table = {}
    for model, called in calls.items():
        right = called == rows.labels
        line = {
            "accuracy": _interval(rows, lambda weights, right=right: share(right, right | ~right, weights), draws, seed)
        }
        for name in DISEASES:
            for k, what in enumerate(("sensitivity", "PPV")):

                def score(weights=None, name=name, k=k, called=called):
                    return rates(rows.labels, called, name, weights)[k]

                line[f"{name[0].upper()} {what}"] = _interval(rows, score, draws, seed)
        table[model] = line
    columns = [f"{name[0].upper()} {what}" for name in DISEASES for what in ("sensitivity", "PPV")]
    return pd.DataFrame.from_dict(table, orient="index")[[*columns, "accuracy"]]


def _interval(rows: Labelled, score, draws: int, seed: int) -> Interval:
    with np.errstate(invalid="ignore"):  # a draw in which nothing was called
        values = over_draws(rows, score, draws=draws, seed=seed)
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(values) else (np.nan, np.nan)
    return Interval(float(score(None)), float(low), float(high))


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
