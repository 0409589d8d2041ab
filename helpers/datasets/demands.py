"""What lessons ask of a data set beyond the contract, held where it is loaded and not after a minute of training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from helpers.datasets.beats import BeatDataset
from helpers.datasets.contract import Described, ImageDataset
from helpers.datasets.eeg import EegDataset
from helpers.datasets.errors import DataError
from helpers.datasets.genotypes import GenotypeDataset
from helpers.datasets.molecules import MoleculeDataset
from helpers.datasets.sequences import MotifDataset, SequenceDataset
from helpers.datasets.series import SeriesDataset
from helpers.datasets.tables import TableDataset

SMALLEST_SIDE = 10  # pixels: of fewer, two 3×3 convolutions and two halvings leave nothing
KINDS = {  # as a sentence calls them
    ImageDataset: "images",
    SeriesDataset: "time series",
    TableDataset: "a table",
    BeatDataset: "beats of a heart",
    EegDataset: "segments of an EEG",
    GenotypeDataset: "genotypes",
    MoleculeDataset: "molecules",
    MotifDataset: "matrices of motifs",
    SequenceDataset: "sequences of DNA",
}


def kind_of_data(data: Described) -> str:
    """What a data set is, as a sentence calls it."""
    return KINDS[type(data)]


def require_kind(where: str, found: Sequence[str], asked: Iterable[str], names: Sequence[str]):
    """Raise DataError unless one of the kinds that a data set may be of is among those that a lesson asks for.

    names: data sets that the lesson would take, for the sentence. Nothing is asked where `asked` is empty.
    """
    asked = list(dict.fromkeys(asked))
    if asked and not set(found) & set(asked):
        raise DataError(
            where,
            expected=f"{' or '.join(asked)}, as {', '.join(names)}",
            found=" or ".join(found),
            todo=f"Choose another data set, or a notebook about {' or '.join(found)}.",
        )


def require_size(data: Described):
    """Raise DataError where images are too small for a network; other data have no size to ask for."""
    if isinstance(data, ImageDataset) and min(data.image_shape[:2]) < SMALLEST_SIDE:
        raise DataError(
            data.name,
            expected=f"images of at least {SMALLEST_SIDE} pixels a side",
            found=f"{data.image_shape[0]} × {data.image_shape[1]}",
            todo="Two convolutions and two poolings leave nothing of them: enlarge them, or take larger ones.",
        )


def require_every_class(data: ImageDataset | TableDataset):
    """Raise DataError where a split lacks a class, which no score could be of; the sentence names both.

    Of a table whose target is a number nothing is asked.
    """
    if not data.class_names:
        return
    lacking = {
        split: np.setdiff1d(np.arange(len(data.class_names)), rows.target).tolist() for split, rows in data.splits()
    }
    if any(lacking.values()):
        found = "; ".join(
            f"none of {', '.join(data.class_names[k] for k in classes)} in {split}"
            for split, classes in lacking.items()
            if classes
        )
        raise DataError(
            data.name,
            expected="every class in train, validation and test",
            found=found,
            todo=f"Divide the {data.rows_are} anew so that each split has some of each class, or leave a class out.",
        )
