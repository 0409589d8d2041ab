"""Differentially private training, readable: whole patients drawn by coin, clipped, summed, and noise on the sum.

In earnest take a maintained library (Opacus for PyTorch, JAX-Privacy): it draws its noise from a secure source, which
NumPy's generator is not, and is audited. TensorFlow Privacy ends at TensorFlow 2.15.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import expit
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split

Gradients = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How a private training goes.

    bound: greatest length of what one patient adds to a step. noise: standard deviation of the noise, in bounds. share:
    chance of each patient to be in a step. steps: how many. rate: learning rate.
    """

    bound: float
    noise: float
    share: float
    steps: int
    rate: float


def build_small(image_shape: tuple[int, int, int]) -> keras.Model:
    """A network of one layer: images averaged over 2 × 2 pixels, and log-odds (n, 1) as their weighted sum.

    28 × 28 × 1: 197 weights. It begins with all weights 0, so that nothing but the training tells it anything.
    """
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Rescaling(1 / 64, offset=-2),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(1, kernel_initializer="zeros", name="log_odds"),
        ],
        name="small",
    )


def gradients_of_each(model: keras.Model) -> Gradients:
    """A function of images (n, h, w, c) and labels (n,): the gradient of each image's loss, float32 (n, weights).

    model: images to log-odds (n, 1). The loss is the cross-entropy. No image sees another: no batch normalisation.
    Taught in notebooks/09_privacy.ipynb, section 3.3.
    """

    def of_one(pair):
        image, label = pair
        with tf.GradientTape() as tape:
            log_odds = model(image[None], training=True)[0, 0]
            loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=label, logits=log_odds)
        return tf.concat([tf.reshape(g, [-1]) for g in tape.gradient(loss, model.trainable_variables)], axis=0)

    of_all = tf.function(lambda images, labels: tf.vectorized_map(of_one, (images, labels)), reduce_retracing=True)

    def gradients(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        if not len(labels):
            return np.zeros((0, model.count_params()), np.float32)
        return of_all(tf.constant(images, tf.float32), tf.constant(labels, tf.float32)).numpy()

    return gradients


def pixels_of(images: np.ndarray) -> np.ndarray:
    """What the last layer of `build_small` sees of images (n, h, w, c): float32 (n, weights - 1)."""
    height, width = images.shape[1] // 2 * 2, images.shape[2] // 2 * 2
    even = images[:, :height, :width].astype(np.float32)
    quarters = [even[:, row::2, column::2] for row in (0, 1) for column in (0, 1)]
    return (sum(quarters) / 256 - 2).reshape(len(images), -1)


def gradients_by_hand(weights: np.ndarray, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The same gradients for the one layer of `build_small`, by the chain rule: error times pixel, and the error.

    weights: (weights,), the bias last. pixels: of `pixels_of`. Many times faster than `gradients_of_each`, which fits
    every network. Taught in notebooks/09_privacy.ipynb, section 3.3.
    """
    errors = expit(pixels @ weights[:-1] + weights[-1]) - labels
    return errors[:, None] * np.column_stack([pixels, np.ones(len(pixels), pixels.dtype)])


def by_patient(gradients: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """The sum of each patient's gradients: from (images, weights) to (patients, weights), in the order of np.unique."""
    return np.equal.outer(np.unique(patients), patients).astype(gradients.dtype) @ gradients


def clipped(vectors: np.ndarray, bound: float) -> np.ndarray:
    """Rows no longer than `bound`: longer ones are shortened to it, and keep their direction."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(1, lengths / bound)


def share_too_long(gradients: np.ndarray, patients: np.ndarray, bound: float) -> float:
    """The share of the patients whose summed gradients are longer than the bound, and so are clipped.

    Taught in notebooks/09_privacy.ipynb, section 3.5.
    """
    return float((np.linalg.norm(by_patient(gradients, patients), axis=1) > bound).mean())


def draw_by_coin(people: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Who of so many people takes part in a step, each by a coin of their own: bool (people,). Poisson sampling.

    Taught in notebooks/09_privacy.ipynb, section 3.3.
    """
    return rng.random(people) < share


def private_sum(
    gradients: np.ndarray, patients: np.ndarray, bound: float, noise: float, rng: np.random.Generator
) -> np.ndarray:
    """The sum over patients of their clipped gradients, with Gaussian noise of `noise` bounds on every weight.

    gradients: (images, weights). patients: (images,), whose they are. Whoever comes or goes, with however many images,
    moves the sum without noise by no more than `bound` (Abadi et al., 2016, by patient instead of by image).

    Taught in notebooks/09_privacy.ipynb, section 3.3.
    """
    total = clipped(by_patient(gradients, patients), bound).sum(axis=0)
    return total + noise * bound * rng.standard_normal(len(total))


def train_private(
    gradients: Gradients, weights: np.ndarray, put: Callable[[np.ndarray], None], rows: Split, recipe: Recipe, *, seed
) -> np.ndarray:
    """The weights after a private training.

    gradients: of `gradients_of_each`. weights: where it begins, (weights,). put: gives the model new weights. rows:
    labels 0 and 1. In each step every patient takes part with chance `recipe.share`, independently: Poisson sampling,
    which the accountant assumes. The sum is divided by the number of patients *expected*, since how many came is
    itself a secret.

    Taught in notebooks/09_privacy.ipynb, section 3.3.
    """
    rng, people = np.random.default_rng(seed), np.unique(rows.patients)
    who = np.searchsorted(people, rows.patients)
    with threadpool_limits(1):  # the matrices are small
        for _ in range(recipe.steps):
            put(weights)
            drawn = np.flatnonzero(draw_by_coin(len(people), recipe.share, rng)[who])
            each = gradients(rows.images[drawn], rows.labels[drawn])
            step = private_sum(each, rows.patients[drawn], recipe.bound, recipe.noise, rng)
            weights = weights - recipe.rate * step / (recipe.share * len(people))
    put(weights)
    return weights


def putter(model: keras.Model) -> Callable[[np.ndarray], None]:
    """A function that gives a model new weights from one flat array, in the order of its trainable variables."""
    ends = np.cumsum([int(np.prod(one.shape)) for one in model.trainable_variables])

    def put(weights: np.ndarray) -> None:
        for variable, part in zip(model.trainable_variables, np.split(weights, ends[:-1]), strict=True):
            variable.assign(part.reshape(variable.shape))

    return put
