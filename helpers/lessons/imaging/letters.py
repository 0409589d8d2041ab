"""The letters that hospitals burn into simulated chests: painted over or exchanged, and what a network makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.datasets.simulators.chest_render import SITES
from helpers.datasets.simulators.radiography import burn_in, letter_place

OTHER = dict(zip(SITES, reversed(SITES), strict=True))  # the one hospital to the other
EMPTY_CORNER = (0.04, 0.04)  # shares of the height and the width: top left, where neither hospital's letter stands


def painted_over(images: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Copies of images in which the place of a letter has the mean grey value of the pixels around it.

    images: uint8, (n, size, size, 1). corners: (n,), the hospital whose letter's place is painted over, "A" or "B".
    Raises KeyError for another hospital.

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.2.
    """
    changed = images.copy()
    for image, hospital in zip(changed[..., 0], corners, strict=True):
        rows, columns, letter = letter_place(SITES[hospital], len(image))
        around = image[rows.start - 1 : rows.stop + 1, columns.start - 1 : columns.stop + 1].astype(float)
        inside = image[rows, columns].sum(dtype=float)
        image[rows, columns] = round((around.sum() - inside) / (around.size - letter.size))
    return changed


def with_other_letter(images: np.ndarray, hospitals: np.ndarray) -> np.ndarray:
    """Copies of images, uint8 (n, size, size, 1), with the letter painted over and the other hospital's burnt in.

    hospitals: (n,), who took each. Taught in notebooks/02_cnn_imaging.ipynb, section 6.2.
    """
    changed = painted_over(images, hospitals)
    for image, hospital in zip(changed[..., 0], hospitals, strict=True):
        burn_in(image, SITES[OTHER[hospital]])
    return changed


def with_second_letter(images: np.ndarray, hospitals: np.ndarray) -> np.ndarray:
    """Copies of images, uint8 (n, size, size, 1), with the hospital's letter once more, where no hospital burns one in.

    hospitals: (n,), who took each. As bright as the letter and as new as the other hospital's, but it says nothing of
    where an image comes from: the floor. Taught in notebooks/02_cnn_imaging.ipynb, section 6.2.
    """
    changed = images.copy()
    for image, hospital in zip(changed[..., 0], hospitals, strict=True):
        burn_in(image, replace(SITES[hospital], corner=EMPTY_CORNER))
    return changed


def effects(
    predict: Callable[[np.ndarray], np.ndarray],
    rows: Split,
    changes: Mapping[str, np.ndarray],
    class_index: int,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """What changed images do to a network's answers, each against the same image unchanged; Interval objects.

    predict: images to probabilities (n, classes). rows: the images as they are. changes: name -> changed images of the
    same shape. Columns: by how much the log-odds of the class move on average, up or down; and the macro AUC with the
    change minus without it. Intervals are over patients, paired.

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.2.
    """
    before, table = predict(rows.images), {}
    for name, images in changes.items():
        after = predict(images)
        moved = np.abs(_log_odds(after[:, class_index]) - _log_odds(before[:, class_index]))
        table[name] = {
            "log-odds move by": evaluation.bootstrap_statistic(
                lambda index, moved=moved: float(moved[index].mean()), rows.patients, draws=draws, seed=seed
            ),
            "change in AUC": evaluation.bootstrap_difference(
                evaluation.auc, rows, after, before, draws=draws, seed=seed
            ),
        }
    return pd.DataFrame.from_dict(table, orient="index")


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p.astype(float), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))
