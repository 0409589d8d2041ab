"""The contract of an image data set: what it refuses and says, what it keeps, and the limits on training data."""

import numpy as np
import pandas as pd
import pytest

from helpers.datasets import DataError, ImageDataset, Split, counts, draw_patients, limit_training, provenance

PATIENTS = {"train": [1, 1, 2, 3, 3, 3], "validation": [10, 10, 11], "test": [20, 21, 21]}


def split(patients, /, **changes) -> Split:
    n = len(patients)
    images = np.arange(n * 4 * 5, dtype=np.uint8).reshape(n, 4, 5, 1)
    parts = {
        "images": images,
        "labels": np.arange(n, dtype=np.int64) % 2,
        "patients": np.array(patients),
        "masks": images[..., 0] > 30,
    }
    return Split(**parts | changes)


def dataset(**changes) -> ImageDataset:
    parts = {name: split(patients) for name, patients in PATIENTS.items()} | {
        "name": "little.npz",
        "title": "A little set",
        "class_names": ("well", "ill"),
        "disease_class": 1,
        "simulated": True,
        "patients_known": True,
        "source": "this test",
        "licence": "MIT",
        "citation": "none needed",
        "patient_table": pd.DataFrame({"site": "A"}, index=[1, 2, 3, 10, 11, 20, 21]),
    }
    return ImageDataset(**parts | changes)


def of_shape(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


REFUSED = {
    "float images": ({"train": split([1, 2], images=of_shape(2, 4, 5, 1, dtype=float))}, "train images as uint8"),
    "signed images": ({"test": split([20], images=of_shape(1, 4, 5, 1, dtype=np.int8))}, "test images as uint8"),
    "no channel axis": ({"train": split([1, 2], images=of_shape(2, 4, 5))}, "train images as uint8 of shape"),
    "four channels": ({"train": split([1, 2], images=of_shape(2, 4, 5, 4))}, "train images as uint8 of shape"),
    "another size": (
        {"test": split([20, 21], images=of_shape(2, 5, 5, 1), masks=None)},
        "test images of the same size",
    ),
    "another depth": ({"validation": split([10], images=of_shape(1, 4, 5, 3))}, "validation images of the same size"),
    "empty split": ({"validation": split([])}, "at least one validation image, found none"),
    "too few labels": ({"train": split([1, 2], labels=np.array([0]))}, "train labels as int64 of shape"),
    "label columns": ({"train": split([1, 2], labels=np.array([[0], [1]]))}, "train labels as int64 of shape"),
    "float labels": ({"train": split([1, 2], labels=np.array([0.0, 1.0]))}, "train labels as int64"),
    "narrow labels": ({"test": split([20], labels=np.array([0], np.uint8))}, "test labels as int64"),
    "label too high": ({"test": split([20, 21], labels=np.array([0, 2]))}, "test labels from 0 to 1, found 0 to 2"),
    "label below zero": ({"train": split([1, 2], labels=np.array([-1, 1]))}, "train labels from 0 to 1, found -1 to 1"),
    "patients short": ({"train": split([1, 2], patients=np.array([1]))}, "train patients of shape"),
    "mask numbers": ({"train": split([1, 2], masks=of_shape(2, 4, 5))}, "train masks as bool"),
    "mask shape": ({"train": split([1, 2], masks=of_shape(2, 5, 4, dtype=bool))}, "train masks as bool of shape"),
    "mask per channel": ({"train": split([1, 2], masks=of_shape(2, 4, 5, 1, dtype=bool))}, "train masks as bool"),
    "patient in train and validation": ({"validation": split([3, 10])}, "no patient in both train and validation"),
    "patient in train and test": ({"test": split([20, 2])}, "no patient in both train and test"),
    "patient in validation and test": ({"test": split([10, 20])}, "no patient in both validation and test"),
    "patient not in the table": ({"patient_table": pd.DataFrame({"site": "A"}, index=[1, 2, 3])}, "4 missing"),
    "disease class too high": ({"disease_class": 2}, "a disease class below 2, found 2"),
    "disease class below zero": ({"disease_class": -1}, "a disease class below 2, found -1"),
}


@pytest.mark.parametrize(("changes", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused_naming_the_file_and_the_fault(changes, fault):
    with pytest.raises(DataError) as caught:
        dataset(**changes)
    message = str(caught.value)
    assert message.startswith("little.npz: expected ")
    assert fault in message


def test_a_shared_patient_is_named():
    with pytest.raises(DataError, match="1 shared, for example 3"):
        dataset(test=split([3, 20]))


def test_an_error_has_its_four_parts():
    error = DataError("f.npz", expected="one thing", found="another", todo="Look again.")
    assert (error.where, error.expected, error.found, error.todo) == ("f.npz", "one thing", "another", "Look again.")
    assert str(error) == "f.npz: expected one thing, found another. Look again."


def test_colour_no_masks_and_no_table_are_allowed():
    colour = {
        name: split(patients, images=of_shape(len(patients), 4, 5, 3), masks=None)
        for name, patients in PATIENTS.items()
    }
    data = dataset(**colour, patient_table=None)
    assert data.image_shape == (4, 5, 3)
    assert data.train.rows(np.array([0, 2])).masks is None


@pytest.mark.parametrize("part", ["images", "labels", "patients", "masks"])
def test_arrays_are_read_only(part):
    for _, rows in dataset().splits():
        array = getattr(rows, part)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_fields_cannot_be_replaced():
    data = dataset()
    with pytest.raises(AttributeError):
        data.train = data.test
    with pytest.raises(AttributeError):
        data.train.labels = data.test.labels


def test_splits_come_in_order():
    data = dataset()
    assert [(name, len(rows)) for name, rows in data.splits()] == [("train", 6), ("validation", 3), ("test", 3)]


@pytest.mark.parametrize("keep", [np.array([5, 0, 2]), np.array([True, False, False, True, False, True])])
def test_rows_keeps_images_labels_patients_and_masks_together(keep):
    whole = dataset().train
    kept = whole.rows(keep)
    index = np.arange(6)[keep]
    assert len(kept) == 3
    for part in ("images", "labels", "patients", "masks"):
        expected = np.stack([getattr(whole, part)[i] for i in index])
        np.testing.assert_array_equal(getattr(kept, part), expected)


def test_with_train_changes_the_training_split_only():
    data = dataset()
    fewer = data.with_train(np.array([0, 1, 2]))
    np.testing.assert_array_equal(fewer.train.patients, [1, 1, 2])
    assert fewer.validation is data.validation
    assert fewer.test is data.test
    assert not fewer.train.images.flags.writeable
    assert len(data.train) == 6


def test_with_train_checks_again():
    with pytest.raises(DataError, match="at least one train image"):
        dataset().with_train(np.array([], dtype=int))


def test_counts_images_and_patients():
    table = counts(dataset())
    assert table.columns.tolist() == ["well", "ill", "images", "patients"]
    assert table.loc["train"].tolist() == [3, 3, 6, 3]
    assert table.loc["validation"].tolist() == [2, 1, 3, 2]
    assert table.loc["test"].tolist() == [2, 1, 3, 2]


def test_counts_show_a_class_that_is_absent():
    table = counts(dataset(class_names=("well", "ill", "very ill")))
    assert table["very ill"].tolist() == [0, 0, 0]


def test_provenance_says_simulated_or_real():
    assert "origin    simulated" in provenance(dataset())
    assert "patients  identified" in provenance(dataset())
    real = provenance(dataset(simulated=False, patients_known=False))
    assert "origin    real patients" in real
    assert "patients  not identified" in real
    for fact in ("A little set", "this test", "MIT", "none needed"):
        assert fact in real


def test_provenance_ends_with_what_to_mind():
    lines = provenance(dataset(notes=("Labels were guessed.", "Colour alone scores high."))).splitlines()
    assert lines[-2:] == ["mind      Labels were guessed.", "mind      Colour alone scores high."]
    assert not any(line.startswith("mind") for line in provenance(dataset()).splitlines())


@pytest.fixture
def many() -> ImageDataset:
    """Forty training patients, patient k with 1 + k % 3 images, rows shuffled."""
    patients = np.random.default_rng(0).permutation(np.repeat(np.arange(100, 140), 1 + np.arange(40) % 3))
    return dataset(train=split(patients.tolist()), patient_table=None)


def test_limit_training_keeps_people_whole_and_in_order(many):
    fewer = limit_training(many, 7, seed=3)
    people = np.unique(fewer.train.patients)
    assert len(people) == 7
    kept = np.isin(many.train.patients, people)
    np.testing.assert_array_equal(fewer.train.patients, many.train.patients[kept])
    np.testing.assert_array_equal(fewer.train.images, many.train.images[kept])
    np.testing.assert_array_equal(fewer.train.labels, many.train.labels[kept])


def test_limit_training_leaves_validation_and_test_alone(many):
    fewer = limit_training(many, 7)
    assert fewer.validation is many.validation
    assert fewer.test is many.test


def test_limit_training_draws_by_seed(many):
    def drawn(seed):
        return np.unique(limit_training(many, 7, seed=seed).train.patients).tolist()

    assert drawn(3) == drawn(3)
    assert len({tuple(drawn(seed)) for seed in range(5)}) == 5


def test_limit_training_has_nothing_to_do(many):
    assert limit_training(many, 40) is many
    assert limit_training(many, 1000) is many


def test_patients_are_drawn_as_limit_training_draws_them(many):
    np.testing.assert_array_equal(
        draw_patients(many.train, 7, seed=5).patients, limit_training(many, 7, seed=5).train.patients
    )
    assert draw_patients(many.test, 10**6, seed=1) is many.test
