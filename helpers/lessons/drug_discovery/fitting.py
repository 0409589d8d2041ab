"""A Keras network as a model that is trained anew on other molecules, without being built anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np

from helpers.models.training import Restartable, set_seed

BATCH = 64


def trained(
    build: Callable[[], keras.Model], inputs: Sequence[np.ndarray], *, epochs: int
) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """A function of the rows to learn from, the target (n,) and a seed, which trains afresh and says what of all (n,).

    build: returns a compiled network with one number per molecule. inputs: arrays of n molecules each. The target is
    learned in standard deviations from the mean of the rows to learn from.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.4.
    """
    bench = Restartable(build)

    def model(rows: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
        set_seed(seed % 2**32)
        bench.start_anew()
        for layer in bench.network.layers:
            if hasattr(layer, "seed_generator"):  # dropout's own draws, which a fresh start leaves where they were
                layer.seed_generator.state.assign([seed % 2**31, 0])
        mean, scale = target[rows].mean(), max(target[rows].std(), 1e-9)
        learned, of_all = [part[rows] for part in inputs], list(inputs)
        if len(inputs) == 1:  # Keras wants one array for one input
            learned, of_all = learned[0], of_all[0]
        bench.network.fit(learned, (target[rows] - mean) / scale, batch_size=BATCH, epochs=epochs, verbose=0)
        return mean + scale * bench.network.predict(of_all, batch_size=512, verbose=0).reshape(-1)

    return model
