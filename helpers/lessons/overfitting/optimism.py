"""How far a score flatters that was used to choose: the best epoch on validation, the best of many models on test."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.datasets import draw_patients
from helpers.datasets.contract import Split
from helpers.lessons.overfitting.experiment import Outcome


def best_epoch_optimism(outcome: Outcome, patients: int, *, repeats: int, seed: int) -> float:
    """How much the AUC of the best checkpoint flatters when so few validation patients choose it, by several draws.

    For each draw of validation patients: their AUC at the checkpoint that is best on them minus the test AUC there,
    less the same difference averaged over all checkpoints, which is not owed to choosing. Returns the mean over the
    draws, NaN where none has every class.
    Taught in notebooks/05_overfitting.ipynb, section 3.4.
    """
    rows, fresh = outcome.rows["validation"], outcome.curve["test_auc"].to_numpy()
    found = []
    for repeat in range(repeats):
        index = np.isin(rows.patients, draw_patients(rows, patients, seed=1000 * seed + repeat).patients)
        drawn = (outcome.probabilities("validation", checkpoint)[index] for checkpoint in range(len(fresh)))
        chosen = np.array([evaluation.auc_or_nan(rows.labels[index], p) for p in drawn])
        if not np.isnan(chosen).any():
            best = chosen.argmax()
            found.append(chosen[best] - fresh[best] - (chosen - fresh).mean())
    return float(np.mean(found)) if found else math.nan


def best_on_one_half(
    metric: evaluation.Metric,
    rows: Split,
    models: np.ndarray,
    tries: Sequence[int],
    *,
    patients: int,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """What choosing by a test set does: the best of so many models on one half of the patients, judged on the other.

    models: probabilities (models, n, classes). In each repeat so many patients are drawn, halved, and `tries` models
    drawn; each half chooses once, the model with the highest metric on it, so that a half that is easier for all models
    cancels. Columns: tries, chosen (the choice's score on the half that chose), fresh (its score on the other half);
    means over the repeats in which both halves hold every class, no row where there is none.
    Taught in notebooks/05_overfitting.ipynb, section 4.1.
    """
    rng = np.random.default_rng(seed)
    people = np.unique(rows.patients)
    results = []
    for _ in range(repeats):
        drawn = rng.permutation(people)[:patients]
        both = [np.isin(rows.patients, half) for half in np.array_split(drawn, 2)]
        scores = np.array([[metric(rows.labels[half], p[half]) for half in both] for p in models])
        if np.isnan(scores).any():
            continue
        order = rng.permutation(len(models))
        for count in tries:
            tried = scores[order[:count]]
            for chooser in (0, 1):
                best = tried[:, chooser].argmax()
                results.append((count, tried[best, chooser], tried[best, 1 - chooser]))
    return pd.DataFrame(results, columns=["tries", "chosen", "fresh"]).groupby("tries").mean().reset_index()
