"""One disease against everything else: labels 0 and 1, and one risk per row."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from helpers.datasets.contract import Split
from helpers.datasets.tables import TableSplit

Rows = TypeVar("Rows", Split, TableSplit)


def one_against_rest(rows: Rows, disease_class: int) -> Rows:
    """The same rows with the label 1 where the class is `disease_class` and 0 everywhere else.

    Taught in notebooks/04_evaluation.ipynb, section 1.
    """
    labels = (rows.labels == disease_class).astype(np.int64)
    if isinstance(rows, TableSplit):
        return TableSplit(rows.features, labels, rows.patients)
    return Split(rows.images, labels, rows.patients, rows.masks)


def two_columns(risks: np.ndarray) -> np.ndarray:
    """Risks (n,) as probabilities (n, 2) of healthy and diseased, as `bootstrap` and the scores want them."""
    risks = np.asarray(risks, dtype=np.float64)
    return np.stack([1 - risks, risks], axis=1)
