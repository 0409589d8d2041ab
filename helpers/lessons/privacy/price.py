"""What a guarantee costs: private networks of each ε, scored on test patients, by group, and attacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from helpers import evaluation
from helpers.datasets.contract import ImageDataset, Split
from helpers.lessons.privacy import accounting, membership
from helpers.lessons.privacy.dpsgd import (
    Recipe,
    build_small,
    gradients_by_hand,
    gradients_of_each,
    pixels_of,
    putter,
    share_too_long,
    train_private,
)
from helpers.models import training

BUDGETS = (1, 3, 8)
QUIET, CLIPPED, FREE = "no noise", "clipped, long", "unclipped, long"
FEWEST = 10  # images of each label, below which a hospital gets no AUC
UNCLIPPED = 1e9  # a bound that nobody reaches


@dataclass(frozen=True)
class Prices:
    """What the networks of every rung gave.

    table: a line per rung and network, with scores on the test patients. said: rung -> log-odds of the test images,
    (networks, n). attacks: rung -> scores of the likelihood-ratio attack, (people, networks). too_long: rung -> the
    share of patients whose gradient is longer than the bound after the last step, mean over the networks.
    """

    table: pd.DataFrame
    said: dict[str, np.ndarray]
    attacks: dict[str, np.ndarray]
    too_long: pd.Series


def recipes(recipe: Recipe, *, rate: float, longer: int) -> dict[str, Recipe]:
    """The recipe with the noise that each ε of BUDGETS asks for, without noise, and two that train until they settle.

    The last two have no noise and `longer` times the steps: one clipped, one not. rate: the learning rate of the last,
    whose steps have no bound and would run away at the others'. Taught in notebooks/09_privacy.ipynb, section 3.4.
    """
    found = {}
    for epsilon in BUDGETS:
        found[f"{epsilon}"] = replace(recipe, noise=accounting.noise_for(epsilon, recipe.share, recipe.steps))
    found[QUIET] = replace(recipe, noise=0.0)
    found[CLIPPED] = replace(found[QUIET], steps=longer * recipe.steps)
    found[FREE] = replace(found[CLIPPED], bound=UNCLIPPED, rate=rate)
    return found


class Trainer:
    """Private trainings of one small network that is built once; its gradients by hand, which are Keras' own."""

    def __init__(self, image_shape: tuple[int, int, int]):
        training.set_seed(1)  # the network begins with zeros: this makes the library's operations repeatable
        self.network = build_small(image_shape)
        self.by_keras, self.put = gradients_of_each(self.network), putter(self.network)
        self.weights = np.zeros(self.network.count_params())

    def gradients(self, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The gradient of each image's loss at the present weights, from what `dpsgd.pixels_of` makes of the images."""
        return gradients_by_hand(self.weights, pixels, labels)

    def train(self, rows: Split, recipe: Recipe, *, seed) -> None:
        """Train the network from zero weights; the seed decides who is drawn, and the noise.

        rows: the images as they are, or with what `pixels_of` made of them in their place.
        """
        if rows.images.ndim == 4:
            rows = seen_by_network(rows)

        def put(weights: np.ndarray) -> None:
            self.weights = weights

        train_private(self.gradients, np.zeros(self.network.count_params()), put, rows, recipe, seed=seed)
        self.put(self.weights)

    def log_odds(self, images: np.ndarray) -> np.ndarray:
        """What the network says of images, or of what `pixels_of` made of them: (n,)."""
        pixels = pixels_of(images) if images.ndim == 4 else images
        return pixels @ self.weights[:-1] + self.weights[-1]


def seen_by_network(rows: Split) -> Split:
    """The rows with what `dpsgd.pixels_of` makes of the images in their place."""
    return Split(pixels_of(rows.images), rows.labels, rows.patients)


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
) -> Prices:
    """Networks of every rung, scored on the test patients and attacked.

    members: bool (people, networks), whom each network learns from. groups: name -> bool (test images,). Columns: AUC,
    accuracy (at a risk of .5), intercept and slope of the calibration, Brier, "AUC, <group>" of each, and attack, the
    AUC of the likelihood-ratio attack. Networks of one number have the same people on every rung, and the same coins
    as long as they train.

    Taught in notebooks/09_privacy.ipynb, section 3.5.
    """
    _, who = np.unique(rows.patients, return_inverse=True)
    rows, asked, lines, too_long = seen_by_network(rows), pixels_of(test.images), [], {}
    said, attacks = {}, {}
    for epsilon, recipe in rungs.items():
        answers, told, shares = np.empty((len(rows), members.shape[1])), [], []
        for network, mine in enumerate(members.T):
            own = rows.rows(mine[who])
            trainer.train(own, recipe, seed=[seed, network])
            answers[:, network] = trainer.log_odds(rows.images)
            told.append(trainer.log_odds(asked))
            shares.append(share_too_long(trainer.gradients(own.images, own.labels), own.patients, recipe.bound))
            lines.append({"epsilon": epsilon, "network": network} | scores(test, told[-1], groups))
        attack = membership.by_likelihood_ratio(membership.margins(answers, rows.labels), rows.patients, members)
        for line, target, mine in zip(lines[-members.shape[1] :], attack.T, members.T, strict=True):
            line["attack"] = roc_auc_score(mine, target)
        said[epsilon], attacks[epsilon], too_long[epsilon] = np.stack(told), attack, np.mean(shares)
    return Prices(pd.DataFrame(lines), said, attacks, pd.Series(too_long))


def noise_costs(
    prices: Prices, test: Split, groups: Mapping[str, np.ndarray], rung: str, *, draws: int, seed: int
) -> pd.Series:
    """The AUC on a rung minus that without noise, of all test patients and of each group, with 95 % intervals.

    Paired: patients and networks are resampled, the same for both (`evaluation.paired_gains`).
    Taught in notebooks/09_privacy.ipynb, section 3.5.
    """
    found = {}
    for name, who in ({"all": np.ones(len(test), bool)} | dict(groups)).items():
        rows = test.rows(who)
        one, other = (
            np.stack([evaluation.two_columns(expit(log_odds[who])) for log_odds in prices.said[which]])
            for which in (rung, QUIET)
        )
        gains = evaluation.paired_gains(evaluation.auc, rows, other, {rung: one}, draws=draws, seed=seed)
        found[name] = gains[rung]
    return pd.Series(found)


def starved_table(
    trainer: Trainer, rows: Split, test: Split, rungs: Mapping[str, Recipe], sizes: Sequence[int], *, runs: int, seed
) -> pd.DataFrame:
    """The AUC of so many trainings on so few patients, with the noise of the first rung and without: mean and range.

    Columns: "signal over noise", of one step and over all of them (`signal_to_noise`), "AUC" and "AUC, no noise".
    Taught in notebooks/09_privacy.ipynb, section 3.6.
    """
    noisy, lines = next(iter(rungs.values())), {}
    people, rows, asked = np.unique(rows.patients), seen_by_network(rows), pixels_of(test.images)
    for n in sizes:
        ratio = signal_to_noise(noisy, n, len(trainer.weights))
        lines[f"{n} patients"] = {"signal over noise": ratio, "over all steps": ratio * np.sqrt(noisy.steps)}
        for name, recipe in (("AUC", noisy), ("AUC, no noise", rungs[QUIET])):
            found = []
            for k in range(runs):
                some = np.random.default_rng([seed, k]).choice(people, n, replace=False)
                trainer.train(rows.rows(np.isin(rows.patients, some)), recipe, seed=[seed, k])
                found.append(evaluation.auc(test.labels, evaluation.two_columns(expit(trainer.log_odds(asked)))))
            lines[f"{n} patients"] |= {name: np.mean(found), f"{name}, least": min(found)}
    return pd.DataFrame.from_dict(lines, orient="index")


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
