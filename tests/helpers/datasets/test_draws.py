"""A draw of fewer patients keeps every class that there is room for, and is otherwise the draw that it was."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.datasets import DataError, ImageDataset, Split, TableDataset, draw_patients, limit_training, provenance
from helpers.datasets.tables import TableSplit

# Of 7,007 training images of DermaMNIST 80 are of the rarest class; here of 1,000 the same shares.
DERMA = (33, 51, 110, 11, 111, 669, 15)


def rows_of(counts, patients=None) -> Split:
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    patients = np.arange(len(labels)) if patients is None else patients
    images = np.random.default_rng(1).integers(0, 256, (len(labels), 3, 3, 1), dtype=np.uint8)
    return Split(images, labels.astype(np.int64), patients)


def dataset(train: Split) -> ImageDataset:
    classes = train.labels.max() + 1
    others = [Split(train.images[:classes] // k, np.arange(classes), -k * 1000 - np.arange(classes)) for k in (2, 3)]
    return ImageDataset(
        name="rare.npz",
        title="Rare",
        train=train,
        validation=others[0],
        test=others[1],
        class_names=tuple(f"class {k}" for k in range(classes)),
        disease_class=1,
        simulated=False,
        patients_known=True,
        source="made",
        licence="CC0",
        citation="none",
    )


@pytest.mark.parametrize("counts", [DERMA, (990, 10)], ids=["seven classes", "1 % ill"])
def test_a_small_draw_lacks_no_class_at_any_seed(counts):
    data, lacked = dataset(rows_of(counts)), 0
    for seed in range(60):
        plain = draw_patients(data.train, 100, seed=seed)
        fewer = limit_training(data, 100, seed=seed)
        assert len(np.unique(fewer.train.patients)) == 100
        assert len(np.unique(fewer.train.labels)) == len(counts)
        if len(np.unique(plain.labels)) == len(counts):
            np.testing.assert_array_equal(fewer.train.patients, plain.patients)
            assert fewer.notes == ()
        else:
            lacked += 1
            missing = np.setdiff1d(data.train.labels, plain.labels)
            replaced = np.setdiff1d(fewer.train.patients, plain.patients)
            assert len(replaced) == len(missing)
            names = ", ".join(f"class {k}" for k in missing)
            said = f"mind      Of the 100 training people drawn with seed {seed} none was of {names}: one of each took"
            assert said in provenance(fewer)
    assert 10 < lacked < 50


def test_a_draw_that_is_too_small_for_all_classes_is_refused():
    data = dataset(rows_of((30,) * 11))
    with pytest.raises(DataError, match=r"people of all 11 classes for training, found none of class \d.* among 10"):
        limit_training(data, 10, seed=1)


def test_the_same_seed_gives_the_same_draw():
    rows = rows_of(DERMA)
    first = draw_patients(rows, 20, seed=3, every_class=True)
    np.testing.assert_array_equal(first.patients, draw_patients(rows, 20, seed=3, every_class=True).patients)
    assert len(np.unique(draw_patients(rows, 20, seed=3).labels)) < 7 == len(np.unique(first.labels))


@settings(max_examples=400, deadline=None)
@given(
    counts=st.lists(st.integers(1, 40), min_size=2, max_size=8),
    people=st.integers(1, 60),
    several=st.integers(1, 3),
    seed=st.integers(0, 99),
)
@example(counts=[1, 15, 17, 5, 6, 9, 7, 13], people=6, several=2, seed=3)  # one newcomer is of two missing classes
def test_so_many_people_are_drawn_with_all_their_images_whatever_the_classes(counts, people, several, seed):
    n = sum(counts)
    rows = rows_of(counts, np.random.default_rng(seed).integers(0, max(1, n // several), n))
    drawn = draw_patients(rows, people, seed=seed, every_class=True)
    kept = np.unique(drawn.patients)
    assert len(kept) == min(people, len(np.unique(rows.patients)))
    np.testing.assert_array_equal(drawn.labels, rows.labels[np.isin(rows.patients, kept)])
    plain = draw_patients(rows, people, seed=seed)
    assert set(plain.labels) <= set(drawn.labels)  # nothing is lost by what is won
    if people >= 2 * len(counts):
        assert len(np.unique(drawn.labels)) == len(counts)


def test_a_table_with_a_number_to_foretell_is_drawn_as_before():
    rng = np.random.default_rng(0)
    split = [TableSplit(rng.normal(size=(50, 2)), rng.normal(size=50), np.arange(50) + 100 * k) for k in range(3)]
    data = TableDataset(
        name="t", title="t", train=split[0], validation=split[1], test=split[2], feature_names=("a", "b"),
        feature_units=("1", "1"), target_name="c", target_unit="1", simulated=True, patients_known=True, source="",
        licence="", citation="",
    )  # fmt: skip
    fewer = limit_training(data, 20, seed=1)
    np.testing.assert_array_equal(fewer.train.patients, draw_patients(data.train, 20, seed=1).patients)
