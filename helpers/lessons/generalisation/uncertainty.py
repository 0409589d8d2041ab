"""How sure a network is, and whether an image is of a kind that it knows: ensembles, dropout, distances.

members: risks of class 1 by several networks, or by one network with dropout left on, shape (k, n).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import entr, softmax

from helpers import evaluation
from helpers.datasets.simulators.bone import simulate_bone
from helpers.datasets.simulators.tissue import simulate_tissue

STRANGERS = 80  # people of each other organ
SHRINKAGE = 0.1  # of the covariance towards its mean variance: features are many, and some never move


def entropy(risks: np.ndarray) -> np.ndarray:
    """The entropy of a risk in nats, the same shape: 0 for 0 and 1, ln 2 = .693 for .5."""
    return entr(risks) + entr(1 - risks)


def disagreement(members: np.ndarray) -> np.ndarray:
    """How much members disagree: entropy of the mean risk minus mean entropy of the risks, nats, (n,).

    Also called mutual information of prediction and network; 0 where all say the same, however unsure.
    Source: Houlsby et al., arXiv 1112.5745, 2011.

    Taught in notebooks/08_generalisation.ipynb, section 4.1.
    """
    return np.maximum(entropy(members.mean(axis=0)) - entropy(members).mean(axis=0), 0)


def with_dropout(
    features: np.ndarray, weights: np.ndarray, bias: np.ndarray, rate: float, *, passes: int, seed: int
) -> np.ndarray:
    """Risks of class 1 with the dropout before the output layer left on, (passes, n): Monte Carlo dropout.

    features: (n, f), what enters that dropout. weights, bias: of the softmax layer behind it, (f, 2) and (2,). rate:
    share set to 0; the others are divided by 1 - rate, as in training. Of a network whose only dropout stands there
    this is what Keras gives with training=True, at a fraction of the time.
    Source: Gal & Ghahramani, ICML 2016.

    Taught in notebooks/08_generalisation.ipynb, section 4.1.
    """
    rng, found = np.random.default_rng(seed), []
    for _ in range(passes):
        kept = rng.random(features.shape, dtype=np.float32) >= rate
        found.append(softmax((features * kept) @ weights / (1 - rate) + bias, axis=1)[:, 1])
    return np.stack(found)


@dataclass(frozen=True)
class Known:
    """What features of known images look like: a mean per class, and one covariance for all.

    means: (classes, f). precision: (f, f), the inverse of the shrunk covariance.
    """

    means: np.ndarray
    precision: np.ndarray

    def distance(self, features: np.ndarray) -> np.ndarray:
        """Squared Mahalanobis distance of each row to the nearest class mean, (n,)."""
        off = features[:, np.newaxis] - self.means
        return np.einsum("nkf,fg,nkg->nk", off, self.precision, off, optimize=True).min(axis=1)


def fit_known(features: np.ndarray, labels: np.ndarray) -> Known:
    """Learn means and covariance from training features (n, f) and their labels.

    Source: Lee et al., NeurIPS 2018; the covariance is shrunk by SHRINKAGE towards a multiple of the unit matrix.

    Taught in notebooks/08_generalisation.ipynb, section 4.5.
    """
    classes, label = np.unique(labels, return_inverse=True)
    means = np.stack([features[label == k].mean(axis=0) for k in range(len(classes))])
    off = features - means[label]
    covariance = off.T @ off / len(features)
    level = np.trace(covariance) / len(covariance)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * level * np.eye(len(covariance))
    return Known(means, np.linalg.inv(shrunk))


def outlier_scores(risks: np.ndarray, members: np.ndarray, distances: np.ndarray) -> dict[str, np.ndarray]:
    """Four scores of each image, (n,) each, higher where the network should know it less.

    risks: of the network (n,). members: (k, n). distances: (n,), as Known gives them.
    Source of the first: Hendrycks & Gimpel, ICLR 2017.

    Taught in notebooks/08_generalisation.ipynb, section 4.5.
    """
    return {
        "1 - highest probability": np.minimum(risks, 1 - risks),
        "entropy of the mean": entropy(members.mean(axis=0)),
        "disagreement": disagreement(members),
        "Mahalanobis distance": distances,
    }


def other_organs(shape: tuple[int, ...], *, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Simulated images of bone and of stained tissue in the shape that a network takes: name -> (images, patients).

    shape: height, width and channels; colours become grey where the network sees one channel.

    Taught in notebooks/08_generalisation.ipynb, section 4.5.
    """
    height, width, channels = shape[:3]
    found = {}
    for name, simulate in (("bone", simulate_bone), ("tissue", simulate_tissue)):
        data = simulate(patients=STRANGERS, size=max(height, width, 16), seed=seed)
        parts = [rows for _, rows in data.splits()]
        images = np.concatenate([rows.images for rows in parts])[:, :height, :width]
        if images.shape[3] != channels:
            grey = np.rint(images.mean(axis=3, keepdims=True)).astype(np.uint8)
            images = np.repeat(grey, channels, axis=3)
        found[name] = images, np.concatenate([rows.patients for rows in parts])
    return found


def told_apart(
    at_home: Mapping[str, np.ndarray],
    elsewhere: Mapping[str, np.ndarray],
    home_patients: np.ndarray,
    other_patients: np.ndarray,
    *,
    draws: int,
    seed: int,
) -> dict[str, evaluation.Interval]:
    """For each score the AUC for telling images from elsewhere from those at home, with intervals over patients.

    .5 where it tells nothing; below .5 where it takes the strange for the better known.

    Taught in notebooks/08_generalisation.ipynb, section 4.5.
    """
    n, m = len(home_patients), len(other_patients)
    home, other = (np.unique(who, return_inverse=True)[1] for who in (home_patients, other_patients))
    people = np.concatenate([home, -1 - other])  # the same number elsewhere is another picture, drawn by itself
    rows = evaluation.Patients(np.repeat([0, 1], [n, m]), people)
    return {
        name: evaluation.bootstrap(
            evaluation.auc,
            rows,
            evaluation.two_columns(np.concatenate([scores, elsewhere[name]])),
            draws=draws,
            seed=seed,
        )
        for name, scores in at_home.items()
    }
