"""What a guarantee costs: private networks of each ε, scored on test patients, by group, and attacked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from helpers import evaluation
from helpers.datasets.contract import ImageDataset, Split
from helpers.lessons.privacy import accounting, membership
from helpers.lessons.privacy.dpsgd import Recipe, build_small, gradients_of_each, putter, train_private
from helpers.models import training

BUDGETS = (1, 3, 8)
CLIPPED, NONE = "clipped", "none"
FEWEST = 10  # images of each label, below which a hospital gets no AUC
UNCLIPPED = 1e9  # a bound that nobody reaches


def recipes(recipe: Recipe, rate: float) -> dict[str, Recipe]:
    """The recipe with the noise that each ε of BUDGETS asks for; clipped, without noise; and without either.

    rate: learning rate of the last, whose steps have no bound. Taught in notebooks/09_privacy.ipynb, section 3.4.
    """
    found = {}
    for epsilon in BUDGETS:
        found[f"{epsilon}"] = replace(recipe, noise=accounting.noise_for(epsilon, recipe.share, recipe.steps))
    found[CLIPPED] = replace(recipe, noise=0.0)
    found[NONE] = replace(recipe, noise=0.0, bound=UNCLIPPED, rate=rate)
    return found


class Trainer:
    """Private trainings one after the other, with one small network that is built once."""

    def __init__(self, image_shape: tuple[int, int, int]):
        training.set_seed(1)  # the network begins with zeros: this makes the library's operations repeatable
        self.network = build_small(image_shape)
        self.gradients, self.put = gradients_of_each(self.network), putter(self.network)
        self._ask = tf.function(self.network, reduce_retracing=True)  # Keras' predict takes longer than the network

    def train(self, rows: Split, recipe: Recipe, *, seed) -> None:
        """Train the network from zero weights; the seed decides who is drawn, and the noise."""
        start = np.zeros(self.network.count_params())
        train_private(self.gradients, start, self.put, rows, recipe, seed=seed)

    def log_odds(self, images: np.ndarray) -> np.ndarray:
        """What the network says of images: (n,)."""
        return self._ask(tf.constant(images, tf.float32)).numpy()[:, 0].astype(np.float64)


def groups_of(data: ImageDataset, test: Split) -> dict[str, np.ndarray]:
    """The test images of each hospital that has ten or more of each label: bool by name; none where none is known.

    Taught in notebooks/09_privacy.ipynb, section 3.5.
    """
    if data.patient_table is None or "site" not in data.patient_table:
        return {}
    where = data.patient_table.loc[test.patients, "site"].to_numpy(str)
    masks = {f"hospital {site}": where == site for site in np.unique(where)}
    return {name: who for name, who in masks.items() if np.bincount(test.labels[who], minlength=2).min() >= FEWEST}


def price_table(
    trainer: Trainer,
    rows: Split,
    members: np.ndarray,
    test: Split,
    groups: Mapping[str, np.ndarray],
    rungs: Mapping[str, Recipe],
    *,
    seed: int,
) -> pd.DataFrame:
    """One line per rung and network: epsilon, network, and scores on the test patients and against the attacker.

    members: bool (people, networks), whom each network learns from. groups: name -> bool (test images,). Columns: AUC,
    accuracy (at a risk of .5), intercept and slope of the calibration, Brier, "AUC, <group>" of each, and attack, the
    AUC of the likelihood-ratio attack. Networks of one number have the same people and the same coins on every rung.

    Taught in notebooks/09_privacy.ipynb, section 3.5.
    """
    _, who = np.unique(rows.patients, return_inverse=True)
    lines = []
    for epsilon, recipe in rungs.items():
        said = np.empty((len(rows), members.shape[1]))
        for network, mine in enumerate(members.T):
            trainer.train(rows.rows(mine[who]), recipe, seed=[seed, network])
            said[:, network] = trainer.log_odds(rows.images)
            line = {"epsilon": epsilon, "network": network} | scores(test, trainer.log_odds(test.images), groups)
            lines.append(line)
        attack = membership.by_likelihood_ratio(membership.margins(said, rows.labels), rows.patients, members)
        for line, target, mine in zip(lines[-members.shape[1] :], attack.T, members.T, strict=True):
            line["attack"] = roc_auc_score(mine, target)
    return pd.DataFrame(lines)


def scores(test: Split, log_odds: np.ndarray, groups: Mapping[str, np.ndarray]) -> dict[str, float]:
    """AUC, accuracy, calibration and Brier score of log-odds (n,), and the AUC in each group."""
    pair = evaluation.two_columns(expit(log_odds))
    found = {
        "AUC": evaluation.auc(test.labels, pair),
        "accuracy": evaluation.accuracy(test.labels, pair),
        "intercept": evaluation.calibration_intercept(test.labels, pair),
        "slope": evaluation.calibration_slope(test.labels, pair),
        "Brier": evaluation.brier(test.labels, pair),
    }
    return found | {f"AUC, {name}": evaluation.auc(test.labels[who], pair[who]) for name, who in groups.items()}


def signal_to_noise(recipe: Recipe, people: int, weights: int) -> float:
    """The most that all patients of a step can add, over the length of its noise: share · people / (noise · √weights).

    Both lengths in bounds. It is known before a training, and from no patient's data.
    Taught in notebooks/09_privacy.ipynb, section 3.6.
    """
    return recipe.share * people / (recipe.noise * np.sqrt(weights))
