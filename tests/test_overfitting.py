"""The experiments of notebook 05, and the notebook from outside: a run of its own gives the number of the grid."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss

from helpers import overfitting
from helpers.datasets import limit_training, load
from helpers.datasets.contract import Split
from helpers.paths import NOTEBOOKS, ROOT

NOTEBOOK = NOTEBOOKS / "05_overfitting.ipynb"
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


@pytest.fixture(scope="module")
def data():
    return load("chest")


@pytest.fixture(scope="module")
def study(data):
    return overfitting.Study(data, patients=40, validation_patients=40, epochs=3, widths=(8, 8))


def rows_of(labels, patients, images=None):
    labels = np.asarray(labels)
    images = np.zeros((len(labels), 4, 4, 1), np.uint8) if images is None else images
    return Split(images, labels, np.asarray(patients))


def test_shrinking_averages_blocks():
    images = np.arange(2 * 30 * 28).reshape(2, 30, 28, 1) % 251
    small = overfitting.shrink(rows_of([0, 1], [0, 1], images.astype(np.uint8)), side=10)
    assert small.images.shape == (2, 10, 9, 1)
    assert small.images[1, 2, 3, 0] == round(images[1, 6:9, 9:12, 0].mean())
    assert small.images.dtype == np.uint8


def test_patients_are_drawn_as_limit_training_draws_them(data):
    ours = overfitting.draw_patients(data.train, 30, seed=5)
    np.testing.assert_array_equal(ours.patients, limit_training(data, 30, seed=5).train.patients)
    assert overfitting.draw_patients(data.test, 10**6, seed=1) is data.test


def test_losses_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    p, labels = rng.dirichlet(np.ones(3), size=(2, 50)), rng.integers(0, 3, 50)
    for one, losses in zip(p, overfitting.row_losses(labels, p), strict=True):
        assert losses.mean() == pytest.approx(log_loss(labels, one, labels=[0, 1, 2]))
        assert overfitting.minus_loss(labels, one) == pytest.approx(-losses.mean())


def test_an_auc_without_a_class_is_nothing():
    assert np.isnan(overfitting.auc_or_nothing(np.array([0, 0, 1]), np.full((3, 3), 1 / 3)))
    assert overfitting.auc_or_nothing(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])) == 1


def test_a_fit_is_made_once_and_a_strength_of_zero_is_none(study):
    first = study.fit(seed=1, l2=0.0, dropout=0)
    assert study.fit(seed=1) is first
    assert study.fit(seed=1, l2=0.01) is not first
    assert len(np.unique(first.rows["train"].patients)) == 40
    assert not set(first.rows["train"].patients) & set(first.rows["validation"].patients)


def test_shuffling_keeps_images_and_deals_labels_out_anew(study):
    plain, shuffled = study.fit(seed=1).rows["train"], study.fit(seed=1, shuffled=True).rows["train"]
    np.testing.assert_array_equal(plain.images, shuffled.images)
    assert sorted(plain.labels) == sorted(shuffled.labels)
    assert (plain.labels != shuffled.labels).any()


def test_the_grid_holds_the_scores_of_single_fits(study):
    grid = study.grid("validation_auc", [1, 2], (0.0, 0.1), (0.0, 0.5))
    assert grid.shape == (2, 2, 2)
    assert grid[1, 1, 1] == study.fit(seed=2, l2=0.1, dropout=0.5).last["validation_auc"]
    assert grid[0, 0, 0] == study.fit(seed=1).last["validation_auc"]


def test_bias_and_variance_add_up_and_are_unbiased():
    """Fits whose bias (.2 on each of two classes) and variance (.01 on each) are known."""
    rng = np.random.default_rng(2)
    shift = 0.2 + 0.1 * rng.standard_normal((4, 20_000))
    said = np.stack([1 - shift, shift], axis=-1)
    labels = np.zeros(20_000, dtype=int)
    bias, variance = overfitting.bias_and_variance(labels, said)
    assert bias == pytest.approx(2 * 0.04, abs=0.002)
    assert variance == pytest.approx(2 * 0.01, abs=0.001)
    assert bias + variance == pytest.approx(((said - [1, 0]) ** 2).sum(axis=-1).mean())


def test_gains_are_paired():
    """The same errors on both sides cancel: with a constant gain the interval has no width, whatever the rows do."""
    rng = np.random.default_rng(3)
    labels, patients = rng.integers(0, 2, 60), np.arange(60) // 2
    without = rng.dirichlet(np.ones(2), size=(3, 60))

    def first_column(_, p):
        return float(p[:, 0].mean())

    gains = overfitting.paired_gains(
        first_column, rows_of(labels, patients), without, {"a": without + 0.5, "b": without}, draws=50, seed=1
    )
    assert (gains["a"].estimate, gains["a"].low, gains["a"].high) == pytest.approx((0.5, 0.5, 0.5))
    assert (gains["b"].low, gains["b"].high) == (0, 0)


def test_the_best_of_many_useless_models_flatters():
    rng = np.random.default_rng(4)
    rows = rows_of(np.arange(120) % 2, np.arange(120))
    models = rng.dirichlet(np.ones(2), size=(40, 120))
    table = overfitting.best_on_one_half(
        lambda y, p: overfitting.evaluation.auc(y, p), rows, models, (1, 40), patients=120, repeats=60, seed=1
    ).set_index("tries")
    assert table.loc[1, "chosen"] == pytest.approx(table.loc[1, "fresh"], abs=1e-12), "nothing to choose"
    assert table.loc[40, "chosen"] > 0.58
    assert table.loc[40, "fresh"] < 0.52


def test_oversampling_and_halves():
    rows = rows_of([0] * 10 + [1] * 3 + [2] * 5, np.arange(18) // 2)
    more = overfitting.oversample(rows, seed=1)
    assert np.bincount(more.labels).tolist() == [10, 10, 10]
    assert set(more.patients) == set(rows.patients)
    one, other = overfitting.halves(rows, by_patient=True, seed=1)
    assert not set(one.patients) & set(other.patients)
    assert len(one) + len(other) == 18


def test_cross_validation_by_image_is_fooled_by_patients_and_by_patient_is_not():
    """Each patient has a look of their own and a label by chance: nothing can be learned about others."""
    rng = np.random.default_rng(5)
    looks = rng.integers(0, 255, (60, 4, 4, 1)).astype(np.uint8)
    patients = np.repeat(np.arange(60), 3)
    rows = rows_of(rng.integers(0, 2, 60)[patients], patients, looks[patients])
    options = {"folds": 4, "seed": 1}
    assert overfitting.cross_validated(rows, 1.0, 2, by_patient=False, **options) > 0.64
    assert overfitting.cross_validated(rows, 1.0, 2, by_patient=True, **options) < 0.58
    _, best = overfitting.best_strength(rows, (0.1, 10.0, 1000.0), 2, **options)
    assert best == max(overfitting.cross_validated(rows, s, 2, by_patient=True, **options) for s in (0.1, 10.0, 1000.0))
    assert 0.3 < overfitting.nested(rows, (0.1, 10.0, 1000.0), 2, **options) < 0.65


def test_recorded_sizes_become_a_table():
    import pandas as pd

    results = pd.DataFrame({"weight_decay_at_50_test_auc": [0.8, 0.9], "l2_at_all_test_auc": [0.9, 1], "x_test_auc": 1})
    table = overfitting.by_size(results, "test_auc")
    assert table.loc["weight decay", "50"].tolist() == [0.8, 0.9]
    assert table.loc["l2", "all"].tolist() == [0.9, 1]
    assert "x" not in table.index


def test_a_run_from_outside_gives_the_bits_of_the_grid(smoke, smoke_with, tmp_path):
    """Two cells of the grid in the notebook, each from a run of its own with that cell's parameters."""
    grid = smoke(NOTEBOOK)
    assert grid.error is None
    for cell, values in {
        "grid_1_1_seed_1": {"l2": 0.01, "dropout": 0.3, "seed": 2},
        "grid_0_2_seed_0": {"l2": 0.0, "dropout": 0.6, "seed": 1},
    }.items():
        run = smoke_with(NOTEBOOK, tmp_path / cell, **values)
        assert run.error is None
        for score in ("auc", "loss"):
            assert run.results[f"remedy_validation_{score}"] == grid.results[f"{cell}_validation_{score}"]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_radiographs_go_through_and_are_named_as_such(path, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset=str(path), runs=2, compare_sizes=True)
    assert run.error is None
    assert {"dropout_at_50_test_auc", "none_at_200_test_loss", "l1_at_all_validation_loss"} <= set(run.results)
    shown = Path(run.executed).read_text(encoding="utf-8")
    assert "real patients" in shown
