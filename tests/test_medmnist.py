"""Archives in the MedMNIST layout: good ones load, every damaged, foreign or dangerous one is refused by name."""

import hashlib
import io
import os
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from helpers.datasets import DataError, dataset_names, load
from helpers.datasets.catalogue import read_catalogue
from helpers.datasets.medmnist import load_archive, load_medmnist, split_fingerprint

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL_COPIES = sorted(SHARED.glob("pneumoniamnist.npz"))  # none on a machine without the folder beside the checkout
ROWS = {"train": 6, "val": 3, "test": 4}


def arrays(channels: tuple[int, ...] = (), classes: int = 2) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    made = {}
    for split, n in ROWS.items():
        made[f"{split}_images"] = rng.integers(0, 256, (n, 8, 7, *channels), dtype=np.uint8)
        made[f"{split}_labels"] = (np.arange(n) % classes).astype(np.uint8)[:, np.newaxis]
    return made


def saved(path: Path, content: dict[str, np.ndarray] | None = None) -> Path:
    np.savez_compressed(path, **(arrays() if content is None else content))
    return path


def assert_refused(path: Path, fault: str):
    with pytest.raises(DataError) as caught:
        load_archive(path)
    message = str(caught.value)
    assert path.name in message.split(": expected ")[0], message
    assert re.search(fault, message), message


@pytest.mark.parametrize(("channels", "shape"), [((), (8, 7, 1)), ((1,), (8, 7, 1)), ((3,), (8, 7, 3))])
def test_a_good_archive_loads(tmp_path, channels, shape):
    content = arrays(channels)
    data = load_archive(saved(tmp_path / "mine.npz", content))
    assert data.image_shape == shape
    for theirs, (_, rows) in zip(ROWS, data.splits(), strict=True):
        np.testing.assert_array_equal(rows.images, content[f"{theirs}_images"].reshape(-1, *shape))
        np.testing.assert_array_equal(rows.labels, content[f"{theirs}_labels"][:, 0])
        assert rows.labels.dtype == np.int64
        assert rows.masks is None


def test_a_file_of_ones_own_is_called_that(tmp_path):
    data = load(str(saved(tmp_path / "mine.npz", arrays(classes=3))))
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
def test_labels_in_any_whole_type_with_or_without_a_second_axis(tmp_path, flat, dtype):
    content = arrays()
    for split in ROWS:
        labels = content[f"{split}_labels"].astype(dtype)
        content[f"{split}_labels"] = labels[:, 0] if flat else labels
    data = load_archive(saved(tmp_path / "mine.npz", content))
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
def test_one_wrong_array_is_refused(tmp_path, name, key, array, fault):
    assert_refused(saved(tmp_path / name, arrays() | {key: array}), fault)


def test_an_empty_split_is_refused(tmp_path):
    empty = {"val_images": np.zeros((0, 8, 7), np.uint8), "val_labels": np.zeros((0, 1), np.uint8)}
    assert_refused(saved(tmp_path / "mine.npz", arrays() | empty), "at least one validation image")


@pytest.mark.parametrize("key", arrays())
def test_a_missing_array_is_named(tmp_path, key):
    content = arrays()
    del content[key]
    assert_refused(saved(tmp_path / "mine.npz", content), f"expected the array {key}, found only")


def test_an_archive_of_nothing_is_refused(tmp_path):
    assert_refused(saved(tmp_path / "mine.npz", {}), "an .npz archive|found only nothing")


class Trap:
    """Unpickling this makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("key", arrays())
def test_pickled_objects_are_never_opened(tmp_path, key):
    sprung = tmp_path / "sprung"
    planted = np.empty(ROWS[key.split("_")[0]], dtype=object)
    planted[:] = [Trap(sprung)] * len(planted)
    path = saved(tmp_path / "mine.npz", arrays() | {key: planted})
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
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_the_beginning_of_a_file_is_refused(tmp_path, save, tenths):
    path = tmp_path / "mine.npz"
    save(path, **arrays())
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


@pytest.mark.parametrize(("save", "step"), [(np.savez, 5), (np.savez_compressed, 2)])
def test_no_changed_byte_gets_through(tmp_path, save, step):
    """One byte after the other is spoilt: the archive is refused by a DataError, or what it gives is what was saved."""
    path = tmp_path / "mine.npz"
    save(path, **{key: array[:, :3, :3] if array.ndim == 3 else array for key, array in arrays().items()})
    whole = path.read_bytes()
    expected = load_archive(path)
    refused, positions = 0, range(0, len(whole), step)
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


def test_a_changed_pixel_is_noticed(tmp_path):
    path = tmp_path / "mine.npz"
    content = arrays()
    np.savez(path, **content)
    whole = path.read_bytes()
    pixels = content["test_images"].tobytes()
    start = whole.index(pixels)
    path.write_bytes(whole[:start] + bytes([pixels[0] ^ 1]) + whole[start + 1 :])
    assert_refused(path, "a whole .npz archive, found a damaged one.*CRC")


def test_an_array_that_claims_to_be_larger_than_the_memory_is_refused(tmp_path):
    path = tmp_path / "mine.npz"
    header = str({"descr": "|u1", "fortran_order": False, "shape": (1 << 50, 28, 28)}).encode() + b"\n"
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    with zipfile.ZipFile(path, "w") as archive:
        for key in arrays():
            archive.writestr(f"{key}.npy", content)
    assert_refused(path, "a damaged one|will not open safely")


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.integers(0, 256, (20, 6, 6, 1), dtype=np.uint8), rng.integers(0, 3, 20)


def test_fingerprint_does_not_depend_on_the_order_of_rows(rows):
    images, labels = rows
    order = np.random.default_rng(6).permutation(20)
    assert split_fingerprint(images, labels) == split_fingerprint(images[order], labels[order])


def test_fingerprint_depends_on_every_pixel_and_label(rows):
    images, labels = rows
    known = split_fingerprint(images, labels)
    brighter, other = images.copy(), labels.copy()
    brighter[7, 3, 2] ^= 1
    other[7] = (other[7] + 1) % 3
    assert split_fingerprint(brighter, labels) != known
    assert split_fingerprint(images, other) != known
    assert split_fingerprint(images[:-1], labels[:-1]) != known
    assert split_fingerprint(images, np.roll(labels, 1)) != known
    twice = np.r_[0, 0:20]
    assert split_fingerprint(images[twice], labels[twice]) != known


ENTRY = {
    "title": str,
    "kind": str,
    "about": str,
    "classes": list,
    "disease_class": int,
    "image_shape": list,
    "rows": dict,
    "licence": str,
    "citation": str,
    "files": dict,
    "fingerprints": dict,
    "faults": list,
}


@pytest.mark.parametrize("name", read_catalogue())
def test_catalogue_entry(name):
    entry = read_catalogue()[name]
    assert {field: type(value) for field, value in entry.items()} == ENTRY
    assert entry["kind"] == "medmnist"
    assert len(set(entry["classes"])) == len(entry["classes"]) >= 2
    assert all(isinstance(each, str) and each for each in entry["classes"] + entry["faults"])
    assert entry["disease_class"] in range(len(entry["classes"]))
    assert len(entry["image_shape"]) == 3
    assert entry["image_shape"][2] in (1, 3)
    assert list(entry["rows"]) == list(entry["fingerprints"]) == ["train", "validation", "test"]
    assert all(isinstance(n, int) and n > 0 for n in entry["rows"].values())
    assert all(re.fullmatch("[0-9a-f]{64}", known) for known in entry["fingerprints"].values())
    files = entry["files"]
    assert files["name"] == f"{name}.npz"
    assert re.fullmatch("[0-9a-f]{32}", files["md5"])
    assert files["addresses"]
    assert all(re.fullmatch(rf"https://\S+/{name}\.npz(\?\S+)?", address) for address in files["addresses"])
    assert name in dataset_names()


@pytest.fixture
def catalogued(monkeypatch):
    """A catalogue whose only entry is the archive of `arrays()`; gives the entry, to be changed at will."""
    content, entry = arrays(), {"image_shape": [8, 7, 1], "rows": {}, "fingerprints": {}}
    for split, n in ROWS.items():
        ours = "validation" if split == "val" else split
        entry["rows"][ours] = n
        entry["fingerprints"][ours] = split_fingerprint(content[f"{split}_images"], content[f"{split}_labels"][:, 0])
    entry |= {"title": "Made up", "classes": ["good", "bad"], "disease_class": 0, "licence": "CC0", "citation": "none"}
    entry["files"] = {"name": "madeup.npz", "addresses": ["https://example.org/madeup.npz?download=1"], "md5": "0" * 32}
    monkeypatch.setattr("helpers.datasets.medmnist.read_catalogue", lambda: {"madeup": entry})
    return entry


@pytest.mark.parametrize("name", ["madeup.npz", "renamed.npz"])
def test_a_catalogued_file_is_recognised_by_its_content(tmp_path, catalogued, name):
    data = load_archive(saved(tmp_path / name))
    assert (data.name, data.class_names, data.disease_class, data.licence) == ("madeup", ("good", "bad"), 0, "CC0")
    assert data.source == "https://example.org/madeup.npz (a copy with the same images in another order)"


def test_the_original_file_is_called_verified(tmp_path, catalogued):
    path = saved(tmp_path / "madeup.npz")
    catalogued["files"]["md5"] = hashlib.md5(path.read_bytes()).hexdigest()
    assert load_archive(path).source == "https://example.org/madeup.npz (MD5 verified)"


def test_by_name_the_copy_in_the_data_folder_is_used(tmp_path, catalogued, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    saved(tmp_path / "madeup.npz")
    assert load_medmnist("madeup").title == "Made up"


@pytest.mark.parametrize(
    "change",
    [
        {"train_labels": 1 - arrays()["train_labels"]},
        {"val_images": arrays()["val_images"] ^ 1},
        {"test_images": arrays()["test_images"].reshape(4, 7, 8)},
    ],
    ids=["labels turned round", "one bit of each pixel", "same bytes in another shape"],
)
def test_other_content_is_nobody_elses(tmp_path, catalogued, change, monkeypatch):
    content = arrays() | change
    if content["test_images"].shape[1:] == (7, 8):
        content |= {key: images.reshape(-1, 7, 8) for key, images in content.items() if key.endswith("images")}
    path = saved(tmp_path / "madeup.npz", content)
    assert load_archive(path).source == "your file madeup.npz"
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(
        DataError, match=r"madeup\.npz: expected the catalogued images of madeup .* found other content"
    ):
        load_medmnist("madeup")


def test_other_content_under_the_name_of_the_real_set(tmp_path, monkeypatch):
    path = saved(tmp_path / "pneumoniamnist.npz")
    data = load(str(path))
    assert (data.source, data.class_names) == ("your file pneumoniamnist.npz", ("class 0", "class 1"))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"pneumoniamnist\.npz: .* found other content\. Delete the file"):
        load("pneumoniamnist")


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match=r"'pneumonia_mnist': expected one of chest, pneumoniamnist.* Check the spell"):
        load("pneumonia_mnist")


@pytest.mark.parametrize("path", REAL_COPIES, ids=str)
def test_the_real_set(path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(path.parent))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    for data in (load(str(path)), load("pneumoniamnist")):
        classes = [np.bincount(rows.labels).tolist() for _, rows in data.splits()]
        assert classes == [[1214, 3494], [135, 389], [234, 390]]
        assert data.image_shape == (28, 28, 1)
        assert data.class_names[data.disease_class] == "pneumonia"
        assert (data.licence, data.simulated, data.patients_known) == ("CC BY 4.0", False, False)
        assert data.source.startswith("https://zenodo.org/records/10519652/")
