"""One neuron and a network of two dense layers in NumPy: what they compute, their gradients, gradient descent.

Labels y are 0 or 1, shape (n,). Inputs x have shape (n, inputs), one row a patient. The notebook prints these
functions and shows that Keras and scikit-learn agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.from_scratch.convolution import relu

DIVERGED = 1e6  # a weight this large no longer means anything; training stops before numbers overflow


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Any number becomes one between 0 and 1: 1 / (1 + exp(-z)), any shape.

    Computed with the hyperbolic tangent, which is the same and does not overflow.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    Taught in notebooks/01_background.ipynb, section 3.1.
    """
    return 0.5 * (1 + np.tanh(0.5 * z))  # the same as 1 / (1 + exp(-z)), which overflows far below zero


def neuron(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """One neuron: weighted sum, then activation. w: shape (inputs,). Returns probabilities, shape (n,).

    Taught in notebooks/01_background.ipynb, section 3.1.
    """
    return sigmoid(x @ w + b)


def binary_cross_entropy(p: np.ndarray, y: np.ndarray) -> float:
    """Mean of -log of the probability given to what was true: p where y is 1, 1 - p where y is 0.

    A probability of exactly 0 counts as 1e-12, so that one certain mistake does not make the mean infinite.

    Taught in notebooks/01_background.ipynb, section 3.2.
    """
    given_to_truth = np.where(y == 1, p, 1 - p)
    return float(-np.log(np.maximum(given_to_truth, 1e-12)).mean())


def neuron_gradient(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, penalty: float = 0.0
) -> tuple[np.ndarray, float]:
    """Slope of the neuron's loss, cross-entropy + penalty / 2 · Σ w², in each weight (inputs,) and in the bias.

    Taught in notebooks/01_background.ipynb, section 3.3.
    """
    error = neuron(x, w, b) - y
    return x.T @ error / len(y) + penalty * w, float(error.mean())


def train_neuron(
    x: np.ndarray, y: np.ndarray, *, rate: float, steps: int, penalty: float = 0.0
) -> tuple[np.ndarray, float, list[float]]:
    """Gradient descent from all zeros, every patient in every step: weights (inputs,), bias, loss before each step.

    Taught in notebooks/01_background.ipynb, section 3.4.
    """
    w, b, losses = np.zeros(x.shape[1]), 0.0, []
    for _ in range(steps):
        losses.append(binary_cross_entropy(neuron(x, w, b), y) + penalty / 2 * float(w @ w))
        slope_w, slope_b = neuron_gradient(x, y, w, b, penalty)
        w, b = w - rate * slope_w, b - rate * slope_b
    return w, b, losses


class Weights(NamedTuple):
    """Of a network of two layers: w1 (inputs, hidden), b1 (hidden,), w2 (hidden,), b2 a number in an array ()."""

    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray


def start_weights(inputs: int, hidden: int, rng: np.random.Generator) -> Weights:
    """Random weights and zero biases to start from, uniform within ± √(6 / (inputs + outputs)) of each layer.

    Glorot and Bengio, AISTATS 2010: what a Keras Dense layer starts from.

    Taught in notebooks/01_background.ipynb, section 6.1.
    """
    first, second = np.sqrt(6 / (inputs + hidden)), np.sqrt(6 / (hidden + 1))
    return Weights(
        rng.uniform(-first, first, (inputs, hidden)),
        np.zeros(hidden),
        rng.uniform(-second, second, hidden),
        np.zeros(()),
    )


def forward(x: np.ndarray, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """The network's hidden values, shape (n, hidden), and its probabilities, shape (n,).

    Taught in notebooks/01_background.ipynb, section 4.3.
    """
    h = relu(x @ weights.w1 + weights.b1)
    return h, sigmoid(h @ weights.w2 + weights.b2)


def network_loss(x: np.ndarray, y: np.ndarray, weights: Weights) -> float:
    """Cross-entropy of the network's probabilities.

    Taught in notebooks/01_background.ipynb, section 4.3.
    """
    return binary_cross_entropy(forward(x, weights)[1], y)


def backward(x: np.ndarray, y: np.ndarray, weights: Weights) -> Weights:
    """Back-propagation: slope of the loss in every weight of both layers, in the same shapes as the weights.

    The error of the output is handed back through the second layer's weights, and stops where relu was at 0.
    Rumelhart, Hinton and Williams, Nature 323:533, 1986.

    Taught in notebooks/01_background.ipynb, section 4.3.
    """
    h, p = forward(x, weights)
    error = (p - y) / len(y)
    error_hidden = np.outer(error, weights.w2) * (h > 0)
    return Weights(x.T @ error_hidden, error_hidden.sum(axis=0), h.T @ error, error.sum())


def finite_differences(loss: Callable[[Weights], float], weights: Weights, step: float = 1e-6) -> Weights:
    """Slope of a loss by trying: each weight a little up, a little down, the difference divided by the way.

    Twice as many evaluations of the loss as there are weights; of use as a check alone.

    Taught in notebooks/01_background.ipynb, section 4.3.
    """
    slopes = []
    for place, values in enumerate(weights):
        slope = np.empty_like(values)
        for index in np.ndindex(values.shape):
            up, down = values.copy(), values.copy()
            up[index] += step
            down[index] -= step
            tried = [loss(weights._replace(**{Weights._fields[place]: changed})) for changed in (up, down)]
            slope[index] = (tried[0] - tried[1]) / (2 * step)
        slopes.append(slope)
    return Weights(*slopes)


def mini_batches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Row numbers 0 to n - 1 in random order, cut into batches of `size`; the last may be smaller.

    Taught in notebooks/01_background.ipynb, section 4.4.
    """
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


def train_network(
    x: np.ndarray,
    y: np.ndarray,
    weights: Weights,
    *,
    rate: float,
    epochs: int,
    batch: int,
    rng: np.random.Generator,
) -> tuple[Weights, pd.DataFrame]:
    """Stochastic gradient descent on mini-batches; returns the trained weights and one row per epoch.

    Columns: epoch (0 is before training) and loss on all training rows after the epoch. Ends early, with the loss of
    that moment as its last row, where a weight has passed DIVERGED.

    Taught in notebooks/01_background.ipynb, section 4.4.
    """
    history = []
    for epoch in range(epochs + 1):
        history.append({"epoch": epoch, "loss": network_loss(x, y, weights)})
        if epoch == epochs or max(np.abs(value).max() for value in weights) > DIVERGED:
            break
        for rows in mini_batches(len(y), batch, rng):
            slopes = backward(x[rows], y[rows], weights)
            weights = Weights(*(value - rate * slope for value, slope in zip(weights, slopes, strict=True)))
            if max(np.abs(value).max() for value in weights) > DIVERGED:
                break
    return weights, pd.DataFrame(history)
