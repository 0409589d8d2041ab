"""A network that is small enough to be trained ten times in a lesson, with features to look at."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from helpers.models.training import Restartable, set_seed

DROPOUT = 0.3  # share of the features that are left out in training


def build_small_cnn(input_shape: tuple[int, int, int]) -> keras.Sequential:
    """Three convolutions with batch normalisation, the average over all positions, dropout, two outputs.

    input_shape: height, width and channels, grey values 0 to 255. Shapes at 28×28×1, n images: (n, 28, 28, 1) → relu_1
    (n, 14, 14, 16) → relu_2 (n, 7, 7, 32) → relu_3 (n, 7, 7, 32) → global_pool (n, 32), the features → dropout →
    probabilities (n, 2). Compiled with Adam at a rate of .003, cross-entropy on labels (n,), accuracy.

    Taught in notebooks/08_generalisation.ipynb, section 1.1.
    """
    stack = [keras.Input(tuple(input_shape)), layers.Rescaling(1 / 255, name="rescale")]
    for block, (width, side, step) in enumerate(((16, 5, 2), (32, 3, 2), (32, 3, 1)), start=1):
        stack += [
            layers.Conv2D(width, side, strides=step, padding="same", use_bias=False, name=f"conv_{block}"),
            layers.BatchNormalization(momentum=0.9, name=f"normalise_{block}"),
            layers.ReLU(name=f"relu_{block}"),
        ]
    stack += [
        layers.GlobalAveragePooling2D(name="global_pool"),
        layers.Dropout(DROPOUT, name="dropout"),
        layers.Dense(2, activation="softmax", name="probabilities"),
    ]
    model = keras.Sequential(stack, name="small_cnn")
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def restart(bench: Restartable, seed: int) -> None:
    """Fresh weights, optimiser and dropout: what is trained next depends on the seed, and not on what came before.

    Taught in notebooks/08_generalisation.ipynb, section 1.1.
    """
    set_seed(seed)
    bench.start_with(seed, dropout=(0, seed))


def normalised_for(network: keras.Sequential, weights: list[np.ndarray], images: np.ndarray) -> list[np.ndarray]:
    """The weights with the mean and variance of every batch normalisation taken anew from a hospital's images.

    No diagnosis is read. images: uint8 (n, height, width, channels), held in memory through all layers at once.
    Source: Li et al., Pattern Recognition 80:109, 2018 (adaptive batch normalisation).
    Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    network.set_weights(weights)
    at = keras.ops.convert_to_tensor(images, "float32")
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            mean, variance = keras.ops.moments(at, axes=(0, 1, 2))
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance)
        at = layer(at, training=False) if isinstance(layer, (layers.BatchNormalization, layers.Dropout)) else layer(at)
        if layer.name == "global_pool":
            break
    return network.get_weights()
