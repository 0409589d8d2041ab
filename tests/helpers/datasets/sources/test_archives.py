"""Archives in the MedMNIST layout: good ones load, every damaged, foreign or dangerous one is refused by name.

Most of it three times: read into memory, mapped where the arrays lie uncompressed, and unpacked to be mapped.
"""

import io
import os
import re
import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sample_archives import ROWS, arrays, saved

from helpers.datasets import DataError, limit_training
from helpers.datasets.sources import archives
from helpers.datasets.sources.medmnist import load_archive

WAYS = {
    "in memory": (np.savez_compressed, 64_000_000),
    "mapped in place": (np.savez, 0),
    "unpacked": (np.savez_compressed, 0),
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """The cache folder, which does not exist yet."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=WAYS)
def save(request, monkeypatch):
    """Saves an archive at a path, such that its images are then kept in this way; gives the path back."""
    writer, limit = WAYS[request.param]
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", limit)

    def save(path: Path, content: dict[str, np.ndarray] | None = None) -> Path:
        writer(path, **(arrays() if content is None else content))
        return path

    return save


def is_mapped(array: np.ndarray) -> bool:
    """Whether an array's values lie in a mapped file."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return isinstance(array, np.memmap)


def assert_refused(path: Path, fault: str):
    with pytest.raises(DataError) as caught:
        load_archive(path)
    message = str(caught.value)
    assert path.name in message.split(": expected ")[0], message
    assert re.search(fault, message), message


@pytest.mark.parametrize(("channels", "shape"), [((), (8, 7, 1)), ((1,), (8, 7, 1)), ((3,), (8, 7, 3))])
def test_a_good_archive_loads(tmp_path, save, channels, shape):
    content = arrays(channels)
    data = load_archive(save(tmp_path / "mine.npz", content))
    assert data.image_shape == shape
    for theirs, (_, rows) in zip(ROWS, data.splits(), strict=True):
        np.testing.assert_array_equal(rows.images, content[f"{theirs}_images"].reshape(-1, *shape))
        np.testing.assert_array_equal(rows.labels, content[f"{theirs}_labels"][:, 0])
        assert rows.labels.dtype == np.int64
        assert rows.masks is None


def test_a_file_of_ones_own_is_called_that(tmp_path):
    data = load_archive(str(saved(tmp_path / "mine.npz", arrays(classes=3))))
    assert data.class_names == ("class 0", "class 1", "class 2")
    assert (data.disease_class, data.simulated, data.patients_known) == (1, False, False)
    assert data.source == "your file mine.npz"
    assert "unknown" in data.licence


def test_every_image_is_a_person_of_its_own(tmp_path):
    data = load_archive(saved(tmp_path / "mine.npz"))
    patients = np.concatenate([rows.patients for _, rows in data.splits()])
    assert len(np.unique(patients)) == sum(ROWS.values())


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, ">i4"])
def test_labels_in_any_whole_type_with_or_without_a_second_axis(tmp_path, save, flat, dtype):
    content = arrays()
    for split in ROWS:
        labels = content[f"{split}_labels"].astype(dtype)
        content[f"{split}_labels"] = labels[:, 0] if flat else labels
    data = load_archive(save(tmp_path / "mine.npz", content))
    np.testing.assert_array_equal(data.train.labels, [0, 1, 0, 1, 0, 1])


def test_arrays_that_an_archive_has_besides_are_left_alone(tmp_path):
    assert len(load_archive(saved(tmp_path / "mine.npz", arrays() | {"extra": np.zeros(3)})).train) == 6


FAULTS = {
    "float images": ("train_images", np.zeros((6, 8, 7)), "train images as uint8.*float64"),
    "16-bit images": ("val_images", np.zeros((3, 8, 7), np.uint16), "validation images as uint8.*uint16"),
    "bool images": ("test_images", np.zeros((4, 8, 7), bool), "test images as uint8.*bool"),
    "text for images": ("train_images", np.full((6, 8, 7), "a"), "train images as uint8"),
    "one number for images": ("train_images", np.uint8(3), "train_images as an array.*a single value"),
    "five axes": ("train_images", np.zeros((6, 8, 7, 1, 1), np.uint8), "train images as uint8 of shape"),
    "flat images": ("train_images", np.zeros((6, 56), np.uint8), "train images as uint8 of shape"),
    "two channels": ("train_images", np.zeros((6, 8, 7, 2), np.uint8), "train images as uint8 of shape"),
    "fewer images than labels": ("train_images", np.zeros((5, 8, 7), np.uint8), r"train_labels.*\(5,\) or \(5, 1\)"),
    "another size": ("test_images", np.zeros((4, 7, 8), np.uint8), "test images of the same size"),
    "no image": ("val_images", np.zeros((0, 8, 7), np.uint8), r"val_labels.*\(0,\)"),
    "fewer labels": ("val_labels", np.zeros((2, 1), np.uint8), r"val_labels.*\(3,\) or \(3, 1\).*\(2, 1\)"),
    "several labels each": ("test_labels", np.zeros((4, 14), np.uint8), r"test_labels.*\(4, 14\)"),
    "float labels": ("train_labels", np.zeros((6, 1)), "train_labels as whole numbers.*float64"),
    "bool labels": ("train_labels", np.zeros(6, bool), "train_labels as whole numbers.*bool"),
    "text labels": ("train_labels", np.full(6, "normal"), "train_labels as whole numbers"),
    "negative label": ("train_labels", np.array([0, 1, 0, 1, 0, -1]), "train_labels from 0 to 255, found -1 to 1"),
    "huge label": ("test_labels", np.array([0, 1, 0, 256]), "test_labels from 0 to 255, found 0 to 256"),
}


@pytest.mark.parametrize(("key", "array", "fault"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["mine.npz", "pneumoniamnist.npz"])
def test_one_wrong_array_is_refused(tmp_path, save, name, key, array, fault):
    assert_refused(save(tmp_path / name, arrays() | {key: array}), fault)


def test_an_empty_split_is_refused(tmp_path):
    empty = {"val_images": np.zeros((0, 8, 7), np.uint8), "val_labels": np.zeros((0, 1), np.uint8)}
    assert_refused(saved(tmp_path / "mine.npz", arrays() | empty), "at least one validation image")


@pytest.mark.parametrize("key", arrays())
def test_a_missing_array_is_named(tmp_path, save, key):
    content = arrays()
    del content[key]
    assert_refused(save(tmp_path / "mine.npz", content), f"expected the array {key}, found only")


def test_an_archive_of_nothing_is_refused(tmp_path):
    assert_refused(saved(tmp_path / "mine.npz", {}), "an .npz archive|found only nothing")


class Trap:
    """Unpickling this makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("key", arrays())
def test_pickled_objects_are_never_opened(tmp_path, save, key):
    sprung = tmp_path / "sprung"
    planted = np.empty(ROWS[key.split("_")[0]], dtype=object)
    planted[:] = [Trap(sprung)] * len(planted)
    path = save(tmp_path / "mine.npz", arrays() | {key: planted})
    assert_refused(path, "plain numbers.*will not open safely")
    assert not sprung.exists()
    with np.load(path, allow_pickle=True) as archive:
        archive[key]
    assert sprung.exists()  # the trap does work


def test_a_bare_pickle_is_never_opened(tmp_path):
    path = tmp_path / "mine.npz"
    np.array([Trap(tmp_path / "sprung")], dtype=object).dump(path)
    assert_refused(path, "an .npz archive")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("tenths", range(10))
def test_the_beginning_of_a_file_is_refused(tmp_path, save, tenths):
    path = save(tmp_path / "mine.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * tenths // 10])
    assert_refused(path, "only the beginning of one")


def test_a_file_without_its_last_byte_is_refused(tmp_path):
    path = saved(tmp_path / "mine.npz")
    path.write_bytes(path.read_bytes()[:-1])
    assert_refused(path, "only the beginning of one")


def bare_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros((6, 8, 7), np.uint8))
    return file.getvalue()


NOT_ARCHIVES = {
    "empty": b"",
    "text": b"<html><body>404 Not Found</body></html>",
    "one array": bare_array(),
    "zip signature only": b"PK\x03\x04" + bytes(200),
}


@pytest.mark.parametrize("content", NOT_ARCHIVES.values(), ids=NOT_ARCHIVES)
def test_another_kind_of_file_is_refused(tmp_path, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    assert_refused(path, f"an .npz archive, found {len(content)} bytes that are none")


def test_a_zip_of_other_things_is_refused(tmp_path):
    path = tmp_path / "mine.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for key in arrays():
            archive.writestr(f"{key}.npy", b"not an array")
    assert_refused(path, "a single value|plain numbers")


@pytest.mark.parametrize("here", ["absent.npz", "folder.npz"])
def test_no_file_at_that_path(tmp_path, here):
    (tmp_path / "folder.npz").mkdir()
    assert_refused(tmp_path / here, "an .npz file, found no such file")


def test_no_changed_byte_gets_through(tmp_path, save):
    """One byte after the other is spoilt: the archive is refused by a DataError, or what it gives is what was saved."""
    path = tmp_path / "mine.npz"
    save(path, {key: array[:, :3, :3] if array.ndim == 3 else array for key, array in arrays().items()})
    whole = path.read_bytes()
    expected = load_archive(path)
    refused, positions = 0, range(0, len(whole), 5)
    for position in positions:
        spoilt = bytearray(whole)
        spoilt[position] ^= 0xFF
        path.write_bytes(spoilt)
        try:
            data = load_archive(path)
        except DataError:
            refused += 1
            continue
        for (_, rows), (_, right) in zip(data.splits(), expected.splits(), strict=True):
            np.testing.assert_array_equal(rows.images, right.images)
            np.testing.assert_array_equal(rows.labels, right.labels)
    assert refused > len(positions) / 2


@pytest.mark.parametrize("limit", [64_000_000, 0], ids=["in memory", "mapped in place"])
def test_a_changed_pixel_is_noticed(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", limit)
    path = tmp_path / "mine.npz"
    content = arrays()
    np.savez(path, **content)
    whole = path.read_bytes()
    pixels = content["test_images"].tobytes()
    start = whole.index(pixels)
    path.write_bytes(whole[:start] + bytes([pixels[0] ^ 1]) + whole[start + 1 :])
    assert_refused(path, "a whole .npz archive, found a damaged one.*CRC")


def archive_of_headers(path: Path, shape: tuple[int, ...], descr: str = "|u1", body: bytes = b"") -> Path:
    """An archive whose arrays claim a shape and a type, and have so many bytes."""
    header = str({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        for key in arrays():
            archive.writestr(f"{key}.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body)
    return path


@pytest.mark.parametrize("limit", [64_000_000, 0], ids=["in memory", "mapped in place"])
@pytest.mark.parametrize("shape", [(1 << 50, 28, 28), (1 << 31, 1 << 31, 1 << 31), (7, 28, 28)])
def test_an_array_that_claims_more_than_there_is_is_refused(tmp_path, monkeypatch, limit, shape):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", limit)
    assert_refused(archive_of_headers(tmp_path / "mine.npz", shape), "a damaged one|will not open safely")


def test_bytes_behind_a_mapped_array_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", 0)
    path = archive_of_headers(tmp_path / "mine.npz", (2, 3, 3), body=bytes(19))
    assert_refused(path, "a damaged one .*does not have the size that it states")


def test_an_array_by_columns_is_mapped_too(tmp_path, save):
    content = arrays()
    content["train_images"] = np.asfortranarray(content["train_images"])
    data = load_archive(save(tmp_path / "mine.npz", content))
    np.testing.assert_array_equal(data.train.images[..., 0], content["train_images"])


def load_in(tmp_path, monkeypatch, way: str):
    writer, limit = WAYS[way]
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", limit)
    path = tmp_path / "mine.npz"
    writer(path, **arrays())
    return load_archive(path)


@pytest.mark.parametrize("way", WAYS)
def test_where_the_images_are(tmp_path, cache, monkeypatch, way):
    data = load_in(tmp_path, monkeypatch, way)
    for _, rows in data.splits():
        assert is_mapped(rows.images) == (way != "in memory")
        assert not is_mapped(rows.labels)
    kept = [path.name for path in cache.glob("mine-*") if path.is_dir()] if cache.exists() else []
    assert len(kept) == (way == "unpacked")


@pytest.mark.parametrize("way", WAYS)
def test_images_are_read_only_wherever_they_are(tmp_path, monkeypatch, way):
    data = load_in(tmp_path, monkeypatch, way)
    for _, rows in data.splits():
        for array in (rows.images, rows.images[:2], rows.labels):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_mapped_images_are_the_same_rows(tmp_path, monkeypatch, way):
    data = load_in(tmp_path, monkeypatch, way)
    fewer = limit_training(data, 3, seed=2)
    np.testing.assert_array_equal(
        fewer.train.images, data.train.images[np.isin(data.train.patients, fewer.train.patients)]
    )
    assert len(fewer.train) == 3


def test_an_archive_is_unpacked_once(tmp_path, cache, monkeypatch):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", 0)
    path = saved(tmp_path / "mine.npz")
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(load_archive, [path] * 4))
    (folder,) = (path for path in cache.iterdir() if path.is_dir())
    assert sorted(file.name for file in folder.iterdir()) == sorted(f"{key}.npy" for key in arrays())
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    again = load_archive(path)
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    for data in [*loaded, again]:
        np.testing.assert_array_equal(data.train.images[..., 0], arrays()["train_images"])


def test_what_a_killed_process_left_unpacked_is_cleared_away(tmp_path, cache, monkeypatch):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", 0)
    path = saved(tmp_path / "mine.npz")
    load_archive(path)
    (folder,) = (path for path in cache.iterdir() if path.is_dir())
    left = cache / f".{folder.name}.unfinished" / "arrays"
    folder.rename(cache / "aside")
    left.mkdir(parents=True)
    (left / "train_images.npy").write_bytes(b"half")
    np.testing.assert_array_equal(load_archive(path).train.images[..., 0], arrays()["train_images"])
    assert not left.exists()


@pytest.mark.parametrize("fault", ["damaged", "labels of another shape"])
def test_an_archive_that_is_refused_leaves_nothing_unpacked(tmp_path, cache, monkeypatch, fault):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", 0)
    path = saved(
        tmp_path / "mine.npz", arrays() | ({} if "damaged" in fault else {"val_labels": np.zeros((4, 2), int)})
    )
    if "damaged" in fault:
        whole = bytearray(path.read_bytes())
        whole[200] ^= 0xFF
        path.write_bytes(whole)
    assert_refused(path, "a damaged one|val_labels as whole numbers")
    assert [file for file in cache.iterdir() if file.suffix != ".lock"] == []


def test_a_cache_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", 0)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match=r"mine-\w+: expected a cache folder that can be written to.*COURSE_CACHE_DIR"):
        load_archive(saved(tmp_path / "mine.npz"))
