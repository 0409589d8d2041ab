"""Seizures foretold and not, warning lights and chance, by hand on three days of one person."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.datasets.simulators.biosignals.eeg_days import START
from helpers.evaluation import garwood, wilson
from helpers.lessons.biosignals import clock, prediction, splits
from helpers.lessons.biosignals.looks import Plan, part_of

MINUTE = np.timedelta64(1, "m")
PLAN = Plan(10, 50)
N = 3 * 288


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


def with_seizures(looks, *minutes):
    """The same looks of a person whose seizures, of one minute each, begin at these minutes from the start."""
    starts = START + np.array(minutes) * MINUTE
    return replace(looks, seizures={"A": np.stack([starts, starts + MINUTE], axis=1)})


@pytest.mark.parametrize("minutes", [(30, 720, 2160, 4350), (720, 1450, 2160, 2890)])
def test_an_alarm_that_never_ends_is_worth_nothing_beyond_the_clock(looks, minutes):
    """Seizures in the first hour of the part and after its end are not compared; nor is another day with that hour."""
    looks = with_seizures(looks, *minutes)
    table = prediction.judge(looks, np.ones(N), 0.5, PLAN)
    assert table.loc["A", ["events", "warned"]].tolist() == [4, 4]
    whole = sum(60 <= minute < 4320 for minute in minutes)
    assert table.loc["A", ["compared", "warned compared", "by clock"]].tolist() == [whole] * 3
    assert prediction.worth(table, PLAN)["beyond the clock"] == 0


def test_where_no_other_day_is_at_hand_nothing_is_said_of_the_clock(looks):
    """A part of a day and a half, from noon on, as five days of recording leave: it has one night."""
    late = (looks.time > START + 720 * MINUTE) & (looks.time <= START + 2880 * MINUTE)
    night = part_of(with_seizures(looks, 1440 + 180), late)
    table = prediction.judge(night, np.ones(late.sum()), 0.5, PLAN)
    assert table.loc["A", ["events", "warned", "compared", "by clock"]].tolist() == [1, 1, 0, 0]
    found = prediction.worth_intervals(table, PLAN, draws=20)
    assert found["sensitivity"].estimate == 1
    clocked = found["beyond the clock"]
    assert np.isnan([clocked.estimate, clocked.low, clocked.high]).all()


def test_the_same_on_every_draw_is_no_certainty(looks):
    table = prediction.judge(looks, np.zeros(N), 0.5, PLAN)
    found = prediction.worth_intervals(table, PLAN, draws=20)
    assert all(one.estimate == 0 for one in found.values())
    for name in ("sensitivity", "time in warning"):
        assert (found[name].low, found[name].high) == (0, wilson(0, 1).high)
    most = garwood(0, 3).high
    assert (found["false alarms a day"].low, found["false alarms a day"].high) == (0, pytest.approx(most))
    assert found["random alarms"].high == pytest.approx(prediction.random_sensitivity(most / 24, 50 / 60))
    for name in ("beyond chance", "beyond the clock"):
        assert found[name].low < 0 < found[name].high
    every_day = risk_at(looks, *(690 + 1440 * np.arange(3)))
    right = prediction.worth_intervals(prediction.judge(looks, every_day, 0.5, PLAN), PLAN, draws=20)
    assert (right["sensitivity"].low, right["sensitivity"].high) == (wilson(1, 1).low, 1)
    assert right["beyond chance"].low < right["beyond chance"].estimate - 0.5


def test_random_alarms():
    assert prediction.random_sensitivity(0.0, 1) == 0
    assert prediction.random_sensitivity(0.15, 1) == pytest.approx(1 - np.exp(-0.15))


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
    table = clock.by_hour(with_seizures(looks, 700, 740, 2140, 2180), np.ones(N), np.ones(N, bool))
    assert table["seizures"].idxmax() == 0
    assert table.loc[0, "seizures"] == 1, "twenty minutes before and after the mean hour"
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


def test_seizures_are_drawn_as_well_as_people():
    """One person alone, half of whose 20 seizures were warned of: resampling people would leave no width at all."""
    row = {"events": 20, "warned": 10, "sounded": 30, "false": 20, "days": 10.0, "lit": 0.1}
    row |= {"compared": 10, "warned compared": 5, "by clock": 2.0}
    intervals = prediction.worth_intervals(pd.DataFrame([row]), PLAN, draws=2000)
    low, high = intervals["sensitivity"].low, intervals["sensitivity"].high
    assert (low, high) == (pytest.approx(0.28, abs=0.06), pytest.approx(0.72, abs=0.06))
    assert intervals["false alarms a day"].low < 2 < intervals["false alarms a day"].high
    assert intervals["beyond the clock"].estimate == pytest.approx(0.3)
    assert intervals["beyond the clock"].high == pytest.approx(0.8 - 0.2, abs=0.06)
