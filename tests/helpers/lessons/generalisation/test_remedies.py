"""Remedies do what they say: means matched, weights counted, groups served, risks moved by Bayes' rule."""

from functools import partial

import keras
import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.generalisation import hospitals, networks, remedies
from helpers.models import training

RNG = np.random.default_rng(5)
ROWS = Split(
    RNG.integers(40, 220, (60, 16, 16, 1), dtype=np.uint8),
    np.arange(60, dtype=np.int64) % 2,
    np.repeat(np.arange(30), 2),
)


def test_greys_get_mean_and_spread_of_home():
    theirs = hospitals.Machine(contrast=0.6, lift=25).take(ROWS.images, RNG)
    matched = remedies.grey_matched(theirs, theirs, ROWS.images)
    assert matched.mean() == pytest.approx(ROWS.images.mean(), abs=0.5)
    assert np.abs(matched.astype(int) - ROWS.images).max() <= 2


def test_many_machines_change_pictures_and_not_diagnoses():
    many = remedies.by_many_machines(ROWS, np.random.default_rng(1))
    assert many.images.shape == ROWS.images.shape
    assert np.array_equal(many.labels, ROWS.labels)
    assert (many.images != ROWS.images).any(axis=(1, 2, 3)).mean() > 0.9


def test_both_holds_the_rows_of_both():
    found = remedies.both(ROWS.rows(np.arange(10)), ROWS.rows(np.arange(20, 25)))
    assert np.array_equal(found.patients, ROWS.patients[[*range(10), *range(20, 25)]])


def test_weights_refit_as_repeated_rows_would():
    features, labels = RNG.normal(size=(80, 3)), np.arange(80) % 2
    features[labels == 1] += 1
    times = RNG.integers(1, 4, 80)
    repeated = np.repeat(np.arange(80), times)
    centre, spread = features.mean(axis=0), features.std(axis=0)
    z = (features - centre) / spread
    by_library = LogisticRegression(C=1 / times.mean(), max_iter=1000).fit(z[repeated], labels[repeated])
    found = remedies.refitted(features, labels, features, weights=times.astype(float))
    assert found == pytest.approx(by_library.predict_proba(z)[:, 1], abs=1e-4)


def test_effective_rows():
    assert remedies.effective_rows(np.ones(50)) == pytest.approx(50)
    assert remedies.effective_rows(np.array([1.0] * 10 + [1e-9] * 90)) == pytest.approx(10, rel=1e-3)


def test_no_weight_is_heavier_than_allowed():
    weights = np.array([1.0] * 99 + [1e6])
    assert remedies.cut(weights).max() == remedies.HEAVIEST
    assert remedies.cut(weights[:99]) == pytest.approx(np.ones(99))


def test_the_level_alone_leaves_the_slope():
    risks = RNG.uniform(0.05, 0.95, 4000)
    labels = (RNG.random(4000) < expit(2 * logit(risks) - 1)).astype(int)
    found = remedies.relevelled(labels, risks, risks)
    moved = logit(found) - logit(risks)
    assert np.ptp(moved) < 1e-9
    assert found.mean() == pytest.approx(labels.mean(), abs=1e-6), "the mean risk is the share of the ill"


def test_the_worst_group_is_served_better():
    rng = np.random.default_rng(2)
    groups = np.repeat([0, 1], [900, 100])
    labels = rng.integers(0, 2, 1000)
    features = rng.normal(size=(1000, 2))
    features[groups == 0, 0] += 2.0 * (2 * labels[groups == 0] - 1)  # each group has a feature of its own
    features[groups == 1, 1] += 1.2 * (2 * labels[groups == 1] - 1)
    features[groups == 1, 0] -= 0.6 * (2 * labels[groups == 1] - 1)

    def losses(risks):
        loss = -np.log(np.where(labels == 1, risks, 1 - risks))
        return np.array([loss[groups == k].mean() for k in (0, 1)])

    plain = losses(remedies.refitted(features, labels, features))
    robust, weights = remedies.group_robust(features, labels, groups, features)
    assert losses(robust).max() < plain.max() - 0.02
    assert weights[1] > weights[0]
    assert weights.sum() == pytest.approx(1)


def test_with_one_group_robust_is_plain():
    features, labels = RNG.normal(size=(300, 2)), np.arange(300) % 2
    features[labels == 1, 0] += 1
    robust, _ = remedies.group_robust(features, labels, np.zeros(300, int), features, rounds=2000)
    assert robust == pytest.approx(remedies.refitted(features, labels, features), abs=0.02)


def test_risks_move_by_bayes_rule():
    assert remedies.at_share(np.array([0.5]), 0.5, 0.1) == pytest.approx([0.1])
    risks = np.array([0.2, 0.7])
    assert remedies.at_share(remedies.at_share(risks, 0.4, 0.1), 0.1, 0.4) == pytest.approx(risks)
    ill, well = 0.3 * 0.8, 0.7 * 0.1  # of a test with .8 and .1 at a share of .3
    fewer = 0.05 * 0.8 / (0.05 * 0.8 + 0.95 * 0.1)
    assert remedies.at_share(np.array([ill / (ill + well)]), 0.3, 0.05) == pytest.approx([fewer])


def test_local_people_are_whole_people_of_both_classes():
    labels = (ROWS.patients == 3).astype(np.int64)
    rows = Split(ROWS.images, labels, ROWS.patients)
    kept = remedies.local_people(rows, 4, np.random.default_rng(1))
    assert len(np.unique(rows.patients[kept])) == 4
    assert len(kept) == 8
    assert 3 in rows.patients[kept]
    with pytest.raises(ValueError, match="with and without"):
        remedies.local_people(Split(ROWS.images, 0 * labels, ROWS.patients), 4, np.random.default_rng(1))


def test_recalibration_mends_the_level():
    rng = np.random.default_rng(3)
    z = rng.normal(size=4000)
    ill = (rng.random(4000) < 1 / (1 + np.exp(-(z - 2)))).astype(np.int64)
    risks = 1 / (1 + np.exp(-z))
    mended = remedies.recalibrated(ill[:2000], risks[:2000], risks[2000:])
    assert mended.mean() == pytest.approx(ill[2000:].mean(), abs=0.02)
    assert risks[2000:].mean() - ill[2000:].mean() > 0.2


@pytest.fixture(scope="module")
def bench():
    training.set_seed(1)
    return training.Restartable(partial(networks.build_small_cnn, (16, 16, 1)))


def test_batch_statistics_are_those_of_the_images(bench):
    before = bench.network.get_weights()
    renewed = networks.normalised_for(bench.network, before, ROWS.images)
    names = [variable.path.split("/")[-2:] for variable in bench.network.weights]
    changed = [not np.array_equal(a, b) for a, b in zip(before, renewed, strict=True)]
    assert changed == [name[1].startswith("moving") for name in names]
    first = bench.network.get_layer("conv_1")(ROWS.images.astype("float32") / 255)
    place = names.index(["normalise_1", "moving_mean"])
    assert renewed[place] == pytest.approx(keras.ops.convert_to_numpy(first).mean(axis=(0, 1, 2)), abs=1e-4)
    at = bench.network.get_layer("conv_1").output
    inside = keras.Model(bench.network.inputs, bench.network.get_layer("normalise_1").output)
    shown = inside.predict(ROWS.images, verbose=0)
    assert at.shape[1:] == shown.shape[1:]
    assert shown.mean(axis=(0, 1, 2)) == pytest.approx(0, abs=1e-3)


def test_fine_tuning_starts_where_it_is_told_and_leaves_the_rate(bench):
    start = bench.network.get_weights()
    rate = float(bench.network.optimizer.learning_rate)
    still = remedies.fine_tuned(bench, start, ROWS, epochs=1, seed=1)
    moved = np.mean([np.abs(a - b).mean() for a, b in zip(start[:1], still[:1], strict=True)])
    assert 0 < moved < 0.02
    assert float(bench.network.optimizer.learning_rate) == rate
    again = remedies.fine_tuned(bench, start, ROWS, epochs=1, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(still, again, strict=True))


def shifted(labels, log_odds):
    rows = Split(np.zeros((len(labels), 2, 2, 1), np.uint8), labels, np.arange(len(labels)) // 2)
    return hospitals.Shifted(rows, hospitals.Seen(log_odds[:, np.newaxis], log_odds))


def of_risks(risks, rng):
    return shifted((rng.random(len(risks)) < risks).astype(int), logit(risks))


def test_gains_are_differences_of_two_areas_and_the_first_gains_nothing():
    labels = np.arange(200) % 2
    rows = Split(np.zeros((200, 2, 2, 1), np.uint8), labels, np.arange(200))
    noise = np.random.default_rng(1).normal(size=200)
    found = {name: remedies.Remedy(expit(scale * labels + noise), 0.5) for name, scale in (("nothing", 1), ("some", 3))}
    won = remedies.gains(found, rows, draws=20, seed=1)
    areas = [evaluation.auc(labels, evaluation.two_columns(one.risks)) for one in found.values()]
    assert won["nothing"] == ""
    assert won["some"].estimate == pytest.approx(areas[1] - areas[0])


def test_a_prior_correction_finds_where_fewer_are_ill_and_fifty_find_any_level():
    rng = np.random.default_rng(3)
    home = of_risks(rng.uniform(0.02, 0.98, 6000), rng)
    ill = home.rows.labels == 1
    kept = np.flatnonzero(~ill | (rng.random(6000) < 0.2))
    few = hospitals.Shifted(home.rows.rows(kept), home.seen.of_rows(kept))
    called = home.seen.risks >= 0.5
    at_home, seeds = (home.rows.labels, home.rows.patients, called), [[1, k] for k in range(5)]
    before = remedies.off(few, few.seen.risks)
    assert before == pytest.approx(abs(np.log(0.2)), abs=0.2)
    assert remedies.off_by_prior(few, few, at_home, 0.5, ill.mean(), seeds) < before / 3
    assert remedies.off_by_fifty(few, few, 1000, remedies.relevelled, seeds) < before / 5
    assert remedies.off_by_fifty(few, few, 1000, remedies.recalibrated, seeds) < before / 5
