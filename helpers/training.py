"""Training as one call: the same seed gives the same weights, and the history comes back as a table."""

from __future__ import annotations

import math
import os
import sys

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from tqdm import tqdm

from helpers.datasets.contract import Split

KEEP_BEST = ("val_loss", "val_accuracy")


def set_seed(seed: int) -> None:
    """Make the next model, its shuffling, dropout and augmentation repeatable to the last bit on this machine.

    seed: 0 to 2**32 - 1. Seeds Python, NumPy and Keras, and makes TensorFlow use deterministic operations from here
    on. Call it right before building a model; another processor or library version may still round differently.
    Raises ValueError (from Keras) for any other seed.
    Taught in notebooks/02_cnn_imaging.ipynb, section 5.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(
    model: keras.Model,
    train: Split,
    validation: Split,
    *,
    epochs: int,
    batch_size: int = 32,
    cosine: bool = False,
    balanced: bool = False,
    keep_best: str | None = None,
    patience: int | None = None,
) -> pd.DataFrame:
    """Train a compiled model that has accuracy as its metric; return its history, one row per epoch.

    epochs: how often the training images are seen. batch_size: images per step of the optimiser.
    cosine: lower the learning rate from epoch to epoch along half a cosine, from the optimiser's own rate r to nearly
    zero: r (1 + cos(π e / epochs)) / 2 in epoch e = 0, 1, ... (Loshchilov and Hutter 2017, without restarts).
    balanced: weight each training image by n / (K n_k), with n_k images in its class, so that each of the K classes
    present weighs the same. Probabilities then no longer carry the training set's class shares: recalibrate before
    reading them as risks.
    keep_best: "val_loss" or "val_accuracy": afterwards the model has the weights of the epoch that was best by it.
    patience: stop after so many epochs in a row without a new best; needs keep_best.

    Columns: epoch (from 1), loss and accuracy (averages over the epoch, with augmentation and dropout active and, if
    balanced, weighted), val_loss and val_accuracy (after the epoch, neither active, never weighted), learning_rate,
    and kept: True for the epoch whose weights the model has afterwards.

    A progress bar appears in an interactive JupyterLab session and nowhere else.
    Raises ValueError where a label has no output, keep_best is unknown, or patience has nothing to wait for.
    Taught in notebooks/02_cnn_imaging.ipynb, section 5; cosine and balanced in section 7.
    """
    if keep_best not in (None, *KEEP_BEST):
        raise ValueError(f"keep_best: expected None or one of {', '.join(KEEP_BEST)}, found {keep_best!r}.")
    if patience is not None and keep_best is None:
        raise ValueError("patience: expected keep_best to say what to wait for, found None. Set keep_best.")
    highest, outputs = max(train.labels.max(), validation.labels.max()), model.output_shape[-1]
    if highest >= outputs:
        raise ValueError(f"labels: expected 0 to {outputs - 1}, found {highest}. Build the model with more outputs.")

    callbacks = []
    rate = float(model.optimizer.learning_rate)
    if cosine:
        callbacks.append(
            keras.callbacks.LearningRateScheduler(lambda epoch: rate * (1 + math.cos(math.pi * epoch / epochs)) / 2)
        )
    if keep_best is not None:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                keep_best,
                mode="min" if keep_best == "val_loss" else "max",
                patience=epochs if patience is None else patience,
                restore_best_weights=True,
            )
        )
    rates = []
    with tqdm(total=epochs, unit="epoch", file=sys.stdout, leave=False, disable=not _interactive()) as bar:

        def after_epoch(epoch, logs):
            rates.append(float(model.optimizer.learning_rate))
            bar.set_postfix(loss=logs["loss"], val_loss=logs["val_loss"], refresh=False)
            bar.update()

        callbacks.append(keras.callbacks.LambdaCallback(on_epoch_end=after_epoch))
        result = model.fit(
            train.images,
            train.labels,
            validation_data=(validation.images, validation.labels),
            epochs=epochs,
            batch_size=batch_size,
            class_weight=_class_weights(train.labels) if balanced else None,
            callbacks=callbacks,
            verbose=0,
        )
    model.optimizer.learning_rate = rate
    history = pd.DataFrame(result.history)[["loss", "accuracy", "val_loss", "val_accuracy"]]
    history.insert(0, "epoch", np.arange(1, len(history) + 1))
    history["learning_rate"] = rates
    best = len(history) - 1
    if keep_best is not None:
        best = history[keep_best].idxmin() if keep_best == "val_loss" else history[keep_best].idxmax()
    history["kept"] = history.index == best
    return history


def _interactive() -> bool:
    """Whether a person watches: the Jupyter server sets this variable for its kernels, nbval and papermill do not."""
    return "JPY_SESSION_NAME" in os.environ


def _class_weights(labels: np.ndarray) -> dict[int, float]:
    """Weight n / (K n_k) of each of the K classes present in labels (n,); the mean over all rows is 1."""
    classes, counts = np.unique(labels, return_counts=True)
    return {int(k): len(labels) / (len(classes) * count) for k, count in zip(classes, counts, strict=True)}
