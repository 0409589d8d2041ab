"""Sanity checks: does a map change when the network forgets what it has learned? After Adebayo et al., 2018."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import keras
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from helpers.datasets.contract import Split
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


def likeness(maps: np.ndarray, others: np.ndarray, *, signed: bool = False) -> np.ndarray:
    """Spearman's rank correlation of two maps of the same image, shape (n,): 1 the same order of pixels.

    maps, others: (n, height, width). signed: rank the values as they are; what spoke for the disease, and speaks as
    much against it, has then changed. Otherwise their sizes are ranked. A map that is the same everywhere is like
    none: 0.

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    values = (one if signed else np.abs(one) for one in (maps, others))
    ranks = [rankdata(one.reshape(len(one), -1), axis=1) for one in values]
    a, b = (one - one.mean(axis=1, keepdims=True) for one in ranks)
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0)


def dealt_labels(rows: Split, many: int, rng: np.random.Generator) -> Split:
    """`many` of the rows (all, where there are fewer), drawn at random, their labels dealt out among them at random.

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    few = rows.rows(rng.permutation(len(rows))[:many])
    return Split(few.images, rng.permutation(few.labels), few.patients, few.masks)


def stages(
    maps: Maps,
    before: Mapping[str, np.ndarray],
    images: np.ndarray,
    masks: np.ndarray | None,
    *,
    repeats: int,
    seed: int,
) -> pd.DataFrame:
    """What becomes of the maps as layers are randomised: a row per stage and method, means over images and repeats.

    before: method -> maps of the trained network, whose weights the model of `maps` has. Stages: "trained", then each
    layer from which on, to the output, weights are random. The columns are those of `beside`.

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    rows = [beside("trained", before, before, masks)]
    for repeat in range(repeats):
        for layer in cascade(maps.score.model, np.random.default_rng([seed, repeat])):
            rows.append(beside(layer, before, maps(images, tuple(before)), masks))
    return mean_by_stage(rows)


def beside(
    stage: str, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray], masks: np.ndarray | None
) -> pd.DataFrame:
    """Maps beside those of the trained network: a row per method, means over images.

    before, after: method -> (n, height, width). Columns stage, method, likeness (of sizes), signed (likeness with
    signs; NaN where the map before has none), hits (share that point at the lesion; NaN where masks is None).

    Taught in notebooks/07_interpretability.ipynb, section 3.1.
    """
    rows = []
    for name, one in before.items():
        signed = likeness(one, after[name], signed=True).mean() if one.min() < 0 else np.nan
        pointing = np.nan if masks is None else explain.hits(after[name], masks).mean()
        rows.append((stage, name, likeness(one, after[name]).mean(), signed, pointing))
    return pd.DataFrame(rows, columns=["stage", "method", "likeness", "signed", "hits"])


def mean_by_stage(rows: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of `beside` under one another, those of the same stage and method as their mean."""
    return pd.concat(rows).groupby(["stage", "method"], sort=False, as_index=False).mean()
