"""Many fits of one network: the training step is traced once, and weights, optimiser and remedies are reset.

Keras traces a model's training step anew for every model that is built, which on small data takes longer than the
training itself. Here one function serves every fit of a shape: strengths of remedies are variables, numbers of images
are free, and all random draws are stateless functions of the fit's seed, so that a fit gives the same bits whether it
is the first or the hundredth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import softmax

from helpers.datasets.contract import Split

STRENGTHS = ("l1", "l2", "weight_decay", "dropout", "smoothing", "shift", "flip")
SHIFT_PIXELS = 1  # at shift = 1: up to so many pixels in each direction
FLIP, OFFSET, CONTRAST, BRIGHTNESS, DROPOUT = range(5)  # what a step draws; dropout's layers count on from DROPOUT
EXPOSURE = (0.3, 0.3)  # at shift = 1: contrast up to ± 30 %, brightness up to ± 0.3 standardised grey values


def stream(key, purpose: int):
    """The seed of one purpose's draws in one step, from the step's key: two whole numbers, the fit's seed and the step.

    Mixed, not added up: with sums, one layer's draws would be another's in the next step of the next fit.
    """
    return tf.random.experimental.stateless_fold_in(key, purpose)


class AdjustableDropout(layers.Layer):
    """Inverted dropout whose rate may change without building the layer anew.

    In training each value is kept with probability 1 - rate and divided by 1 - rate; otherwise values pass unchanged.
    Input and output: any shape. Taught in notebooks/05_overfitting.ipynb, section 3.3.
    """

    def __init__(self, number: int, **keywords):
        """number: tells the layers of one network apart, so that each draws a mask of its own."""
        super().__init__(**keywords)
        self.number = number
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")
        self.key = self.add_weight(shape=(2,), initializer="zeros", dtype="int32", trainable=False, name="key")

    def call(self, values, training=False):
        if not training:
            return values
        seed = stream(self.key.value, DROPOUT + self.number)
        return tf.nn.experimental.stateless_dropout(values, rate=self.rate.value, seed=seed)


def build_dense_network(
    input_shape: tuple[int, int, int], classes: int, widths: Sequence[int] = (128, 128), batch_norm: bool = False
) -> keras.Sequential:
    """Hidden dense layers on all pixels: a network whose capacity is its widths.

    input_shape: height, width and channels; grey values 0 to 255, which the first layer maps to -2 to 2.
    Shapes, n images of 14×14×1: (n, 14, 14, 1) → flatten (n, 196) → hidden_1 (n, widths[0]) → ... → scores
    (n, classes), whose softmax are the probabilities. batch_norm: normalise each hidden layer before its relu.

    Taught in notebooks/05_overfitting.ipynb, section 1.
    """
    stack = [keras.Input(input_shape), layers.Rescaling(4 / 255, offset=-2, name="rescale"), layers.Flatten()]
    for number, width in enumerate(widths, start=1):
        stack.append(layers.Dense(width, use_bias=not batch_norm, name=f"hidden_{number}"))
        if batch_norm:
            stack.append(layers.BatchNormalization(momentum=0.9, name=f"normalise_{number}"))
        stack += [layers.ReLU(name=f"relu_{number}"), AdjustableDropout(number, name=f"dropout_{number}")]
    return keras.Sequential([*stack, layers.Dense(classes, name="scores")], name="dense_network")


@dataclass(frozen=True, eq=False)
class Fitted:
    """What one fit leaves behind.

    epochs: shape (checkpoints,), after how many passes it was scored; scores: what the last layer says before the
    softmax, of the training rows and of each other set, float32 of shape (checkpoints, n, classes); kernels: the
    weights of each layer at the end, biases left out; steps: of the optimiser.
    """

    epochs: np.ndarray
    scores: tuple[np.ndarray, ...]
    kernels: tuple[np.ndarray, ...]
    steps: int


def probabilities_of(scores: np.ndarray) -> np.ndarray:
    """The softmax of scores (..., classes) in float64: in float32 a sure network says 1 of many cases, unranked."""
    return softmax(scores.astype(np.float64), axis=-1)


class Bench:
    """A place where one network is trained again and again; see the module's text.

    model: from build_dense_network. The optimiser is Adam at `learning_rate`, the loss is cross-entropy.
    Taught in notebooks/05_overfitting.ipynb, section 1.4.
    """

    def __init__(self, model: keras.Sequential, *, learning_rate: float = 0.003, batch_size: int = 32):
        self.model, self.batch_size = model, batch_size
        self.classes = model.output_shape[-1]
        self.optimiser = keras.optimizers.Adam(learning_rate)
        self.optimiser.build(model.trainable_variables)
        self.learning_rate = learning_rate
        self.strengths = {name: tf.Variable(0.0) for name in STRENGTHS if name != "dropout"}
        self._kernels = [layer.kernel for layer in model.layers if isinstance(layer, layers.Dense)]
        self._dropouts = [layer for layer in model.layers if isinstance(layer, AdjustableDropout)]
        images = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
        rows = tf.TensorSpec((None, None, None), tf.int32)
        labels, key = tf.TensorSpec((None,), tf.int32), tf.TensorSpec((2,), tf.int32)
        self._train = tf.function(self._train_and_score, input_signature=(images, labels, rows, images, key))

    @property
    def traces(self) -> int:
        """How often TensorFlow has traced the training."""
        return self._train.experimental_get_tracing_count()

    def fit(
        self, train: Split, others: Sequence[Split], *, seed: int, epochs: int, checkpoints: int = 10, **strengths
    ) -> Fitted:
        """Train from fresh weights; score the training rows and each of the other sets on the way.

        Every epoch is one random order of the training rows in whole batches; a rest smaller than a batch waits for
        the next epoch. seed: of the weights, the orders, the masks and the random changes. checkpoints: how
        often it is scored, evenly spaced, the last at the end; as many as there are epochs where there are fewer.
        strengths: l1, l2 (penalties on all kernels: l1 Σ|w|, l2 Σw²), weight_decay (of AdamW), dropout (rate),
        smoothing (of labels), shift (0 or 1: shifted by a pixel, exposure changed), flip (0 or 1: half of the images
        mirrored left to right); 0 where not given. Raises ValueError for another
        strength, one below 0, a dropout of 1 and shares above 1.
        """
        self._set(seed, strengths)
        count = len(train)
        batch = min(self.batch_size, count)
        per_epoch = count // batch
        scored_after = checkpoint_epochs(epochs, checkpoints)
        rng = np.random.default_rng([seed, 1])  # not the draws that the seed alone gives: patients come from those
        orders = [rng.permutation(count)[: per_epoch * batch].reshape(per_epoch, batch) for _ in range(epochs)]
        shown = tf.constant(np.concatenate([train.images, *(rows.images for rows in others)]), tf.float32)
        predicted, done = [], 0
        for upto in scored_after:
            order = np.stack(orders[done:upto]).astype(np.int32)
            key = np.array([seed, done * per_epoch], np.int32)
            predicted.append(self._train(shown[:count], train.labels.astype(np.int32), order, shown, key))
            done = upto
        ends = np.cumsum([count, *(len(rows) for rows in others)])[:-1]
        parts = np.split(np.stack(predicted), ends, axis=1)
        kernels = tuple(kernel.numpy().copy() for kernel in self._kernels)
        return Fitted(scored_after, tuple(parts), kernels, epochs * per_epoch)

    def _set(self, seed: int, strengths: dict[str, float]):
        unknown = set(strengths) - set(STRENGTHS)
        shares = [strengths.get(name, 0.0) for name in ("smoothing", "shift", "flip")]
        if unknown or any(value < 0 for value in strengths.values()):
            raise ValueError(f"strengths: expected {', '.join(STRENGTHS)}, none below 0, found {strengths}.")
        if strengths.get("dropout", 0.0) >= 1 or max(shares) > 1:
            raise ValueError(
                f"strengths: expected dropout below 1, shares (smoothing, flip) up to 1, found {strengths}."
            )
        for name, variable in self.strengths.items():
            variable.assign(strengths.get(name, 0.0))
        for dropout in self._dropouts:
            dropout.rate.assign(strengths.get("dropout", 0.0))
        glorot = keras.initializers.GlorotUniform
        for number, layer in enumerate(self.model.layers):
            for weight in layer.trainable_variables + layer.non_trainable_variables:
                if weight.name == "kernel":
                    weight.assign(glorot(seed=1000 * seed + number)(weight.shape))
                elif weight.name in ("gamma", "moving_variance"):
                    weight.assign(tf.ones(weight.shape))
                elif weight.name in ("bias", "beta", "moving_mean"):
                    weight.assign(tf.zeros(weight.shape))
                elif weight.name not in ("rate", "key"):  # those of AdjustableDropout, set with the strengths
                    raise ValueError(f"{layer.name}: how to reset its {weight.name} for the next fit is not known")
        for variable in self.optimiser.variables:
            variable.assign(tf.zeros(variable.shape, variable.dtype))
        self.optimiser.learning_rate.assign(self.learning_rate)

    def _train_and_score(self, images, labels, orders, shown, key):
        """Train on rows in these orders, shape (epochs, steps, batch); then the scores of all shown images."""
        steps = tf.reshape(orders, (-1, tf.shape(orders)[2]))
        for step in tf.range(tf.shape(steps)[0]):
            rows = steps[step]
            self.step(tf.gather(images, rows), tf.gather(labels, rows), key + tf.stack([0, step]))
        return self.model(shown, training=False)

    def step(self, images, labels, key):
        """One step of the optimiser on a batch; key: the fit's seed and the number of the step."""
        strengths = self.strengths
        for dropout in self._dropouts:
            dropout.key.assign(key)
        images = tf.cond(strengths["shift"] > 0, lambda: shifted_and_exposed(images, key), lambda: images)
        images = tf.cond(strengths["flip"] > 0, lambda: flipped(images, key, strengths["flip"] / 2), lambda: images)
        wanted = tf.one_hot(labels, self.classes)
        wanted = wanted * (1 - strengths["smoothing"]) + strengths["smoothing"] / self.classes
        with tf.GradientTape() as tape:
            scores = self.model(images, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, scores))
            loss += tf.cond(strengths["l1"] + strengths["l2"] > 0, self.penalty, lambda: 0.0)
        gradients = tape.gradient(loss, [weight.value for weight in self.model.trainable_variables])
        for kernel in self._kernels:
            kernel.assign(kernel.value * (1 - self.learning_rate * strengths["weight_decay"]))
        self.optimiser.apply(gradients, self.model.trainable_variables)

    def penalty(self):
        """l1 Σ|w| + l2 Σw² over all kernels."""
        squares = tf.add_n([tf.reduce_sum(kernel.value**2) for kernel in self._kernels])
        sizes = tf.add_n([tf.reduce_sum(tf.abs(kernel.value)) for kernel in self._kernels])
        return self.strengths["l2"] * squares + self.strengths["l1"] * sizes


def flipped(images, key, share):
    """Images (n, height, width, channels), each mirrored left to right with the probability `share`.

    key: two whole numbers; the same key gives the same choice.
    """
    mirrored = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), stream(key, FLIP)) < share
    return tf.where(mirrored, images[:, :, ::-1], images)


def shifted_and_exposed(images, key):
    """Images (n, height, width, channels) in 0 to 255, each shifted by up to a pixel and exposed otherwise.

    Edges are continued by mirroring; contrast changes around the image's mean. key: two whole numbers; the same key
    gives the same changes. Taught in notebooks/05_overfitting.ipynb, section 3.5.
    """
    count, height, width = (tf.shape(images)[axis] for axis in range(3))
    border = SHIFT_PIXELS
    offsets = tf.random.stateless_uniform((count, 2), stream(key, OFFSET), 0, 2 * border + 1, dtype=tf.int32)
    wide = tf.pad(images, [[0, 0], [border, border], [border, border], [0, 0]], "SYMMETRIC")
    wide = tf.gather(wide, offsets[:, :1] + tf.range(height), batch_dims=1)
    moved = tf.gather(wide, offsets[:, 1:] + tf.range(width), axis=2, batch_dims=1)
    contrast = 1 + tf.random.stateless_uniform((count, 1, 1, 1), stream(key, CONTRAST), -EXPOSURE[0], EXPOSURE[0])
    brightness = tf.random.stateless_uniform((count, 1, 1, 1), stream(key, BRIGHTNESS), -EXPOSURE[1], EXPOSURE[1])
    mean = tf.reduce_mean(moved, (1, 2, 3), keepdims=True)
    return (moved - mean) * contrast + mean + brightness * 255 / 4


def checkpoint_epochs(epochs: int, checkpoints: int) -> np.ndarray:
    """After which epochs a fit is scored: evenly spaced, the last included, none twice.

    >>> checkpoint_epochs(40, 4).tolist(), checkpoint_epochs(2, 10).tolist()
    ([10, 20, 30, 40], [1, 2])
    """
    return np.unique(np.linspace(0, epochs, min(checkpoints, epochs) + 1).round().astype(int)[1:])
