"""Seizures foretold and not, warning lights and chance, by hand on two days of one person."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.datasets.simulators.biosignals.eeg_days import START, Looks
from helpers.lessons.biosignals import clock, prediction, splits

MINUTE = np.timedelta64(1, "m")
PLAN = prediction.Plan(10, 50)
N = 3 * 288


@pytest.fixture
def looks():
    """One person, three days, seizures at noon of each day, one minute long."""
    time = START + 5 * np.arange(1, N + 1) * MINUTE
    noon = START + (720 + 1440 * np.arange(3)) * MINUTE
    seizures = {"A": np.stack([noon, noon + MINUTE], axis=1)}
    features = np.arange(N, dtype=np.float32)[:, None]
    return Looks(np.full(N, "A"), time, 5, features, seizures, np.zeros(N, np.float32))


def risk_at(looks, *minutes):
    return np.isin((looks.time - START) / MINUTE, minutes).astype(float)


@pytest.mark.parametrize(("before", "warned"), [(5, 0), (10, 1), (60, 1), (65, 0)])
def test_a_seizure_is_foretold_between_horizon_and_reach(looks, before, warned):
    table = prediction.judge(looks, risk_at(looks, 720 - before), 0.5, PLAN)
    assert table.loc["A", ["events", "warned"]].tolist() == [3, warned]


def test_the_light_is_on_where_a_seizure_would_have_been_foretold(looks):
    on = risk_at(looks, 100) > 0
    light = prediction.lit_by(on, looks.time, PLAN)
    assert ((looks.time[light] - START) / MINUTE).tolist() == list(range(110, 161, 5))


def test_alarms_at_the_same_hour_gain_nothing_on_the_clock_and_much_on_chance(looks):
    every_day = risk_at(looks, *(690 + 1440 * np.arange(3)))
    scores = prediction.worth(prediction.judge(looks, every_day, 0.5, PLAN), PLAN)
    assert scores["sensitivity"] == 1
    assert scores["time in warning"] == pytest.approx(33 / N)
    assert scores["beyond chance"] == pytest.approx(1 - 33 / N)
    assert scores["beyond the clock"] == pytest.approx(0)
    one_day = prediction.worth(prediction.judge(looks, risk_at(looks, 690), 0.5, PLAN), PLAN)
    assert one_day["beyond the clock"] == pytest.approx(1 / 3 - (0 + 1 / 2 + 1 / 2) / 3)


def test_random_alarms():
    assert prediction.random_sensitivity(0.0, 1) == 0
    assert prediction.random_sensitivity(0.15, 1) == pytest.approx(1 - np.exp(-0.15))


def test_labels_leave_out_what_is_too_late_and_what_follows(looks):
    told = pd.Series(prediction.labels(looks, PLAN), (looks.time - START) / MINUTE)
    assert told[[655, 660, 710, 715, 720, 780, 785]].tolist() == [0, 1, 1, -1, -1, -1, 0]


def test_nothing_later_is_read_and_the_scale_is_the_past_s(looks):
    past = prediction.over_the_past(looks, 30)[:, 0]
    assert past[[0, 1, 10]].tolist() == [0, 0.5, np.arange(5, 11).mean()]
    train, validation, test = prediction.in_time(looks)
    assert (train.sum(), (train & test).sum(), (train | validation | test).all()) == (N // 2, 0, True)
    later = replace(looks, features=np.where(test[:, None], 1e6, looks.features).astype(np.float32))
    scaled = [prediction.own_scale(each.features, each.people, train)[train] for each in (looks, later)]
    np.testing.assert_array_equal(*scaled)


def test_the_choice_keeps_to_the_time_in_warning():
    table = pd.DataFrame({"time in warning": [0.05, 0.18, 0.4]}, index=[0.9, 0.7, 0.5])
    assert prediction.choose(table, 0.2) == 0.7
    assert prediction.choose(table, 0.01) == 0.9


def test_leads_and_intervals(looks):
    risk = risk_at(looks, 690)
    assert prediction.leads(looks, risk, 0.5, PLAN)["lead (min)"].dropna().tolist() == [30]
    intervals = prediction.worth_intervals(prediction.judge(looks, risk, 0.5, PLAN), PLAN, draws=20)
    assert intervals["sensitivity"].estimate == pytest.approx(1 / 3)


def test_a_curve_falls_with_the_threshold(looks):
    curve = prediction.curve(looks, np.random.default_rng(1).random(N), PLAN, points=4)
    assert (np.diff(curve.index) < 0).all()
    assert (np.diff(curve["time in warning"]) >= 0).all()


def test_the_busiest_hour_is_in_the_middle(looks):
    table = clock.by_hour(looks, np.ones(N), np.ones(N, bool))
    assert table["seizures"].idxmax() in (-1, 0)
    assert table["seizures"].sum() == pytest.approx(1)
    assert (table["risk"] == 1).all()
    assert clock.clock_features(looks).shape == (N, 2)


def test_shuffled_neighbours_know_when_they_were_recorded():
    """A drift and labels in blocks that have nothing to do with it: .5 in the future, near 1 when shuffled."""
    rng = np.random.default_rng(1)
    walk = np.cumsum(rng.normal(size=(4000, 3)), axis=0)
    told = np.repeat(rng.integers(0, 2, 80), 50)
    people = np.full(4000, "A")
    future = np.arange(4000) >= 2000
    assert splits.neighbours_auc(walk, told, people, *splits.shuffled(4000, 0.3, 1)) > 0.9
    assert 0.2 < splits.neighbours_auc(walk, told, people, ~future, future) < 0.8


def test_the_last_looks_are_of_the_same_person_and_nothing_is_later():
    features, people = np.arange(12.0).reshape(6, 2), np.repeat(["A", "B"], 3)
    found = prediction.last_looks(features, people, 2)
    assert found.shape == (6, 2, 2)
    assert found[:, :, 0].tolist() == [[0, 0], [0, 2], [2, 4], [6, 6], [6, 8], [8, 10]]


def test_seizures_are_drawn_as_well_as_people():
    """One person alone, half of whose 20 seizures were warned of: resampling people would leave no width at all."""
    row = {"events": 20, "warned": 10, "sounded": 30, "false": 20, "days": 10.0, "by clock": 2.0, "lit": 0.1}
    intervals = prediction.worth_intervals(pd.DataFrame([row]), PLAN, draws=2000)
    low, high = intervals["sensitivity"].low, intervals["sensitivity"].high
    assert (low, high) == (pytest.approx(0.28, abs=0.06), pytest.approx(0.72, abs=0.06))
    assert intervals["false alarms a day"].low < 2 < intervals["false alarms a day"].high
