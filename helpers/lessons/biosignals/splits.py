"""Windows dealt out by chance, and by time: how one choice of split makes a model that knows nothing look brilliant."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsRegressor

NEIGHBOURS = 5


def neighbours_auc(
    features: np.ndarray, told: np.ndarray, people: np.ndarray, train: np.ndarray, test: np.ndarray
) -> float:
    """AUC on the test looks of what the five nearest training looks of the same person were.

    features: (n, k). told: (n,), 1, 0, or -1 for looks that are left out. train, test: bool (n,). NaN where the test
    looks are all of one class.

    Taught in notebooks/12_biosignals.ipynb, section 4.4.
    """
    learn, ask = train & (told >= 0), test & (told >= 0)
    if len(np.unique(told[ask])) < 2:
        return float("nan")
    said = np.zeros(len(told))
    for person in np.unique(people):
        mine = people == person
        if (learn & mine).any() and (ask & mine).any():
            model = KNeighborsRegressor(min(NEIGHBOURS, int((learn & mine).sum())), weights="distance")
            said[ask & mine] = model.fit(features[learn & mine], told[learn & mine]).predict(features[ask & mine])
    return float(roc_auc_score(told[ask], said[ask]))


def shuffled(n: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two masks (n,) that deal looks out by chance: this share tests, the others train.

    Taught in notebooks/12_biosignals.ipynb, section 4.4.
    """
    test = np.random.default_rng(seed).permutation(n) < round(share * n)
    return ~test, test
