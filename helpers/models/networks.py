"""Networks as plain functions: each returns a compiled Keras model that waits for data."""

from __future__ import annotations

import keras
from keras import layers


def build_cnn(input_shape: tuple[int, int, int] = (28, 28, 1), outputs: int = 10) -> keras.Sequential:
    """The source text's network: two convolutions, two poolings, one dense layer.

    input_shape: height, width and channels of one image; grey values 0 to 255, which the first layer divides by 255.
    outputs: number of outputs K, at least as many as there are classes. The source has 10; a layer wider than the task
    learns to leave the rest empty.

    Shapes at 28×28×1, n images: (n, 28, 28, 1) → conv_1 (n, 26, 26, 32) → pool_1 (n, 13, 13, 32) → conv_2
    (n, 11, 11, 64) → pool_2 (n, 5, 5, 64) → flatten (n, 1600) → probabilities (n, K).
    Parameters with K = 10: 320 + 18,496 + 16,010 = 34,826.

    Compiled as in the source: Adam, cross-entropy on integer labels (n,), accuracy.
    Raises ValueError (from Keras) where an image is too small for two 3×3 convolutions and two poolings.
    Taught in notebooks/02_cnn_imaging.ipynb, section 4.
    """
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescale"),
            layers.Conv2D(32, 3, activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool_1"),
            layers.Conv2D(64, 3, activation="relu", name="conv_2"),
            layers.MaxPooling2D(2, name="pool_2"),
            layers.Flatten(name="flatten"),
            layers.Dense(outputs, activation="softmax", name="probabilities"),
        ],
        name="cnn",
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_augmentation(strength: float = 1.0) -> keras.Sequential:
    """Random changes that leave a diagnosis as it was: a patient stands elsewhere, another machine exposes otherwise.

    At strength 1: shift up to 4 % of the side, turn up to 5.4 degrees, zoom up to 5 %, brightness up to ±0.2 and
    contrast up to ±40 %, all uniform and drawn anew for every image; `strength` multiplies each of these limits.
    Edges are continued with the nearest pixel. There is no left-right flip: the heart lies on the left, and a
    mirrored chest is another (rare) patient.

    Input and output: (n, height, width, channels), grey values 0 to 1, that is after the rescaling layer. Active only
    when called with training=True; otherwise it returns its input.
    Raises ValueError where strength is outside 0 to 2.5, where contrast could vanish altogether.
    Taught in notebooks/02_cnn_imaging.ipynb, section 7.
    """
    if not 0 <= strength <= 2.5:
        raise ValueError(f"strength: expected 0 (off) to 2.5, found {strength}. 1 is the course's choice.")
    return keras.Sequential(
        [
            layers.RandomTranslation(0.04 * strength, 0.04 * strength, fill_mode="nearest", name="shift"),
            layers.RandomRotation(0.015 * strength, fill_mode="nearest", name="turn"),
            layers.RandomZoom(0.05 * strength, fill_mode="nearest", name="zoom"),
            layers.RandomBrightness(0.2 * strength, value_range=(0, 1), name="brightness"),
            layers.RandomContrast(0.4 * strength, value_range=(0, 1), name="contrast"),
        ],
        name="augmentation",
    )


def build_better_cnn(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    filters: tuple[int, ...] = (24, 48, 96),
    dropout: float = 0.3,
    augmentation: float = 1.0,
) -> keras.Sequential:
    """A network that generalises better: augmentation, batch normalisation, global pooling, dropout.

    input_shape: height, width and channels of one image, grey values 0 to 255.
    classes: number of classes K.
    filters: one block per entry (3×3 convolution that keeps the size, batch normalisation, ReLU), halved in size
    between blocks by pooling.
    dropout: share of the pooled features set to zero in training, 0 to below 1.
    augmentation: strength of the random changes, see build_augmentation; 0 leaves the layer out.

    Shapes at 28×28×1 with three blocks: (n, 28, 28, 1) → relu_1 (n, 28, 28, 24) → pool_1 (n, 14, 14, 24) → relu_2
    (n, 14, 14, 48) → pool_2 (n, 7, 7, 48) → relu_3 (n, 7, 7, 96) → global_pool (n, 96) → probabilities (n, K).
    The average over all positions (global_pool) replaces the flattening: a finding counts wherever it lies.

    Compiled with Adam at a rate of 0.003, cross-entropy on integer labels (n,), accuracy. Train it with
    `fit(..., cosine=True)`: at a constant rate the running averages of batch normalisation make single
    epochs fail on validation data.
    Sources: batch normalisation, Ioffe and Szegedy 2015; global average pooling, Lin, Chen and Yan 2014; dropout,
    Srivastava et al. 2014.
    Taught in notebooks/02_cnn_imaging.ipynb, section 7.
    """
    stack = [keras.Input(input_shape), layers.Rescaling(1 / 255, name="rescale")]
    if augmentation:
        stack.append(build_augmentation(augmentation))
    for block, width in enumerate(filters, start=1):
        if block > 1:
            stack.append(layers.MaxPooling2D(2, name=f"pool_{block - 1}"))
        stack += [
            layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv_{block}"),
            layers.BatchNormalization(momentum=0.9, name=f"normalise_{block}"),
            layers.ReLU(name=f"relu_{block}"),
        ]
    stack += [
        layers.GlobalAveragePooling2D(name="global_pool"),
        layers.Dropout(dropout, name="dropout"),
        layers.Dense(classes, activation="softmax", name="probabilities"),
    ]
    model = keras.Sequential(stack, name="better_cnn")
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_lstm(input_shape: tuple[int, int] = (10, 5)) -> keras.Sequential:
    """The source text's network for prediction: two LSTM layers and one number at the end.

    input_shape: steps and features of one window. Shapes at 10×5, n windows: (n, 10, 5) → lstm_1 (n, 10, 128), a
    state for every step → lstm_2 (n, 64), the last state only → forecast (n, 1).
    Parameters at 10×5: 68,608 + 49,408 + 65 = 118,081.

    Compiled as in the source: Adam, mean squared error. It has no layer that scales its inputs.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.4.
    """
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.LSTM(128, return_sequences=True, name="lstm_1"),
            layers.LSTM(64, name="lstm_2"),
            layers.Dense(1, name="forecast"),
        ],
        name="lstm",
    )
    model.compile(optimizer="adam", loss="mse")
    return model


CELLS = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def build_forecaster(
    input_shape: tuple[int, int], cell: str = "gru", *, units: int = 32, learning_rate: float = 0.003
) -> keras.Sequential:
    """One small recurrent layer (cell: rnn, lstm or gru) and one number at the end, which starts at zero.

    input_shape: steps and features of one window. Shapes: (n, steps, features) → recurrent (n, units) → change (n, 1).
    The last layer's weights start at zero, so the untrained network answers 0: trained on the change from the last
    value, it begins as persistence and has only to learn what is better.

    Compiled with Adam at the given rate, mean squared error. Raises ValueError for another cell.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.1.
    """
    if cell not in CELLS:
        raise ValueError(f"cell: expected one of {', '.join(CELLS)}, found {cell!r}.")
    stack = [
        keras.Input(input_shape),
        CELLS[cell](units, name=cell),
        layers.Dense(1, kernel_initializer="zeros", name="change"),
    ]
    model = keras.Sequential(stack, name=f"{cell}_forecaster")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def build_cnn_forecaster(input_shape: tuple[int, int]) -> keras.Sequential:
    """Two convolutions along time, one dense layer and one number at the end, which starts at zero.

    input_shape: steps and features of one window. Shapes: (n, steps, features) → conv_1 and conv_2 (n, steps, 32),
    padded at the start only, so that no step sees a later one → flatten (n, 32 steps) → dense (n, 32) → change (n, 1).
    Kernels span 3 steps and all features.

    Compiled with Adam at a rate of 0.003, mean squared error.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.1.
    """
    stack = [
        keras.Input(input_shape),
        layers.Conv1D(32, 3, padding="causal", activation="relu", name="conv_1"),
        layers.Conv1D(32, 3, padding="causal", activation="relu", name="conv_2"),
        layers.Flatten(name="flatten"),
        layers.Dense(32, activation="relu", name="dense"),
        layers.Dense(1, kernel_initializer="zeros", name="change"),
    ]
    model = keras.Sequential(stack, name="cnn_forecaster")
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    return model
