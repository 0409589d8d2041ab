"""Curves of deferral against slow versions, readers against the rates that were put in, teams against arithmetic."""

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from helpers.lessons.generalisation import deferral

RNG = np.random.default_rng(2)
LABELS = np.arange(6000) % 2
EVIDENCE = RNG.normal(1.2 * (LABELS - 0.5), 1)


def test_the_curve_against_a_loop():
    uncertainty, wrong = RNG.random(40), RNG.random(40) < 0.3
    order = np.argsort(uncertainty)
    slow = [wrong[order[:k]].mean() for k in range(1, 41)]
    assert deferral.risk_coverage(uncertainty, wrong) == pytest.approx(slow)


def test_ties_are_in_no_order():
    wrong = np.array([True, False, False, True])
    one = deferral.risk_coverage(np.zeros(4), wrong)
    assert one == pytest.approx(np.full(4, 0.5))
    assert deferral.risk_coverage(np.zeros(4), wrong[::-1]) == pytest.approx(one)


def test_floors_are_the_share_of_errors_and_the_best_there_is():
    wrong = RNG.random(200) < 0.2
    floors = deferral.floors(wrong)
    assert deferral.area(floors["at random"]) == pytest.approx(wrong.mean())
    best = deferral.area(floors["knows every error"])
    slow = np.mean([max(0, k - (~wrong).sum()) / k for k in range(1, 201)])
    assert best == pytest.approx(slow)
    assert best <= deferral.area(deferral.risk_coverage(RNG.random(200), wrong))
    assert deferral.area(deferral.risk_coverage(~wrong, wrong)) > wrong.mean(), "turned round it is worse than chance"


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_readers_have_the_rates_that_were_put_in(alike):
    calls = deferral.readers_calls(LABELS, EVIDENCE, sensitivity=0.85, specificity=0.7, alike=alike, seed=1)
    assert calls[:, LABELS == 1].mean() == pytest.approx(0.85, abs=0.01)
    assert 1 - calls[:, LABELS == 0].mean() == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("alike", [0.0, 0.4, 0.95])
def test_alike_is_the_correlation_with_the_network(alike):
    """Of z and x ~ N(0, 1) with correlation r the mean of z where x > t, counted 0 elsewhere, is r · φ(t)."""
    ill = LABELS == 1
    z = norm.ppf((rankdata(EVIDENCE[ill]) - 0.5) / ill.sum())
    calls = deferral.readers_calls(LABELS, EVIDENCE, sensitivity=0.8, specificity=0.8, alike=alike, seed=1)
    found = (z * calls[:, ill].mean(axis=0)).mean()
    assert found == pytest.approx(alike * norm.pdf(norm.ppf(0.8)), abs=0.01)


def test_readers_who_are_alike_err_where_the_network_errs():
    def both_wrong(alike):
        calls = deferral.readers_calls(LABELS, EVIDENCE, sensitivity=0.8, specificity=0.8, alike=alike, seed=1)
        missed = (EVIDENCE > 0) != (LABELS == 1)
        return (calls != (LABELS == 1))[:, missed].mean()

    apart, alike = both_wrong(0.0), both_wrong(0.7)
    assert apart == pytest.approx(0.2, abs=0.02)
    assert alike > apart + 0.15


def test_rates_outside_zero_to_one_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        deferral.readers_calls(LABELS, EVIDENCE, sensitivity=1.0, specificity=0.7, alike=0, seed=1)


def test_the_most_uncertain_are_deferred():
    assert deferral.deferred(np.array([0.1, 0.9, 0.5, 0.9]), 0.5).tolist() == [False, True, False, True]
    assert deferral.deferred(np.zeros(4), 0.5).tolist() == [True, True, False, False]
    assert not deferral.deferred(np.ones(3), 0.0).any()
    assert deferral.deferred(np.ones(3), 1.0).all()


def test_a_team_by_hand():
    machine = np.array([True, False, True, False])
    readers = np.array([[True, True, False, False], [False, True, False, False]])
    gone = np.array([True, True, False, False])
    alone = deferral.team_calls(machine, readers, gone)
    assert alone == pytest.approx([0.5, 1, 1, 0])
    follows = deferral.team_calls(machine, readers, gone, follows=0.5)
    assert follows == pytest.approx([0.75, 0.5, 1, 0])
    assert deferral.team_calls(machine, readers, gone, follows=1.0) == pytest.approx(machine.astype(float))
    labels = np.array([1, 1, 0, 0])
    assert deferral.called_right(alone, labels) == pytest.approx([0.5, 1, 0, 1])
    cost = deferral.cost_per_100(alone, labels, gone, missed=4, reading=0.5)
    assert cost == pytest.approx(100 * (4 * 0.5 + 1 + 2 * 0.5) / 4)


def test_nobody_deferred_is_the_machine_and_all_deferred_the_reader():
    machine = EVIDENCE > 0
    calls = deferral.readers_calls(LABELS, EVIDENCE, sensitivity=0.8, specificity=0.9, alike=0.3, seed=1)
    table = deferral.team_by_share(LABELS, machine, -np.abs(EVIDENCE), calls, (0, 1), missed=5, reading=0.1)
    assert table.loc[0.0, "accuracy"] == pytest.approx((machine == LABELS).mean())
    assert table.loc[1.0, "sensitivity"] == pytest.approx(calls[:, LABELS == 1].mean())
    assert table.loc[1.0, "cost"] > 10, "every case is read"


def test_the_interval_of_an_area_holds_it_and_widens_with_images_per_patient():
    uncertainty, wrong = np.repeat(RNG.random(150), 2), np.repeat(RNG.random(150) < 0.25, 2)
    by_image = deferral.area_interval(uncertainty, wrong, np.arange(300), draws=100, seed=1)
    by_patient = deferral.area_interval(uncertainty, wrong, np.arange(300) // 2, draws=100, seed=1)
    assert by_patient.low < by_patient.estimate < by_patient.high
    assert by_patient.high - by_patient.low > by_image.high - by_image.low
