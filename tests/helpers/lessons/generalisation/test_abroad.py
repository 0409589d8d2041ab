"""A file of other people's images: its faults are named, and a view is measured as the sign that it is."""

import numpy as np
import pandas as pd
import pytest

from helpers import evaluation
from helpers.datasets import DataError
from helpers.lessons.generalisation import abroad

LABELS = np.array([0, 1] * 20)
PATIENTS = np.arange(40) // 4


@pytest.fixture
def file(tmp_path):
    images = np.random.default_rng(1).integers(0, 255, (40, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "other.npz", images=images, labels=LABELS.astype(np.uint8), patient=PATIENTS)
    return tmp_path / "other.npz"


def test_images_patients_and_who_is_in_both_classes(file):
    found = abroad.read_abroad(str(file), (8, 8, 1))
    assert found.rows.images.shape == (40, 8, 8, 1)
    assert found.rows.labels.tolist() == LABELS.tolist()
    assert found.in_both == 10
    assert found.table is None


def test_the_table_beside_it_must_be_of_these_images(file):
    table = pd.DataFrame({"label": LABELS, "patient": PATIENTS, "view": "AP"})
    table.to_csv(file.with_name("metadata.csv"), index=False)
    assert list(abroad.read_abroad(str(file), (8, 8, 1)).table["view"]) == ["AP"] * 40
    table[::-1].to_csv(file.with_name("metadata.csv"), index=False)
    with pytest.raises(DataError, match="another order"):
        abroad.read_abroad(str(file), (8, 8, 1))


def test_another_shape_and_other_labels_are_refused(file, tmp_path):
    with pytest.raises(DataError, match="Resize"):
        abroad.read_abroad(str(file), (28, 28, 1))
    np.savez(tmp_path / "three.npz", images=np.zeros((3, 8, 8), np.uint8), labels=np.array([0, 1, 2]))
    with pytest.raises(DataError, match="labels 0 and 1"):
        abroad.read_abroad(str(tmp_path / "three.npz"), (8, 8, 1))


def test_a_view_that_goes_with_the_disease_foretells_it_and_tells_nothing_within_itself():
    view = np.where(np.arange(200) < 100, "AP", "PA")
    labels = np.concatenate([np.arange(100) % 4 == 0, np.arange(100) % 4 != 0]).astype(np.int64)
    score = abroad.view_alone(view, labels)
    assert set(score) == {0.25, 0.75}
    rows = evaluation.Patients(labels, np.arange(200))
    assert evaluation.auc(labels, evaluation.two_columns(score)) == pytest.approx(0.75)
    within = abroad.auc_by_view(rows, score, view, draws=20, seed=1)
    assert [one.estimate for one in within.values()] == [0.5, 0.5]
    few = abroad.auc_by_view(rows, score, np.where(np.arange(200) < 5, "LL", view), draws=20, seed=1)
    assert set(few) == {"AP", "PA"}


def test_what_was_fixed_at_home_is_used_as_it_is():
    labels, risks = np.array([0, 0, 1, 1]), np.array([0.1, 0.6, 0.4, 0.9])
    rows = evaluation.Patients(labels, np.arange(4))
    found = abroad.Fixed(threshold=0.5, limit=0.3).meets(rows, risks, draws=20, seed=1)
    assert (found["sensitivity"].estimate, found["specificity"].estimate) == (0.5, 0.5)
    assert found["AUC"].estimate == 0.75
    assert found["O:E"].estimate == pytest.approx(1)
    assert found["coverage"].estimate == 0.5
    wide = abroad.Fixed(threshold=0.05, limit=1.0).meets(rows, risks, draws=20, seed=1)
    assert (wide["coverage"].estimate, wide["specificity"].estimate) == (1, 0)
