"""The experiments of notebook 05, and the notebook from outside: a run of its own gives the number of the grid."""

from pathlib import Path

import numpy as np
import pytest

from helpers import evaluation
from helpers.base.paths import NOTEBOOKS, ROOT
from helpers.datasets import load
from helpers.datasets.contract import Split
from helpers.lessons import overfitting
from helpers.lessons.overfitting.repeated_fits import probabilities_of
from helpers.models.floors import fit_logistic

NOTEBOOK = NOTEBOOKS / "05_overfitting.ipynb"
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


@pytest.fixture(scope="module")
def data():
    return load("chest")


@pytest.fixture(scope="module")
def study(data):
    study = overfitting.Experiment(data, patients=40, validation_patients=40, epochs=3)
    study.defaults["widths"] = (8, 8)
    return study


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
    grid = study.grid("validation_auc", [1], (0.0, 0.01, 0.1), (0.0, 0.5))
    assert grid.shape == (3, 2, 1)
    assert grid[2, 0, 0] == study.fit(seed=1, l2=0.1).last["validation_auc"]
    assert grid[0, 1, 0] == study.fit(seed=1, dropout=0.5).last["validation_auc"]


def test_a_misspelt_strength_is_refused_even_where_it_is_zero(study):
    with pytest.raises(ValueError, match="l3"):
        study.fit(seed=1, l3=0)


def test_panels_and_paths_hold_the_scores_of_single_fits(study):
    panels = study.panels([1, 2], [{"l2": 0.0}, {"l2": 0.1}])
    assert panels["AUC"]["validation"][1, 1] == study.fit(seed=2, l2=0.1).last["validation_auc"]
    assert panels["loss (nats)"]["train"][0, 0] == study.fit(seed=1).last["train_loss"]
    path = study.path("l2", (0.0, 0.1), [1, 2])
    fits = [study.fit(seed=one, l2=0.1) for one in (1, 2)]
    assert path.loc[("L2", 0.1), "norm of weights"] == pytest.approx(np.mean([one.weight_norm for one in fits]))
    assert path.loc[("L2", 0.1), "test loss"] == pytest.approx(np.mean([one.last["test_loss"] for one in fits]))


def test_a_group_is_judged_where_it_is_asked_to_be(study):
    fits = [study.fit(seed=one) for one in (1, 2)]
    end, best = study.group([1, 2]), study.group([1, 2], until="best")
    np.testing.assert_array_equal(end.probabilities, [one.probabilities("test") for one in fits])
    assert end.scores["test_auc"] == pytest.approx(np.mean([one.last["test_auc"] for one in fits]))
    lowest = [one.curve["validation_loss"].min() for one in fits]
    assert best.scores["validation_loss"] == pytest.approx(np.mean(lowest))
    assert end.arithmetic == fits[0].weights * fits[0].steps


def test_equal_steps_are_those_of_a_fit_without_settings(study):
    """Twice the patients have about twice the steps, so they are judged after half the epochs, at a checkpoint."""
    more = study.group([1], until="equal steps", patients=80)
    plain = study.fit(seed=1)
    assert more.arithmetic / plain.weights == pytest.approx(plain.steps, rel=0.34)  # three checkpoints only
    assert more.scores["epoch"] < study.epochs


def test_a_network_that_is_very_sure_still_ranks():
    """In float32 both of these are 1."""
    sure = probabilities_of(np.array([[0, 18], [0, 20]], np.float32))
    assert sure[0, 1] < sure[1, 1] < 1
    assert np.float32(sure[0, 1]) == np.float32(sure[1, 1]) == 1


def test_a_temperature_leaves_the_ranking_and_lowers_the_loss_it_was_chosen_by(study):
    plain, cooled = study.group([1, 2]), study.group([1, 2], rescaled=True)
    assert cooled.scores["validation_loss"] < plain.scores["validation_loss"]
    np.testing.assert_array_equal(cooled.probabilities.argmax(axis=-1), plain.probabilities.argmax(axis=-1))
    labels = study.splits["test"].labels
    found = np.mean([evaluation.cross_entropy(labels, p) for p in cooled.probabilities])
    assert cooled.scores["test_loss"] == pytest.approx(found)


def test_the_linear_group_is_the_floor(study):
    group = overfitting.linear_group(study, [3])
    rows = study.draw(3)
    model = fit_logistic(rows["train"], rows["validation"])
    np.testing.assert_allclose(group.probabilities[0], model.predict_proba(rows["test"].images), rtol=1e-5)


def test_a_power_law_is_found_and_extended():
    law = overfitting.power_law([25, 50, 100], 0.8 * np.array([25, 50, 100]) ** -0.3)
    assert law(400) == pytest.approx(0.8 * 400**-0.3)
    assert overfitting.power_law([50], np.array([0.3]))(400) == pytest.approx(0.3)


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
