"""A recipe's network, trained: from images and labels to log odds."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.utils.class_weight import compute_class_weight

from bench.real.xrays.augmentation import CLASSES, augmenter
from bench.real.xrays.recipe import Recipe
from helpers.models.batches import AHEAD, untuned
from helpers.models.training import set_seed

Score = Callable[[np.ndarray], np.ndarray]  # images (n, side, side) uint8 to log odds of pneumonia (n,)
LEAST_SPREAD = 0.02  # of an image with one grey value, so that nothing is divided by zero


def lit(images: np.ndarray, light: str) -> np.ndarray:
    """Images uint8 (n, side, side) with each value replaced by its rank in its image where light says so; uint8."""
    if light != "ranks":
        return images
    flat = images.reshape(len(images), -1)
    ranks = np.empty_like(flat)
    for row, values in enumerate(flat):
        up_to = np.cumsum(np.bincount(values, minlength=256))
        lowest, most = up_to[values.min()], up_to[-1]
        ranks[row] = np.round(255 * (up_to[values] - lowest) / max(1, most - lowest))
    return ranks.reshape(images.shape)


class Standardise(layers.Layer):
    """Each image to mean 0 and standard deviation 1."""

    def call(self, images):
        """images: (n, side, side, 1)."""
        mean = keras.ops.mean(images, axis=(1, 2, 3), keepdims=True)
        spread = keras.ops.std(images, axis=(1, 2, 3), keepdims=True)
        return (images - mean) / (spread + LEAST_SPREAD)


def build(recipe: Recipe, side: int) -> keras.Model:
    """The network of a recipe, compiled by `train`: images (n, side, side, 1) from 0 to 1 to shares (n, 2)."""
    images = keras.Input((side, side, 1))
    x = Standardise()(images) if recipe.light == "standard" else images
    for block, width in enumerate(recipe.filters):
        x = layers.MaxPooling2D(2)(x) if block else x
        for k in range(recipe.convolutions):
            around = x
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x + around if recipe.residual and k else x)
    if recipe.pool == "average":
        x = layers.GlobalAveragePooling2D()(x)
    else:
        x = layers.Flatten()(layers.AveragePooling2D(-(-x.shape[1] // 3), padding="same")(x))
    shares = layers.Dense(CLASSES, activation="softmax")(layers.Dropout(recipe.dropout)(x))
    return keras.Model(images, shares)


def train(recipe: Recipe, images: np.ndarray, labels: np.ndarray, seed: int) -> Score:
    """What the network of a recipe says after its passes over images uint8 (n, side, side) with labels (n,), 1 ill."""
    set_seed(seed)
    model = build(recipe, images.shape[1])
    steps = len(images) // recipe.batch_size
    rows = tf.data.Dataset.from_tensor_slices((lit(images, recipe.light)[..., np.newaxis], labels))
    rows = rows.shuffle(len(images), seed=seed).repeat().batch(recipe.batch_size).map(augmenter(recipe))
    rows = untuned(rows.prefetch(AHEAD))
    optimiser = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps * recipe.epochs),
        weight_decay=recipe.weight_decay,
        use_ema=recipe.average > 0,
        ema_momentum=recipe.average or 0.99,
    )
    model.compile(optimiser, "categorical_crossentropy")
    classes = np.arange(CLASSES)
    balanced = compute_class_weight("balanced", classes=classes, y=labels)
    weights = dict(zip(classes.tolist(), balanced.tolist(), strict=True)) if recipe.balanced else None
    model.fit(rows, epochs=recipe.epochs, steps_per_epoch=steps, class_weight=weights, shuffle=False, verbose=0)
    return scorer(model, recipe.light)


def scorer(model: keras.Model, light: str) -> Score:
    """What gives the log odds of pneumonia by a network for images uint8 (n, side, side)."""
    forward = tf.function(lambda batch: model(batch, training=False))

    def score(images: np.ndarray) -> np.ndarray:
        prepared = lit(images, light)[..., np.newaxis].astype(np.float32) / 255
        shares = np.concatenate([forward(part).numpy() for part in np.array_split(prepared, -(-len(images) // 512))])
        return np.log(np.maximum(shares[:, 1], 1e-7)) - np.log(np.maximum(shares[:, 0], 1e-7))

    return score
