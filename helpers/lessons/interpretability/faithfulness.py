"""Deletion and insertion: take pixels away in the order of a map, or put them in, and watch the network's answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit

from helpers.lessons.interpretability.attribution import ClassScore

PARTS = 10  # equal parts in which the pixels go


def curve(
    score: ClassScore, images: np.ndarray, maps: np.ndarray, fill: np.ndarray | float, *, insert: bool = False
) -> np.ndarray:
    """The mean probability of the class while pixels go, in the order of a map, the highest first: shape (PARTS + 1,).

    images: (n, height, width, channels). maps: (n, height, width). fill: what stands where a pixel was taken away, an
    image or a grey value. insert: begin with the fill alone and put the pixels of the image in, in that order
    (Petsiuk, Das and Saenko, 2018).

    Taught in notebooks/07_interpretability.ipynb, section 4.1.
    """
    place = np.argsort(np.argsort(-maps.reshape(len(maps), -1), axis=1, kind="stable"), axis=1).reshape(maps.shape)
    instead = np.broadcast_to(np.asarray(fill, np.float32), images.shape)
    answers = []
    for share in np.linspace(0, 1, PARTS + 1):
        chosen = (place < share * maps[0].size)[..., None]
        answers.append(expit(score(np.where(chosen == insert, images, instead))).mean())
    return np.array(answers)


def area(answers: np.ndarray) -> float:
    """The area under a curve whose steps are equal and lead from 0 to 1: its mean height."""
    return float(np.trapezoid(answers, dx=1 / (len(answers) - 1)))


def curves(
    score: ClassScore, images: np.ndarray, orders: Mapping[str, np.ndarray], fills: Mapping[str, np.ndarray | float]
) -> pd.DataFrame:
    """Curves of all orders with all fills: a row each, columns order, fill, kind ("deletion", "insertion") and curve.

    Taught in notebooks/07_interpretability.ipynb, section 4.1.
    """
    rows = [
        (order, name, kind, curve(score, images, maps, fill, insert=kind == "insertion"))
        for name, fill in fills.items()
        for order, maps in orders.items()
        for kind in ("deletion", "insertion")
    ]
    return pd.DataFrame(rows, columns=["order", "fill", "kind", "curve"])


def areas(table: pd.DataFrame) -> pd.DataFrame:
    """The area under each curve of `curves`: a row per order, a column per kind and fill, as in "deletion, black".

    Taught in notebooks/07_interpretability.ipynb, section 4.1.
    """
    found: dict[str, dict[str, float]] = {}
    for order, fill, kind, answers in table.itertuples(index=False):
        found.setdefault(f"{kind}, {fill}", {})[order] = area(answers)
    return pd.DataFrame(found)
