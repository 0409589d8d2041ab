"""Fewer patients to learn from, drawn at random, so that no class is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.datasets.contract import ImageDataset, Split, SplitByPatient
from helpers.datasets.errors import DataError
from helpers.datasets.series import SeriesDataset
from helpers.datasets.tables import TableDataset, require_complete


def draw_patients(rows: Split, patients: int, *, seed: int, every_class: bool = False) -> Split:
    """The rows of so many patients, drawn at random with the seed, in their order; all rows where there are not more.

    every_class: where the draw has nobody of a class, a patient of that class takes the place of one whose classes
    others have too, as far as there is room.
    Taught in notebooks/05_overfitting.ipynb, section 5.
    """
    people = np.unique(rows.patients)
    if len(people) <= patients:
        return rows
    rng = np.random.default_rng(seed)
    kept = rng.choice(people, size=patients, replace=False)
    if every_class:
        kept = _with_every_class(rows, kept, rng)
    return rows.rows(np.isin(rows.patients, kept))


def _with_every_class(rows: Split, kept: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The patients drawn, with one of each class that they lacked in the place of one who can be spared."""
    kept = kept.copy()
    for missing in np.setdiff1d(rows.target, rows.target[np.isin(rows.patients, kept)]):
        inside = np.isin(rows.patients, kept)
        if missing in rows.target[inside]:  # with somebody who came for another class
            continue
        pairs = np.unique(
            np.stack([rows.target[inside], np.searchsorted(np.sort(kept), rows.patients[inside])]), axis=1
        )
        holders = np.bincount(pairs[0])  # of each class, how many patients
        needed = np.sort(kept)[pairs[1, holders[pairs[0]] == 1]]
        spared = np.flatnonzero(~np.isin(kept, needed))
        if len(spared):
            kept[spared[-1]] = rng.choice(np.unique(rows.patients[rows.target == missing]))
    return kept


def limit_training(data: ImageDataset, patients: int, *, seed: int = 1) -> ImageDataset:
    """The same data set with at most so many people in its training split; validation and test stay whole.

    The people are drawn at random with the seed, each with all of their images, which keep their order. Where nobody
    of a class was drawn, somebody of that class takes another's place, and a note says so.

    Raises DataError for time series, which are split where they are cut into windows, for a table with missing values,
    which the models that are trained on this cannot take, and where so few people cannot be of all classes.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if not isinstance(data, SplitByPatient):
        raise DataError(
            data.name,
            expected="a data set in three splits, of images or a table",
            found=f"{data.title}, which {'are time series' if isinstance(data, SeriesDataset) else 'comes in none'}",
            todo="Choose another data set, or the notebook that forecasts.",
        )
    if isinstance(data, TableDataset):
        require_complete(data)
    drawn = draw_patients(data.train, patients, seed=seed)
    if drawn is data.train:
        return data
    if not data.class_names or not (missing := np.setdiff1d(data.train.target, drawn.target)).size:
        return data.with_train(np.isin(data.train.patients, drawn.patients))
    drawn = draw_patients(data.train, patients, seed=seed, every_class=True)
    lacking = ", ".join(data.class_names[k] for k in np.setdiff1d(data.train.target, drawn.target))
    if lacking:
        raise DataError(
            data.name,
            expected=f"people of all {len(data.class_names)} classes for training",
            found=f"none of {lacking} among {patients} that were drawn",
            todo="Set train_patients higher.",
        )
    names = ", ".join(data.class_names[k] for k in missing)
    note = f"Of the {patients:,} training people drawn with seed {seed} none was of {names}: one of each took a place."
    fewer = data.with_train(np.isin(data.train.patients, drawn.patients))
    return replace(fewer, notes=(*fewer.notes, note))
