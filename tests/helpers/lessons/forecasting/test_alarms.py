"""Low-glucose events by the consensus definition, and alarms counted by hand on records made for it."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.datasets.series import GLUCOSE, Record, SeriesDataset
from helpers.datasets.windows import make_windows
from helpers.lessons.forecasting.alarms import (
    Event,
    alarm_curve,
    event_leads,
    events_of,
    judge_alarms,
    low_events,
)

START = np.datetime64("2026-01-01T00:00:00", "s")


def times(n, step=5):
    return START + np.arange(n) * np.timedelta64(60 * step, "s")


def spans(values, step=5):
    """The events as pairs of indices, first and last low reading."""
    time = times(len(values), step)
    index = {moment: k for k, moment in enumerate(time)}
    return [(index[e.start], index[e.end]) for e in low_events(np.array(values, float), time, step)]


def test_three_readings_below_70_are_an_event_and_two_are_not():
    assert spans([100, 69, 69, 69, 100, 100, 100]) == [(1, 3)]
    assert spans([100, 69, 69, 100, 100, 100]) == []
    assert spans([100, 70, 70, 70, 70, 100]) == [], "70 itself is not low"


def test_at_other_steps_fifteen_minutes_are_fifteen_minutes():
    assert spans([100, 60, 100], step=15) == [(1, 1)]
    assert spans([100, 60, 60, 100, 100], step=10) == [(1, 2)]
    assert spans([100, 60, 100, 100], step=10) == []


def test_a_short_return_belongs_to_the_event_and_a_long_one_ends_it():
    low = [60] * 3
    assert spans([*low, 90, 90, *low, 90, 90, 90]) == [(0, 7)]
    assert spans([*low, 90, 90, 90, *low]) == [(0, 2), (6, 8)]


def test_before_an_event_any_return_starts_the_count_anew():
    assert spans([60, 60, 80, 60, 60, 80, 60, 60]) == []
    assert spans([60, 60, 80, 60, 60, 60]) == [(3, 5)]


def test_missing_readings_neither_prolong_nor_bridge():
    nan = np.nan
    assert spans([60, nan, 60, 100, 100]) == [], "two readings"
    assert spans([60, nan, 60, 60, 100]) == [(0, 3)]
    assert spans([60, 60, nan, nan, nan, 60, 60]) == [], "a gap of 20 minutes between readings"
    assert spans([60, 60, 60, nan, nan, nan, 60, 60, 60]) == [(0, 2), (6, 8)]
    assert spans([nan] * 4) == []


@pytest.fixture
def person():
    """60 readings of 120, with one low from index 40 to 45, and the windows of two steps with a target one ahead."""
    values = np.full(60, 120, np.float32)
    values[40:46] = 60
    data = SeriesDataset(
        name="made",
        title="made up",
        people={"A": Record(times(60), values[:, None])},
        features=(GLUCOSE,),
        step_minutes=5,
        simulated=True,
        source="here",
        licence="none",
        citation="none",
    )
    return data, make_windows(data, 2, 1)


def low_forecast(windows, low_at):
    return np.where(np.isin((windows.time - START) / np.timedelta64(300, "s"), low_at), 50.0, 120.0)


def judged(person, low_at, threshold=70.0, reach=60, minimum=0):
    """The row of person A when the forecast is low at the moments with these indices."""
    data, windows = person
    forecast = low_forecast(windows, low_at)
    return judge_alarms(events_of(data), windows, forecast, threshold, reach, minimum).loc["A"]


def test_an_alarm_before_the_event_is_true_and_has_its_lead(person):
    row = judged(person, [34])
    assert row[["events", "warned", "sounded", "true", "false"]].tolist() == [1, 1, 1, 1, 0]
    assert row["days"] == pytest.approx(58 * 5 / 1440)


def leads(person, low_at, reach=60, minimum=15):
    data, windows = person
    return event_leads(events_of(data), windows, low_forecast(windows, low_at), 70.0, reach, minimum)


def test_the_lead_counts_from_the_first_moment_within_the_reach_with_the_alarm_on(person):
    columns = ["lead (min)", "on for (min)", "warned"]
    assert leads(person, [30, 36])[columns].to_numpy().tolist() == [[50, 50, True]]
    assert leads(person, [20, 36])[columns].to_numpy().tolist() == [[20, 20, True]]
    assert leads(person, [28])[columns].to_numpy().tolist() == [[60, 60, True]], "60 minutes before"
    assert not leads(person, [27])["warned"].any(), "65 minutes before"
    assert judged(person, [27])[["warned", "false"]].tolist() == [0, 1]
    assert judged(person, [20, 36])[["true", "false"]].tolist() == [1, 1]


def test_an_alarm_that_still_sounds_when_the_hour_begins_is_a_warning(person):
    """What began 100 minutes before and has not stopped is on, though it does not begin within the hour."""
    found = leads(person, range(20, 33))
    assert found[["lead (min)", "on for (min)", "warned"]].to_numpy().tolist() == [[60, 100, True]]
    assert judged(person, range(20, 33))[["sounded", "true", "false"]].tolist() == [1, 1, 0]
    assert judged(person, range(20, 28))[["warned", "true", "false"]].tolist() == [0, 0, 1], "it stopped before"


def test_an_alarm_during_the_event_is_late_and_after_it_false(person):
    assert judged(person, [40])[["events", "warned", "true", "false"]].tolist() == [1, 0, 0, 0]
    assert judged(person, [45])[["warned", "true", "false"]].tolist() == [0, 0, 0]
    assert judged(person, [50])[["warned", "true", "false"]].tolist() == [0, 0, 1]


def two_lows(person, second):
    """The same person with another low of six readings from this index on, in a record of 90 readings."""
    data, _ = person
    values = np.full(90, 120, np.float32)
    values[40:46], values[second : second + 6] = 60, 60
    data = replace(data, people={"A": Record(times(90), values[:, None])})
    return data, make_windows(data, 2, 1)


def test_an_alarm_for_one_low_is_not_credited_to_the_next(person):
    found = leads(two_lows(person, 60), [39])  # five minutes before the first, 105 before the second
    assert found[["lead (min)", "follow-on", "warned"]].to_numpy().tolist()[0] == [5, False, False]
    assert np.isnan(found["lead (min)"][1])
    near = leads(two_lows(person, 50), [39])  # 55 minutes before the second, but before the first
    assert near["follow-on"].tolist() == [False, True]
    assert near["warned"].tolist() == [False, False]
    assert np.isnan(near["lead (min)"][1])


def test_a_follow_on_is_in_no_share_and_its_alarm_is_neither_true_nor_false(person):
    columns = ["all events", "follow-ons", "events", "warned", "sounded", "true", "false"]
    assert judged(two_lows(person, 57), [50])[columns].tolist() == [2, 1, 1, 0, 1, 0, 0], "the end is 60 minutes before"
    assert judged(two_lows(person, 58), [50])[columns].tolist() == [2, 0, 2, 1, 1, 1, 0], "65 minutes before"


def test_an_alarm_on_through_a_low_and_beyond_warns_of_one_an_hour_later(person):
    found = leads(two_lows(person, 60), range(40, 56))
    assert found[["lead (min)", "on for (min)", "warned"]].to_numpy().tolist()[1] == [60, 100, True]


def test_an_event_before_which_nothing_could_be_forecast_does_not_count(person):
    _, windows = person
    early = {"A": [Event(windows.time[0], windows.time[2])]}
    assert judge_alarms(early, windows, np.full(len(windows), 120.0), 70).loc["A", "events"] == 0


def test_a_warning_later_than_the_minimum_is_none_and_no_false_alarm_either(person):
    columns = ["events", "warned", "sounded", "true", "false"]
    assert judged(person, [37], minimum=15)[columns].tolist() == [1, 1, 1, 1, 0], "15 minutes before"
    assert judged(person, [38], minimum=15)[columns].tolist() == [1, 0, 1, 0, 0], "10 minutes before"
    assert judged(person, [38], minimum=0)[columns].tolist() == [1, 1, 1, 1, 0]
    assert judged(person, [30, 38], minimum=15)[columns].tolist() == [1, 1, 2, 1, 0]


def test_an_event_with_forecasts_only_in_the_last_minutes_does_not_count_under_a_minimum(person):
    _, windows = person
    early = {"A": [Event(windows.time[2], windows.time[4])]}
    quiet = np.full(len(windows), 120.0)
    assert judge_alarms(early, windows, quiet, 70, minimum_minutes=0).loc["A", "events"] == 1
    assert judge_alarms(early, windows, quiet, 70, minimum_minutes=15).loc["A", "events"] == 0


def test_the_lead_of_every_event_is_told_whatever_the_minimum(person):
    data, windows = person
    found = event_leads(events_of(data), windows, low_forecast(windows, [38]), 70.0)
    assert found[["person", "foreseeable", "lead (min)"]].to_numpy().tolist() == [["A", True, 10.0]]
    assert event_leads(events_of(data), windows, low_forecast(windows, []), 70.0)["lead (min)"].isna().all()
    nothing = event_leads({"A": []}, windows, low_forecast(windows, [38]), 70.0)
    assert nothing["at night"].tolist() == []
    assert nothing["lead (min)"].dtype == float
    assert nothing.query("foreseeable").empty


def test_the_lead_of_a_level_2_low_is_that_to_54(person):
    data, _ = person
    assert not leads(person, [38])["level 2"].any(), "60"
    for low, deep, to_54 in ((3, True, 25.0), (2, False, None)):
        values = data.people["A"].values.copy()
        values[43 : 43 + low] = 50  # 15 minutes after the event begins
        deeper = replace(data, people={"A": Record(times(60), values)})
        for low_at in ([38], [38, 41]):
            found = leads((deeper, make_windows(deeper, 2, 1)), low_at).iloc[0]
            assert found[["lead (min)", "warned", "level 2"]].tolist() == [10, False, deep]
            assert found["lead to 54 (min)"] == to_54 if deep else np.isnan(found["lead to 54 (min)"])
    values = np.full((60, 1), 120, np.float32)
    values[40:43], values[43:46] = 60, 50
    during = replace(data, people={"A": Record(times(60), values)})
    assert leads((during, make_windows(during, 2, 1)), [41])["lead to 54 (min)"].tolist() == [10], "after the start"


def test_a_low_that_lasts_into_the_night_is_one_at_night(person):
    data, _ = person
    for hours, night in ((0, True), (12, False), (20.5, True), (2.25, True), (3, False)):
        moved = times(60) + np.timedelta64(round(3600 * hours), "s")
        later = replace(data, people={"A": Record(moved, data.people["A"].values)})
        found = leads((later, make_windows(later, 2, 1)), [38])
        assert found["at night"].tolist() == [night], found["start"]
        assert found["lasts (min)"].tolist() == [25]


def test_alarms_and_false_alarms_at_night_are_counted_apart(person):
    """The record runs from midnight to 4:55, all of it night; twelve hours later it is day."""
    columns = ["sounded", "sounded at night", "false", "false at night"]
    assert judged(person, [10, 34])[columns].tolist() == [2, 2, 1, 1]
    assert judged(person, [10, 34])["nights"] == pytest.approx(58 * 5 / 360)
    assert judged(person, range(10, 13))["hours on"] == pytest.approx(15 / 60)
    data, _ = person
    noon = replace(data, people={"A": Record(times(60) + np.timedelta64(12, "h"), data.people["A"].values)})
    windows = make_windows(noon, 2, 1)
    row = judge_alarms(events_of(noon), windows, np.where(np.arange(58) == 9, 50.0, 120.0), 70).loc["A"]
    assert row[[*columns, "nights"]].tolist() == [1, 0, 1, 0, 0]


def test_a_perfect_forecast_warns_and_persistence_cannot(person):
    data, _ = person
    ahead = make_windows(data, 2, 3)
    events = events_of(data)
    perfect = alarm_curve(events, ahead, ahead.targets, [70.0]).loc[70.0]
    assert perfect[["sensitivity", "false alarms a day", "PPV"]].tolist() == [1, 0, 1]
    late = alarm_curve(events, ahead, ahead.last, [70.0]).loc[70.0]
    assert late["sensitivity"] == 0
