"""A network that is trained anew learns its rows, the same each time, and knows nothing of the last time."""

import keras
import numpy as np

from helpers.lessons.drug_discovery import fitting


def line():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    return model


def test_it_learns_and_repeats():
    x = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    target = 5 + 3 * x[:, 0].astype(float)
    model = fitting.trained(line, [x], epochs=200)  # of one step each
    rows = np.arange(0, 200, 2)
    first = model(rows, target, 1)
    model(rows, -target, 2)
    np.testing.assert_array_equal(model(rows, target, 1), first)
    assert np.abs(first - target).max() < 0.1


def test_dropout_draws_the_same_too():
    def dropping():
        parts = [keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
        model = keras.Sequential(parts)
        model.compile("adam", "mse")
        return model

    x = np.random.default_rng(1).normal(size=(100, 4)).astype(np.float32)
    target = x.sum(axis=1).astype(float)
    one, other = (fitting.trained(dropping, [x], epochs=2) for _ in range(2))
    rows = np.arange(80)
    first = one(rows, target, 5)
    np.testing.assert_array_equal(one(rows, target, 5), first)
    np.testing.assert_array_equal(other(rows, target, 5), first)
