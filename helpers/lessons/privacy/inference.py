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
from helpers.lessons.privacy.leaks import averaged, best_match

STEPS, RATE, SMOOTH = 60, 8.0, 0.02
EPOCHS = 150


def invert(model: keras.Model, network: int, start: np.ndarray) -> np.ndarray:
    """The picture that one network of a crowd finds most typical of the disease: (height, width, channels), 0 to 255.

    model: images to log-odds (n, networks). start: the mean image, of the same shape, which anybody may know.
    Steps go up the gradient of the log-odds, and pay for the squared distance from the start (Fredrikson et al., 2015).

    Taught in notebooks/09_privacy.ipynb, section 2.5.
    """
    picture = tf.Variable(start[None].astype(np.float32))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            typical = model(picture)[0, network] - SMOOTH * tf.reduce_mean((picture - start) ** 2)
        gradient = tape.gradient(typical, picture)
        moved = picture + RATE * gradient / (tf.math.reduce_std(gradient) + 1e-9)
        picture.assign(tf.clip_by_value(moved, 0.0, 255.0))

    for _ in range(STEPS):
        step()
    return picture.numpy()[0]


def inversion_table(picture: np.ndarray, groups: dict[str, np.ndarray], usual: np.ndarray) -> pd.Series:
    """How alike a picture (height, width, channels) and the most similar image of each group are: correlations.

    groups: name -> uint8 images (n, height, width, channels). usual: the mean image, which is taken off first.
    """
    centre = averaged(usual[None])[0]
    own = averaged(picture[None])[0]
    return pd.Series({name: best_match(own, averaged(images), centre)[0] for name, images in groups.items()})


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


def attribute_table(*, people: int = 400, seed: int) -> pd.DataFrame:
    """How often each attacker names the gene of members, and of as many strangers, right; with Wilson's intervals.

    *nobody carries it*: says 0 of all. *other columns*: knows of other people how the gene goes with the rest and with
    the disease, and has seen no model. *the model*: adds what a network says that learned the members by heart.

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
    lines: dict[str, dict[str, evaluation.Interval]] = {}
    for who, group in (("members", members), ("strangers", strangers)):
        prior = from_columns.predict_proba(group.known)[:, 1]
        guesses = {
            "nobody carries it": np.zeros(people, np.int64),
            "other columns": with_disease.predict(np.column_stack([group.known, group.ill])),
            "the model": guess_gene(network, prior, group),
        }
        for attacker, guess in guesses.items():
            right = int((guess == group.gene).sum())
            lines.setdefault(attacker, {})[who] = evaluation.wilson(right, people)
    return pd.DataFrame.from_dict(lines, orient="index")
