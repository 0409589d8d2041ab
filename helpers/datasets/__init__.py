"""The data sets of the course behind one door: a name or a path in, checked images out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from helpers.datasets.catalogue import read_catalogue
from helpers.datasets.chest import simulate_chest
from helpers.datasets.contract import DataError, ImageDataset, Split, counts, provenance
from helpers.datasets.medmnist import load_archive, load_medmnist

SIMULATORS = {"chest": simulate_chest}

__all__ = ["DataError", "ImageDataset", "Split", "counts", "dataset_names", "limit_training", "load", "provenance"]


def dataset_names() -> list[str]:
    """Names that `load` knows: the simulated sets first, then the downloadable ones."""
    return [*SIMULATORS, *read_catalogue()]


def load(dataset: str, *, seed: int = 1) -> ImageDataset:
    """The data set of that name, or the one in the .npz file at that path.

    seed: of the simulators; a downloaded set or a file is the same with every seed.
    Raises DataError for an unknown name, an absent file, or a file with any fault.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if dataset in SIMULATORS:
        return SIMULATORS[dataset](seed=seed)
    if dataset in read_catalogue():
        return load_medmnist(dataset)
    if dataset.endswith(".npz") or Path(dataset).exists():
        return load_archive(dataset)
    raise DataError(
        repr(dataset),
        expected=f"one of {', '.join(dataset_names())}, or the path of an .npz file",
        found="neither",
        todo="Check the spelling.",
    )


def limit_training(data: ImageDataset, patients: int, *, seed: int = 1) -> ImageDataset:
    """The same data set with at most so many people in its training split; validation and test stay whole.

    The people are drawn at random with the seed, each with all of their images, which keep their order.

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    people = np.unique(data.train.patients)
    if len(people) <= patients:
        return data
    kept = np.random.default_rng(seed).choice(people, size=patients, replace=False)
    return data.with_train(np.isin(data.train.patients, kept))
