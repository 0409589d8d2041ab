"""A map held against the true lesion: does it point there, does it cover it, how much of it lies there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.models import explain

AIR = 40  # grey value below which a pixel counts as air, mostly 10 to 40 on our radiographs; few lie at 40 to 60


def overlap(maps: np.ndarray, masks: np.ndarray, share: float) -> np.ndarray:
    """Intersection over union of each map's brightest pixels with the lesion: shape (n,), 0 to 1.

    maps: (n, height, width). masks: bool, the same shape. share: of all pixels, the brightest that count as marked;
    where pixels tie, the first of them.

    Taught in notebooks/07_interpretability.ipynb, section 2.1.
    """
    flat = maps.reshape(len(maps), -1)
    many = max(1, round(share * flat.shape[1]))
    marked = np.zeros(flat.shape, bool)
    np.put_along_axis(marked, np.argsort(-flat, axis=1, kind="stable")[:, :many], True, axis=1)
    lesion = masks.reshape(len(masks), -1)
    return (marked & lesion).sum(axis=1) / (marked | lesion).sum(axis=1)


def energy(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Share of each map's sum that lies in the lesion, values below zero left out: shape (n,), 0 to 1.

    A map without any value above zero has none there.
    """
    positive = np.maximum(maps, 0)
    inside, everywhere = (positive * masks).sum(axis=(1, 2)), positive.sum(axis=(1, 2))
    return np.divide(inside, everywhere, out=np.zeros(len(maps)), where=everywhere > 0)


def beside_the_body(images: np.ndarray) -> np.ndarray:
    """Where an image is as dark as the air beside a body in our radiographs: bool (n, height, width).

    images: uint8 (n, height, width, channels), as they came, without a sign laid over them.

    Taught in notebooks/07_interpretability.ipynb, section 2.1.
    """
    return images.mean(axis=3) < AIR


def account(maps: np.ndarray, air: np.ndarray, masks: np.ndarray | None) -> dict[str, float]:
    """Where the sum of a map lies, mean over images: in all, in the lesion, elsewhere in the body, beside the body.

    maps: (n, height, width), such as integrated gradients, whose sum is in log-odds. air: bool, the same shape, as
    `beside_the_body` finds it. masks: bool, the lesions, or None: then the body is one.

    Taught in notebooks/07_interpretability.ipynb, section 5.2.
    """
    body = {"in the body": ~air} if masks is None else {"in the lesion": masks, "elsewhere in the body": ~air & ~masks}
    places = {"in all": np.ones_like(air)} | body | {"beside the body": air if masks is None else air & ~masks}
    return {name: float((maps * where).sum(axis=(1, 2)).mean()) for name, where in places.items()}


def scoreboard(
    maps: Mapping[str, np.ndarray], masks: np.ndarray, patients: np.ndarray, *, share: float, draws: int, seed: int
) -> pd.DataFrame:
    """Each map's scores with intervals over patients: columns "points at it", "overlap", "inside it" and it by size.

    The last counts values below zero with their size; of a map without any it is the third.

    maps: name -> (n, height, width). masks: bool (n, height, width). patients: (n,). share: as in `overlap`.

    Taught in notebooks/07_interpretability.ipynb, section 2.1.
    """
    measures = {
        "points at it": explain.hits,
        "overlap": lambda one, masks: overlap(one, masks, share),
        "inside it": energy,
        "inside, by size": lambda one, masks: energy(np.abs(one), masks),
    }
    columns = {
        heading: evaluation.share_table(
            {name: measure(one, masks) for name, one in maps.items()}, patients, draws=draws, seed=seed
        )["share"]
        for heading, measure in measures.items()
    }
    return pd.DataFrame(columns)
