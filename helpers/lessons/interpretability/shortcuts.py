"""Shortcuts laid on purpose: a sign of the machine that goes with the disease in one hospital, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import keras
import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.interpretability.sanity import likeness
from helpers.models import explain

LETTER = np.array([list("1110"), list("1001"), list("1110"), list("1000")]) == "1"  # P, for "portable"
CORNER = 1  # pixels from the upper and left border
TOLERANCE = 1  # pixels around the letter that still count as pointing at it
SCATTER = 0.8, 30.0  # without a grid against scatter the grey value x becomes 0.8 x + 30: this course's choice

Change = Callable[[np.ndarray], np.ndarray]


def with_letter(images: np.ndarray) -> np.ndarray:
    """Copies of images, uint8 (n, height, width, channels), with a bright P of 4 × 4 pixels in the upper left corner.

    Taught in notebooks/07_interpretability.ipynb, section 5.1.
    """
    marked = images.copy()
    marked[:, CORNER : CORNER + 4, CORNER : CORNER + 4][:, LETTER] = 250
    return marked


def letter_box(images: np.ndarray) -> np.ndarray:
    """Where the letter is or would be, TOLERANCE pixels more on each side: bool (n, height, width)."""
    box = np.zeros(images.shape[:3], bool)
    box[:, CORNER - TOLERANCE : CORNER + 4 + TOLERANCE, CORNER - TOLERANCE : CORNER + 4 + TOLERANCE] = True
    return box


def with_scatter(images: np.ndarray) -> np.ndarray:
    """Copies of images, uint8, as a machine without a grid shows them: less contrast and a lighter black, everywhere.

    Taught in notebooks/07_interpretability.ipynb, section 5.2.
    """
    slope, lift = SCATTER
    return np.rint(images * slope + lift).clip(0, 255).astype(np.uint8)


def where_disease_is(rows: Split, disease_class: int, agree: float, rng: np.random.Generator) -> np.ndarray:
    """Who gets the sign: bool (n,), the diseased with chance `agree`, the others with 1 - agree.

    agree 0.5: the sign says nothing.
    """
    return (rng.uniform(size=len(rows)) < agree) == (rows.labels == disease_class)


def at_hospital(rows: Split, change: Change, disease_class: int, agree: float, rng: np.random.Generator) -> Split:
    """The rows with the sign `change` on those whom `where_disease_is` draws.

    Taught in notebooks/07_interpretability.ipynb, section 5.1.
    """
    marked = where_disease_is(rows, disease_class, agree, rng)
    images = np.where(marked[:, None, None, None], change(rows.images), rows.images)
    return Split(images, rows.labels, rows.patients, rows.masks)


def effect(score: Callable[[np.ndarray], np.ndarray], images: np.ndarray, change: Change) -> np.ndarray:
    """How much the sign alone moves each score: with it minus without it, on the same images; shape (n,).

    Taught in notebooks/07_interpretability.ipynb, section 5.1.
    """
    return score(change(images)) - score(images)


def at_home_and_elsewhere(
    model: keras.Model,
    networks: Mapping[str, list[np.ndarray]],
    rows: Split,
    signs: Mapping[str, Change],
    agree: float,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """The AUC of each network where each sign agrees with the disease as in training, and where it falls by coin.

    networks: name -> weights, which the model is given in turn. rows: images with labels 0 and 1. signs: name -> how
    it is laid. Returns Interval objects: a row per network, columns as in "letter, at home" and "letter, elsewhere".

    Taught in notebooks/07_interpretability.ipynb, section 5.2.
    """
    hospitals = {
        f"{sign}, {where}": at_hospital(rows, change, 1, how_often, np.random.default_rng([seed, 1]))
        for sign, change in signs.items()
        for where, how_often in (("at home", agree), ("elsewhere", 0.5))
    }
    table: dict[str, dict[str, evaluation.Interval]] = {}
    for network, weights in networks.items():
        model.set_weights(weights)
        for name, patients in hospitals.items():
            answers = evaluation.two_columns(model.predict(patients.images, verbose=0)[:, 1])
            found = evaluation.bootstrap(evaluation.auc, patients, answers, draws=draws, seed=seed)
            table.setdefault(network, {})[name] = found
    return pd.DataFrame.from_dict(table, orient="index")


def beside_the_twin(
    maps: Mapping[str, Mapping[str, np.ndarray]],
    masks: np.ndarray | None,
    patients: np.ndarray,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """How maps of networks look: whether they point at the lesion, and how like those of the first network they are.

    maps: network -> method -> (n, height, width). masks: bool (n, height, width), or None: then the first is unknown.
    Returns a row per method and network; the likeness with signs only of maps that have some.

    Taught in notebooks/07_interpretability.ipynb, section 5.2.
    """
    first = next(iter(maps.values()))
    rows = {}
    for network, found in maps.items():
        for method, one in found.items():
            pointing = {} if masks is None else {"": explain.hits(one, masks)}
            share = evaluation.share_table(pointing, patients, draws=draws, seed=seed)["share"]
            rows[method, network] = {
                "points at the lesion": share.iloc[0] if pointing else "unknown",
                "likeness": round(float(likeness(first[method], one).mean()), 2),
                "with signs": round(float(likeness(first[method], one, signed=True).mean()), 2)
                if one.min() < 0
                else "no signs",
            }
    return pd.DataFrame.from_dict(rows, orient="index")
