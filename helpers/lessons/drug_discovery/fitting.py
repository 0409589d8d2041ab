"""A Keras network as a model that is trained anew on other molecules, without being built or traced anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from helpers.models.training import Inputs, Restartable, whole_batches

BATCH = 64  # molecules of a step
AT_ONCE = 256  # molecules forecast together: more would only take memory


def trained(
    build: Callable[[], keras.Model], inputs: Sequence[np.ndarray], *, epochs: int, spellings: bool = False
) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """A function of the rows to learn from, the target (n,) and a seed, which trains afresh and says what of all (n,).

    build: returns a compiled network with one number per molecule. inputs: arrays of n molecules each; with spellings
    their second axis is over ways to write a molecule, of which each batch draws one for each of its molecules, while
    forecasts are from the first. The target is learned in standard deviations from the mean of the rows to learn from,
    in whole batches: in each epoch those left over are others.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    tf.config.experimental.enable_op_determinism()  # each training below has a seed of its own
    again = Restartable(build)

    def given(rows: np.ndarray, rng: np.random.Generator | None = None) -> Inputs:
        if spellings:
            drawn = 0 if rng is None else rng.integers(inputs[0].shape[1], size=len(rows))
            parts = [part[rows, drawn] for part in inputs]
        else:
            parts = [part[rows] for part in inputs]
        return parts if len(parts) > 1 else parts[0]  # Keras wants one array for one input

    def model(rows: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        again.start_with(seed, dropout=(seed % 2**31, 0))
        mean, scale = target[rows].mean(), max(target[rows].std(), 1e-9)
        wanted, rng = (target - mean) / scale, np.random.default_rng(seed % 2**32)
        batches = whole_batches(rows, BATCH, epochs=epochs, rng=rng)
        again.learn((given(batch, rng), wanted[batch]) for batch in batches)
        return mean + scale * again.answer(len(target), given, at_once=AT_ONCE).reshape(-1)

    return model
