"""Archives as people save them: names of other tools, splits that are missing, files that are none, labels from 1."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_archives import arrays, saved

from helpers.base.paths import ROOT
from helpers.datasets import DataError, load, provenance
from helpers.datasets.sources import archives
from helpers.datasets.sources.archive_layouts import known_keys
from helpers.datasets.sources.medmnist import load_archive

NIH = sorted((ROOT.parent / "shared" / "data" / "chest_nih").glob("nih_pneumonia_28.npz"))
KERAS = {"images": "x_{}", "labels": "y_{}"}


def pictures(n: int, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 12, 12), dtype=np.uint8), (np.arange(n) % classes).astype(np.uint8)


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        load_archive(path)
    message = str(caught.value)
    assert "Delete the file" not in message
    assert message.startswith(str(path.name)) or message.startswith(str(path))
    return message


@pytest.mark.parametrize("names", [("x_{}", "y_{}"), ("X_{}", "Y_{}"), ("X_{}", "y_{}"), ("images_{}", "labels_{}")])
@pytest.mark.parametrize("word", ["val", "valid", "validation"])
@pytest.mark.parametrize("limit", [64_000_000, 0])
def test_names_of_other_tools_mean_the_same(tmp_path, monkeypatch, names, word, limit):
    monkeypatch.setattr(archives, "IN_MEMORY_BYTES", limit)
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    content = arrays()
    renamed = {
        name.format(ours): content[f"{split}_{part}"]
        for split, ours in {"train": "train", "val": word, "test": "test"}.items()
        for part, name in zip(("images", "labels"), names, strict=True)
    }
    data, usual = load_archive(saved(tmp_path / "keras.npz", renamed)), load_archive(saved(tmp_path / "mine.npz"))
    for (_, rows), (_, right) in zip(data.splits(), usual.splits(), strict=True):
        np.testing.assert_array_equal(rows.images, right.images)
        np.testing.assert_array_equal(rows.labels, right.labels)
    assert data.notes == ()


def test_keras_two_splits_give_a_third_and_it_is_said(tmp_path):
    (x, y), (x_test, y_test) = pictures(1000), pictures(100, seed=1)
    path = saved(tmp_path / "keras.npz", {"x_train": x, "y_train": y, "x_test": x_test, "y_test": y_test})
    data = load_archive(path)
    assert [len(rows) for _, rows in data.splits()] == [800, 200, 100]
    np.testing.assert_array_equal(data.test.images[..., 0], x_test)
    assert np.bincount(data.validation.labels).tolist() == [100, 100]
    said = (
        "mind      The file has no validation images: 200 of its 1,000 training images were split off for it, at "
        "random, as the file does not say who is in which image, each class in its share (seed 1)."
    )
    assert said in provenance(data).splitlines()
    again = load_archive(path)
    np.testing.assert_array_equal(again.validation.patients, data.validation.patients)
    together = np.concatenate([data.train.images, data.validation.images])[..., 0]
    assert sorted(map(bytes, together)) == sorted(map(bytes, x))


def test_a_missing_test_split_is_taken_from_training(tmp_path):
    (x, y), (x_val, y_val) = pictures(500, classes=5), pictures(50, classes=5, seed=1)
    data = load_archive(saved(tmp_path / "a.npz", {"x_train": x, "y_train": y, "x_val": x_val, "y_val": y_val}))
    assert [len(rows) for _, rows in data.splits()] == [400, 50, 100]
    assert "no test images: 100 of its 500 training images" in data.notes[0]


@pytest.mark.parametrize("names", [("images", "labels", "patient"), ("x", "y", "patients"), ("X", "Y", "Patient")])
def test_one_pair_of_arrays_is_split_by_patient(tmp_path, names):
    (x, y), people = pictures(600), np.random.default_rng(2).integers(0, 150, 600)
    data = load_archive(saved(tmp_path / "one.npz", dict(zip(names, (x, y, people), strict=True))))
    assert data.patients_known
    seen = [set(rows.patients.tolist()) for _, rows in data.splits()]
    assert len(set.union(*seen)) == sum(map(len, seen)) == len(np.unique(people))
    assert [len(people) for people in seen] == [89, 30, 30]  # of 149 who are there, a fifth each
    assert len(data.notes) == 2
    assert all("by patient" in note for note in data.notes)
    order = {bytes(image): person for image, person in zip(x, people, strict=True)}
    for _, rows in data.splits():  # whoever is one person here is one person in the file, and the other way round
        pairs = {(mine, order[bytes(image)]) for mine, image in zip(rows.patients, rows.images[..., 0], strict=True)}
        assert len(pairs) == len({mine for mine, _ in pairs}) == len({theirs for _, theirs in pairs})


def test_names_of_patients_are_not_kept(tmp_path):
    (x, y), people = pictures(90), np.repeat([f"Miller, {k}" for k in range(30)], 3)
    data = load_archive(saved(tmp_path / "one.npz", {"images": x, "labels": y, "patient": people}))
    assert all(rows.patients.dtype == np.int64 for _, rows in data.splits())
    assert "Miller" not in provenance(data)


def test_a_patient_in_two_given_splits_is_refused(tmp_path):
    content = arrays()
    content |= {"train_patients": np.arange(6), "val_patients": np.arange(3) + 5, "test_patients": np.arange(4) + 90}
    said = refusal(saved(tmp_path / "leak.npz", content))
    assert "no patient in both train and validation, found 1 shared" in said


@settings(max_examples=40, deadline=None)
@given(
    classes=st.integers(2, 6),
    several=st.integers(1, 4),
    seed=st.integers(0, 1000),
    shares=st.lists(st.floats(0.1, 1), min_size=6, max_size=6),
)
def test_every_division_keeps_people_whole_and_loses_no_image(tmp_path_factory, classes, several, seed, shares):
    rng = np.random.default_rng(seed)
    weights = np.array(shares[:classes]) / sum(shares[:classes])
    of_person = np.r_[np.repeat(np.arange(classes), 6), rng.choice(classes, 60, p=weights)]
    people = rng.permutation(np.repeat(np.arange(len(of_person)), several))
    images = rng.integers(0, 256, (len(people), 10, 10), dtype=np.uint8)
    path = tmp_path_factory.mktemp("division") / "one.npz"
    data = load_archive(saved(path, {"images": images, "labels": of_person[people], "patients": people}))
    seen = [set(rows.patients.tolist()) for _, rows in data.splits()]
    assert len(set.union(*seen)) == sum(map(len, seen)) == len(of_person)
    assert sum(len(rows) for _, rows in data.splits()) == len(people)
    for _, rows in data.splits():
        assert len(np.unique(rows.labels)) == classes
    sizes = [len(one) / len(of_person) for one in seen]
    assert sizes == pytest.approx([0.6, 0.2, 0.2], abs=0.03)


@pytest.mark.parametrize("path", NIH, ids=lambda path: path.name)
def test_real_radiographs_with_their_patients(path):
    """Counts by awk from the metadata.csv beside it: 1,000 rows, 500 of each class, 682 people."""
    data = load(str(path))
    assert sum(len(rows) for _, rows in data.splits()) == 1000
    assert np.sum([np.bincount(rows.labels) for _, rows in data.splits()], axis=0).tolist() == [500, 500]
    assert sum(len(np.unique(rows.patients)) for _, rows in data.splits()) == 682
    assert data.patients_known
    assert [round(rows.labels.mean(), 1) for _, rows in data.splits()] == [0.5, 0.5, 0.5]


def test_too_few_people_of_a_class_to_divide_are_named(tmp_path):
    (x, y) = pictures(100)
    y[:] = 0
    y[:2] = 1
    said = refusal(saved(tmp_path / "rare.npz", {"images": x, "labels": y}))
    assert "at least 3 patients of each class" in said
    assert "found 2 of class 1" in said


@pytest.mark.parametrize("lowest", [1, 2])
@pytest.mark.parametrize("classes", [2, 11])
def test_labels_from_1_are_refused_by_name(tmp_path, lowest, classes):
    content = arrays(classes=classes)
    for split in ("train", "val", "test"):
        content[f"{split}_labels"] += lowest
    said = refusal(saved(tmp_path / "mine.npz", content))
    assert f"expected labels counted from 0, found {lowest} to " in said
    assert f"Save labels - {lowest} instead" in said


def test_labels_that_only_one_split_counts_from_1_are_a_missing_class(tmp_path):
    content = arrays() | {"val_images": np.zeros((3, 8, 7), np.uint8), "val_labels": np.array([1, 1, 1])}
    big = {key: np.repeat(np.repeat(array, 2, 1), 2, 2) if "images" in key else array for key, array in content.items()}
    with pytest.raises(DataError, match="none of class 0 in validation"):
        load(str(saved(tmp_path / "mine.npz", big)))


def test_arrays_of_other_names_are_listed_with_what_they_are(tmp_path):
    x, y = pictures(20)
    said = refusal(saved(tmp_path / "mine.npz", {"data": x, "target": y}))
    assert "found only data (20, 12, 12) uint8, target (20,) uint8. Save them anew" in said
    assert "x_train, y_train" in said
    many = refusal(saved(tmp_path / "many.npz", {f"a{k}": np.zeros(2) for k in range(11)}))
    assert "a7 (2,) float64 and 3 more" in many


def test_a_missing_array_is_called_as_its_sisters_are(tmp_path):
    x, y = pictures(20)
    assert "expected the array y_val, found only x_train, x_val, y_train" in refusal(
        saved(tmp_path / "keras.npz", {"x_train": x, "y_train": y, "x_val": x})
    )
    assert "expected the array x_train" in refusal(saved(tmp_path / "test.npz", {"x_test": x, "y_test": y}))
    assert "expected the array labels" in refusal(saved(tmp_path / "one.npz", {"images": x}))


def test_two_arrays_that_mean_the_same_are_named(tmp_path):
    said = refusal(saved(tmp_path / "both.npz", arrays() | {"x_train": np.zeros((6, 8, 7), np.uint8)}))
    assert "one array for the train images, found two, train_images and x_train" in said


def test_splits_come_before_one_pair_beside_them():
    keys = known_keys(["images", "train_images", "X_test", "epochs"], "mine.npz")
    assert keys == {"train_images": ("train", "images"), "X_test": ("test", "images")}


@pytest.mark.parametrize(
    ("labels", "todo"),
    [
        (np.eye(2, dtype=np.uint8)[np.arange(20) % 2], "labels.argmax(axis=1)"),
        (np.where(np.arange(20) % 2, "ill", "well"), "numpy.unique"),
        (np.full(20, np.nan), "One label per image."),
    ],
    ids=["one-hot", "text", "NaN"],
)
def test_labels_in_another_form_are_told_how_to_mend(tmp_path, labels, todo):
    said = refusal(saved(tmp_path / "mine.npz", {"x_train": pictures(20)[0], "y_train": labels}))
    assert "y_train as whole numbers" in said
    assert todo in said


def test_images_between_0_and_1_are_told_how_to_mend(tmp_path):
    x, y = pictures(20)
    assert "(255 * images).round().astype('uint8')" in refusal(
        saved(tmp_path / "mine.npz", {"images": x / 255, "labels": y})
    )


@pytest.mark.parametrize("patients", [np.arange(19), np.arange(20) / 2, np.array([None] * 20)])
def test_patients_that_do_not_fit_are_refused(tmp_path, patients):
    x, y = pictures(20)
    said = refusal(saved(tmp_path / "mine.npz", {"images": x, "labels": y, "patient": patients}))
    assert "patient as whole numbers or text of shape (20,)" in said or "plain numbers" in said


def workbook(path: Path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


OTHERS = {
    "readings.xlsx": (workbook, "an .npz archive of arrays, found an Excel workbook. Save the sheet"),
    "named.npz": (workbook, "found an Excel workbook"),
    "readings.csv.gz": (lambda path: path.write_bytes(gzip.compress(b"id,time,gl")), "gzip-compressed data. Unpack it"),
    "readings.json": (lambda path: path.write_text("[{}]", encoding="utf-8"), "4 bytes that are none: JSON"),
    "empty.npz": (lambda path: path.write_bytes(b""), "0 bytes that are none, .*: the file is empty. Nothing was"),
    "page.npz": (
        lambda path: path.write_text("<html></html>", encoding="utf-8"),
        r"a web page \(HTML\). Take the link",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_is_told_as_what_it_is(tmp_path, name):
    write, said = OTHERS[name]
    write(tmp_path / name)
    with pytest.raises(DataError, match=said) as caught:
        load_archive(tmp_path / name)
    assert "Delete the file" not in str(caught.value)


@pytest.mark.parametrize("where", ["open", "is_file"])
def test_a_file_that_may_not_be_read_is_told_so(tmp_path, monkeypatch, where):
    """Forbidden by a stand-in: whoever runs the tests may be allowed everything."""
    path = saved(tmp_path / "mine.npz")

    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, where, forbidden)
    with pytest.raises(
        DataError, match=r"mine\.npz: expected a file that you may read, found Permission denied.*chmod"
    ):
        load_archive(path)


def test_a_name_that_no_file_can_have_is_a_sentence():
    with pytest.raises(DataError, match="File name too long"):
        load("x" * 300 + ".npz")
    with pytest.raises(DataError, match="File name too long"):
        load("x" * 300)
