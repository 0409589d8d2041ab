"""Tests of shift: statistics against slow ones, false alarms at the promised rate, and shifts that are found."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from helpers.evaluation import Patients
from helpers.lessons.generalisation import shift_tests

RNG = np.random.default_rng(4)


def test_means_by_person():
    values = np.array([[1.0, 5], [3, 7], [10, 0]])
    assert shift_tests.per_person(values, np.array([7, 7, 2])).tolist() == [[10, 0], [2, 6]]
    assert shift_tests.per_person(values[:, 0], np.array([7, 7, 2])).tolist() == [10, 2]


@pytest.mark.parametrize("digits", [1, 8])  # with ties and without
def test_ks_is_scipys(digits):
    home, away = RNG.normal(size=(40, 5)).round(digits), RNG.normal(0.4, 1, size=(55, 5)).round(digits)
    found = shift_tests.ks_statistics(home, away)
    assert found == pytest.approx([ks_2samp(home[:, k], away[:, k]).statistic for k in range(5)])


def test_mmd_is_the_sum_over_pairs():
    home, away = RNG.normal(size=(7, 3)), RNG.normal(size=(9, 3))
    kernel = shift_tests.gaussian_kernel(np.concatenate([home, away]))
    split = np.arange(16) < 7

    def mean(first, second):
        return np.mean([kernel[i, j] for i in np.flatnonzero(first) for j in np.flatnonzero(second) if i != j])

    slow = mean(split, split) + mean(~split, ~split) - 2 * mean(split, ~split)
    assert shift_tests.squared_mmd(kernel, split[None])[0] == pytest.approx(slow)
    assert np.diag(kernel) == pytest.approx(1)


@pytest.mark.parametrize("name", shift_tests.TESTS)
def test_false_alarms_are_as_promised_and_a_shift_is_found(name):
    test = shift_tests.TESTS[name]
    rng = np.random.default_rng(5)
    p_values = [test(*rng.normal(size=(2, 30, 6)), rng) for _ in range(300)]
    assert np.mean(np.array(p_values) < shift_tests.LEVEL) <= 0.09
    assert min(p_values) > 0
    assert max(p_values) <= 1
    assert np.mean([test(rng.normal(size=(60, 6)), rng.normal(1, 1, (60, 6)), rng) < 0.05 for _ in range(20)]) > 0.9


def test_without_bonferroni_false_alarms_would_be_many():
    rng = np.random.default_rng(6)
    least = [min(ks_2samp(*pair).pvalue for pair in zip(*rng.normal(size=(2, 20, 30)), strict=True)) for _ in range(60)]
    assert np.mean(np.array(least) < 0.05) > 0.4


def test_a_domain_classifier_knows_hospitals_that_differ_and_not_those_that_do_not():
    home, away = RNG.normal(size=(150, 4)), RNG.normal(size=(150, 4))
    people = np.repeat(np.arange(75), 2)
    same = shift_tests.domain_classifier(home, away, people, 100 + people, draws=50, seed=1)
    assert abs(same.auc.estimate - 0.5) < 0.1
    other = shift_tests.domain_classifier(home, away + 2 * (np.arange(4) == 0), people, 100 + people, draws=50, seed=1)
    assert other.auc.estimate > 0.9


def test_odds_are_the_ratio_of_the_densities():
    home, away = RNG.normal(size=(4000, 1)), RNG.normal(1, 1, size=(1000, 1))
    at = np.array([[-1.0], [0.0], [1.0]])
    assert np.log(shift_tests.density_ratio(home, away)(at)) == pytest.approx(at[:, 0] - 0.5, abs=0.25)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 1.0])
def test_the_black_box_estimate_inverts_what_calls_do(share):
    called = share * 0.9 + (1 - share) * 0.15
    assert shift_tests.black_box_share(called, 0.9, 0.15) == pytest.approx(share)


def test_the_black_box_estimate_stays_a_share():
    assert shift_tests.black_box_share(0.05, 0.9, 0.15) == 0
    assert shift_tests.black_box_share(0.95, 0.9, 0.15) == 1
    assert np.isnan(shift_tests.black_box_share(0.5, 0.3, 0.3))


def test_the_interval_of_the_share_holds_the_truth_about_as_often_as_it_says():
    held = 0
    for k in range(60):
        rng = np.random.default_rng(k)
        labels = (rng.random(200) < 0.4).astype(np.int64)
        calls = rng.random(200) < np.where(labels == 1, 0.9, 0.2)
        ill = rng.random(200) < 0.15
        new_calls = rng.random(200) < np.where(ill, 0.9, 0.2)
        found = shift_tests.estimated_share(
            Patients(labels, np.arange(200)), calls, np.arange(200), new_calls, draws=100, seed=k
        )
        held += found.low <= 0.15 <= found.high
    assert held >= 50


def test_alarm_rates_tell_samples_apart():
    reference = RNG.normal(size=(200, 3))
    samples = {"same": RNG.normal(size=(200, 3)), "other": RNG.normal(1.5, 1, size=(200, 3))}
    rates = shift_tests.alarm_rates(reference, samples, 40, repeats=20, seed=1)
    assert list(rates.columns) == list(shift_tests.TESTS)
    assert max(one.estimate for one in rates.loc["same"]) <= 0.25
    assert min(one.estimate for one in rates.loc["other"]) >= 0.9
