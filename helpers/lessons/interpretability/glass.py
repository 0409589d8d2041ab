"""Glass boxes: models that a person can read whole, of a few columns or of a few numbers measured on an image."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split
from helpers.datasets.tables import TableSplit

PENALTIES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)  # scikit-learn's C of the L1 penalty, the strongest first
HEIGHTS = {"upper": (0.12, 0.38), "middle": (0.38, 0.62), "lower": (0.62, 0.86)}  # shares of the picture's height
SIDES = {"left": (0.10, 0.44), "right": (0.56, 0.90)}  # of its width, as one sees it


def fit_sparse(train: TableSplit, validation: TableSplit, most: int) -> Pipeline:
    """A logistic regression of few columns: the L1 penalty with the least loss on validation of those that keep at most
    `most` columns; where all keep more, the one with the fewest.

    train, validation: rows with labels 0 and 1. Raises ValueError (scikit-learn's) where there is one class alone.

    Taught in notebooks/07_interpretability.ipynb, section 7.1.
    """
    candidates = []
    for c in PENALTIES:
        lasso = LogisticRegression(l1_ratio=1, solver="liblinear", C=c, random_state=0)
        with threadpool_limits(1):
            candidates.append(make_pipeline(StandardScaler(), lasso).fit(train.features, train.labels))
    some = [one for one in candidates if np.any(one[-1].coef_)]
    few = [one for one in some if np.count_nonzero(one[-1].coef_) <= most]
    few = few or [min(some, key=lambda one: np.count_nonzero(one[-1].coef_))]
    return min(few, key=lambda one: log_loss(validation.labels, one.predict_proba(validation.features)))


def coefficients(model: Pipeline, names: tuple[str, ...]) -> pd.Series:
    """The columns that a sparse model kept, with their weights per standard deviation, the largest first."""
    weights = pd.Series(model[-1].coef_[0], index=list(names))
    kept = weights[weights != 0]
    return kept.reindex(kept.abs().sort_values(ascending=False).index)


def zones(images: np.ndarray) -> pd.DataFrame:
    """What a reader could measure on a chest: six zones' mean grey, brightest spot and spread, and left minus right.

    images: uint8 (n, height, width, channels). Returns 22 named columns, one row per image, in grey values.

    Taught in notebooks/07_interpretability.ipynb, section 7.2.
    """
    grey = images.astype(np.float32).mean(axis=3)
    smooth = ndimage.uniform_filter(grey, (0, 3, 3))
    columns = {"mean of the picture": grey.mean(axis=(1, 2))}
    for height, rows in HEIGHTS.items():
        for side, across in SIDES.items():
            zone = (slice(None), _part(rows, grey.shape[1]), _part(across, grey.shape[2]))
            columns[f"{height} {side}: mean"] = grey[zone].mean(axis=(1, 2))
            columns[f"{height} {side}: brightest spot"] = smooth[zone].max(axis=(1, 2))
            columns[f"{height} {side}: spread"] = smooth[zone].std(axis=(1, 2))
        columns[f"{height}: left minus right"] = columns[f"{height} left: mean"] - columns[f"{height} right: mean"]
    return pd.DataFrame(columns)


def _part(between: tuple[float, float], length: int) -> slice:
    return slice(*(round(share * length) for share in between))


def fit_zones(train: Split) -> Pipeline:
    """A logistic regression on `zones`; train: images with labels 0 and 1. It takes the table that `zones` returns.

    Taught in notebooks/07_interpretability.ipynb, section 7.2.
    """
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(zones(train.images), train.labels)
