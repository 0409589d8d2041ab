"""How good a recipe is, by training images alone: as they are, changed, and a whole kind of them left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold

from bench.real.xrays.recipe import Recipe
from bench.real.xrays.shifts import CHANGES, kinds_of_exposure, near_duplicates, shifted
from bench.real.xrays.training import train
from helpers.evaluation import auc
from helpers.evaluation.cases import two_columns

PARTS = 3
AS_THEY_ARE = "as they are"


def area(labels: np.ndarray, scores: np.ndarray) -> float:
    """AUC of scores (n,), of which the order alone counts, for labels (n,)."""
    return auc(labels, two_columns(scores))


def even_threshold(labels: np.ndarray, scores: np.ndarray) -> float:
    """The score at which as large a share of the ill lies below as of the healthy at or above."""
    candidates = np.unique(scores)
    missed = np.searchsorted(np.sort(scores[labels == 1]), candidates) / (labels == 1).sum()
    spared = np.searchsorted(np.sort(scores[labels == 0]), candidates) / (labels == 0).sum()
    return float(candidates[np.argmin(np.abs(missed - (1 - spared)))])


def held_out_scores(recipe: Recipe, images: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Log odds (n,) of each image by the network that did not see it or a near-duplicate: as it is and changed."""
    parts = StratifiedGroupKFold(PARTS, shuffle=True, random_state=0)
    scores = {name: np.zeros(len(images)) for name in (AS_THEY_ARE, *CHANGES)}
    for known, new in parts.split(images, labels, near_duplicates(images)):
        network = train(recipe, images[known], labels[known], seed)
        for name, changed in ({AS_THEY_ARE: images[new]} | shifted(images[new])).items():
            scores[name][new] = network(changed)
    return scores


def left_out_kinds(recipe: Recipe, images: np.ndarray, labels: np.ndarray, seed: int) -> Iterator[float]:
    """AUC on each kind of exposure, by the network that learned from the others."""
    for known, new in LeaveOneGroupOut().split(images, labels, kinds_of_exposure(images)):
        yield area(labels[new], train(recipe, images[known], labels[known], seed)(images[new]))


def judge(recipe: Recipe, images: np.ndarray, labels: np.ndarray, seed: int = 1) -> pd.Series:
    """The scores of a recipe: AUC as they are, changed (mean and each change), and on kinds left out (mean, least).

    specificity, sensitivity: means over the changes at the threshold that is even on the images as they are.
    """
    scores = held_out_scores(recipe, images, labels, seed)
    areas = {name: area(labels, values) for name, values in scores.items()}
    kinds = list(left_out_kinds(recipe, images, labels, seed))
    threshold = even_threshold(labels, scores[AS_THEY_ARE])
    called = np.array([scores[name] >= threshold for name in CHANGES])
    return pd.Series(
        {
            AS_THEY_ARE: areas[AS_THEY_ARE],
            "changed": np.mean([areas[name] for name in CHANGES]),
            "kinds left out": np.mean(kinds),
            "least kind": min(kinds),
            "sensitivity, changed": called[:, labels == 1].mean(),
            "specificity, changed": 1 - called[:, labels == 0].mean(),
        }
        | {name: areas[name] for name in CHANGES}
    )
