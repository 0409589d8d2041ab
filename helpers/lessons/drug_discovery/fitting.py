"""A Keras network as a model that is trained anew on other molecules, without being built or traced anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from helpers.models.training import set_seed

BATCH = 64  # molecules of a step
AT_ONCE = 256  # molecules forecast together: more would only take memory


def trained(
    build: Callable[[], keras.Model], inputs: Sequence[np.ndarray], *, epochs: int
) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """A function of the rows to learn from, the target (n,) and a seed, which trains afresh and says what of all (n,).

    build: returns a compiled network with one number per molecule; it is called once. inputs: arrays of n molecules
    each. The target is learned in standard deviations from the mean of the rows to learn from, in whole batches: in
    each epoch those left over are others. Batches are given one by one, as `fit` would build a pipeline for each call.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    network = build()
    network.optimizer.build(network.trainable_variables)
    optimiser = [variable.numpy() for variable in network.optimizer.variables]

    def given(rows: np.ndarray) -> np.ndarray | list[np.ndarray]:
        parts = [part[rows] for part in inputs]
        return parts if len(parts) > 1 else parts[0]  # Keras wants one array for one input

    def model(rows: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        set_seed(seed % 2**32)
        _start_anew(network, seed)
        for variable, value in zip(network.optimizer.variables, optimiser, strict=True):
            variable.assign(value)
        mean, scale = target[rows].mean(), max(target[rows].std(), 1e-9)
        wanted, rng = (target - mean) / scale, np.random.default_rng(seed)
        size = min(BATCH, len(rows))
        for _ in range(epochs):
            drawn = rng.permutation(rows)
            for batch in drawn[: len(rows) // size * size].reshape(-1, size):
                network.train_on_batch(given(batch), wanted[batch])
        parts = np.split(np.arange(len(target)), range(AT_ONCE, len(target), AT_ONCE))
        return mean + scale * np.concatenate([network.predict_on_batch(given(part)).reshape(-1) for part in parts])

    return model


def _start_anew(network: keras.Model, seed: int) -> None:
    """Fresh weights of its layers, drawn after set_seed as a network built now would draw them; dropout anew, too."""
    for layer in network.layers:
        for name in ("kernel", "bias"):
            initialiser = getattr(layer, f"{name}_initializer", None)
            if initialiser is not None and getattr(layer, name) is not None:
                again = type(initialiser).from_config(initialiser.get_config())  # else it would draw the same numbers
                getattr(layer, name).assign(again(getattr(layer, name).shape))
        if hasattr(layer, "seed_generator"):  # dropout's own draws
            layer.seed_generator.state.assign([seed % 2**31, 0])
