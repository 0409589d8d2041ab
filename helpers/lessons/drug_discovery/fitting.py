"""A Keras network as a model that is trained anew on other molecules, without being built or traced anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from helpers.models.training import Restartable, set_seed

BATCH = 64  # molecules of a step
AT_ONCE = 256  # molecules forecast together: more would only take memory, and parts of another size be traced anew


def trained(
    build: Callable[[], keras.Model], inputs: Sequence[np.ndarray], *, epochs: int, spellings: bool = False
) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """A function of the rows to learn from, the target (n,) and a seed, which trains afresh and says what of all (n,).

    build: returns a compiled network with one number per molecule. inputs: arrays of n molecules each; with spellings
    their second axis is over ways to write a molecule, of which each batch draws one for each of its molecules, while
    forecasts are from the first. The target is learned in standard deviations from the mean of the rows to learn from,
    in whole batches: in each epoch those left over are others. Batches are given one by one, as `fit` would build a
    pipeline for each call.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    set_seed(0)  # deterministic operations; each training below has a seed of its own
    again = Restartable(build)
    network = again.network

    def given(rows: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray | list[np.ndarray]:
        if spellings:
            drawn = 0 if rng is None else rng.integers(inputs[0].shape[1], size=len(rows))
            parts = [part[rows, drawn] for part in inputs]
        else:
            parts = [part[rows] for part in inputs]
        return parts if len(parts) > 1 else parts[0]  # Keras wants one array for one input

    def model(rows: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        keras.utils.set_random_seed(seed % 2**32)
        again.start_anew()
        for layer in network.layers:
            if hasattr(layer, "seed_generator"):  # dropout's own draws, which are no weights
                layer.seed_generator.state.assign([seed % 2**31, 0])
        mean, scale = target[rows].mean(), max(target[rows].std(), 1e-9)
        wanted, rng = (target - mean) / scale, np.random.default_rng(seed)
        size = min(BATCH, len(rows))
        for _ in range(epochs):
            drawn = rng.permutation(rows)
            for batch in drawn[: len(rows) // size * size].reshape(-1, size):
                network.train_on_batch(given(batch, rng), wanted[batch])
        parts = np.resize(np.arange(len(target)), (-(-len(target) // AT_ONCE), AT_ONCE))  # the last begins again
        said = np.concatenate([network.predict_on_batch(given(part)).reshape(-1) for part in parts])
        return mean + scale * said[: len(target)]

    return model
