"""The MedMNIST sets: by name only originals, by path any file, and what is known of it is said."""

import copy
import hashlib
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sample_archives import ROWS, SQUARE, saved

from helpers.base.paths import ROOT
from helpers.datasets import DataError, counts, load, provenance
from helpers.datasets.sources.archives import unpacked_folder
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.medmnist import load_archive, load_medmnist, split_fingerprint

SHARED = ROOT.parent / "shared" / "data"
REAL_COPIES = sorted(SHARED.glob("pneumoniamnist.npz"))  # none on a machine without the folder beside the checkout


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


@pytest.fixture
def catalogued(monkeypatch) -> dict:
    """A catalogue whose only entry is the archive of SQUARE; gives the entry, to be changed at will."""
    fingerprints = {}
    for split in ROWS:
        ours = "validation" if split == "val" else split
        fingerprints[ours] = split_fingerprint(SQUARE[f"{split}_images"], SQUARE[f"{split}_labels"][:, 0])
    entry = copy.deepcopy(read_catalogue()["pneumoniamnist"]) | {
        "title": "Made up",
        "classes": ["good", "bad"],
        "disease_class": 0,
        "disease_note": "Good is bad here.",
        "rows": dict(zip(fingerprints, ROWS.values(), strict=True)),
        "licence": "CC0",
        "addresses": ["https://example.org/{file}?download=1"],
        "md5": {8: "0" * 32, 224: "1" * 32},
        "fingerprints": {8: fingerprints},
        "faults": ["It is made up."],
    }
    for module in ("catalogue", "medmnist"):
        monkeypatch.setattr(f"helpers.datasets.sources.{module}.read_catalogue", lambda: {"madeup": entry})
    monkeypatch.setattr("helpers.datasets.sources.catalogue.SMALLEST", 8)
    return entry


@pytest.fixture
def originals(tmp_path, monkeypatch) -> Path:
    """An empty folder of originals; the network is off, and the cache is empty."""
    folder = tmp_path / "originals"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return folder


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["madeup.npz", "renamed.npz"])
def test_a_catalogued_set_is_recognised_by_its_content(tmp_path, catalogued, name):
    path = saved(tmp_path / name, SQUARE)
    data = load_archive(path)
    assert (data.name, data.class_names, data.disease_class, data.licence) == ("madeup", ("good", "bad"), 0, "CC0")
    assert data.title == "Made up, 8×8"
    assert data.notes == ("Good is bad here.", "It is made up.")


def test_the_source_shows_that_a_copy_is_not_the_original(tmp_path, catalogued):
    path = saved(tmp_path / "mine.npz", SQUARE)
    shown = provenance(load_archive(path))
    assert f"your file mine.npz, not the original of https://example.org/madeup.npz (its MD5 is {md5(path)}" in shown
    assert f"instead of {'0' * 32}) but the same images and labels in another order" in shown


@pytest.mark.parametrize("name", ["madeup.npz", "renamed.npz"])
def test_the_original_file_is_called_verified(tmp_path, catalogued, name):
    path = saved(tmp_path / name, SQUARE)
    catalogued["md5"][8] = md5(path)
    assert load_archive(path).source == "https://example.org/madeup.npz (MD5 verified)"


def test_an_original_needs_no_fingerprints(originals, catalogued):
    del catalogued["fingerprints"]
    path = saved(originals / "madeup.npz", SQUARE)
    catalogued["md5"][8] = md5(path)
    for data in (load_medmnist("madeup"), load_archive(path)):
        assert data.title == "Made up, 8×8"
        assert data.source == "https://example.org/madeup.npz (MD5 verified)"
        assert [len(rows) for _, rows in data.splits()] == list(ROWS.values())


def test_by_name_only_the_original_is_used(originals, catalogued):
    """The same images in another packing have the fingerprints, and are refused by name all the same."""
    path = saved(originals / "madeup.npz", SQUARE)
    with pytest.raises(DataError) as caught:
        load_medmnist("madeup")
    message = f"madeup.npz: expected the original, whose MD5 is {'0' * 32}, found {md5(path)}"
    assert str(caught.value).startswith(message)
    assert "Pass its path outright to use it all the same" in str(caught.value)
    assert load_archive(path).name == "madeup"


def test_offline_and_nowhere(originals, catalogued):
    with pytest.raises(DataError, match=r"madeup_224\.npz: expected the file on this machine.*COURSE_DATA_DIR"):
        load_medmnist("madeup-224")


def test_another_size_is_another_file(originals, catalogued):
    big = {key: array.repeat(3, 1).repeat(3, 2) if "images" in key else array for key, array in SQUARE.items()}
    catalogued["md5"][224] = md5(saved(originals / "madeup_224.npz", big))
    data = load_medmnist("madeup-224")
    assert (data.name, data.title, data.image_shape) == ("madeup-224", "Made up, 224×224", (24, 24, 1))
    assert data.source == "https://example.org/madeup_224.npz (MD5 verified)"


@pytest.fixture
def several_labels(originals, catalogued) -> Path:
    """An original with three findings per image, each yes or no."""
    catalogued |= {"task": "multi-label", "findings": ["a", "b", "c"], "reduction": "One label of three."}
    findings = {"train": [[0, 0, 0], [1, 0, 0], [0, 1, 1]] * 2, "val": [[0, 0, 0]] * 3, "test": [[0, 0, 1]] * 4}
    labels = {f"{split}_labels": np.array(rows, np.uint8) for split, rows in findings.items()}
    path = saved(originals / "madeup.npz", SQUARE | labels)
    catalogued["md5"][8] = md5(path)
    return path


def test_of_several_labels_one_is_made_and_the_notes_say_so(several_labels):
    for data in (load_medmnist("madeup"), load_archive(several_labels)):
        np.testing.assert_array_equal(data.train.labels, [0, 1, 1, 0, 1, 1])
        np.testing.assert_array_equal(data.validation.labels, [0, 0, 0])
        np.testing.assert_array_equal(data.test.labels, [1, 1, 1, 1])
        assert data.train.labels.dtype == np.int64
        assert "mind      One label of three." in provenance(data)


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        (np.zeros((4, 2), np.uint8), r"test_labels as whole numbers of shape \(4, 3\), found uint8 \(4, 2\)"),
        (np.zeros((4, 1), np.uint8), r"test_labels as whole numbers of shape \(4, 3\), found uint8 \(4, 1\)"),
        (np.full((4, 3), 2, np.uint8), "test_labels from 0 to 1, found 2 to 2"),
    ],
)
def test_several_labels_of_another_shape_or_value_are_refused(several_labels, catalogued, labels, fault):
    with np.load(several_labels) as content:
        changed = dict(content) | {"test_labels": labels}
    saved(several_labels, changed)
    catalogued["md5"][8] = md5(several_labels)
    with pytest.raises(DataError, match=fault):
        load_medmnist("madeup")


@pytest.mark.parametrize(
    "change",
    [
        {"train_labels": 1 - SQUARE["train_labels"]},
        {"val_images": SQUARE["val_images"] ^ 1},
        {"test_images": SQUARE["test_images"].reshape(4, 4, 16)},
    ],
    ids=["labels turned round", "one bit of each pixel", "same bytes in another shape"],
)
def test_other_content_is_nobody_elses(tmp_path, catalogued, change):
    content = SQUARE | change
    if content["test_images"].shape[1:] == (4, 16):
        content |= {key: images.reshape(-1, 4, 16) for key, images in content.items() if key.endswith("images")}
    assert load_archive(saved(tmp_path / "mine.npz", content)).source == "your file mine.npz"


def test_other_content_under_the_name_of_the_real_set(originals):
    path = saved(originals / "pneumoniamnist.npz")
    data = load(str(path))
    assert (data.source, data.class_names) == ("your file pneumoniamnist.npz", ("class 0", "class 1"))
    (note,) = data.notes
    assert note.startswith("The file is called as the original of pneumoniamnist but is not it: its MD5 is ")
    assert note in provenance(data)
    with pytest.raises(DataError, match=r"pneumoniamnist\.npz: expected the original, whose MD5 is 28209eda"):
        load("pneumoniamnist")


@pytest.mark.parametrize("name", ["pneumonia_mnist", "pneumoniamnist-100", "mit-db"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    message = f"'{name}': expected one of chest, .*pneumoniamnist, .*mitdb, .*a MedMNIST name with -64.* Check the sp"
    with pytest.raises(DataError, match=message):
        load(name)


def test_only_images_are_loaded_as_images():
    with pytest.raises(ValueError, match=r"dataset: expected one of pneumoniamnist, .*found 'mitdb'"):
        load_medmnist("mitdb")


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_the_real_set(path, originals, monkeypatch):
    data = load(str(path))
    classes = [np.bincount(rows.labels).tolist() for _, rows in data.splits()]
    assert classes == [[1214, 3494], [135, 389], [234, 390]]
    assert data.image_shape == (28, 28, 1)
    assert data.class_names[data.disease_class] == "pneumonia"
    assert (data.licence, data.simulated, data.patients_known) == ("CC BY 4.0", False, False)
    assert "zenodo.org/records/10519652/files/pneumoniamnist.npz (MD5 verified)" in data.source
    assert any("eight validation images are exact copies" in note for note in data.notes)
    monkeypatch.setenv("COURSE_DATA_DIR", str(path.parent))
    assert load("pneumoniamnist").source == data.source  # the copy at hand is the original, so its name finds it


def write_large(path: Path, rows: dict[str, int], side: int) -> int:
    """A compressed archive of RGB images, written image by image; gives the bytes of images in it."""
    rng = np.random.default_rng(3)
    tile = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for split, n in rows.items():
            shape = (n, side, side, 3)
            with archive.open(f"{split}_images.npy", "w") as file:
                np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
                for k in range(n):
                    file.write((tile & 0x80 if k % 50 else tile).tobytes())
            with archive.open(f"{split}_labels.npy", "w") as file:
                np.save(file, (np.arange(n) % 2).astype(np.uint8)[:, np.newaxis])
    return sum(rows.values()) * side * side * 3


def test_a_large_original_is_never_in_memory(originals, catalogued):
    """120 MB of images at 224 pixels; what Python allocates meanwhile is measured, and it is a twentieth of that."""
    rows = {"train": 600, "val": 100, "test": 100}
    size = write_large(originals / "madeup_224.npz", rows, 224)
    catalogued["md5"][224] = md5(originals / "madeup_224.npz")
    catalogued["channels"] = 3
    assert size == 120_422_400
    tracemalloc.start()
    try:
        data = load_medmnist("madeup-224")
        fingerprint = split_fingerprint(data.train.images, data.train.labels)
        table = counts(data)
        batch = data.train.images[:32].astype(np.float32) / 255
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert data.image_shape == (224, 224, 3)
    assert table["images"].tolist() == [600, 100, 100]
    assert len(fingerprint) == 64
    assert batch.nbytes == 19_267_584
    assert peak < 2 * batch.nbytes + 6_000_000, f"{peak / 1e6:.0f} MB"


def test_what_was_unpacked_needs_neither_archive_nor_hash(originals, catalogued):
    """The second time, the 40 MB and more of the file are not even read."""
    path = originals / "madeup_224.npz"
    write_large(path, {"train": 450, "val": 10, "test": 10}, 224)
    known = catalogued["md5"][224] = md5(path)
    catalogued["channels"] = 3
    first = load_medmnist("madeup-224")
    assert unpacked_folder(path.name, known).is_dir()
    path.unlink()
    start = time.process_time()
    again = load_medmnist("madeup-224")
    assert time.process_time() - start < 0.5
    np.testing.assert_array_equal(again.test.images, first.test.images)
    np.testing.assert_array_equal(again.train.labels, first.train.labels)
    assert again.source == first.source == "https://example.org/madeup_224.npz (MD5 verified)"
