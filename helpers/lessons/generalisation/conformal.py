"""Prediction sets for two classes that hold the true one as often as promised: split conformal and its kin.

A set holds each class whose nonconformity, 1 minus its probability, is at most a limit learned on calibration rows.
In earnest use MAPIE, which has these and more; here are the few lines that the text speaks of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import evaluation

MOST = 1.0  # of a nonconformity: with this limit every set holds both classes
DOUBT = 4.0  # how much rarer the surest people are than the most doubtful where only doubtful ones are sent: e^4


def one_each(patients: np.ndarray) -> np.ndarray:
    """The number of the first row of each patient, in the order of the rows: (people,).

    Images of one patient are alike; patients are exchangeable, their images are not.

    Taught in notebooks/08_generalisation.ipynb, section 4.2.
    """
    return np.sort(np.unique(patients, return_index=True)[1])


def nonconformity(labels: np.ndarray, risks: np.ndarray) -> np.ndarray:
    """1 minus the probability of each row's true class: (n,). labels: 0 and 1. risks: of class 1."""
    return np.where(labels == 1, 1 - risks, risks)


def limit(scores: np.ndarray, level: float) -> float:
    """The limit of split conformal: the k-th smallest of n scores, k = ⌈(n + 1) · level⌉; MOST where k is above n.

    A new row that is exchangeable with the n has a score of at most this with a chance of at least `level`.
    Source: Papadopoulos et al., ECML 2002; Lei et al., JASA 113:1094, 2018. Raises ValueError for no score or another
    level than one between 0 and 1.

    Taught in notebooks/08_generalisation.ipynb, section 4.2.
    """
    return float(weighted_limits(scores, np.ones(len(scores)), np.ones(1), level)[0])


def weighted_limits(scores: np.ndarray, weights: np.ndarray, own: np.ndarray, level: float) -> np.ndarray:
    """A limit for each new row, where calibration rows count by their weights: (m,).

    scores, weights: of the n calibration rows; weights are proportional to the density there over the density here.
    own: the weights of the m new rows, which stand at infinity: a row whose like was not seen gets MOST, a set of both.
    Source: Tibshirani, Barber, Candès & Ramdas, NeurIPS 2019, corollary 1. Raises ValueError as `limit` does, and for a
    weight below 0.

    Taught in notebooks/08_generalisation.ipynb, section 4.4.
    """
    scores, weights, own = (np.asarray(one, float) for one in (scores, weights, own))
    if not len(scores) or not 0 < level < 1:
        raise ValueError(f"expected one score or more and a level between 0 and 1, found {len(scores)} and {level}")
    if weights.shape != scores.shape or min(weights.min(), own.min()) < 0:
        raise ValueError("weights: expected one for each score, none below 0")
    order = np.argsort(scores, kind="stable")
    so_far = np.cumsum(weights[order])
    wanted = level * (so_far[-1] + own)
    k = np.searchsorted(so_far, wanted * (1 - 1e-12), side="left")
    return np.append(scores[order], MOST)[k]


def sets(risks: np.ndarray, limits: float | np.ndarray) -> np.ndarray:
    """Which classes the set of each row holds: bool (n, 2), the columns class 0 and class 1.

    limits: one number, one per row (n,), or one per row and class (n, 2).

    Taught in notebooks/08_generalisation.ipynb, section 4.2.
    """
    limits = np.asarray(limits, float)
    per_class = limits if limits.ndim == 2 else np.broadcast_to(limits.reshape(-1, 1), (len(risks), 2))
    return np.stack([risks, 1 - risks], axis=1) <= per_class + 1e-12


def limits_by_group(scores: np.ndarray, groups: np.ndarray, level: float) -> dict[object, float]:
    """A limit for each group, from its own scores: Mondrian conformal prediction (Vovk, Gammerman & Shafer, 2005).

    Groups may be sites, which are known of a new row, or classes, of which a new row's set asks each in turn.

    Taught in notebooks/08_generalisation.ipynb, section 4.3.
    """
    return {group.item(): limit(scores[groups == group], level) for group in np.unique(groups)}


@dataclass(frozen=True)
class Coverage:
    """What prediction sets do on rows whose labels are known; intervals resample patients.

    covered: share of rows whose set holds their class; of_ill, of_others: the same of either class. size: mean number
    of classes in a set. single, both, empty: shares of sets by what they hold.
    """

    covered: evaluation.Interval
    of_ill: evaluation.Interval
    of_others: evaluation.Interval
    size: float
    single: float
    both: float
    empty: float


def coverage(held: np.ndarray, rows: evaluation.Labelled, *, draws: int, seed: int) -> Coverage:
    """How often sets hold the true class. held: bool (n, 2), as `sets` gives it. rows: labels 0 and 1, and patients.

    Of a class without a row NaN.

    Taught in notebooks/08_generalisation.ipynb, section 4.2.
    """
    right = held[np.arange(len(held)), rows.labels].astype(float)
    parts = {"all": np.ones(len(right), bool), "ill": rows.labels == 1, "others": rows.labels == 0}
    found = {
        name: evaluation.share_table({name: right[who]}, rows.patients[who], draws=draws, seed=seed)["share"].iloc[0]
        if who.any()
        else evaluation.Interval(math.nan, math.nan, math.nan)
        for name, who in parts.items()
    }
    many = held.sum(axis=1)
    shares = (float((many == k).mean()) for k in (1, 2, 0))
    return Coverage(found["all"], found["ill"], found["others"], float(many.mean()), *shares)


def coverage_table(found: Mapping[str, Coverage]) -> pd.DataFrame:
    """A line for each: coverage of all, of the ill and of the others, and what the sets hold.

    Taught in notebooks/08_generalisation.ipynb, section 4.2.
    """
    return pd.DataFrame(
        {
            name: {
                "coverage": one.covered,
                "of the ill": one.of_ill,
                "of the others": one.of_others,
                "one class": f"{one.single:.2f}",
                "both": f"{one.both:.2f}",
                "none": f"{one.empty:.2f}",
            }
            for name, one in found.items()
        }
    ).T


def referred(patients: np.ndarray, log_odds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which rows a hospital sees to which doubtful cases are sent: bool (n,), all rows of a person or none.

    A person is sent with the chance exp(-DOUBT · r), r from 0 to 1 being the rank of the mean size of their log-odds:
    by what is in the images alone, so that the disease given the image stays what it was (covariate shift).

    Taught in notebooks/08_generalisation.ipynb, section 4.4.
    """
    people, group = np.unique(patients, return_inverse=True)
    sure = np.bincount(group, np.abs(log_odds)) / np.bincount(group)
    rank = np.argsort(np.argsort(sure, kind="stable"), kind="stable") / max(len(people) - 1, 1)
    return (rng.random(len(people)) < np.exp(-DOUBT * rank))[group]
