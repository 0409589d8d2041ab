"""Attacks that ask what a patient is like: a picture out of a network, a hidden column out of a model's answer."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.privacy.leaks import averaged, best_match

STEPS, RATE, SMOOTH = 60, 8.0, 0.02
EPOCHS = 150


def invert(model: keras.Model, networks: int, start: np.ndarray) -> np.ndarray:
    """The picture that each network of a crowd finds most typical of the disease: (networks, height, width, channels).

    model: images to log-odds (n, networks). start: the mean image (height, width, channels), 0 to 255, which anybody
    may know. Steps go up the gradient of the log-odds, and pay for the squared distance from the start (Fredrikson et
    al., 2015).

    Taught in notebooks/09_privacy.ipynb, section 2.5.
    """
    pictures = tf.Variable(np.repeat(start[None], networks, axis=0).astype(np.float32))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            far = tf.reduce_mean((pictures - start) ** 2, axis=[1, 2, 3])
            typical = tf.reduce_sum(tf.linalg.diag_part(model(pictures)) - SMOOTH * far)
        gradient = tape.gradient(typical, pictures)
        moved = pictures + RATE * gradient / (tf.math.reduce_std(gradient, axis=[1, 2, 3], keepdims=True) + 1e-9)
        pictures.assign(tf.clip_by_value(moved, 0.0, 255.0))

    for _ in range(STEPS):
        step()
    return pictures.numpy()


def inversion_table(
    pictures: np.ndarray, rows: Split, members: np.ndarray, usual: np.ndarray, *, seed: int
) -> pd.DataFrame:
    """How alike each network's picture and the most similar ill image are, of its members and of as many strangers.

    pictures: of `invert`. rows: labels 0 and 1. members: bool (images, networks). usual: the mean image, which is taken
    off first. A line per network; columns: members, strangers (correlations). The larger group is cut down by chance,
    since the best of many is more alike than the best of few.

    Taught in notebooks/09_privacy.ipynb, section 2.5.
    """
    rng, small, centre = np.random.default_rng(seed), averaged(rows.images), averaged(usual[None])[0]
    lines = []
    for picture, saw in zip(averaged(pictures), members.T, strict=True):
        groups = [np.flatnonzero((rows.labels == 1) & side) for side in (saw, ~saw)]
        fewer = min(map(len, groups))
        alike = [best_match(picture, small[rng.permutation(group)[:fewer]], centre)[0] for group in groups]
        lines.append(dict(zip(("members", "strangers"), alike, strict=True)))
    return pd.DataFrame(lines)


@dataclass(frozen=True)
class Cohort:
    """People with five columns that an attacker knows, a hidden gene (0 or 1), and a disease (0 or 1)."""

    known: np.ndarray
    gene: np.ndarray
    ill: np.ndarray


def simulate_cohort(people: int, *, seed) -> Cohort:
    """A gene that three in ten carry, that goes with the first known column, and that doubles the odds of a disease."""
    rng = np.random.default_rng(seed)
    gene = (rng.random(people) < 0.3).astype(np.int64)
    known = rng.normal(size=(people, 5))
    known[:, 0] += 0.8 * gene
    ill = (rng.random(people) < expit(-0.5 + 0.7 * gene + known @ [0.3, 0.5, -0.5, 0.3, 0.0])).astype(np.int64)
    return Cohort(known, gene, ill)


def guess_gene(model, prior: np.ndarray, people: Cohort) -> np.ndarray:
    """The likelier gene of each person, by the model's risk under both and by what is known before: 0 or 1, (n,).

    model: predict_proba on the gene and the known columns. prior: P(gene = 1) before the model was asked, (n,).
    Taught in notebooks/09_privacy.ipynb, section 2.5.
    """
    likelihoods = []
    for gene in (0, 1):
        risk = model.predict_proba(np.column_stack([np.full(len(people.ill), gene), people.known]))[:, 1]
        likelihoods.append(np.where(people.ill == 1, risk, 1 - risk))
    return (prior * likelihoods[1] > (1 - prior) * likelihoods[0]).astype(np.int64)


def attribute_table(*, people: int = 400, draws: int, seed: int) -> pd.DataFrame:
    """How often each attacker names the gene of members, and of as many strangers, right; with 95 % intervals.

    *nobody carries it*: says 0 of all. *other columns*: knows of other people how the gene goes with the rest and with
    the disease, and has seen no model. *the model*: adds what a network says that learned the members by heart. The
    last line is the model's share minus that of the other columns, of the same people; the last column members minus
    strangers. Intervals from resampled people.

    Taught in notebooks/09_privacy.ipynb, section 2.5.
    """
    members, strangers, others = (simulate_cohort(people, seed=[seed, 7, k]) for k in range(3))
    network = MLPClassifier((64,), alpha=0, learning_rate_init=0.01, max_iter=EPOCHS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is to learn by heart, and so far is enough
        network.fit(np.column_stack([members.gene, members.known]), members.ill)
    from_columns, with_disease = LogisticRegression(), LogisticRegression()
    from_columns.fit(others.known, others.gene)
    with_disease.fit(np.column_stack([others.known, others.ill]), others.gene)
    right: dict[str, list[np.ndarray]] = {}
    for group in (members, strangers):
        guesses = {
            "nobody carries it": np.zeros(people, np.int64),
            "other columns": with_disease.predict(np.column_stack([group.known, group.ill])),
            "the model": guess_gene(network, from_columns.predict_proba(group.known)[:, 1], group),
        }
        for attacker, guess in guesses.items():
            right.setdefault(attacker, []).append((guess == group.gene).astype(float))
    right["the model minus other columns"] = [
        one - other for one, other in zip(right["the model"], right["other columns"], strict=True)
    ]
    return pd.DataFrame.from_dict(
        {attacker: _shares(*pair, draws=draws, seed=seed) for attacker, pair in right.items()}, orient="index"
    )


def _shares(members: np.ndarray, strangers: np.ndarray, *, draws: int, seed: int) -> dict[str, evaluation.Interval]:
    """The means of both groups and their difference, with intervals from people resampled of both together."""
    n, both = len(members), np.concatenate([members, strangers])
    statistics = {
        "members": lambda index: both[index[index < n]].mean(),
        "strangers": lambda index: both[index[index >= n]].mean(),
        "members minus strangers": lambda index: both[index[index < n]].mean() - both[index[index >= n]].mean(),
    }
    return {
        name: evaluation.bootstrap_statistic(one, np.arange(2 * n), draws=draws, seed=seed)
        for name, one in statistics.items()
    }
