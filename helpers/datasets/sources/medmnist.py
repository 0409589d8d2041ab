"""The MedMNIST sets of the catalogue, and any file in their layout, as image data sets of the course."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from helpers.datasets.contract import ImageDataset
from helpers.datasets.errors import DataError
from helpers.datasets.sources.archive_layouts import SPLITS, Part, three_splits
from helpers.datasets.sources.archives import read_archive, read_unpacked, require_archive, unpacked_folder
from helpers.datasets.sources.catalogue import names_of_kind, read_catalogue, remote_files, set_and_size, sized_name
from helpers.datasets.sources.download import fetch, file_hash


def load_medmnist(dataset: str) -> ImageDataset:
    """A catalogued MedMNIST set by name: "bloodmnist" at 28 pixels, "bloodmnist-64", "-128" or "-224" at others.

    The file comes from the folder of originals, the cache or the network, and its MD5 is that of the original. Images
    of large sets stay on disk, memory-mapped. A multi-label set comes with the one label that the catalogue's
    `reduction` makes of its findings.

    Raises ValueError for another name; DataError where the file is absent and cannot be fetched, or is not the
    original.
    """
    known = set_and_size(dataset)
    if known is None:
        names = ", ".join(names_of_kind("medmnist"))
        raise ValueError(f"dataset: expected one of {names}, or one with its size behind it, found {dataset!r}.")
    (file,) = remote_files(dataset)
    md5 = file.known_hash.removeprefix("md5:")
    folder = unpacked_folder(file.name, md5)
    if folder.is_dir():
        parts = read_unpacked(folder, file.name, columns=_columns(dataset))
    else:
        path = fetch(file.name, file.addresses, file.known_hash, largest=file.largest)
        parts = read_archive(path, md5, columns=_columns(dataset))
    return _catalogued(parts, dataset, f"{_address(dataset)} (MD5 verified)")


def load_archive(path: str | Path) -> ImageDataset:
    """Any .npz file of images and labels, with array names that helpers.datasets.sources.archive_layouts knows.

    Images are uint8 of shape (n, h, w) or (n, h, w, 3), labels whole numbers from 0 of shape (n,) or (n, 1). A file
    that is the original of a catalogued set, or whose content has that set's fingerprints, gets the set's class
    names, source and licence; the source says which of the two it is. Of any other file nothing is known but its name
    and, where it has a key for them, its patients; classes are numbered, and class 1 counts as the disease. A
    validation or test split that it lacks is split off (three_splits), and a note says so.

    Raises DataError naming the file and the fault; nothing is returned of a file that is not whole, or whose labels
    are counted from 1.
    """
    path = Path(path)
    require_archive(path)
    md5 = file_hash(path, "md5")
    for dataset, original in _originals().items():
        if md5 == original:
            parts = read_archive(path, md5, columns=_columns(dataset))
            return _catalogued(parts, dataset, f"{_address(dataset)} (MD5 verified)")
    parts = read_archive(path, md5)
    for dataset, original in _originals().items():
        if _is_copy(parts, dataset):
            source = f"your file {path.name}, not the original of {_address(dataset)} (its MD5 is {md5} instead of"
            return _catalogued(parts, dataset, f"{source} {original}) but the same images and labels in another order")
    lowest = min(int(part.labels.min(initial=255)) for part in parts.values())
    highest = max(int(part.labels.max(initial=1)) for part in parts.values())
    if lowest > 0:
        raise DataError(
            path.name,
            expected="labels counted from 0",
            found=f"{lowest} to {highest} and no 0",
            todo=f"Save labels - {lowest} instead: 0 is the first class, and class 1 counts as the disease.",
        )
    splits, patients_known, made = three_splits(parts, path.name)
    return ImageDataset(
        name=path.name,
        title=path.name,
        **splits,
        class_names=tuple(f"class {k}" for k in range(highest + 1)),
        disease_class=1,
        simulated=False,
        patients_known=patients_known,
        source=f"your file {path.name}",
        licence="unknown: ask whoever gave you the file",
        citation="unknown",
        notes=(*made, *_same_name(path.name, md5)),
    )


def split_fingerprint(images: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256 of a split's content whatever the order of its rows: images (n, ...) uint8, labels (n,).

    >>> one = np.zeros((2, 2, 2, 1), np.uint8); one[0] = 7
    >>> split_fingerprint(one, np.array([0, 1])) == split_fingerprint(one[::-1], np.array([1, 0]))
    True
    >>> split_fingerprint(one, np.array([0, 1])) == split_fingerprint(one, np.array([1, 0]))
    False
    """
    rows = zip(images, labels, strict=True)
    digests = sorted(hashlib.sha256(image.tobytes() + bytes([label])).digest() for image, label in rows)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _originals() -> dict[str, str]:
    """The MD5 of the original of every set at every size, by name."""
    entries = ((name, read_catalogue()[name]) for name in names_of_kind("medmnist"))
    return {sized_name(name, size): md5 for name, entry in entries for size, md5 in entry["md5"].items()}


def _columns(dataset: str) -> int:
    """Labels per image in the file of a set."""
    name, _ = set_and_size(dataset)
    return len(read_catalogue()[name].get("findings", [0]))


def _address(dataset: str) -> str:
    return remote_files(dataset)[0].addresses[0].split("?")[0]


def _is_copy(parts: Mapping[str, Part], dataset: str) -> bool:
    """Whether there are three parts that hold what the catalogue has fingerprints of, in any order of the rows."""
    name, size = set_and_size(dataset)
    entry = read_catalogue()[name]
    known = entry.get("fingerprints", {}).get(size)
    return (
        known is not None
        and parts.keys() == SPLITS.keys()
        and all(
            part.images.dtype == np.uint8
            and part.images.shape == (entry["rows"][split], size, size, entry["channels"])
            and split_fingerprint(part.images, part.labels) == known[split]
            for split, part in parts.items()
        )
    )


def _same_name(file: str, md5: str) -> tuple[str, ...]:
    """What to say of a file that bears the name of an original and has other content."""
    return tuple(
        f"The file is called as the original of {dataset} but is not it: its MD5 is {md5} instead of {original}."
        for dataset, original in _originals().items()
        if remote_files(dataset)[0].name == file
    )


def _catalogued(parts: Mapping[str, Part], dataset: str, source: str) -> ImageDataset:
    """The parts of a genuine copy, with the class names, licence and faults that the catalogue gives."""
    name, size = set_and_size(dataset)
    entry = read_catalogue()[name]
    if "findings" in entry:
        parts = {split: part._replace(labels=part.labels.any(axis=1).astype(np.int64)) for split, part in parts.items()}
    splits, _, _ = three_splits(parts, dataset)
    remarks = [entry[field] for field in ("reduction", "disease_note") if field in entry]
    return ImageDataset(
        name=dataset,
        title=f"{entry['title']}, {size}×{size}",
        **splits,
        class_names=tuple(entry["classes"]),
        disease_class=entry["disease_class"],
        simulated=False,
        patients_known=False,
        source=source,
        licence=entry["licence"],
        citation=entry["citation"],
        notes=(*remarks, *entry["faults"]),
    )
