"""The NumPy layers agree with SciPy and with Keras, and each formula with a measurement of what it says."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.signal import convolve2d, correlate2d

from helpers.from_scratch.convolution import (
    convolve,
    cross_correlate,
    cross_entropy,
    dense,
    max_pool,
    pad,
    receptive_field,
    relu,
    softmax,
)

SHAPES = [(3, 3), (1, 1), (2, 4), (5, 2)]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def of_scipy(operation, x, w, b):
    """Every kernel on every channel with scipy.signal, the channels added up."""
    maps = [
        b[k] + sum(operation(x[..., c], w[..., c, k], mode="valid") for c in range(x.shape[2]))
        for k in range(w.shape[3])
    ]
    return np.stack(maps, axis=-1)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize(
    ("ours", "theirs"), [(cross_correlate, correlate2d), (convolve, convolve2d)], ids=["correlate", "convolve"]
)
def test_sliding_agrees_with_scipy(rng, size, ours, theirs):
    x, w, b = rng.normal(size=(9, 12, 3)), rng.normal(size=(*size, 3, 4)), rng.normal(size=4)
    np.testing.assert_allclose(ours(x, w, b), of_scipy(theirs, x, w, b), atol=1e-12)


def test_convolution_is_not_correlation_unless_the_kernel_is_symmetric(rng):
    x, w = rng.normal(size=(8, 8, 1)), rng.normal(size=(3, 3, 1, 1))
    assert np.abs(convolve(x, w, np.zeros(1)) - cross_correlate(x, w, np.zeros(1))).max() > 0.1
    symmetric = w + w[::-1, ::-1]
    np.testing.assert_allclose(
        convolve(x, symmetric, np.zeros(1)), cross_correlate(x, symmetric, np.zeros(1)), atol=1e-12
    )


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("border", [0, 1, 2])
@pytest.mark.parametrize("size", SHAPES)
def test_convolution_layer_of_keras(rng, size, border, stride):
    x = rng.normal(size=(13, 16, 2)).astype(np.float32)
    layer = layers.Conv2D(5, size, strides=stride)
    padded = layers.ZeroPadding2D(border)(x[np.newaxis]) if border else x[np.newaxis]
    layer.build(padded.shape)
    w, b = rng.normal(size=layer.kernel.shape), rng.normal(size=5)
    layer.set_weights([w, b])
    expected = np.asarray(layer(padded))[0]
    given = cross_correlate(pad(x, border), w, b, stride)
    assert given.shape == expected.shape
    np.testing.assert_allclose(given, expected, atol=1e-5)


def test_keras_with_the_same_padding_is_a_border_of_one(rng):
    x = rng.normal(size=(7, 8, 1)).astype(np.float32)
    layer = layers.Conv2D(2, 3, padding="same")
    expected = np.asarray(layer(x[np.newaxis]))[0]
    np.testing.assert_allclose(cross_correlate(pad(x, 1), *layer.get_weights()), expected, atol=1e-5)


def test_keras_does_not_flip_the_kernel(rng):
    x = rng.normal(size=(7, 7, 1)).astype(np.float32)
    layer = layers.Conv2D(1, 3)
    expected = np.asarray(layer(x[np.newaxis]))[0]
    assert np.abs(convolve(x, *layer.get_weights()) - expected).max() > 0.01


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("shape", [(8, 8, 2), (9, 8, 2), (7, 11, 1), (2, 3, 4), (13, 13, 1)])
def test_pooling_layer_of_keras(rng, shape, size):
    x = rng.normal(size=shape).astype(np.float32)
    if min(shape[:2]) < size:
        x = np.concatenate([x, x])
    expected = np.asarray(layers.MaxPooling2D(size)(x[np.newaxis]))[0]
    assert max_pool(x, size).shape == expected.shape
    np.testing.assert_allclose(max_pool(x, size), expected, atol=1e-5)


def test_dense_layer_of_keras(rng):
    x = rng.normal(size=(1, 6)).astype(np.float32)
    layer = layers.Dense(4)
    layer.build(x.shape)
    w, b = rng.normal(size=(6, 4)), rng.normal(size=4)
    layer.set_weights([w, b])
    np.testing.assert_allclose(dense(x[0], w, b), np.asarray(layer(x))[0], atol=1e-5)


def test_relu_of_keras(rng):
    z = rng.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_allclose(relu(z), np.asarray(keras.ops.relu(z)), atol=1e-5)
    assert relu(np.array([-2.0, 0.0, 3.0])).tolist() == [0, 0, 3]


@pytest.mark.parametrize("shift", [0.0, 80.0, -300.0])
def test_softmax_of_keras(rng, shift):
    z = (rng.normal(size=(6, 3)) * 4).astype(np.float32) + np.float32(shift)
    expected = np.asarray(keras.ops.softmax(z))
    np.testing.assert_allclose(softmax(z), expected, atol=1e-5)
    np.testing.assert_allclose(softmax(z[0]), expected[0], atol=1e-5)


def test_softmax_does_not_overflow_or_change_its_argument():
    z = np.array([[1e4, 0.0, -1e4]])
    np.testing.assert_array_equal(softmax(z), [[1, 0, 0]])
    assert z.tolist() == [[1e4, 0.0, -1e4]]


def test_cross_entropy_of_keras(rng):
    p = softmax(rng.normal(size=(7, 4))).astype(np.float32)
    labels = rng.integers(0, 4, 7)
    expected = float(keras.losses.SparseCategoricalCrossentropy()(labels, p))
    assert cross_entropy(p, labels) == pytest.approx(expected, abs=1e-5)


def test_cross_entropy_of_a_guess_is_the_logarithm_of_the_number_of_classes():
    assert cross_entropy(np.full((3, 10), 0.1), np.array([0, 4, 9])) == pytest.approx(np.log(10))


def test_a_whole_network(rng):
    """Two convolution blocks and a dense layer by hand give what Keras gives for the same weights."""
    model = keras.Sequential(
        [
            keras.Input((15, 13, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    x = rng.uniform(size=(15, 13, 1)).astype(np.float32)
    w1, b1, w2, b2, w3, b3 = model.get_weights()
    a = max_pool(relu(cross_correlate(x, w1, b1)))
    a = max_pool(relu(cross_correlate(a, w2, b2)))
    p = softmax(dense(a.reshape(-1), w3, b3))
    np.testing.assert_allclose(p, np.asarray(model(x[np.newaxis]))[0], atol=1e-5)


STACKS = {
    "one layer": [(3, 1)],
    "two of 3": [(3, 1), (3, 1)],
    "source CNN": [(3, 1), (2, 2), (3, 1), (2, 2)],
    "strided": [(5, 2), (3, 1)],
    "stride, then stride": [(3, 2), (3, 3), (2, 1)],
    "kernel of 1": [(1, 1), (4, 2), (3, 1)],
}


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_receptive_field_is_what_perturbing_pixels_finds(stack):
    """Change one input pixel at a time; count those that reach one output value of a network with positive weights."""
    side = 41
    network = [
        layers.Conv2D(1, size, strides=stride, kernel_initializer="ones", bias_initializer="zeros")
        for size, stride in stack
    ]
    model = keras.Sequential([keras.Input((side, side, 1)), *network])
    base = np.zeros((1, side, side, 1), np.float32)
    changed = np.repeat(base, side, axis=0)
    output = model(base).shape
    row, column = output[1] // 2, output[2] // 2
    for axis in (1, 2):
        changed[:] = 0
        for pixel in range(side):
            where = (pixel, pixel, slice(None)) if axis == 1 else (pixel, slice(None), pixel)
            changed[where] = 1
        seen = np.asarray(model(changed))[:, row, column, 0] != 0
        assert seen.sum() == receptive_field(stack)


def test_receptive_field_of_nothing_is_one_pixel():
    assert receptive_field([]) == 1
