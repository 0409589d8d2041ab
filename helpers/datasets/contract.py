"""What every image data set of the course looks like, and the one error that says what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd


class DataError(Exception):
    """A data set that cannot be used: which one, what was expected, what was found, what to do.

    >>> raise DataError("scan.npz", expected="an .npz archive", found="a text file", todo="Download it again.")
    Traceback (most recent call last):
    helpers.datasets.contract.DataError: scan.npz: expected an .npz archive, found a text file. Download it again.
    """

    def __init__(self, where: str, *, expected: str, found: str, todo: str):
        self.where, self.expected, self.found, self.todo = where, expected, found, todo
        super().__init__(f"{where}: expected {expected}, found {found}. {todo}")


@dataclass(frozen=True, eq=False)
class Split:
    """The rows of one split: n images with their labels and patients.

    images: uint8, shape (n, height, width, channels), grey values 0 to 255.
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

    def rows(self, keep: np.ndarray) -> Split:
        """The rows that a boolean array of shape (n,) or an array of indices keeps."""
        masks = None if self.masks is None else self.masks[keep]
        return Split(self.images[keep], self.labels[keep], self.patients[keep], masks)


@dataclass(frozen=True, eq=False)
class ImageDataset:
    """Images in three splits that share no patient, with where they come from and what may be done with them.

    patient_table: one row per patient, indexed by identifier, with the columns site, sex and age_band; or None.
    patients_known: False where the source does not say which images show the same person; every image then counts
    as a person of its own, and intervals over "patients" are narrower than they should be.
    disease_class: index of the class that a screening programme would want to find.

    Raises DataError where the parts contradict each other. All arrays become read-only.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """

    name: str
    title: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...]
    disease_class: int
    simulated: bool
    patients_known: bool
    source: str
    licence: str
    citation: str
    patient_table: pd.DataFrame | None = None

    def __post_init__(self):
        if not 0 <= self.disease_class < len(self.class_names):
            self._refuse(
                f"a disease class below {len(self.class_names)}", str(self.disease_class), "Correct the catalogue."
            )
        for split, rows in self.splits():
            self._check_split(split, rows)
            for array in (rows.images, rows.labels, rows.patients, rows.masks):
                if array is not None:
                    array.flags.writeable = False
        self._check_patients()

    def splits(self) -> Iterator[tuple[str, Split]]:
        """The three splits with their names, in the order train, validation, test."""
        yield "train", self.train
        yield "validation", self.validation
        yield "test", self.test

    def with_train(self, keep: np.ndarray) -> ImageDataset:
        """The same data set with only the training rows that `keep` (as in Split.rows) keeps."""
        return replace(self, train=self.train.rows(keep))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        return self.train.images.shape[1:]

    def _refuse(self, expected: str, found: str, todo: str = "The file is damaged or not of this kind."):
        raise DataError(self.name, expected=expected, found=found, todo=todo)

    def _check_split(self, split: str, rows: Split):
        images, labels = rows.images, rows.labels
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3):
            self._refuse(
                f"{split} images as uint8 of shape (n, height, width, 1 or 3)", f"{images.dtype} {images.shape}"
            )
        if len(images) == 0:
            self._refuse(f"at least one {split} image", "none")
        if images.shape[1:] != self.train.images.shape[1:]:
            self._refuse(
                f"{split} images of the same size as the training images, {self.train.images.shape[1:]}",
                str(images.shape[1:]),
            )
        if labels.dtype != np.int64 or labels.shape != (len(images),):
            self._refuse(f"{split} labels as int64 of shape ({len(images)},)", f"{labels.dtype} {labels.shape}")
        if labels.min() < 0 or labels.max() >= len(self.class_names):
            self._refuse(f"{split} labels from 0 to {len(self.class_names) - 1}", f"{labels.min()} to {labels.max()}")
        if rows.patients.shape != labels.shape:
            self._refuse(f"{split} patients of shape {labels.shape}", str(rows.patients.shape))
        if rows.masks is not None and (rows.masks.dtype != bool or rows.masks.shape != images.shape[:3]):
            self._refuse(f"{split} masks as bool of shape {images.shape[:3]}", f"{rows.masks.dtype} {rows.masks.shape}")

    def _check_patients(self):
        seen: dict[str, set] = {split: set(rows.patients.tolist()) for split, rows in self.splits()}
        names = list(seen)
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                shared = seen[one] & seen[other]
                if shared:
                    self._refuse(
                        f"no patient in both {one} and {other}",
                        f"{len(shared)} shared, for example {sorted(shared)[0]}",
                        "Split by patient, then take the images.",
                    )
        if self.patient_table is not None:
            missing = set().union(*seen.values()) - set(self.patient_table.index)
            if missing:
                self._refuse("every patient in the patient table", f"{len(missing)} missing")


def provenance(data: ImageDataset) -> str:
    """Where a data set comes from and what it may be used for: lines of text to print beside its counts.

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    facts = {
        "data set": data.title,
        "origin": "simulated" if data.simulated else "real patients",
        "source": data.source,
        "licence": data.licence,
        "cite": data.citation,
        "patients": "identified" if data.patients_known else "not identified: each image counts as one person",
    }
    return "\n".join(f"{name:<9} {fact}" for name, fact in facts.items())


def counts(data: ImageDataset) -> pd.DataFrame:
    """Images per class, images and patients in all, one row per split.

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    rows = {}
    for split, part in data.splits():
        per_class = np.bincount(part.labels, minlength=len(data.class_names))
        rows[split] = dict(zip(data.class_names, per_class, strict=True))
        rows[split] |= {"images": len(part), "patients": len(np.unique(part.patients))}
    return pd.DataFrame.from_dict(rows, orient="index")
