"""What every data set of the course says of itself, and what an image data set looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError
from helpers.datasets.leaks import assert_disjoint, duplicate_sentences, exact_duplicates
from helpers.notebook.facts import publish_fact


@dataclass(frozen=True, eq=False)
class Split:
    """The rows of one split: n images with their labels and patients.

    images: uint8, shape (n, height, width, channels), grey values 0 to 255; of large files mapped, not in memory.
    labels: int64, shape (n,), an index into the data set's class names.
    patients: shape (n,), the identifier of the person each image shows.
    masks: bool, shape (n, height, width), True where the lesion is, or None where nobody drew one.
    """

    images: np.ndarray
    labels: np.ndarray
    patients: np.ndarray
    masks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def inputs(self) -> np.ndarray:
        """What a model is given: the images."""
        return self.images

    @property
    def target(self) -> np.ndarray:
        """What a model is to say: the labels."""
        return self.labels

    def rows(self, keep: np.ndarray) -> Split:
        """The rows that a boolean array of shape (n,) or an array of indices keeps, copied into memory."""
        masks = None if self.masks is None else self.masks[keep]
        return Split(self.images[keep], self.labels[keep], self.patients[keep], masks)


@dataclass(frozen=True, eq=False, kw_only=True)
class Described:
    """Where a data set comes from and what may be done with it: what all kinds of data set have in common.

    name: how errors call it. title: how a reader is told what it is. simulated: made by a program, or real patients.
    patients_known: False where the source does not say which rows are of the same person; every row then counts
    as a person of its own, and intervals over "patients" are narrower than they should be.
    notes: what whoever uses the set must know of it: its known faults, and what was done to its labels.
    """

    damaged: ClassVar[str] = "The file is damaged or not of this kind."  # what to do about most errors
    one_is: ClassVar[str] = "patient"  # whose the data are; in two splits is none of them
    origin: ClassVar[str] = "real patients"  # of data that are not simulated

    name: str
    title: str
    simulated: bool
    patients_known: bool
    source: str
    licence: str
    citation: str
    notes: tuple[str, ...] = ()

    def _refuse(self, expected: str, found: str, todo: str | None = None) -> NoReturn:
        raise DataError(self.name, expected=expected, found=found, todo=todo or self.damaged)


@dataclass(frozen=True, eq=False, kw_only=True)
class SplitByPatient(Described):
    """A data set in three splits that share no patient.

    train, validation, test: objects with `inputs`, `target`, `patients` and `rows`, such as Split.
    patient_table: one row per patient, indexed by identifier, with what is known of them beside the inputs (site, sex,
    age_band, ...); or None.
    copies: rows that exactly repeat a row of an earlier split, as helpers.datasets.leaks.exact_duplicates lists them.
    """

    rows_are: ClassVar[str] = "rows"  # what a sentence calls them

    train: Any
    validation: Any
    test: Any
    patient_table: pd.DataFrame | None = None
    copies: pd.DataFrame = field(init=False, repr=False)

    @property
    def people_note(self) -> str:
        """Whether it is known who is in which row, in words for `provenance`."""
        one = self.rows_are.removesuffix("s")
        return "identified" if self.patients_known else f"not identified: each {one} counts as one person"

    def splits(self) -> Iterator[tuple[str, Any]]:
        """The three splits with their names, in the order train, validation, test."""
        yield "train", self.train
        yield "validation", self.validation
        yield "test", self.test

    def with_train(self, keep: np.ndarray) -> Self:
        """The same data set with only the training rows that `keep` (as in Split.rows) keeps."""
        return replace(self, train=self.train.rows(keep))

    def _check_classes(self, class_names: tuple[str, ...], disease_class: int):
        if not 0 <= disease_class < len(class_names):
            self._refuse(f"a disease class below {len(class_names)}", str(disease_class), "Correct the catalogue.")

    def _check_labels(self, split: str, labels: np.ndarray, n: int, class_names: tuple[str, ...]):
        if labels.dtype != np.int64 or labels.shape != (n,):
            self._refuse(f"{split} labels as int64 of shape ({n},)", f"{labels.dtype} {labels.shape}")
        if labels.min() < 0 or labels.max() >= len(class_names):
            self._refuse(f"{split} labels from 0 to {len(class_names) - 1}", f"{labels.min()} to {labels.max()}")

    def _check_patient_table(self):
        if self.patient_table is not None:
            known = set(self.patient_table.index)
            missing = set().union(*(rows.patients.tolist() for _, rows in self.splits())) - known
            if missing:
                self._refuse("every patient in the patient table", f"{len(missing)} missing")

    def _seal(self):
        """The end of every check: arrays read-only, no shared patient, copies counted."""
        for _, rows in self.splits():
            for array in vars(rows).values():
                if array is not None:
                    array.flags.writeable = False
        assert_disjoint(self)
        object.__setattr__(self, "copies", exact_duplicates(self))


@dataclass(frozen=True, eq=False, kw_only=True)
class ImageDataset(SplitByPatient):
    """Images in three splits that share no patient, with where they come from and what may be done with them.

    train, validation, test: of type Split.
    patient_table: one row per patient, indexed by identifier, with the columns site, sex and age_band; or None.
    disease_class: index of the class that a screening programme would want to find.

    Raises DataError where the parts contradict each other. All arrays become read-only.
    """

    rows_are: ClassVar[str] = "images"

    class_names: tuple[str, ...]
    disease_class: int

    def __post_init__(self):
        self._check_classes(self.class_names, self.disease_class)
        for split, rows in self.splits():
            self._check_split(split, rows)
        self._seal()
        self._check_patient_table()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        return self.train.images.shape[1:]

    def _check_split(self, split: str, rows: Split):
        images, labels = rows.images, rows.labels
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3):
            self._refuse(
                f"{split} images as uint8 of shape (n, height, width, 1 or 3)",
                f"{images.dtype} {images.shape}",
                "Save grey values 0 to 255 as uint8: (255 * images).round().astype('uint8') where they run from 0 to 1."
                if images.dtype != np.uint8
                else None,
            )
        if len(images) == 0:
            self._refuse(f"at least one {split} image", "none")
        if images.shape[1:] != self.train.images.shape[1:]:
            self._refuse(
                f"{split} images of the same size as the training images, {self.train.images.shape[1:]}",
                str(images.shape[1:]),
            )
        self._check_labels(split, labels, len(images), self.class_names)
        if rows.patients.shape != labels.shape:
            self._refuse(f"{split} patients of shape {labels.shape}", str(rows.patients.shape))
        if rows.masks is not None and (rows.masks.dtype != bool or rows.masks.shape != images.shape[:3]):
            self._refuse(f"{split} masks as bool of shape {images.shape[:3]}", f"{rows.masks.dtype} {rows.masks.shape}")


def provenance(data) -> str:
    """Where a data set comes from, what it may be used for and what to mind: lines to print beside its counts.

    data: any data set of the course. Exact copies across splits, where there are any, are named on lines of their own.
    In a notebook it also publishes what the report card asks (helpers.notebook.facts).

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    facts = [
        ("data set", data.title),
        ("origin", "simulated" if data.simulated else data.origin),
        ("source", data.source),
        ("licence", data.licence),
        ("cite", data.citation),
        (f"{data.one_is}s", data.people_note),
    ]
    facts += getattr(data, "reading", ())
    if isinstance(data, SplitByPatient):
        facts += [("copies", sentence) for sentence in duplicate_sentences(data.copies, data.rows_are)]
    facts += [("mind", note) for note in data.notes]
    disjoint = isinstance(data, SplitByPatient) and data.patients_known  # a set whose splits share one is refused
    about = {"title": data.title, "simulated": data.simulated, "licence": data.licence, "patients_disjoint": disjoint}
    publish_fact("provenance", about)
    return "\n".join(f"{name:<9} {fact}" for name, fact in facts)


def counts(data: SplitByPatient) -> pd.DataFrame:
    """Rows (images) and patients, one line per split: per class, or with the range of a target that is a number.

    In a notebook it also publishes them for the report card (helpers.notebook.facts).
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    lines = {}
    for split, part in data.splits():
        if part.target.dtype == np.int64:
            per_class = np.bincount(part.target, minlength=len(data.class_names))
            lines[split] = dict(zip(data.class_names, per_class, strict=True))
        else:
            lines[split] = {"lowest": part.target.min(), "mean": part.target.mean(), "highest": part.target.max()}
        lines[split] |= {data.rows_are: len(part), f"{data.one_is}s": len(np.unique(part.patients))}
    table = pd.DataFrame.from_dict(lines, orient="index")
    publish_fact("counts", table.to_dict(orient="split"))
    return table
