"""Read images and labels from an .npz file, checked before a single image is used, big ones left on disk.

Its arrays have names that helpers.datasets.sources.archive_layouts knows: MedMNIST's, Keras', or two of everything. Up
to IN_MEMORY_BYTES of images are read into memory. Larger ones are memory-mapped: the operating system brings in the
pages that are looked at and may drop them again. An array that the archive holds uncompressed is mapped where it
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

from helpers.base.file_kinds import kind_of
from helpers.base.paths import cache_folder
from helpers.datasets.errors import DataError
from helpers.datasets.sources.archive_layouts import EVERYTHING, LAYOUTS, SPLITS, Part, known_keys
from helpers.datasets.sources.download import one_writer, patience

IN_MEMORY_BYTES = 64_000_000

_BLOCK = 1 << 20
_SHOWN = 8  # arrays of an archive that a sentence lists
_LOCAL_HEADER = struct.Struct("<26xHH")  # of a member: its name and its extra field have these lengths
_END_RECORD = struct.Struct("<10xH10x")  # of an archive without its comment: how many members it has
_COUNT_ELSEWHERE = 0xFFFF  # more than that are counted in another record
_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_archive(path: Path, md5: str, *, columns: int = 1) -> dict[str, Part]:
    """The parts of the file at `path`, whose MD5 the caller has computed: train and what else there is, or "all".

    columns: labels per image; one gives labels of shape (n,), more give (n, columns), each 0 or 1. Labels are int64,
    and images whatever the file has, with a channel axis. Arrays that are mapped are read-only.

    Raises DataError naming the file and the fault: nothing is returned of an archive that is damaged, that lacks an
    array, or that has a pickled object or labels of another shape in it.
    """
    require_archive(path)
    with _named_faults(path.name):
        members = _known_members(path)
        images = [member for member, part in members.items() if part == "images"]
        size = sum(member.file_size for member in images)
        if size > IN_MEMORY_BYTES and any(member.compress_type != zipfile.ZIP_STORED for member in images):
            folder = unpacked_folder(path.name, md5)
            _unpack(path, folder, size, columns)
            return read_unpacked(folder, path.name, columns=columns)
        mapped = {_key(member): _map_member(path, member) for member in images} if size > IN_MEMORY_BYTES else {}
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            read = {_key(member): np.asarray(archive[_key(member)]) for member in members if _key(member) not in mapped}
        return _parts(mapped | read, path.name, columns)


def unpacked_folder(name: str, md5: str) -> Path:
    """Where the arrays of a large compressed archive are unpacked to: one folder for each content.

    It is there only when it is complete and without fault, so that who finds it needs the archive no more.
    """
    return cache_folder() / f"{Path(name).stem}-{md5}"


def read_unpacked(folder: Path, name: str, *, columns: int = 1) -> dict[str, Part]:
    """The same as read_archive, from the folder that the archive `name` was unpacked to; all images are mapped."""
    with _named_faults(name):
        arrays = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
        return _parts(arrays, name, columns)


def require_archive(path: Path):
    """Raise DataError where there is no file at `path`, one that may not be read, or one that is no .npz archive."""
    try:
        if not path.is_file():
            found = "no such file" + (", but a folder of that name" if path.is_dir() else "")
            raise DataError(str(path), expected="an .npz file", found=found, todo="Check the path.")
        with path.open("rb") as file:  # is_zipfile itself passes over a file that may not be read
            is_zip = zipfile.is_zipfile(file)
        kind, size = kind_of(path), path.stat().st_size
    except OSError as error:
        raise DataError(
            str(path),
            expected="a file that you may read",
            found=error.strerror or type(error).__name__,
            todo="Give yourself the right to read it (chmod u+r), or pass a copy of it.",
        ) from error
    if not is_zip:
        what = f"{size} bytes that are none" + (f": {kind.name}" if size and kind.name else "")
        what += "" if size and kind.name else ", or only the beginning of one" + ("" if size else ": the file is empty")
        raise DataError(path.name, expected="an .npz archive", found=what, todo=kind.todo)
    with _named_faults(path.name), zipfile.ZipFile(path) as archive:
        arrays = any(name.endswith(".npy") for name in archive.namelist())
    if not arrays:
        raise DataError(path.name, expected="an .npz archive of arrays", found=kind.name, todo=kind.todo)


def _known_members(path: Path) -> dict[zipfile.ZipInfo, str]:
    """The members of an archive that mean something, and what: "images", "labels" or "patients".

    Raises DataError where nothing does, and says what is there instead.
    """
    with zipfile.ZipFile(path) as archive:
        _check_count(path, archive)
        by_key = {_key(member): member for member in archive.infolist()}
        meaning = known_keys(by_key, path.name)
        if not any(part == "images" for _, part in meaning.values()):
            shown = [f"{key} {_form(archive, member)}" for key, member in list(by_key.items())[:_SHOWN]]
            more = len(by_key) - len(shown)
            raise DataError(
                path.name,
                expected=f"arrays called {LAYOUTS}",
                found=f"only {', '.join(shown)}" + (f" and {more} more" if more else ""),
                todo="Save them anew under names of one kind, with numpy.savez.",
            )
    return {by_key[key]: part for key, (_, part) in meaning.items()}


def _check_count(path: Path, archive: zipfile.ZipFile):
    """Raise BadZipFile where fewer members were found than the archive says it has: a missing split may be damage."""
    with path.open("rb") as file:
        file.seek(-_END_RECORD.size - len(archive.comment), os.SEEK_END)
        (stated,) = _END_RECORD.unpack(file.read(_END_RECORD.size))
    if stated not in (len(archive.infolist()), _COUNT_ELSEWHERE):
        raise zipfile.BadZipFile(f"{len(archive.infolist())} of {stated} members are found")


def _form(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Shape and type of an array in an archive, without reading it; "(no array)" where it is none."""
    with archive.open(member) as file:
        try:
            shape, _, dtype = _read_header(file)
        except ValueError:
            return "(no array)"
    return f"{shape} {dtype}"


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
            todo="It was changed or cut off on its way: copy it again from where you have it, or save it anew.",
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
            for member in _known_members(path):
                with archive.open(member) as source, (arrays / member.filename).open("wb") as target:
                    shutil.copyfileobj(source, target, _BLOCK)
        read_unpacked(arrays, path.name, columns=columns)
        arrays.replace(folder)


def _parts(arrays: Mapping[str, np.ndarray], where: str, columns: int) -> dict[str, Part]:
    """The arrays by the parts that they belong to, checked; there is "all", or train and perhaps the others."""
    keys = {what: key for key, what in known_keys(arrays, where).items()}
    present = {split for split, _ in keys}
    needed = [EVERYTHING] if present == {EVERYTHING} else ["train", *(split for split in SPLITS if split in present)]
    return {split: _read_part(arrays, keys, split, where, columns) for split in dict.fromkeys(needed)}


def _read_part(
    arrays: Mapping[str, np.ndarray], keys: Mapping[tuple[str, str], str], split: str, where: str, columns: int
) -> Part:
    for part in ("images", "labels"):
        if (split, part) not in keys:
            raise DataError(
                where,
                expected=f"the array {_usual_name(split, part, keys)}",
                found=f"only {', '.join(sorted(arrays))}",
                todo="Images need labels, and labels images; those for training have to be there.",
            )
    images_key, labels_key = keys[split, "images"], keys[split, "labels"]
    images, labels = arrays[images_key], np.array(arrays[labels_key])
    if images.ndim == 0:
        raise DataError(
            where,
            expected=f"{images_key} as an array of shape (n, height, width) or (n, height, width, 3)",
            found=f"a single value of type {images.dtype}",
            todo="Save the arrays with np.savez.",
        )
    if images.ndim == 3:
        images = images[..., np.newaxis]
    patients_key = keys.get((split, "patients"))
    patients = None if patients_key is None else _read_patients(arrays[patients_key], patients_key, len(images), where)
    return Part(images, _read_labels(labels, labels_key, len(images), where, columns), patients)


def _usual_name(split: str, part: str, keys: Mapping[tuple[str, str], str]) -> str:
    """What an array that an archive lacks would be called, in the manner of those that it has."""
    if split == EVERYTHING:
        return part
    word = "val" if split == "validation" else split
    keras = any(key.lower().startswith(("x_", "y_")) for key in keys.values())
    return f"{'x' if part == 'images' else 'y'}_{word}" if keras else f"{word}_{part}"


def _read_labels(labels: np.ndarray, key: str, n: int, where: str, columns: int) -> np.ndarray:
    """Labels of n images as int64, of shape (n,) or (n, columns)."""
    shapes = [(n,), (n, 1)] if columns == 1 else [(n, columns)]
    if not np.issubdtype(labels.dtype, np.integer) or labels.shape not in shapes:
        raise DataError(
            where,
            expected=f"{key} as whole numbers of shape {' or '.join(map(str, shapes))}",
            found=f"{labels.dtype} {labels.shape}",
            todo=_label_advice(labels) if columns == 1 else f"{columns} labels per image.",
        )
    highest = 255 if columns == 1 else 1
    if len(labels) and not 0 <= labels.min() <= labels.max() <= highest:
        raise DataError(
            where,
            expected=f"{key} from 0 to {highest}",
            found=f"{labels.min()} to {labels.max()}",
            todo="Number the classes from 0.",
        )
    return labels.reshape(shapes[0]).astype(np.int64)


def _label_advice(labels: np.ndarray) -> str:
    """What to do about labels that are not whole numbers of one column."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        return "One label per image: of one-hot rows that is labels.argmax(axis=1)."
    if labels.dtype.kind in "US":
        return "One label per image, as numbers: names, labels = numpy.unique(labels, return_inverse=True)."
    return "One label per image."


def _read_patients(patients: np.ndarray, key: str, n: int, where: str) -> np.ndarray:
    """Who is in each of n images, of shape (n,): numbers or text."""
    if patients.dtype.kind not in "iuUS" or patients.shape not in [(n,), (n, 1)]:
        raise DataError(
            where,
            expected=f"{key} as whole numbers or text of shape ({n},)",
            found=f"{patients.dtype} {patients.shape}",
            todo="One identifier per image, the same for all images of a person.",
        )
    return np.array(patients).reshape(n)
