"""Alarms counted by hand, and what their counts make: whatever the events are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from helpers.evaluation import garwood, wilson
from helpers.evaluation.alarms import (
    Event,
    alarm_differences,
    alarm_intervals,
    alarm_scores,
    alarm_spans,
    choose_alarm,
    curve_of,
    event_leads,
    judge_alarms,
)

START = np.datetime64("2026-01-01T00:00:00", "s")


def times(n, step=5):
    return START + np.arange(n) * np.timedelta64(60 * step, "s")


@dataclass(frozen=True)
class Watch:
    """Two people, 60 moments of five minutes each."""

    people: np.ndarray
    time: np.ndarray
    step_minutes: int = 5


@pytest.fixture
def watched():
    return Watch(np.repeat(["A", "B"], 60), np.tile(times(60), 2))


def at(*moments, person=0):
    on = np.zeros(120, bool)
    on[[60 * person + moment for moment in moments]] = True
    return on


def test_an_event_of_any_kind_is_warned_of_between_the_reach_and_the_minimum(watched):
    events = {"A": [Event(times(60)[40], times(60)[41])], "B": []}
    for moment, warned, false in ((27, 0, 1), (28, 1, 0), (38, 1, 0), (39, 0, 0), (40, 0, 0), (42, 0, 1)):
        row = judge_alarms(events, watched, at(moment), 60, 10).loc["A"]
        assert row[["events", "warned", "false"]].tolist() == [1, warned, false], moment
    assert event_leads(events, watched, at(30), 60, 10)["lead (min)"].tolist() == [50]
    assert event_leads(events, watched, at(30, person=1), 60, 10)["lead (min)"].isna().all()


def test_how_long_it_must_be_quiet_is_told(watched):
    events = {"A": [], "B": []}
    assert judge_alarms(events, watched, at(10, 20), 60, 0)["sounded"].tolist() == [2, 0]
    assert judge_alarms(events, watched, at(10, 20), 60, 0, quiet_minutes=60)["sounded"].tolist() == [1, 0]


def test_an_alarm_is_a_yes_or_no_for_each_moment(watched):
    for wrong in (np.zeros(120), np.zeros(60, bool)):
        with pytest.raises(ValueError, match="on: expected bool"):
            judge_alarms({"A": [], "B": []}, watched, wrong, 60, 0)


def test_a_curve_has_a_row_for_each_threshold(watched):
    events = {"A": [Event(times(60)[40], times(60)[41])], "B": []}
    score = np.where(at(30), 0.7, np.where(at(5, person=1), 0.4, 0.1))
    curve = curve_of(lambda threshold: judge_alarms(events, watched, score >= threshold, 60, 10), (0.9, 0.5, 0.3))
    assert curve.index.tolist() == [0.9, 0.5, 0.3]
    assert curve["sensitivity"].tolist() == [0, 1, 1]
    assert (curve["false alarms a day"] * 10 / 24).round(9).tolist() == [0, 0, 1]


def spans_of(forecast, moments, threshold):
    """Each alarm as the indices of its first and last moment."""
    return ((alarm_spans(forecast < threshold, moments) - START) / np.timedelta64(300, "s")).tolist()


def test_an_alarm_is_on_until_fifteen_quiet_minutes_have_passed():
    forecast = np.array([90, 65, 60, 90, 90, 65, 90, 90, 90, 60], float)
    assert spans_of(forecast, times(10), 70) == [[1, 5], [9, 9]], "two quiet forecasts are ten minutes"
    assert spans_of(forecast, times(10), 50) == []
    assert spans_of(np.array([60, 90, 60, 90, 60], float), times(5), 70) == [[0, 4]]


def test_a_sensor_that_comes_back_after_a_silence_sounds_anew():
    assert spans_of(np.full(4, 50.0), times(12)[[0, 1, 8, 9]], 70) == [[0, 1], [8, 9]]


def test_scores_add_people_up_before_they_divide():
    table = pd.DataFrame(
        {
            "events": [4, 0, 1],
            "warned": [3, 0, 0],
            "sounded": [6, 2, 0],
            "true": [3, 0, 0],
            "false": [2, 2, 0],
            "false at night": [1, 0, 0],
            "days": [2.0, 1.0, 1.0],
            "nights": [2.0, 1.0, 2.0],
        }
    )
    assert alarm_scores(table).tolist() == [5, 3 / 5, 1.0, 1 / 5, 2.0, 3 / 7]
    nothing = alarm_scores(table.iloc[[2]].assign(events=0))
    assert nothing[["sensitivity", "PPV"]].isna().all()
    assert nothing["false alarms a day"] == 0


def test_intervals_hold_their_estimate_and_empty_scores_stay_empty():
    table = pd.DataFrame(
        {
            "events": [4, 2, 1],
            "warned": [0, 0, 0],
            "sounded": [5, 2, 3],
            "true": [0, 0, 0],
            "false": [5, 2, 3],
            "false at night": [0, 0, 0],
            "days": [2.0, 1.0, 3.0],
            "nights": [0.0, 0.0, 0.0],
        }
    )
    intervals = alarm_intervals(table, draws=200)
    assert intervals["false alarms a day"].estimate == pytest.approx(10 / 6)
    assert intervals["false alarms a day"].low == 1
    assert intervals["false alarms a day"].high >= 2.4
    nobody = wilson(0, 3)  # three people had an event
    for name in ("sensitivity", "PPV"):
        assert (intervals[name].low, intervals[name].high) == pytest.approx((nobody.low, nobody.high))
    assert np.isnan(intervals["false alarms a night"].estimate), "no night"


def test_no_alarm_at_all_is_no_promise():
    table = pd.DataFrame({"events": [4, 2], "days": [2.0, 1.0], "nights": [1.0, 1.0]})
    silent = table.assign(**dict.fromkeys(("warned", "sounded", "true", "false", "false at night"), 0))
    intervals = alarm_intervals(silent, draws=20)
    for name, exposure in (("false alarms a day", 3), ("false alarms a night", 2), ("all alarms a day", 3)):
        found = intervals[name]
        assert (found.estimate, found.low, found.high) == (0, 0, garwood(0, exposure).high)


def table_of(rows):
    return pd.DataFrame(rows, columns=["threshold", "sensitivity", "false alarms a day"]).set_index("threshold")


def test_the_choice_is_the_most_sensitive_that_keeps_to_the_limit():
    curve = table_of([(60, 0.1, 0.0), (70, 0.8, 0.7), (80, 1.0, 1.6), (85, 1.0, 1.4), (95, 0.7, 0.9)])
    assert choose_alarm(curve, 1.0) == 70
    assert choose_alarm(curve, 2.0) == 85
    assert choose_alarm(curve, 0.7) == 70
    with pytest.raises(ValueError, match="most_false: no threshold"):
        choose_alarm(curve, -1)


def test_without_events_the_choice_is_the_highest_quiet_threshold():
    curve = table_of([(60, np.nan, 0.0), (70, np.nan, 0.5), (80, np.nan, 1.6)])
    assert choose_alarm(curve, 1.0) == 70


def judged_table(warned, false):
    return pd.DataFrame({"events": [2, 1, 0], "warned": warned, "false": false, "days": [2.0, 2.0, 1.0]})


def test_differences_of_two_alarms_are_taken_on_the_same_people():
    one, other = judged_table([2, 1, 0], [3, 0, 0]), judged_table([1, 1, 0], [1, 0, 0])
    found = alarm_differences(one, other, draws=200)
    assert found["sensitivity"].estimate == pytest.approx(1 / 3)
    assert found["false alarms a day"].estimate == pytest.approx(2 / 5)
    assert found["sensitivity"].low >= 0  # nobody fares worse, whoever is drawn
    assert found["sensitivity"].high == pytest.approx(1 / 2)


def test_an_alarm_does_not_differ_from_itself():
    one = judged_table([2, 1, 0], [3, 0, 0])
    for interval in alarm_differences(one, one, draws=50).values():
        assert (interval.estimate, interval.low, interval.high) == (0, 0, 0)


def test_without_events_the_difference_in_sensitivity_is_undefined():
    one = judged_table([0, 0, 0], [3, 0, 0]).assign(events=0)
    found = alarm_differences(one, one, draws=50)
    assert np.isnan(found["sensitivity"].estimate)
    assert found["false alarms a day"].estimate == 0
