"""ResNet-18 for images of 28 pixels, as the MedMNIST benchmark trains it: the rival of the course's better network.

Architecture: He et al., CVPR 2016, with a stem of one 3×3 convolution at stride 1 and no pooling before the blocks.
Recipe: Adam at .001, batches of 128, 100 epochs, the rate divided by ten at epochs 50 and 75, grey values -1 to 1, no
augmentation (Yang et al., Scientific Data 10:41, 2023, and their published script). Initial weights are Keras' own.
"""

from __future__ import annotations

import keras
from keras import layers

EPOCHS, BATCH, RATE, MILESTONES = 100, 128, 0.001, (50, 75)
STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))  # filters, stride of the first of two blocks


def build_resnet_18(input_shape: tuple[int, int, int], classes: int) -> keras.Model:
    """The compiled network; 11,173,962 weights are trained with three channels and ten classes.

    input_shape: height, width and channels, grey values 0 to 255. Compiled without XLA, whose convolutions are slower
    on processors.
    """
    images = keras.Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    x = layers.ReLU()(_normalised(x, 64, 3, 1))
    for filters, stride in STAGES:
        x = _block(_block(x, filters, stride), filters, 1)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(images, layers.Dense(classes, activation="softmax")(x), name="resnet_18")
    optimizer = keras.optimizers.Adam(RATE)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def rate_at(epoch: int) -> float:
    """The learning rate in an epoch, counted from 0.

    >>> [round(rate_at(epoch), 6) for epoch in (0, 49, 50, 75)]
    [0.001, 0.001, 0.0001, 1e-05]
    """
    return RATE * 0.1 ** sum(epoch >= milestone for milestone in MILESTONES)


def _normalised(x, filters: int, side: int, stride: int):
    x = layers.Conv2D(filters, side, strides=stride, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _block(x, filters: int, stride: int):
    """Two convolutions and what goes past them."""
    past = x if stride == 1 and x.shape[-1] == filters else _normalised(x, filters, 1, stride)
    inner = layers.ReLU()(_normalised(x, filters, 3, stride))
    return layers.ReLU()(layers.Add()([_normalised(inner, filters, 3, 1), past]))
