"""Image archives in the MedMNIST layout: one .npz file with six arrays, checked before a single image is used."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pooch

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
    data, genuine = _read(path, entry, name)
    if not genuine:
        raise DataError(
            path.name,
            expected=f"the catalogued images of {name} (MD5 {files['md5']}, or the same rows in another order)",
            found="other content",
            todo="Delete the file to download it again, or pass its path to use it as a file of your own.",
        )
    return data


def load_archive(path: str | Path) -> ImageDataset:
    """Any .npz file in the MedMNIST layout: train_images, train_labels, val_images, ... test_labels.

    Images are uint8 of shape (n, h, w) or (n, h, w, 3), labels whole numbers of shape (n,) or (n, 1). A file
    whose content is that of a catalogued set gets that set's class names, source and licence; of any other file
    nothing is known but its name, classes are numbered, and class 1 counts as the disease.

    Raises DataError naming the file and the fault; nothing is returned of a file that is not whole.
    """
    path = Path(path)
    for name, entry in read_catalogue().items():
        if path.stem.startswith(name):
            data, genuine = _read(path, entry, name)
            if genuine:
                return data
    return _read(path, None, path.stem)[0]


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


def _read(path: Path, entry: dict | None, name: str) -> tuple[ImageDataset, bool]:
    """The file as a data set, and whether its content is that of the catalogue entry."""
    arrays = _read_arrays(path)
    highest = max(int(labels.max()) for _, labels in arrays.values())
    described = {
        "title": path.name,
        "class_names": tuple(f"class {k}" for k in range(max(highest, 1) + 1)),
        "disease_class": 1,
        "source": f"your file {path.name}",
        "licence": "unknown: ask whoever gave you the file",
        "citation": "unknown",
    }
    genuine = entry is not None and all(
        split_fingerprint(*arrays[split]) == known for split, known in entry["fingerprints"].items()
    )
    if genuine:
        same_file = pooch.file_hash(str(path), alg="md5") == entry["files"]["md5"]
        described = {
            "title": entry["title"],
            "class_names": tuple(entry["classes"]),
            "disease_class": entry["disease_class"],
            "source": entry["files"]["addresses"][0].split("?")[0]
            + (" (MD5 verified)" if same_file else " (a copy with the same images in another order)"),
            "licence": entry["licence"],
            "citation": entry["citation"],
        }
    splits, start = {}, 0
    for split, (images, labels) in arrays.items():
        splits[split] = Split(images, labels, patients=np.arange(start, start + len(labels)))
        start += len(labels)
    data = ImageDataset(name=name, **splits, **described, simulated=False, patients_known=False)
    return data, genuine


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
        with np.load(path, allow_pickle=False) as archive:
            return {ours: _read_split(archive, theirs, path.name) for ours, theirs in FILE_SPLITS.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
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
    images, labels = archive[f"{split}_images"], archive[f"{split}_labels"]
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
