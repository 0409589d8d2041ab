"""Neuron and two-layer network agree with SciPy, scikit-learn and Keras, and every gradient with its measurement."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from helpers.from_scratch.dense import (
    DIVERGED,
    Weights,
    backward,
    binary_cross_entropy,
    finite_differences,
    forward,
    mini_batches,
    network_loss,
    neuron,
    neuron_gradient,
    sigmoid,
    start_weights,
    train_network,
    train_neuron,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def patients(rng):
    """60 people with five overlapping measurements, of which two say something about the label."""
    x = rng.normal(size=(60, 5))
    return x, (rng.random(60) < sigmoid(2 * x[:, 0] - x[:, 1])).astype(np.int64)


def network_in_keras(weights: Weights) -> keras.Sequential:
    model = keras.Sequential(
        [
            keras.Input((weights.w1.shape[0],), dtype="float64"),
            keras.layers.Dense(len(weights.b1), activation="relu", dtype="float64"),
            keras.layers.Dense(1, activation="sigmoid", dtype="float64"),
        ]
    )
    model.set_weights([weights.w1, weights.b1, weights.w2[:, np.newaxis], weights.b2[np.newaxis]])
    return model


def test_sigmoid_is_scipys_and_does_not_overflow():
    z = np.array([-1e4, -40.0, -1.0, 0.0, 0.5, 40.0, 1e4])
    np.testing.assert_allclose(sigmoid(z), expit(z), atol=1e-16)


def test_a_neuron_is_a_sigmoid_of_a_weighted_sum(rng):
    x, w = rng.normal(size=(4, 3)), rng.normal(size=3)
    expected = [expit(sum(x[i, j] * w[j] for j in range(3)) - 0.7) for i in range(4)]
    np.testing.assert_allclose(neuron(x, w, -0.7), expected, atol=1e-15)


def test_cross_entropy_is_scikit_learns(rng):
    p, y = rng.uniform(0.01, 0.99, 50), rng.integers(0, 2, 50)
    np.testing.assert_allclose(binary_cross_entropy(p, y), log_loss(y, p), atol=1e-12)


def test_a_certain_mistake_costs_much_and_not_without_limit():
    assert binary_cross_entropy(np.array([0.0]), np.array([1])) == pytest.approx(-np.log(1e-12))
    assert binary_cross_entropy(np.array([1.0]), np.array([1])) == 0


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_the_neurons_gradient_is_the_measured_slope(patients, rng, penalty):
    x, y = patients
    w, b, step = rng.normal(size=5), 0.4, 1e-6

    def loss(w, b):
        return binary_cross_entropy(neuron(x, w, b), y) + penalty / 2 * (w**2).sum()

    slope_w, slope_b = neuron_gradient(x, y, w, b, penalty)
    for j, unit in enumerate(np.eye(5)):
        assert slope_w[j] == pytest.approx((loss(w + step * unit, b) - loss(w - step * unit, b)) / (2 * step), abs=1e-8)
    assert slope_b == pytest.approx((loss(w, b + step) - loss(w, b - step)) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("penalty", [0.05, 0.5])
def test_gradient_descent_ends_where_scikit_learn_does(patients, penalty):
    x, y = patients
    w, b, losses = train_neuron(x, y, rate=0.5, steps=5000, penalty=penalty)
    theirs = LogisticRegression(C=1 / (penalty * len(y)), tol=1e-10, max_iter=10_000).fit(x, y)
    np.testing.assert_allclose(w, theirs.coef_[0], atol=1e-6)
    assert b == pytest.approx(theirs.intercept_[0], abs=1e-6)
    assert losses[0] == pytest.approx(np.log(2))
    assert (np.diff(losses) < 1e-12).all()
    assert len(losses) == 5000


def test_gradient_descent_takes_the_steps_of_keras(patients):
    x, y = patients
    layer = keras.layers.Dense(
        1, activation="sigmoid", kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(0.05)
    )
    model = keras.Sequential([keras.Input((5,)), layer])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="binary_crossentropy")
    model.fit(x, y, batch_size=len(y), epochs=20, shuffle=False, verbose=0)
    w, b, _ = train_neuron(x, y, rate=0.5, steps=20, penalty=0.1)
    np.testing.assert_allclose(model.get_weights()[0][:, 0], w, atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1][0], b, atol=1e-5)


def test_start_weights_are_glorots(rng):
    weights = start_weights(30, 400, rng)
    assert [value.shape for value in weights] == [(30, 400), (400,), (400,), ()]
    for value, limit in [(weights.w1, np.sqrt(6 / 430)), (weights.w2, np.sqrt(6 / 401))]:
        assert 0.95 * limit < np.abs(value).max() <= limit
        assert value.std() == pytest.approx(limit / np.sqrt(3), rel=0.1)
    assert not weights.b1.any()
    assert weights.b2 == 0


def test_forward_is_keras(patients, rng):
    x, _ = patients
    weights = start_weights(5, 8, rng)._replace(b1=rng.normal(size=8), b2=rng.normal(size=()))
    hidden, p = forward(x, weights)
    model = network_in_keras(weights)
    np.testing.assert_allclose(np.asarray(model.layers[0](x)), hidden, atol=1e-12)
    np.testing.assert_allclose(np.asarray(model(x))[:, 0], p, atol=1e-12)


def test_back_propagation_is_the_measured_slope_and_automatic_differentiation(patients, rng):
    x, y = patients
    weights = start_weights(5, 8, rng)._replace(b1=rng.normal(size=8), b2=rng.normal(size=()))
    by_hand = backward(x, y, weights)
    for ours, tried in zip(by_hand, finite_differences(lambda w: network_loss(x, y, w), weights), strict=True):
        np.testing.assert_allclose(ours, tried, atol=1e-8)
    model = network_in_keras(weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y[:, np.newaxis].astype(float), model(x)))
    for ours, automatic in zip(by_hand, tape.gradient(loss, model.trainable_variables), strict=True):
        np.testing.assert_allclose(ours.ravel(), np.asarray(automatic).ravel(), atol=1e-6)


def test_finite_differences_find_a_planted_mistake(patients, rng):
    """A gradient without the error's way through relu is told apart."""
    x, y = patients
    weights = start_weights(5, 8, rng)
    _, p = forward(x, weights)
    careless = x.T @ np.outer((p - y) / len(y), weights.w2)
    tried = finite_differences(lambda w: network_loss(x, y, w), weights)
    assert np.abs(careless - tried.w1).max() > 1e-3


def test_mini_batches_take_everybody_once(rng):
    batches = list(mini_batches(10, 4, rng))
    assert [len(rows) for rows in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches)) == list(range(10))
    assert not np.array_equal(np.concatenate(batches), np.arange(10))


def test_a_network_learns_what_one_neuron_cannot(rng):
    x = rng.normal(size=(300, 2))
    y = (np.hypot(*x.T) > 1.18).astype(int)
    w, b, _ = train_neuron(x, y, rate=0.5, steps=1000)
    trained, history = train_network(x, y, start_weights(2, 8, rng), rate=0.3, epochs=200, batch=32, rng=rng)
    assert ((neuron(x, w, b) > 0.5) == y).mean() < 0.7
    assert ((forward(x, trained)[1] > 0.5) == y).mean() > 0.93
    assert history["epoch"].tolist() == list(range(201))
    assert history["loss"].iloc[-1] == pytest.approx(network_loss(x, y, trained))


def test_one_full_batch_is_one_step_of_gradient_descent(patients, rng):
    x, y = patients
    start = start_weights(5, 3, rng)
    trained, _ = train_network(x, y, start, rate=0.2, epochs=1, batch=60, rng=rng)
    for after, before, slope in zip(trained, start, backward(x, y, start), strict=True):
        np.testing.assert_allclose(after, before - 0.2 * slope, atol=1e-12)


def test_training_that_diverges_stops_without_a_warning(patients, rng):
    x, y = patients
    trained, history = train_network(x, y, start_weights(5, 8, rng), rate=1e3, epochs=50, batch=8, rng=rng)
    assert len(history) < 51
    assert max(np.abs(value).max() for value in trained) > DIVERGED
    assert np.isfinite(history.to_numpy()).all()
    assert history["loss"].iloc[-1] > history["loss"].iloc[0]


def test_the_same_random_numbers_give_the_same_weights(patients):
    x, y = patients
    runs = []
    for _ in range(2):
        rng = np.random.default_rng(3)
        runs.append(train_network(x, y, start_weights(5, 4, rng), rate=0.1, epochs=3, batch=16, rng=rng)[0])
    for one, other in zip(*runs, strict=True):
        np.testing.assert_array_equal(one, other)
