"""Sanity checks: does a map change when the network forgets what it has learned? After Adebayo et al., 2018."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from helpers.lessons.interpretability.attribution import Maps
from helpers.models import explain


def cascade(model: keras.Model, rng: np.random.Generator) -> Iterator[str]:
    """Deal the weights of one layer after the other out at random, from the last to the first; yields its name.

    The weights of a layer keep their values and lose their places. When the iteration ends, or is left, the model has
    the weights that it came with.
    """
    learned = model.get_weights()
    try:
        for layer in reversed(model.layers):
            if layer.get_weights():
                layer.set_weights([rng.permutation(one.ravel()).reshape(one.shape) for one in layer.get_weights()])
                yield layer.name
    finally:
        model.set_weights(learned)


def likeness(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation of the sizes of two maps of the same image, shape (n,): 1 the same order of pixels.

    maps, others: (n, height, width). A map that is the same everywhere is like none: 0.

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    ranks = [rankdata(np.abs(one).reshape(len(one), -1), axis=1) for one in (maps, others)]
    a, b = (one - one.mean(axis=1, keepdims=True) for one in ranks)
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0)


def stages(
    maps: Maps, images: np.ndarray, masks: np.ndarray | None, names: tuple[str, ...], *, repeats: int, seed: int
) -> pd.DataFrame:
    """What becomes of the maps as layers are randomised: a row per stage and method, means over images and repeats.

    Columns stage, method, likeness (to the map of the trained network) and hits (share that point at the lesion; NaN
    where masks is None). Stages: "trained", then each layer from which on, to the output, weights are random.

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    trained = maps(images, names)
    rows = [_row("trained", name, one, one, masks) for name, one in trained.items()]
    for repeat in range(repeats):
        for layer in cascade(maps.score.model, np.random.default_rng([seed, repeat])):
            rows += [_row(layer, name, trained[name], one, masks) for name, one in maps(images, names).items()]
    table = pd.DataFrame(rows, columns=["stage", "method", "likeness", "hits"])
    return table.groupby(["stage", "method"], sort=False, as_index=False).mean()


def of_another(
    maps: Maps, trained: dict[str, np.ndarray], images: np.ndarray, masks: np.ndarray | None, stage: str
) -> pd.DataFrame:
    """The same row per method for whatever weights the network has now, against maps of the trained one."""
    now = maps(images, tuple(trained))
    rows = [_row(stage, name, trained[name], one, masks) for name, one in now.items()]
    return pd.DataFrame(rows, columns=["stage", "method", "likeness", "hits"])


def _row(stage: str, name: str, before: np.ndarray, after: np.ndarray, masks: np.ndarray | None):
    pointing = np.nan if masks is None else explain.hits(after, masks).mean()
    return stage, name, likeness(before, after).mean(), pointing
