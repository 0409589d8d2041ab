"""What recurrent layers compute, in NumPy that can be read: one step, a whole sequence, and the way back through time.

One sequence at a time. Inputs and states are rows, weights stand on their right, as Keras stores them: W (features,
units) or several such blocks side by side, U (units, units) or several. The state h of a plain RNN and of a GRU is
one array; an LSTM's state is the pair (h, c).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers.from_scratch.dense import sigmoid


def rnn_step(x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One step of a plain recurrent layer: h' = tanh(x W + h U + b) (Elman, Cognitive Science 14:179, 1990).

    x: (features,). h: (units,). W: (features, units). U: (units, units). b: (units,). Returns the new state (units,).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 2.1.
    """
    return np.tanh(x @ W + h @ U + b)


def lstm_step(
    x: np.ndarray, state: tuple[np.ndarray, np.ndarray], W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of a long short-term memory layer with forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

    x: (features,). state: h and c, each (units,). W: (features, 4 units). U: (units, 4 units). b: (4 units,), the
    four blocks in Keras' order: input gate i, forget gate f, candidate g, output gate o. Returns the new h and c.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 3.1.
    """
    h, c = state
    i, f, g, o = np.split(x @ W + h @ U + b, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def lstm_gates(
    x: np.ndarray, state: tuple[np.ndarray, np.ndarray], W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> dict[str, np.ndarray]:
    """How far the three gates of `lstm_step` open at this step: name -> (units,), between 0 and 1.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 3.2.
    """
    i, f, _, o = np.split(x @ W + state[0] @ U + b, 4)
    return {"input": sigmoid(i), "forget": sigmoid(f), "output": sigmoid(o)}


def gru_step(x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One step of a gated recurrent unit, in the form that resets after the product (Cho et al. 2014, as in Keras).

    x: (features,). h: (units,). W: (features, 3 units). U: (units, 3 units). b: (2, 3 units), one row that goes with
    the input and one with the state; blocks in Keras' order: update gate z, reset gate r, candidate n.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 3.3.
    """
    xz, xr, xn = np.split(x @ W + b[0], 3)
    hz, hr, hn = np.split(h @ U + b[1], 3)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    n = np.tanh(xn + r * hn)
    return z * h + (1 - z) * n


def forward(step: Callable, x: np.ndarray, state, *weights: np.ndarray) -> list:
    """All states of a sequence, the first one included: one step after the other, always with the same weights.

    step: rnn_step, lstm_step or gru_step. x: (steps, features). state: the one before the first input. Returns
    steps + 1 states.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 2.1.
    """
    states = [state]
    for row in x:
        states.append(step(row, states[-1], *weights))
    return states


def rnn_gradients(
    x: np.ndarray, states: list[np.ndarray], U: np.ndarray, d_last: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Back-propagation through time for the plain RNN (Werbos, Proceedings of the IEEE 78:1550, 1990).

    x: (steps, features). states: as `forward` returns them, steps + 1 of shape (units,). U: (units, units).
    d_last: the gradient of the loss with respect to the last state, (units,).

    Returns the gradients with respect to W (features, units), U (units, units) and b (units,), to each of which every
    step adds its share, and with respect to the states, (steps + 1, units): how much the loss depends on each of them.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 2.4.
    """
    dW, dU, db = np.zeros((x.shape[1], len(U))), np.zeros(U.shape), np.zeros(len(U))
    d_states = np.zeros((len(states), len(U)))
    d_states[-1] = d_last
    for t in range(len(x), 0, -1):
        dz = (1 - states[t] ** 2) * d_states[t]  # back through tanh, whose slope is 1 - tanh²
        dW += np.outer(x[t - 1], dz)
        dU += np.outer(states[t - 1], dz)
        db += dz
        d_states[t - 1] = U @ dz  # back through the product h U
    return dW, dU, db, d_states
