"""Training as one call: the same seed gives the same weights, and the history comes back as a table."""

from __future__ import annotations

import gc
import logging
import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.utils.class_weight import compute_class_weight
from tqdm import tqdm

from helpers.base.sessions import watched
from helpers.datasets.contract import Split
from helpers.evaluation.inputs import check_labels
from helpers.models.batches import in_batches

Inputs = np.ndarray | list[np.ndarray]  # an array for each input of a network

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of every sixth model that a notebook asks


def set_seed(seed: int) -> None:
    """Make the next model, its shuffling, dropout and augmentation repeatable to the last bit on this machine.

    seed: 0 to 2**32 - 1. Seeds Python, NumPy and Keras, and makes TensorFlow use deterministic operations from here
    on. Call it right before building a model; another processor or library version may still round differently.
    Also frees the memory of models that no name stands for any more. Raises ValueError (from Keras) for another seed.
    Taught in notebooks/02_cnn_imaging.ipynb, section 5.
    """
    gc.collect()  # a model's graphs refer to each other in circles, so they stay until somebody collects
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


class Restartable:
    """A network that is built and compiled once and trained many times: building it anew would trace it anew.

    build: takes nothing and returns a compiled Keras model. network: the model.
    """

    def __init__(self, build: Callable[[], keras.Model]):
        self._build, self.network = build, build()
        self.network.optimizer.build(self.network.trainable_variables)
        self._optimiser = [variable.numpy() for variable in self.network.optimizer.variables]
        self._begun: dict[int, tuple] = {}  # by seed: fresh weights, and what Python's generator was then

    def start_anew(self) -> None:
        """Fresh weights, as a network built now has them, and an optimiser that has seen nothing."""
        self._start(self._build().get_weights())

    def _start(self, weights: list[np.ndarray]) -> None:
        self.network.set_weights(weights)
        for variable, value in zip(self.network.optimizer.variables, self._optimiser, strict=True):
            variable.assign(value)

    def start_with(self, seed: int, *, dropout: tuple[int, int] | None = None) -> None:
        """Start anew so that what is trained next depends on the seed, and not on what came before.

        seed: any whole number, of which the remainder by 2**32 counts. dropout: where the draws of the first dropout
        layer begin, by default at its number among the layers and the seed; those of a later one begin as much further
        as it lies behind, so that no two drop the same. TensorFlow's seed is left alone: with a new one each step would
        be prepared anew.
        """
        seed %= 2**32
        if seed not in self._begun:  # to build it anew takes as long as some steps of training
            random.seed(seed)  # of it Keras draws the seeds of fresh weights
            self._begun[seed] = self._build().get_weights(), random.getstate()
        weights, drawn = self._begun[seed]
        random.setstate(drawn)
        self._start(weights)
        dropping = [(k, layer) for k, layer in enumerate(self.network.layers) if hasattr(layer, "seed_generator")]
        for number, layer in dropping:
            first, second = (dropping[0][0], seed) if dropout is None else dropout
            state = (first + number - dropping[0][0]) % 2**32, second
            layer.seed_generator.state.assign(np.array(state, np.uint32))

    def learn(self, batches: Iterable[tuple[Inputs, np.ndarray]]) -> None:
        """A step of the optimiser for each batch of inputs and targets.

        Batches of one size are traced once and for all, where Keras' `fit` would build a pipeline for each call.
        """
        for inputs, targets in batches:
            self.network.train_on_batch(inputs, targets)

    def answer(self, rows: int, inputs: Callable[[np.ndarray], Inputs], *, at_once: int) -> np.ndarray:
        """What the network says of so many rows, (rows, ...), as many at once as asked.

        inputs: from numbers of rows (at_once,) to what the network is given of them. The last row fills the last part
        up: a part of another size would be traced anew.
        """
        parts = [np.minimum(np.arange(first, first + at_once), rows - 1) for first in range(0, rows, at_once)]
        return np.concatenate([self.network.predict_on_batch(inputs(part)) for part in parts])[:rows]


def whole_batches(rows: np.ndarray, size: int, *, epochs: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Rows (n,) in batches of one size, (size,) or all n where they are fewer, in a new order in each epoch.

    The rows of an epoch that fill no batch wait for the next.
    """
    size = min(size, len(rows))
    for _ in range(epochs):
        yield from rng.permutation(rows)[: len(rows) // size * size].reshape(-1, size)


def fit(
    model: keras.Model,
    train: Split,
    validation: Split,
    *,
    epochs: int,
    batch_size: int = 32,
    cosine: bool = False,
    balanced: bool = False,
) -> pd.DataFrame:
    """Train a compiled model that has accuracy as its metric; return its history, one row per epoch.

    epochs: how often the training images are seen, in one order, which the seed draws. batch_size: images per step of
    the optimiser.
    cosine: lower the learning rate from epoch to epoch along half a cosine, from the optimiser's own rate r to nearly
    zero: r (1 + cos(π e / epochs)) / 2 in epoch e = 0, 1, ... (Loshchilov and Hutter 2017, without restarts).
    balanced: weight each training image by n / (K n_k), with n_k images in its class, so that each of the K classes
    present weighs the same. Probabilities then no longer carry the training set's class shares: recalibrate before
    reading them as risks.

    Columns: epoch (from 1), loss and accuracy (averages over the epoch, with augmentation and dropout active and, if
    balanced, weighted), val_loss and val_accuracy (after the epoch, neither active, never weighted), learning_rate.

    A progress bar appears in an interactive JupyterLab session and nowhere else.
    Raises ValueError where a label has no output.
    Taught in notebooks/02_cnn_imaging.ipynb, section 5; cosine and balanced in section 7.
    """
    known, new = (check_labels(rows.labels) for rows in (train, validation))
    highest, outputs = max(known.max(), new.max()), model.output_shape[-1]
    if highest >= outputs:
        raise ValueError(f"labels: expected 0 to {outputs - 1}, found {highest}. Build the model with more outputs.")
    return _train(
        model,
        (train.images, known),
        (validation.images, new),
        columns=["loss", "accuracy", "val_loss", "val_accuracy"],
        epochs=epochs,
        batch_size=batch_size,
        cosine=cosine,
        class_weight=_balanced_weights(known) if balanced else None,
    )


def fit_forecaster(
    model: keras.Model,
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    *,
    epochs: int,
    batch_size: int = 32,
    cosine: bool = False,
    keep_best: str | None = None,
) -> pd.DataFrame:
    """Train a compiled model that forecasts numbers; return its history, one row per epoch.

    train, validation: inputs (n, steps, features) and targets (n,), in whatever units the model shall learn.
    keep_best: None, or "val_loss": afterwards the model has the weights of the epoch with the lowest one. The other
    arguments and the bar are those of `fit`.

    Columns: epoch, loss, val_loss and learning_rate, as `fit` describes them, and kept: True for the epoch whose
    weights the model has afterwards.

    Raises ValueError where keep_best is anything else.
    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.1.
    """
    if keep_best not in (None, "val_loss"):
        raise ValueError(f"keep_best: expected None or val_loss, found {keep_best!r}.")
    history = _train(
        model,
        train,
        validation,
        columns=["loss", "val_loss"],
        epochs=epochs,
        batch_size=batch_size,
        cosine=cosine,
        keep_best=keep_best,
    )
    history["kept"] = history.index == (len(history) - 1 if keep_best is None else history[keep_best].idxmin())
    return history


def _train(
    model: keras.Model,
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    *,
    columns: list[str],
    epochs: int,
    batch_size: int,
    cosine: bool,
    keep_best: str | None = None,
    class_weight: dict[int, float] | None = None,
) -> pd.DataFrame:
    """What `fit` and `fit_forecaster` have in common; columns: what of Keras' history the table shows."""
    callbacks = []
    rate = float(model.optimizer.learning_rate)
    if cosine:
        callbacks.append(
            keras.callbacks.LearningRateScheduler(lambda epoch: rate * (1 + math.cos(math.pi * epoch / epochs)) / 2)
        )
    if keep_best is not None:
        callbacks.append(
            keras.callbacks.EarlyStopping(keep_best, mode="min", patience=epochs, restore_best_weights=True)
        )
    rates = []
    with tqdm(total=epochs, unit="epoch", file=sys.stdout, leave=False, disable=not watched()) as bar:

        def after_epoch(epoch, logs):
            rates.append(float(model.optimizer.learning_rate))
            bar.set_postfix(loss=logs["loss"], val_loss=logs["val_loss"], refresh=False)
            bar.update()

        callbacks.append(keras.callbacks.LambdaCallback(on_epoch_end=after_epoch))
        result = model.fit(
            in_batches(*train, batch_size, shuffled=True),
            validation_data=in_batches(*validation, batch_size, shuffled=False),
            epochs=epochs,
            class_weight=class_weight,
            callbacks=callbacks,
            shuffle=False,  # the batches are
            verbose=0,
        )
    model.optimizer.learning_rate = rate
    history = pd.DataFrame(result.history)[columns]
    history.insert(0, "epoch", np.arange(1, len(history) + 1))
    history["learning_rate"] = rates
    return history


def _balanced_weights(labels: np.ndarray) -> dict[int, float]:
    """The weight of each class present in labels (n,), as Keras wants them; the mean over all rows is 1."""
    classes = np.unique(labels)
    weights = compute_class_weight("balanced", classes=classes, y=labels)
    return dict(zip(classes.tolist(), weights.tolist(), strict=True))
