"""Image archives in the MedMNIST layout: one .npz file with six arrays, checked before a single image is used."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

import numpy as np

from helpers.datasets.catalogue import read_catalogue
from helpers.datasets.contract import DataError, ImageDataset, Split
from helpers.datasets.download import fetch

FILE_SPLITS = {"train": "train", "validation": "val", "test": "test"}  # our name: the file's


def load_medmnist(name: str) -> ImageDataset:
    """A catalogued MedMNIST set by name: from the data folder, or downloaded and verified.

    Raises DataError where the file is absent and cannot be fetched, or is not the catalogued one.
    """
    entry = read_catalogue()[name]
    files = entry["files"]
    path = fetch(files["name"], files["addresses"], f"md5:{files['md5']}")
    arrays = _read_arrays(path)
    if not _is_copy(arrays, entry):
        raise DataError(
            path.name,
            expected=f"the catalogued images of {name} (MD5 {files['md5']}, or the same rows in another order)",
            found="other content",
            todo="Delete the file to download it again, or pass its path to use it as a file of your own.",
        )
    return _catalogued(path, arrays, name)


def load_archive(path: str | Path) -> ImageDataset:
    """Any .npz file in the MedMNIST layout: train_images, train_labels, val_images, ... test_labels.

    Images are uint8 of shape (n, h, w) or (n, h, w, 3), labels whole numbers of shape (n,) or (n, 1). A file
    whose content is that of a catalogued set gets that set's class names, source and licence; of any other file
    nothing is known but its name, classes are numbered, and class 1 counts as the disease.

    Raises DataError naming the file and the fault; nothing is returned of a file that is not whole.
    """
    path = Path(path)
    arrays = _read_arrays(path)
    for name, entry in read_catalogue().items():
        if _is_copy(arrays, entry):
            return _catalogued(path, arrays, name)
    highest = max(int(labels.max(initial=1)) for _, labels in arrays.values())
    return ImageDataset(
        name=path.name,
        title=path.name,
        **_as_splits(arrays),
        class_names=tuple(f"class {k}" for k in range(highest + 1)),
        disease_class=1,
        simulated=False,
        patients_known=False,
        source=f"your file {path.name}",
        licence="unknown: ask whoever gave you the file",
        citation="unknown",
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


def _is_copy(arrays: dict[str, tuple[np.ndarray, np.ndarray]], entry: dict) -> bool:
    """Whether the arrays of each split hold what the catalogue entry describes, in any order of the rows."""
    return all(
        images.dtype == np.uint8
        and images.shape == (entry["rows"][split], *entry["image_shape"])
        and split_fingerprint(images, labels) == entry["fingerprints"][split]
        for split, (images, labels) in arrays.items()
    )


def _catalogued(path: Path, arrays: dict[str, tuple[np.ndarray, np.ndarray]], name: str) -> ImageDataset:
    """The arrays of a genuine copy, with the class names, source and licence that the catalogue gives."""
    entry = read_catalogue()[name]
    with path.open("rb") as file:
        same_file = hashlib.file_digest(file, "md5").hexdigest() == entry["files"]["md5"]
    return ImageDataset(
        name=name,
        title=entry["title"],
        **_as_splits(arrays),
        class_names=tuple(entry["classes"]),
        disease_class=entry["disease_class"],
        simulated=False,
        patients_known=False,
        source=entry["files"]["addresses"][0].split("?")[0]
        + (" (MD5 verified)" if same_file else " (a copy with the same images in another order)"),
        licence=entry["licence"],
        citation=entry["citation"],
    )


def _as_splits(arrays: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, Split]:
    """The splits, with every image a person of its own."""
    splits, start = {}, 0
    for split, (images, labels) in arrays.items():
        splits[split] = Split(images, labels, patients=np.arange(start, start + len(labels)))
        start += len(labels)
    return splits


def _read_arrays(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Images (n, h, w, c) and labels (n,) of each split, or a DataError."""
    if not path.is_file():
        raise DataError(str(path), expected="an .npz file", found="no such file", todo="Check the path.")
    if not zipfile.is_zipfile(path):
        raise DataError(
            path.name,
            expected="an .npz archive",
            found=f"{path.stat().st_size} bytes that are none, or only the beginning of one",
            todo="Delete the file and download it again, or save the arrays with np.savez.",
        )
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {ours: _read_split(archive, theirs, path.name) for ours, theirs in FILE_SPLITS.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, MemoryError) as error:
        raise DataError(
            path.name,
            expected="a whole .npz archive",
            found=f"a damaged one ({error})",
            todo="Delete the file and download it again.",
        ) from error
    except ValueError as error:  # numpy's word for pickled objects
        raise DataError(
            path.name,
            expected="plain numbers",
            found=f"something numpy will not open safely ({error})",
            todo="A pickled object can run foreign code; save images and labels as plain arrays with np.savez.",
        ) from error


def _read_split(archive: np.lib.npyio.NpzFile, split: str, where: str) -> tuple[np.ndarray, np.ndarray]:
    for key in (f"{split}_images", f"{split}_labels"):
        if key not in archive:
            raise DataError(
                where,
                expected=f"the array {key}",
                found=f"only {', '.join(sorted(archive.files)) or 'nothing'}",
                todo="An archive needs images and labels for train, val and test.",
            )
    images, labels = (np.asarray(archive[f"{split}_{part}"]) for part in ("images", "labels"))
    if images.ndim == 0:
        raise DataError(
            where,
            expected=f"{split}_images as an array of shape (n, height, width) or (n, height, width, 3)",
            found=f"a single value of type {images.dtype}",
            todo="Save the arrays with np.savez.",
        )
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if not np.issubdtype(labels.dtype, np.integer) or labels.shape not in [(len(images),), (len(images), 1)]:
        raise DataError(
            where,
            expected=f"{split}_labels as whole numbers of shape ({len(images)},) or ({len(images)}, 1)",
            found=f"{labels.dtype} {labels.shape}",
            todo="One label per image.",
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() <= 255:
        raise DataError(
            where,
            expected=f"{split}_labels from 0 to 255",
            found=f"{labels.min()} to {labels.max()}",
            todo="Number the classes from 0.",
        )
    return images, labels.reshape(-1).astype(np.int64)
