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


def test_each_dropout_layer_drops_others():
    built = []

    def dropping():
        dropout = keras.layers.Dropout
        built.append(keras.Sequential([keras.Input((1000,)), dropout(0.5), dropout(0.5), keras.layers.Dense(1)]))
        built[-1].compile("adam", "mse")
        return built[-1]

    x = np.ones((8, 1000), np.float32)
    fitting.trained(dropping, [x], epochs=1)(np.arange(8), np.arange(8.0), 5)
    first, second = built[0].layers[:2]
    left = np.asarray(second(first(x, training=True), training=True))
    assert abs(np.mean(left == 0) - 0.75) < 0.05, "where both drop the same it is .5"


def test_each_batch_reads_one_spelling_of_each_and_forecasts_read_the_first():
    x = np.zeros((100, 3, 1), np.float32)
    x[:, :, 0] = np.arange(3)
    shown = []

    def spying():
        model = line()
        learn, say = model.train_on_batch, model.predict_on_batch
        model.train_on_batch = lambda rows, target: (shown.append(rows), learn(rows, target))[1]
        model.predict_on_batch = lambda rows: (shown.append(rows), say(rows))[1]
        return model

    target = np.arange(100.0)
    fitting.trained(spying, [x], epochs=3, spellings=True)(np.arange(100), target, 1)
    *learned, last = shown
    assert {value for rows in learned for value in rows.ravel().tolist()} == {0, 1, 2}
    assert (last == 0).all()


def test_more_molecules_than_are_forecast_at_once(monkeypatch):
    x = np.linspace(-1, 1, 50, dtype=np.float32)[:, None]
    model = fitting.trained(line, [x], epochs=3)
    whole = model(np.arange(50), x[:, 0].astype(float), 1)
    monkeypatch.setattr(fitting, "AT_ONCE", 16)  # 50 is no multiple of it
    np.testing.assert_allclose(model(np.arange(50), x[:, 0].astype(float), 1), whole, atol=1e-6)
