"""How people call the arrays of an archive, and three splits made of what is there.

Known are MedMNIST's names (train_images, train_labels, val_images, ...), Keras' (x_train, y_train, x_val, ...), both in
any case, and one array of everything (images and labels, or x and y). A key `patient` or `patients` may say who is
in which image. What an archive does not have is split off with a fixed seed, by patient where patients are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from helpers.datasets.contract import Split
from helpers.datasets.errors import DataError
from helpers.datasets.tables import TEST_FRACTION, VALIDATION_FRACTION

SPLITS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}  # ours: the files'
EVERYTHING = "all"  # the part of an archive that has no splits
SPLIT_SEED = 1  # of what is split off: the same file gives the same splits everywhere
FEWEST = 3  # patients of a class below which it cannot be in three splits
LAYOUTS = (
    "train_images, train_labels, val_images, val_labels, test_images, test_labels, or x_train, y_train, x_val, y_val, "
    "x_test, y_test (val and test may be missing), or images and labels, each with patients where they are known"
)

_PARTS = {
    "images": ("{}_images", "images_{}", "x_{}"),
    "labels": ("{}_labels", "labels_{}", "y_{}"),
    "patients": ("{}_patients", "{}_patient", "patients_{}", "patient_{}"),
}
_ALONE = {"images": ("images", "x"), "labels": ("labels", "y"), "patients": ("patients", "patient")}
_KNOWN = {name: (EVERYTHING, part) for part, names in _ALONE.items() for name in names} | {
    name.format(word): (split, part)
    for split, words in SPLITS.items()
    for part, names in _PARTS.items()
    for name in names
    for word in words
}


class Part(NamedTuple):
    """One part of an archive: images (n, h, w, c), labels (n,) or (n, columns), and patients (n,) where it has them."""

    images: np.ndarray
    labels: np.ndarray
    patients: np.ndarray | None


def known_keys(keys: Iterable[str], where: str) -> dict[str, tuple[str, str]]:
    """Those of the keys of an archive that mean something: key -> (split, "images", "labels" or "patients").

    The split is train, validation or test; "all" in an archive without a name of these.
    Raises DataError naming the archive where two keys mean the same.
    """
    meaning = {key: _KNOWN[key.lower()] for key in keys if key.lower() in _KNOWN}
    if any(split != EVERYTHING for split, _ in meaning.values()):
        meaning = {key: (split, part) for key, (split, part) in meaning.items() if split != EVERYTHING}
    first: dict[tuple[str, str], str] = {}
    for key, what in meaning.items():
        if what in first:
            raise DataError(
                where,
                expected=f"one array for the {what[0]} {what[1]}",
                found=f"two, {first[what]} and {key}",
                todo="Leave one of them out.",
            )
        first[what] = key
    return meaning


def three_splits(parts: Mapping[str, Part], where: str) -> tuple[dict[str, Split], bool, tuple[str, ...]]:
    """Train, validation and test, whether patients are known, and a sentence for each split that had to be made.

    A split that the archive lacks is a share of its other images: a fifth for validation and for test, drawn by
    patient, each class in about its own share. Without patients every image counts as a person.
    Raises DataError naming the archive where a class has too few patients for that.
    """
    parts, known = _with_patients(parts)
    whose, rest = ("", parts.pop(EVERYTHING)) if EVERYTHING in parts else ("training ", parts.pop("train"))
    whole, share, notes = len(rest.labels), TEST_FRACTION, []
    how = "by patient" if known else "at random, as the file does not say who is in which image"
    for split in ("test", "validation"):
        if split in parts:
            share = VALIDATION_FRACTION
            continue
        off = _drawn(rest, share, where)
        parts[split] = Part(*(array[off] for array in rest))
        rest = Part(*(array[~off] for array in rest))
        share = VALIDATION_FRACTION / (1 - TEST_FRACTION)
        notes.append(
            f"The file has no {split} images: {off.sum():,} of its {whole:,} {whose}images were split off for it, "
            f"{how}, each class in its share (seed {SPLIT_SEED})."
        )
    parts["train"] = rest
    return {split: Split(*parts[split]) for split in SPLITS}, known, tuple(notes)


def _with_patients(parts: Mapping[str, Part]) -> tuple[dict[str, Part], bool]:
    """The parts with a number for each patient, and whether the file says who they are; else each image is its own.

    Numbers, because what stands in the file may be a name.
    """
    known = all(part.patients is not None for part in parts.values())
    sizes = [len(part.labels) for part in parts.values()]
    numbers = np.arange(sum(sizes))
    if known:
        _, numbers = np.unique(np.concatenate([part.patients for part in parts.values()]), return_inverse=True)
    each = np.split(numbers, np.cumsum(sizes)[:-1])
    return {name: part._replace(patients=mine) for (name, part), mine in zip(parts.items(), each, strict=True)}, known


def _drawn(rows: Part, share: float, where: str) -> np.ndarray:
    """Which rows are split off: those of about so large a share of the patients, the classes in their shares."""
    from sklearn.model_selection import train_test_split  # as slow to load as all else here together

    people, person = np.unique(rows.patients, return_inverse=True)
    of_class = {label: np.unique(person[rows.labels == label]) for label in np.unique(rows.labels)}
    rarest = min(of_class, key=lambda label: len(of_class[label]))
    if len(of_class[rarest]) < FEWEST:
        raise DataError(
            where,
            expected=f"at least {FEWEST} patients of each class, to be divided over training, validation and test",
            found=f"{len(of_class[rarest])} of class {rarest}",
            todo="Leave that class out, or save splits of your own as train_images, val_images and test_images.",
        )
    kind = np.zeros(len(people), np.int64)  # of each patient the rarest class that any of his or her images shows
    for rank, label in enumerate(sorted(of_class, key=lambda label: -len(of_class[label]))):
        kind[of_class[label]] = rank
    kind[np.bincount(kind)[kind] < 2] = 0  # scikit-learn divides no group of one
    _, off = train_test_split(np.arange(len(people)), test_size=share, stratify=kind, random_state=SPLIT_SEED)
    return np.isin(person, off)
