"""Read an .npz file in the MedMNIST layout: six arrays, checked before a single image is used, big ones left on disk.

Up to IN_MEMORY_BYTES of images are read into memory. Larger ones are memory-mapped: the operating system brings in
the pages that are looked at and may drop them again. An array that the archive holds uncompressed is mapped where it
lies; compressed ones are unpacked once, in a stream, into a folder of the cache.
"""

from __future__ import annotations

import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from helpers.base.paths import cache_folder
from helpers.datasets.contract import DataError
from helpers.datasets.sources.download import one_writer, patience

IN_MEMORY_BYTES = 64_000_000
FILE_SPLITS = {"train": "train", "validation": "val", "test": "test"}  # our name: the file's
Arrays = dict[str, tuple[np.ndarray, np.ndarray]]  # of each split: images (n, h, w, c) and labels (n,) or (n, columns)

_KEYS = [f"{split}_{part}" for split in FILE_SPLITS.values() for part in ("images", "labels")]
_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<26xHH")  # of a member: its name and its extra field have these lengths
_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_archive(path: Path, md5: str, *, columns: int = 1) -> Arrays:
    """Images and labels of each split of the file at `path`, whose MD5 the caller has computed.

    columns: labels per image; one gives labels of shape (n,), more give (n, columns), each 0 or 1. Labels are int64,
    and images whatever the file has, with a channel axis. Arrays that are mapped are read-only.

    Raises DataError naming the file and the fault: nothing is returned of an archive that is damaged, that lacks an
    array, or that has a pickled object or labels of another shape in it.
    """
    require_archive(path)
    with _named_faults(path.name):
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _key(member) in _KEYS]
        images = [member for member in members if _key(member).endswith("_images")]
        size = sum(member.file_size for member in images)
        if size > IN_MEMORY_BYTES and any(member.compress_type != zipfile.ZIP_STORED for member in images):
            folder = unpacked_folder(path.name, md5)
            _unpack(path, folder, size, columns)
            return read_unpacked(folder, path.name, columns=columns)
        mapped = {_key(member): _map_member(path, member) for member in images} if size > IN_MEMORY_BYTES else {}
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            read = {_key(member): np.asarray(archive[_key(member)]) for member in members if _key(member) not in mapped}
        return _splits(mapped | read, path.name, columns)


def unpacked_folder(name: str, md5: str) -> Path:
    """Where the arrays of a large compressed archive are unpacked to: one folder for each content.

    It is there only when it is complete and without fault, so that who finds it needs the archive no more.
    """
    return cache_folder() / f"{Path(name).stem}-{md5}"


def read_unpacked(folder: Path, name: str, *, columns: int = 1) -> Arrays:
    """The same as read_archive, from the folder that the archive `name` was unpacked to; all images are mapped."""
    with _named_faults(name):
        arrays = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
        return _splits(arrays, name, columns)


def require_archive(path: Path):
    """Raise DataError where there is no file at `path`, or one that is no .npz archive."""
    if not path.is_file():
        raise DataError(str(path), expected="an .npz file", found="no such file", todo="Check the path.")
    if not zipfile.is_zipfile(path):
        raise DataError(
            path.name,
            expected="an .npz archive",
            found=f"{path.stat().st_size} bytes that are none, or only the beginning of one",
            todo="Delete the file and download it again, or save the arrays with np.savez.",
        )


@contextmanager
def _named_faults(where: str) -> Iterator[None]:
    """Turn what numpy and zipfile raise about a file into a DataError that names it."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, MemoryError, struct.error) as error:
        raise DataError(
            where,
            expected="a whole .npz archive",
            found=f"a damaged one ({error})",
            todo="Delete the file and download it again.",
        ) from error
    except ValueError as error:  # numpy's word for pickled objects
        raise DataError(
            where,
            expected="plain numbers",
            found=f"something numpy will not open safely ({error})",
            todo="A pickled object can run foreign code; save images and labels as plain arrays with np.savez.",
        ) from error


def _key(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _map_member(path: Path, member: zipfile.ZipInfo) -> np.ndarray:
    """An array that lies uncompressed in the archive, mapped in place after its checksum was found right."""
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        while stream.read(_BLOCK):  # zipfile raises BadZipFile at the end where the CRC does not agree
            pass
    with path.open("rb") as file:
        file.seek(member.header_offset)
        name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        start = file.seek(name_length + extra_length, os.SEEK_CUR)
        shape, fortran, dtype = _read_header(file)
        if dtype.hasobject:
            raise ValueError(f"{member.filename} holds Python objects")
        offset = file.tell()
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if offset - start + size != member.file_size:
            raise zipfile.BadZipFile(f"{member.filename} does not have the size that it states")
        return np.memmap(file, dtype, "r", offset, shape, "F" if fortran else "C")


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    if version not in _HEADER_READERS:
        raise ValueError(f"version {version} of numpy's format")
    return _HEADER_READERS[version](file)


def _unpack(path: Path, folder: Path, size: int, columns: int):
    """Stream the arrays of an archive into the folder and check them; whoever comes second finds them done."""
    with one_writer(folder, wait=patience(size)) as unfinished:
        if folder.is_dir():
            return
        arrays = unfinished / "arrays"
        arrays.mkdir()
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if _key(member) in _KEYS:
                    with archive.open(member) as source, (arrays / member.filename).open("wb") as target:
                        shutil.copyfileobj(source, target, _BLOCK)
        read_unpacked(arrays, path.name, columns=columns)
        arrays.replace(folder)


def _splits(arrays: Mapping[str, np.ndarray], where: str, columns: int) -> Arrays:
    return {ours: _read_split(arrays, theirs, where, columns) for ours, theirs in FILE_SPLITS.items()}


def _read_split(
    arrays: Mapping[str, np.ndarray], split: str, where: str, columns: int
) -> tuple[np.ndarray, np.ndarray]:
    for key in (f"{split}_images", f"{split}_labels"):
        if key not in arrays:
            raise DataError(
                where,
                expected=f"the array {key}",
                found=f"only {', '.join(sorted(arrays)) or 'nothing'}",
                todo="An archive needs images and labels for train, val and test.",
            )
    images, labels = arrays[f"{split}_images"], np.array(arrays[f"{split}_labels"])
    if images.ndim == 0:
        raise DataError(
            where,
            expected=f"{split}_images as an array of shape (n, height, width) or (n, height, width, 3)",
            found=f"a single value of type {images.dtype}",
            todo="Save the arrays with np.savez.",
        )
    if images.ndim == 3:
        images = images[..., np.newaxis]
    shapes = [(len(images),), (len(images), 1)] if columns == 1 else [(len(images), columns)]
    if not np.issubdtype(labels.dtype, np.integer) or labels.shape not in shapes:
        raise DataError(
            where,
            expected=f"{split}_labels as whole numbers of shape {' or '.join(map(str, shapes))}",
            found=f"{labels.dtype} {labels.shape}",
            todo="One label per image." if columns == 1 else f"{columns} labels per image.",
        )
    highest = 255 if columns == 1 else 1
    if len(labels) and not 0 <= labels.min() <= labels.max() <= highest:
        raise DataError(
            where,
            expected=f"{split}_labels from 0 to {highest}",
            found=f"{labels.min()} to {labels.max()}",
            todo="Number the classes from 0.",
        )
    return images, labels.reshape(shapes[0]).astype(np.int64)
