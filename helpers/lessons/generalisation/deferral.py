"""Not answering: which cases to hand to a reader, what that gains, and what it costs when readers follow the machine.

The readers are simulated: what they can and how alike their errors are to the network's is put in, and no measurement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from helpers import evaluation

READERS = 40


def risk_coverage(uncertainty: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """The share of wrong answers among the k least uncertain rows, for k = 1 to n: (n,).

    uncertainty: (n,). wrong: bool (n,). Rows of one uncertainty come in no order: each counts as their mean.
    Source: Geifman & El-Yaniv, NeurIPS 2017.

    Taught in notebooks/08_generalisation.ipynb, section 5.1.
    """
    order = np.argsort(uncertainty, kind="stable")
    _, tied = np.unique(uncertainty[order], return_inverse=True)
    mean = np.bincount(tied, wrong[order].astype(float)) / np.bincount(tied)
    return np.cumsum(mean[tied]) / np.arange(1, len(wrong) + 1)


def area(curve: np.ndarray) -> float:
    """AURC, the area under a risk-coverage curve: the mean over all coverages k / n.

    Taught in notebooks/08_generalisation.ipynb, section 5.1.
    """
    return float(curve.mean())


def area_interval(
    uncertainty: np.ndarray, wrong: np.ndarray, patients: np.ndarray, *, draws: int, seed: int
) -> evaluation.Interval:
    """The AURC with its 95 % interval from resampling patients.

    Taught in notebooks/08_generalisation.ipynb, section 5.1.
    """
    return evaluation.bootstrap_statistic(
        lambda rows: area(risk_coverage(uncertainty[rows], wrong[rows])), patients, draws=draws, seed=seed
    )


def floors(wrong: np.ndarray) -> dict[str, np.ndarray]:
    """The curves of one who defers at random (always the share of errors) and of one who knows every error, (n,) each.

    Taught in notebooks/08_generalisation.ipynb, section 5.1.
    """
    return {"at random": np.full(len(wrong), wrong.mean()), "knows every error": risk_coverage(wrong, wrong)}


def readers_calls(
    labels: np.ndarray,
    evidence: np.ndarray,
    *,
    sensitivity: float,
    specificity: float,
    alike: float,
    seed: int,
    readers: int = READERS,
) -> np.ndarray:
    """Whom each of several readers calls ill: bool (readers, n).

    A reader sees x ~ N(±d/2, 1), d = Φ⁻¹(sensitivity) + Φ⁻¹(specificity), and calls ill what lies above
    c = (Φ⁻¹(specificity) - Φ⁻¹(sensitivity)) / 2: binormal signal detection (Green & Swets, 1966).
    evidence: the network's log-odds (n,). alike: 0 to 1, the correlation of x with the network's evidence among images
    of one class, as normal scores: images that mislead the network then mislead readers, too.
    Raises ValueError for shares that are not between 0 and 1.

    Taught in notebooks/08_generalisation.ipynb, section 5.2.
    """
    if not 0 < sensitivity < 1 or not 0 < specificity < 1 or not 0 <= alike <= 1:
        raise ValueError(f"expected shares between 0 and 1, found {sensitivity}, {specificity} and {alike}")
    z_ill, z_well = ndtri(sensitivity), ndtri(specificity)
    shared = np.zeros(len(labels))
    for k in np.unique(labels):
        of_class = labels == k
        shared[of_class] = ndtri((rankdata(evidence[of_class]) - 0.5) / of_class.sum())
    own = np.random.default_rng(seed).normal(size=(readers, len(labels)))
    middle = np.where(labels == 1, 0.5, -0.5) * (z_ill + z_well)
    return middle + alike * shared + np.sqrt(1 - alike**2) * own > (z_well - z_ill) / 2


def deferred(uncertainty: np.ndarray, share: float) -> np.ndarray:
    """Which rows go to the reader: bool (n,), the most uncertain `share`, of equally uncertain ones the first.

    Taught in notebooks/08_generalisation.ipynb, section 5.3.
    """
    gone = np.zeros(len(uncertainty), bool)
    gone[np.argsort(-uncertainty, kind="stable")[: round(share * len(uncertainty))]] = True
    return gone


def team_calls(machine: np.ndarray, readers: np.ndarray, gone: np.ndarray, follows: float = 0.0) -> np.ndarray:
    """The share of readers with whom each row is called ill: (n,), machine and reader together.

    machine: bool (n,), whom the network calls ill. readers: bool (readers, n). gone: bool (n,), the rows that the
    reader decides. follows: how often a reader who has seen the network's call adopts it there.

    Taught in notebooks/08_generalisation.ipynb, section 5.3.
    """
    decided = follows * machine + (1 - follows) * readers.mean(axis=0)
    return np.where(gone, decided, machine)


def called_right(calls: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The chance that each row is called right, (n,); calls: the chance that it is called ill."""
    return np.where(labels == 1, calls, 1 - calls)


def cost_per_100(calls: np.ndarray, labels: np.ndarray, gone: np.ndarray, *, missed: float, reading: float) -> float:
    """False alarms, plus `missed` for each disease missed, plus `reading` for each row that is read, per 100 rows."""
    false, overlooked = calls * (labels == 0), (1 - calls) * (labels == 1)
    return float(100 * (false + missed * overlooked + reading * gone).mean())


def team_by_share(
    labels: np.ndarray,
    machine: np.ndarray,
    uncertainty: np.ndarray,
    readers: np.ndarray,
    shares: Sequence[float],
    *,
    missed: float,
    reading: float,
    follows: float = 0.0,
) -> pd.DataFrame:
    """Accuracy, sensitivity, specificity and cost of the team by the share that is deferred; indexed by share.

    Arguments as those of `deferred`, `team_calls` and `cost_per_100`.

    Taught in notebooks/08_generalisation.ipynb, section 5.2.
    """
    lines = {}
    for share in shares:
        gone = deferred(uncertainty, share)
        calls = team_calls(machine, readers, gone, follows)
        right = called_right(calls, labels)
        lines[float(share)] = {
            "accuracy": right.mean(),
            "sensitivity": right[labels == 1].mean(),
            "specificity": right[labels == 0].mean(),
            "cost": cost_per_100(calls, labels, gone, missed=missed, reading=reading),
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("share deferred")
