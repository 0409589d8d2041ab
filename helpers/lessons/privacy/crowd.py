"""Many small networks of one kind trained at once, each on patients of its own: what attacks by shadow models need."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

from helpers.datasets.contract import Split
from helpers.models import training
from helpers.models.batches import in_batches

UNITS = 64
RATE = 0.003
BATCH = 64  # images


class Crowd(layers.Layer):
    """A dense layer of each of so many networks: inputs (networks, n, d), or (1, n, d), to (networks, n, units).

    Every network begins with weights of its own, as keras.layers.Dense draws them (Glorot and Bengio, 2010).
    """

    def __init__(self, networks: int, units: int, activation: str | None = None, **options):
        super().__init__(**options)
        self.networks, self.units, self.activation = networks, units, keras.activations.get(activation)

    def build(self, shape):
        """Make the weights: kernel (networks, d, units) and bias (networks, 1, units)."""
        limit = (6 / (shape[-1] + self.units)) ** 0.5
        draw = keras.initializers.RandomUniform(-limit, limit)
        self.kernel = self.add_weight(name="kernel", shape=(self.networks, shape[-1], self.units), initializer=draw)
        self.bias = self.add_weight(name="bias", shape=(self.networks, 1, self.units), initializer="zeros")

    def call(self, inputs):
        """What each network makes of its inputs."""
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)


def build_crowd(image_shape: tuple[int, int, int], networks: int, units: int = UNITS) -> keras.Model:
    """So many networks with one hidden layer: images (n, height, width, channels) to log-odds (n, networks).

    The images are averaged over 2 × 2 pixels first. Compiled with Adam and `members_loss`.
    """
    images = keras.Input(image_shape)
    pixels = layers.Rescaling(1 / 64, offset=-2)(images)
    pixels = layers.Flatten()(layers.AveragePooling2D(2)(pixels))
    hidden = Crowd(networks, units, "relu", name="hidden")(ops.expand_dims(pixels, 0))
    log_odds = Crowd(networks, 1, name="log_odds")(hidden)
    model = keras.Model(images, ops.transpose(log_odds[:, :, 0]), name="crowd")
    model.compile(keras.optimizers.Adam(RATE), loss=members_loss)
    return model


def members_loss(labels, log_odds):
    """The sum over networks of their mean cross-entropy, where a label below 0 says "not one of yours".

    labels, log_odds: (n, networks). Half of the images are taken to be each network's.
    """
    mine = ops.cast(labels >= 0, log_odds.dtype)
    loss = ops.softplus(log_odds) - ops.maximum(labels, 0) * log_odds
    return 2 * ops.sum(ops.mean(mine * loss, axis=0))


def draw_halves(people: int, networks: int, *, seed: int) -> np.ndarray:
    """Which half of the people each network learns from: bool (people, networks), each half drawn anew.

    The networks come in pairs, of which the second has the people whom the first has not: so everybody is in exactly
    half of them. networks: an even number. Taught in notebooks/09_privacy.ipynb, section 2.1.
    """
    rng, columns = np.random.default_rng([seed, 4]), []
    for _ in range(networks // 2):
        half = rng.permutation(people) < people // 2
        columns += [half, ~half]
    return np.stack(columns, axis=1)


def train_crowd(
    rows: Split, members: np.ndarray, *, stops: tuple[int, ...], seed: int
) -> tuple[keras.Model, dict[int, list[np.ndarray]]]:
    """Networks that learned each from their own half of the people, and their weights after so many epochs.

    rows: labels 0 and 1. members: bool (people, networks), people in the order of np.unique(rows.patients). stops:
    epochs after which the weights are kept, ascending.

    Taught in notebooks/09_privacy.ipynb, section 2.1.
    """
    _, who = np.unique(rows.patients, return_inverse=True)
    training.set_seed(seed)
    model = build_crowd(rows.images.shape[1:], members.shape[1])
    asked = np.where(members[who], rows.labels[:, None], -1).astype(np.float32)
    pairs = in_batches(rows.images, asked, BATCH, shuffled=True)
    kept, done = {}, 0
    for stop in stops:
        model.fit(pairs, initial_epoch=done, epochs=stop, shuffle=False, verbose=0)  # the batches are shuffled
        kept[stop], done = model.get_weights(), stop
    return model, kept
