"""What notebook 08 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

from functools import partial

import numpy as np
import pytest

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.generalisation import (
    conformal,
    deferral,
    four_hospitals,
    heterogeneity,
    hospitals,
    monitoring,
    networks,
    remedies,
    shift_tests,
    uncertainty,
)
from helpers.models import training
from helpers.models.floors import fit_floors


@pytest.fixture(scope="module")
def home():
    """Training, validation and test images of hospital A, cut short."""
    data = hospitals.load_home("chest", seed=1)
    return [evaluation.one_against_rest(rows, data.disease_class) for _, rows in data.splits()]


def area_of(rows, risks):
    return evaluation.auc(rows.labels, evaluation.two_columns(risks))


def test_mean_intensity_is_no_network(home):
    train, validation, test = home
    assert area_of(test, fit_floors(train, validation)["mean intensity"].predict_proba(test.images)[:, 1]) < 0.7


def test_a_machine_that_changes_nothing_moves_no_score(home):
    test = home[2]
    training.set_seed(1)
    bench = training.Restartable(partial(networks.build_small_cnn, test.images.shape[1:]))
    eye, weights = hospitals.Eye(bench.network), bench.network.get_weights()
    same = hospitals.Machine().at(test, np.random.default_rng(1))
    assert np.array_equal(eye.look(weights, same.images).log_odds, eye.look(weights, test.images).log_odds)


def test_one_that_ranks_at_random_loses_more_than_any_machine_takes():
    labels = np.arange(4000) % 2
    rows = evaluation.Patients(labels, np.arange(4000))
    assert 0.92 - area_of(rows, np.random.default_rng(1).random(4000)) > 0.2


def test_a_network_of_the_disease_alone_ranks_no_better_in_a_pool_than_within():
    rng = np.random.default_rng(1)
    ill = np.concatenate([rng.random(2000) < 0.6, rng.random(2000) < 0.1]).astype(np.int64)
    of_a = np.arange(4000) < 2000
    score = rng.normal(2.0 * ill)
    rows = evaluation.Patients(ill, np.arange(4000))
    within = np.mean([area_of(evaluation.Patients(ill[w], np.arange(w.sum())), score[w]) for w in (of_a, ~of_a)])
    assert area_of(rows, score) - within < 0.01
    assert area_of(rows, score + 2.0 * of_a) - within > 0.01, "one that reads the hospital as well is in the band"
    assert hospitals.alone(0.35, 0.35, 0.5) == pytest.approx(0.5)


def test_a_test_that_always_alarms_alarms_where_nothing_changed(monkeypatch):
    same = np.random.default_rng(1).normal(size=(2, 120, 3))
    monkeypatch.setattr(shift_tests, "TESTS", {"always": lambda home, away, rng: 0.0})
    rates = shift_tests.alarm_rates(same[0], {"same": same[1]}, 40, repeats=5, seed=1)
    assert rates.loc["same", "always"].estimate > 0.25


def test_no_shift_is_found_no_more_often_among_more_people():
    same = np.random.default_rng(2).normal(size=(2, 400, 3))
    few, many = (
        shift_tests.alarm_rates(same[0], {"same": same[1]}, n, repeats=40, seed=1).map(lambda one: one.estimate)
        for n in (25, 100)
    )
    assert (many - few).to_numpy().mean() < 0.1


def test_the_share_called_is_no_estimate_of_a_share():
    called = 0.15 * 0.9 + 0.85 * 0.15
    estimated = shift_tests.black_box_share(called, 0.9, 0.15)
    assert abs(called - 0.15) - abs(estimated - 0.15) > 0.01, "right where nothing else has changed"
    assert shift_tests.black_box_share(called, 1.0, 0.0) == pytest.approx(called), "the called: a test without errors"


def test_a_monitor_that_is_blind_needs_as_long_after_the_change():
    home_scores = monitoring.people_of(np.random.default_rng(3).normal(size=300))
    table = monitoring.delays(home_scores, {"blind": home_scores}, [5.0], runs=200, seed=1)
    assert table["blind"].iloc[0] / table["at home"].iloc[0] > 0.7


def test_weights_that_are_alike_keep_every_row_and_a_classifier_that_cannot_tell_gives_a_half():
    assert remedies.effective_rows(np.full(60, 3.0)) / 60 > 0.6
    rows = np.random.default_rng(4).normal(size=(2, 200, 3))
    found = shift_tests.domain_classifier(rows[0], rows[1], np.arange(200), np.arange(200, 400), draws=50, seed=1)
    assert found.auc.estimate < 0.95


def test_a_share_that_is_the_old_one_mends_no_level_and_a_machine_is_left_as_it_was():
    risks = np.random.default_rng(5).uniform(0.05, 0.95, 400)
    assert remedies.at_share(risks, 0.35, 0.35) == pytest.approx(risks)
    images = np.random.default_rng(6).integers(0, 255, (40, 16, 16, 1), dtype=np.uint8)
    assert np.abs(remedies.grey_matched(images, images, images).astype(int) - images).max() <= 1
    assert remedies.both(*[Split(images, np.zeros(40, np.int64), np.arange(40))] * 2).images.shape[0] == 80


def test_where_places_are_alike_their_statistics_are_those_of_both():
    images = np.random.default_rng(9).integers(0, 255, (30, 16, 16, 1), dtype=np.uint8)
    rows = Split(images, np.arange(30, dtype=np.int64) % 2, np.arange(30))
    training.set_seed(1)
    network = networks.build_small_cnn((16, 16, 1))
    by_place, mixed = (
        networks.normalised_for(network, network.get_weights(), one.images) for one in (rows, remedies.both(rows, rows))
    )
    eye = hospitals.Eye(network)
    assert eye.look(by_place, images).risks == pytest.approx(eye.look(mixed, images).risks, abs=1e-4)
    darker = hospitals.Machine(contrast=0.6, lift=-20).at(rows, np.random.default_rng(1))
    apart = networks.normalised_for(network, network.get_weights(), remedies.both(rows, darker).images)
    assert np.abs(eye.look(apart, images).log_odds - eye.look(by_place, images).log_odds).max() > 0.01


def test_every_diagnosis_leaves_less_than_fifty_do():
    rng = np.random.default_rng(7)
    z = rng.normal(-1, 1.5, 6000)
    ill = (rng.random(6000) < 1 / (1 + np.exp(-z))).astype(np.int64)
    risks, test = 1 / (1 + np.exp(-z)), slice(3000, None)

    def off(n, k):
        some = np.random.default_rng(k).permutation(3000)[:n]
        mended = remedies.recalibrated(ill[some], risks[some], risks[test])
        return abs(evaluation.calibration_intercept(ill[test], evaluation.two_columns(mended)))

    assert np.mean([off(3000, k) for k in range(5)]) < 0.1 < np.mean([off(50, k) for k in range(30)])


def honest(n, seed, shift=0.0):
    """Labels, log-odds and people of a network that is honest where shift is 0; two images a person."""
    rng = np.random.default_rng(seed)
    labels = np.repeat((rng.random(n) < 0.35).astype(np.int64), 2)
    z = np.log(0.35 / 0.65) + 2.2 * rng.normal(2.2 * (labels - 0.5) + shift, 1)
    return evaluation.Patients(labels, np.repeat(np.arange(n), 2)), z


def risk(z):
    return 1 / (1 + np.exp(-z))


def test_networks_that_differ_in_nothing_have_no_range_and_one_that_knows_nothing_ranks_by_chance():
    rows, z = honest(300, 1)
    members = np.stack([risk(z)] * 3)
    levels = [np.log(evaluation.observed_to_expected(rows.labels, evaluation.two_columns(one))) for one in members]
    assert np.ptp(levels) < 0.02
    assert uncertainty.disagreement(members).max() < 1e-9
    coin = np.random.default_rng(1).random(len(z))
    assert evaluation.auc(rows.labels, evaluation.two_columns(coin)) - 0.9 < -0.3


def test_sets_of_the_likeliest_class_of_a_coin_hold_half():
    rows, _ = honest(400, 1)
    coin = np.random.default_rng(1).random(len(rows.labels))
    held = conformal.sets(coin, 0.5)
    assert held[np.arange(len(coin)), rows.labels].mean() < 0.6


def test_at_home_no_coverage_is_lost_and_classes_with_their_own_limit_are_alike():
    (rows, z), (test, new), (_, moved) = honest(500, 1), honest(3000, 2), honest(3000, 2, shift=0.8)
    scores = conformal.nonconformity(rows.labels, risk(z))
    q = conformal.limit(scores, 0.9)
    at_home, elsewhere = (conformal.sets(risk(one), q)[np.arange(len(one)), test.labels].mean() for one in (new, moved))
    assert abs(at_home - 0.9) < 0.03
    assert at_home - elsewhere > 0.02
    own = conformal.limits_by_group(scores, rows.labels, 0.9)
    held = conformal.sets(risk(new), np.broadcast_to([own[0], own[1]], (len(new), 2)))
    right = held[np.arange(len(new)), test.labels]
    assert right[test.labels == 0].mean() - right[test.labels == 1].mean() < 0.03


def test_weights_that_say_nothing_bring_nothing_back():
    (rows, z), (test, new) = honest(400, 1), honest(400, 2)
    scores = conformal.nonconformity(rows.labels, risk(z))
    sent = conformal.referred(test.patients, new, np.random.default_rng(1))
    limits = conformal.weighted_limits(scores, np.ones(len(scores)), np.ones(sent.sum()), 0.9)
    assert limits == pytest.approx(conformal.limit(scores, 0.9)), "so no coverage is gained, and no set grows"


def test_a_score_that_knows_nothing_tells_nobody_apart():
    rng = np.random.default_rng(1)
    found = uncertainty.told_apart(
        {"coin": rng.random(400)}, {"coin": rng.random(400)}, np.arange(400), np.arange(400), draws=20, seed=1
    )
    assert abs(found["coin"].estimate - 0.5) < 0.1


def test_doubt_that_knows_nothing_defers_at_random():
    rng = np.random.default_rng(1)
    wrong = rng.random(4000) < 0.15
    assert abs(wrong.mean() - deferral.area(deferral.risk_coverage(rng.random(4000), wrong))) < 0.02


def test_readers_who_err_just_where_the_network_errs_add_nothing():
    rows, z = honest(2000, 1)
    both = {}
    for alike in (0.0, 1.0):
        read = deferral.readers_calls(rows.labels, z, sensitivity=0.85, specificity=0.85, alike=alike, seed=1)
        table = deferral.team_by_share(
            rows.labels, z > 0, -np.abs(z), read, np.linspace(0, 1, 21), missed=5, reading=0.1
        )["accuracy"]
        both[alike] = table.max() - max(table.loc[0.0], table.loc[1.0])
    assert both[1.0] < 0.85 * both[0.0] - 0.005


def test_a_reader_who_is_the_machine_loses_nothing_by_following():
    rows, z = honest(500, 1)
    machine = z > 0
    gone = deferral.deferred(-np.abs(z), 0.3)
    alone, following = (deferral.team_calls(machine, machine[np.newaxis], gone, follows) for follows in (0.0, 1.0))
    assert (deferral.called_right(alone, rows.labels) - deferral.called_right(following, rows.labels)).mean() < 0.002


def test_one_machine_everywhere_has_no_heterogeneity():
    hospitals = {}
    for k in range(8):
        rows, z = honest(120, 10 + k)
        hospitals[f"hospital {k}"] = rows, risk(z)
    table = heterogeneity.by_hospital("O:E", hospitals, draws=100, seed=1)
    pooled = heterogeneity.pool(table["estimate"], table["error"])
    assert pooled.tau < 0.08
    found = heterogeneity.intervals_of(pooled, "O:E")
    mean, following = found["mean hospital"], found["next hospital"]
    assert np.log(following.high / following.low) / np.log(mean.high / mean.low) < 1.5


def test_where_hospitals_are_alike_the_interval_of_the_mean_holds_the_next():
    held = heterogeneity.how_often_held(0.0, 0.0, np.array([0.1, 0.2]), hospitals=8, repeats=300, seed=1)
    assert held["interval of the mean"] > 0.8
    apart = heterogeneity.how_often_held(0.0, 0.3, np.array([0.1, 0.2]), hospitals=8, repeats=300, seed=1)
    assert apart["interval of the mean"] < 0.88


def test_mixing_does_not_matter_where_hospitals_are_alike():
    clinics = four_hospitals.hospitals_of("simulated", seed=1)
    dealt = four_hospitals.Hospitals(
        clinics.title,
        True,
        clinics.features,
        clinics.labels,
        np.random.default_rng(1).permutation(clinics.sites),
        clinics.patients,
        clinics.feature_names,
    )
    off = {}
    for way, every in (("left out", four_hospitals.left_out_risks), ("mixed", four_hospitals.mixed_risks)):
        risks = {"mean + indicators": every(dealt, seed=1)["mean + indicators"]}
        scored = four_hospitals.scores_by_hospital(dealt, risks, draws=20, seed=1)
        off[way] = np.mean([abs(np.log(one.estimate)) for one in scored["O:E"]])
    assert off["left out"] - off["mixed"] < 0.01
