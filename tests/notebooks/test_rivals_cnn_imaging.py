"""The rivals of notebook 02's claims are what the wrong versions really give."""

import json

import numpy as np
import pandas as pd
import pytest

from course.sweep.study_file import study_values
from helpers import evaluation
from helpers.base.paths import DATA, ROOT
from helpers.datasets.contract import Split
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.simulators.chest_render import SITES
from helpers.datasets.simulators.radiography import LETTER_GREY, letter_place
from helpers.evaluation import calls_at, threshold_for_sensitivity
from helpers.lessons.imaging import faint, letters
from helpers.models import build_better_cnn, build_cnn, explain
from helpers.models.training import set_seed
from helpers.notebook.reference import real_results, study_results

SHAPE = (28, 28, 1)


@pytest.fixture(autouse=True)
def seed():
    set_seed(3)


@pytest.fixture(scope="module")
def chests():
    return simulate_chest(patients=200, seed=3)


def test_a_hospital_that_sends_a_whole_class_is_one_half_from_one_half():
    only_b = simulate_chest(patients=60, class_balance={"A": (0.6, 0.4, 0), "B": (0.4, 0.3, 0.3)}, seed=3)
    hospital = only_b.patient_table.loc[only_b.train.patients, "site"].to_numpy()
    mix = pd.crosstab(only_b.train.labels, hospital)
    share_of_a = mix.iloc[:, 0] / mix.sum(axis=1)
    assert (share_of_a - 0.5).abs().max() == 0.5


def test_an_untrained_network_without_spare_outputs_pays_log_3_and_one_with_them_gives_them_most(chests):
    images, labels = chests.validation.images, chests.validation.labels
    loss, _ = build_cnn(SHAPE, outputs=3).evaluate(images, labels, verbose=0)
    assert loss == pytest.approx(np.log(3), abs=0.3)
    unused = build_cnn(SHAPE).predict(images, verbose=0)[:, 3:].sum(axis=1).mean()
    assert unused == pytest.approx(0.7, abs=0.1)


def test_a_model_against_itself_gains_nothing(chests):
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(3), len(chests.test.labels))
    gain = evaluation.bootstrap_difference(evaluation.auc, chests.test, p, p, draws=50, seed=3)
    assert (gain.low, gain.estimate, gain.high) == (0, 0, 0)


def test_whoever_does_not_look_finds_faint_lesions_as_often():
    hardly_seen = faint.faint_only(np.arange(6000), seed=3)
    right = np.random.default_rng(3).random(6000) < 0.5
    assert right[~hardly_seen].mean() - right[hardly_seen].mean() == pytest.approx(0, abs=0.1)


def test_whoever_reads_the_letter_alone_loses_all_that_it_had_over_guessing(chests):
    hospitals = chests.patient_table.loc[chests.validation.patients, "site"].to_numpy()
    rows = Split(chests.validation.images, (hospitals == "A").astype(int), chests.validation.patients)
    top, left, letter = letter_place(SITES["A"], 28)

    def reads_the_letter(shown):
        bright = (shown[:, top, left, 0][:, letter] == LETTER_GREY).all(axis=1)
        return evaluation.two_columns(np.where(bright, 0.9, 0.1))

    before = evaluation.auc(rows.labels, reads_the_letter(rows.images))
    without = {"letter painted over": letters.painted_over(rows.images, hospitals)}
    found = letters.effects(reads_the_letter, rows, without, 1, draws=50, seed=3)
    assert found.loc["letter painted over", "change in AUC"].estimate == pytest.approx(0.5 - before)


def test_where_lesions_lie_anywhere_one_place_is_no_better_than_chance():
    rng = np.random.default_rng(3)
    rows, columns = rng.integers(0, 28, (2, 4000))
    masks = np.zeros((4000, 28, 28), bool)
    for side in range(9):  # lesions of three by three pixels, continued at the other edge
        masks[np.arange(4000), (rows + side // 3) % 28, (columns + side % 3) % 28] = True
    floors = explain.hits_without_looking(masks[:2000], masks[2000:])
    assert floors["always one place"].mean() - floors["at random"].mean() == pytest.approx(0, abs=0.02)


def test_grad_cam_and_hirescam_differ_behind_flatten_and_not_behind_global_pooling(chests):
    images = chests.validation.images[:8]

    def apart(model, layer):
        two = [explain.grad_cam(model, images, 1, layer, per_position=each) for each in (False, True)]
        return np.abs(np.subtract(*two)).max()

    assert apart(build_cnn(SHAPE), "conv_2") > 0.1
    assert apart(build_better_cnn(SHAPE, 3), "relu_3") < 0.005


def test_the_next_higher_threshold_misses_what_was_asked_for():
    rng = np.random.default_rng(3)
    ill, risks = rng.random(300) < 0.3, rng.random(300)
    threshold = threshold_for_sensitivity(ill, risks, 0.95)
    needed = np.ceil(round(0.95 * ill.sum(), 9))
    assert calls_at(ill, risks, threshold).sensitivity * ill.sum() - needed == pytest.approx(0)
    assert (risks[ill] > threshold).sum() - needed == -1


def test_the_recorded_rivals_lie_outside_the_bands_of_the_text():
    real = real_results("02_cnn_imaging").mean()
    ahead = {
        of: real[f"better_network_test_{of}"] - real[f"network_trained_alike_test_{of}"] for of in ("auc", "accuracy")
    }
    assert abs(ahead["accuracy"]) < 0.01 < ahead["auc"]
    assert real["better_network_test_auc"] - real["logistic_regression_test_auc"] > 0.005
    assert real["network_test_auc"] - real["logistic_regression_test_auc"] < 0.005
    frozen = {split: real[f"better_network_at_threshold_{split}_specificity"] for split in ("validation", "test")}
    assert frozen["test"] - frozen["validation"] < -0.1


def test_on_bones_the_better_network_is_not_as_far_ahead_in_every_run_as_it_is_on_tissue():
    runs = study_results("organs")
    lead = (runs["better_network_test_auc"] - runs["logistic_regression_test_auc"]).groupby(runs["dataset"])
    assert lead.min()["bone"] < 0.05 < 0.2 < lead.min()["tissue"]


def test_reference_results_name_the_recipe_they_come_from():
    """The page learns from fewer images than the recorded runs; so these name all that differs."""
    stored = json.loads((DATA / "reference" / "02_cnn_imaging.json").read_text(encoding="utf-8"))
    asked = study_values(ROOT / "studies" / "real_02_cnn_imaging.yml")["parameters"]
    assert stored["parameters"] == asked
    recipe = {"train_patients": 5000, "epochs": 5, "better_epochs": 9, "batch_size": 32}
    assert asked == {"dataset": "pneumoniamnist"} | recipe
