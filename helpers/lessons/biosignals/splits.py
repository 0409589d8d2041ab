"""Windows dealt out by chance, and by time: how one choice of split makes a model that knows nothing look brilliant."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS = 5
APART = 10.0  # in a column per person, so that neighbours are looks of the same person


def neighbours_auc(
    features: np.ndarray, told: np.ndarray, people: np.ndarray, train: np.ndarray, test: np.ndarray
) -> float:
    """AUC on the test looks of what the five nearest training looks of the same person were.

    features: (n, k). told: (n,), 1, 0, or -1 for looks that are left out. train, test: bool (n,). NaN where the test
    looks are all of one class.

    Taught in notebooks/12_biosignals.ipynb, section 4.4.
    """
    own = APART * (people[:, None] == np.unique(people)) * features.std(axis=0).max()
    rows = np.column_stack([features, own])
    learn, ask = train & (told >= 0), test & (told >= 0)
    if len(np.unique(told[ask])) < 2:
        return float("nan")
    model = KNeighborsClassifier(NEIGHBOURS, weights="distance").fit(rows[learn], told[learn])
    return float(roc_auc_score(told[ask], model.predict_proba(rows[ask])[:, 1]))


def shuffled(n: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two masks (n,) that deal looks out by chance: this share tests, the others train.

    Taught in notebooks/12_biosignals.ipynb, section 4.4.
    """
    test = np.random.default_rng(seed).permutation(n) < round(share * n)
    return ~test, test
