"""Synthetic patients, honest and copied, and what distances to the nearest real one tell of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from helpers import evaluation

BLUR = 0.05  # standard deviation of what a copy adds to each pixel, in units of 64 grey values


def invent(real: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn from a normal distribution with the mean and covariance of the real ones: (n, d).

    Taught in notebooks/09_privacy.ipynb, section 5.
    """
    centre = real.mean(axis=0)
    _, spreads, axes = np.linalg.svd(real - centre, full_matrices=False)
    return centre + rng.normal(size=(n, len(spreads))) * spreads / np.sqrt(len(real) - 1) @ axes


def copy(real: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of the real ones, drawn with replacement, with a little noise: (n, d).

    Taught in notebooks/09_privacy.ipynb, section 5.
    """
    return real[rng.integers(len(real), size=n)] + BLUR * rng.normal(size=(n, real.shape[1]))


def mixed(real: np.ndarray, n: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Invented rows of which this share is copied instead."""
    copies = round(share * n)
    return np.concatenate([copy(real, copies, rng), invent(real, n - copies, rng)])


def nearest(made: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The distance of each made row to the nearest real one, (n,)."""
    return cKDTree(real).query(made)[0]


def distance_table(generators: Mapping[str, np.ndarray], learned: np.ndarray, strangers: np.ndarray) -> pd.DataFrame:
    """How near synthetic rows come to those the generator learned from, beside as many that it never saw.

    generators: name -> made rows (n, d). learned, strangers: (m, d), the same m. Columns: "nearer to the learned",
    the share of made rows, with Wilson's interval (a half, where nothing was remembered); "lowest hundredth", the
    ratio of the distance to the learned over that to the strangers that one made row in a hundred stays below; and
    "roles exchanged", the same of the distance to the strangers over that to the learned, which is what the lowest
    hundredth is by chance: an honest generator has both alike.

    Taught in notebooks/09_privacy.ipynb, section 5.
    """
    if len(learned) != len(strangers):
        raise ValueError(f"expected as many strangers as learned, found {len(strangers)} and {len(learned)}")
    lines = {}
    for name, made in generators.items():
        ratio = nearest(made, learned) / nearest(made, strangers)
        lines[name] = {
            "nearer to the learned": evaluation.wilson(int((ratio < 1).sum()), len(ratio)),
            "lowest hundredth": round(float(np.quantile(ratio, 0.01)), 2),
            "roles exchanged": round(float(np.quantile(1 / ratio, 0.01)), 2),
        }
    return pd.DataFrame.from_dict(lines, orient="index")
