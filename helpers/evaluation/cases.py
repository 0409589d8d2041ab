"""One disease against everything else: labels 0 and 1, and one risk per row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from helpers.datasets.contract import Split
from helpers.datasets.tables import TableSplit
from helpers.evaluation.inputs import check_finite, check_labels, check_risks


class Labelled(Protocol):
    """Anything with labels and patients, both of shape (n,)."""

    labels: np.ndarray
    patients: np.ndarray


@dataclass(frozen=True)
class Patients:
    """Labels and patients alone, both of shape (n,): rows of a study without images."""

    labels: np.ndarray
    patients: np.ndarray

    def rows(self, keep: np.ndarray) -> Patients:
        """The rows that a boolean array of shape (n,) or an array of indices keeps."""
        return Patients(self.labels[keep], self.patients[keep])


Rows = TypeVar("Rows", Split, TableSplit, Patients)


def one_against_rest(rows: Rows, disease_class: int) -> Rows:
    """The same rows with the label 1 where the class is `disease_class` and 0 everywhere else.

    Taught in notebooks/04_evaluation.ipynb, section 1.
    """
    labels = (check_labels(rows.labels) == disease_class).astype(np.int64)
    if isinstance(rows, Patients):
        return Patients(labels, rows.patients)
    if isinstance(rows, TableSplit):
        return TableSplit(rows.features, labels, rows.patients)
    return Split(rows.images, labels, rows.patients, rows.masks)


def two_columns(risks: np.ndarray) -> np.ndarray:
    """Risks (n,) as probabilities (n, 2) of not diseased and diseased, as `bootstrap` and the scores want them.

    A column (n, 1) counts as (n,). Scores of another range are taken too: the AUC asks for their order alone.
    Raises ValueError for text, NaN and another shape.

    Taught in notebooks/01_background.ipynb, section 5.3.
    """
    risks = check_finite(risks, "risks").astype(np.float64)
    if risks.shape[1:] == (1,):
        risks = risks[:, 0]
    if risks.ndim != 1:
        raise ValueError(f"risks: expected shape (n,), found {risks.shape}; pass the column of the disease")
    return np.stack([1 - risks, risks], axis=1)


def by_patient(rows: Labelled, risks: np.ndarray) -> tuple[Patients, np.ndarray]:
    """One row per patient: diseased (1) if any of their rows is, with the mean of the rows' risks.

    risks: shape (n,), one per row. Raises ValueError as check_risks does; one class alone is allowed.

    Taught in notebooks/04_evaluation.ipynb, section 4.1.
    """
    ill, risks = check_risks(rows.labels, risks, both=False)
    people, group = np.unique(rows.patients, return_inverse=True)
    images = np.bincount(group)
    return Patients((np.bincount(group, ill) > 0).astype(np.int64), people), np.bincount(group, risks) / images


def at_prevalence(labels: np.ndarray, prevalence: float, n: int, *, seed: int) -> np.ndarray:
    """Indices of n rows drawn with replacement so that round(n · prevalence) of them have label 1.

    The imaginary hospital they stand for differs in nothing but the share of the diseased.
    Raises ValueError where a class that is needed has no row, and for a prevalence outside 0 to 1.

    Taught in notebooks/04_evaluation.ipynb, section 2.2.
    """
    if not 0 <= prevalence <= 1:
        raise ValueError(f"prevalence: expected a share from 0 to 1, found {prevalence}")
    labels = check_labels(labels)
    if labels.max() > 1:
        raise ValueError(f"labels: expected 0 and 1 (one_against_rest makes them), found {labels.max()} among them")
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n: expected a whole number of 1 or more, found {n}")
    rng = np.random.default_rng(seed)
    ill, well = np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)
    n_ill = round(n * prevalence)
    if (n_ill and not len(ill)) or (n - n_ill and not len(well)):
        raise ValueError(f"at_prevalence: needs rows with and without the disease, found {len(ill)} and {len(well)}")
    drawn = [rng.choice(rows, k) for rows, k in ((ill, n_ill), (well, n - n_ill)) if k]
    return np.concatenate(drawn)
