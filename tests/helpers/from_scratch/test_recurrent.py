"""The recurrent steps agree with Keras to 1e-5, their gradients with automatic differentiation and with small steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.from_scratch.recurrent import forward, gru_step, lstm_gates, lstm_step, rnn_gradients, rnn_step

UNITS, FEATURES, STEPS = 6, 3, 12
ZEROS = np.zeros(UNITS)
LAYERS = {
    "rnn": (keras.layers.SimpleRNN, rnn_step, ZEROS),
    "lstm": (keras.layers.LSTM, lstm_step, (ZEROS, ZEROS)),
    "gru": (keras.layers.GRU, gru_step, ZEROS),
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def random_layer(kind, rng):
    """A layer of Keras whose biases are random too, so that a forgotten or misplaced one shows."""
    layer = kind(UNITS, return_sequences=True)
    layer.build((None, STEPS, FEATURES))
    layer.set_weights([rng.normal(0, 0.7, weights.shape) for weights in layer.get_weights()])
    return layer


@pytest.mark.parametrize("name", LAYERS)
def test_every_state_is_that_of_keras(name, rng):
    kind, step, start = LAYERS[name]
    layer, x = random_layer(kind, rng), rng.normal(size=(STEPS, FEATURES))
    states = forward(step, x, start, *layer.get_weights())
    assert len(states) == STEPS + 1
    ours = np.array([state[0] if name == "lstm" else state for state in states[1:]])
    np.testing.assert_allclose(ours, np.asarray(layer(x[np.newaxis]))[0], atol=1e-5)


def test_the_cell_state_is_that_of_keras(rng):
    layer, x = keras.layers.LSTM(UNITS, return_state=True), rng.normal(size=(STEPS, FEATURES))
    _, h, c = layer(x[np.newaxis])
    ours = forward(lstm_step, x, (ZEROS, ZEROS), *layer.get_weights())[-1]
    np.testing.assert_allclose(ours[0], np.asarray(h)[0], atol=1e-5)
    np.testing.assert_allclose(ours[1], np.asarray(c)[0], atol=1e-5)


def test_gates_do_what_their_names_say(rng):
    """Input shut and forget open: the cell keeps what it holds. Forget shut and input open: it takes the candidate."""
    W, U = rng.normal(size=(FEATURES, 4 * UNITS)) / 100, np.zeros((UNITS, 4 * UNITS))
    x, state = rng.normal(size=FEATURES), (ZEROS, rng.normal(size=UNITS))
    shut_open = np.concatenate([np.full(UNITS, -30.0), np.full(UNITS, 30.0), np.full(2 * UNITS, 1.0)])
    gates = lstm_gates(x, state, W, U, shut_open)
    assert gates["input"].max() < 1e-9
    assert gates["forget"].min() > 1 - 1e-9
    np.testing.assert_allclose(lstm_step(x, state, W, U, shut_open)[1], state[1], atol=1e-9)
    open_shut = np.concatenate([np.full(UNITS, 30.0), np.full(UNITS, -30.0), np.full(2 * UNITS, 1.0)])
    candidate = np.tanh((x @ W)[2 * UNITS : 3 * UNITS] + 1)
    np.testing.assert_allclose(lstm_step(x, state, W, U, open_shut)[1], candidate, atol=1e-9)


def test_gru_with_an_open_update_gate_keeps_its_state(rng):
    W, U, h = np.zeros((FEATURES, 3 * UNITS)), rng.normal(size=(UNITS, 3 * UNITS)) / 100, rng.normal(size=UNITS)
    b = np.zeros((2, 3 * UNITS))
    b[0, :UNITS] = 40
    np.testing.assert_allclose(gru_step(rng.normal(size=FEATURES), h, W, U, b), h, atol=1e-9)


@pytest.mark.parametrize("steps", [1, 3, 12])
def test_gradients_are_those_of_automatic_differentiation(rng, steps):
    layer = keras.layers.SimpleRNN(UNITS)
    x = rng.normal(size=(steps, FEATURES)).astype(np.float32)
    layer.build((None, steps, FEATURES))
    W, U, b = layer.get_weights()
    target = rng.normal(size=UNITS).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((layer(x[np.newaxis])[0] - target) ** 2) / 2
    expected = tape.gradient(loss, layer.trainable_weights)
    states = forward(rnn_step, x, ZEROS, W, U, b)
    ours = rnn_gradients(x, states, U, states[-1] - target)
    for given, wanted in zip(ours[:3], expected, strict=True):
        np.testing.assert_allclose(given, wanted, atol=1e-5)


def test_gradients_of_the_states_are_those_of_small_steps(rng):
    """Push each unit of each state a little and run on from there."""
    W, U, b = rng.normal(size=(FEATURES, UNITS)), rng.normal(size=(UNITS, UNITS)) / 2, rng.normal(size=UNITS)
    x, weights = rng.normal(size=(4, FEATURES)), rng.normal(size=UNITS)
    states = forward(rnn_step, x, rng.normal(size=UNITS), W, U, b)
    d_states = rnn_gradients(x, states, U, weights)[3]
    for t in range(5):
        for unit in range(UNITS):
            push = np.zeros(UNITS)
            push[unit] = 1e-6
            up, down = (forward(rnn_step, x[t:], states[t] + s * push, W, U, b)[-1] @ weights for s in (1, -1))
            assert d_states[t, unit] == pytest.approx((up - down) / 2e-6, abs=1e-6)
