"""Simulated readers: people with eyes of their own, who give the network's advice more or less weight.

Everything here is an assumption made visible, and no measurement of people.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import logit

SEPARATION = 1.5  # d': how far apart the diseased and the others look to a reader, in SD; an AUC of about .86
READERS = 40
WITHOUT_MAP, WITH_MAP = 0.5, 1.5  # weight of the advice, and of advice that comes with a map where it looks right


def likely_places(masks: np.ndarray, share: float = 0.25) -> np.ndarray:
    """Where a lesion would surprise nobody: the `share` of all pixels that most known lesions cover.

    masks: bool (m, height, width), of the diseased in training. Returns bool (height, width).

    Taught in notebooks/07_interpretability.ipynb, section 8.2.
    """
    often = masks.mean(axis=0)
    order = np.argsort(-often.ravel(), kind="stable")[: round(share * often.size)]
    likely = np.zeros(often.size, bool)
    likely[order] = True
    return likely.reshape(often.shape)


def looks_right(maps: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Whether the brightest pixel of each map lies where lesions usually lie: bool (n,).

    Taught in notebooks/07_interpretability.ipynb, section 8.2.
    """
    return likely.ravel()[maps.reshape(len(maps), -1).argmax(axis=1)]


def read(labels: np.ndarray, advice: np.ndarray, trust: np.ndarray | float, *, seed: int) -> np.ndarray:
    """The share of READERS who call each image right: shape (n,).

    labels: 0 and 1. advice: the network's log-odds. trust: its weight, per image or one for all. A reader sees
    x ~ N(±d/2, 1), whose log likelihood ratio is d x, adds it to (1 - trust) of the log-odds of the disease's share and
    to trust times the advice, and calls ill what is above 0. Each reader sees the same x whatever the trust.

    Taught in notebooks/07_interpretability.ipynb, section 8.3.
    """
    ill = labels == 1
    own = np.random.default_rng(seed).normal(np.where(ill, 0.5, -0.5) * SEPARATION, 1, (READERS, len(labels)))
    belief = SEPARATION * own + (1 - np.asarray(trust)) * logit(ill.mean()) + trust * advice
    return ((belief > 0) == ill).mean(axis=0)


def conditions(labels: np.ndarray, advice: np.ndarray, plausible: np.ndarray, *, seed: int) -> Mapping[str, np.ndarray]:
    """The same readers alone, with advice, and with advice and a map that raises or ends their trust: shares (n,).

    Last, as their floor, whoever obeys: calls ill what the network calls ill, and looks at no image. plausible: bool
    (n,), whether the map looks right.

    Taught in notebooks/07_interpretability.ipynb, section 8.2.
    """
    weights = {"alone": 0.0, "with advice": WITHOUT_MAP, "with advice and map": np.where(plausible, WITH_MAP, 0.0)}
    obeyed = ((advice > 0) == (labels == 1)).astype(float)
    return {name: read(labels, advice, trust, seed=seed) for name, trust in weights.items()} | {"obeying": obeyed}
