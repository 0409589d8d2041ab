"""Low-glucose events by the consensus definition, and alarms counted by hand on records made for it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.datasets.series import GLUCOSE, Record, SeriesDataset
from helpers.datasets.windows import make_windows
from helpers.evaluation import wilson
from helpers.lessons.forecasting.alarms import (
    Event,
    alarm_curve,
    alarm_differences,
    alarm_intervals,
    alarm_scores,
    alarm_times,
    choose_alarm,
    event_kinds,
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


def test_an_alarm_sounds_once_and_again_after_fifteen_quiet_minutes():
    forecast = np.array([90, 65, 60, 90, 90, 65, 90, 90, 90, 60], float)
    sounded = alarm_times(forecast, times(10), 70)
    assert ((sounded - START) / np.timedelta64(300, "s")).tolist() == [1, 9], "two quiet forecasts are ten minutes"
    assert alarm_times(forecast, times(10), 50).tolist() == []
    busy = np.array([60, 90, 60, 90, 60], float)
    assert len(alarm_times(busy, times(5), 70)) == 1


def test_a_sensor_that_comes_back_after_a_silence_sounds_anew():
    moments = times(12)[[0, 1, 8, 9]]
    sounded = alarm_times(np.full(4, 50.0), moments, 70)
    assert ((sounded - START) / np.timedelta64(300, "s")).tolist() == [0, 8]


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
    assert row[["events", "warned", "lead (min)", "alarms", "true", "false"]].tolist() == [1, 1, 30, 1, 1, 0]
    assert row["days"] == pytest.approx(58 * 5 / 1440)


def test_the_lead_counts_from_the_first_alarm_within_the_reach(person):
    assert judged(person, [30, 36])["lead (min)"] == 50
    assert judged(person, [20, 36])[["lead (min)", "true", "false"]].tolist() == [20, 1, 1]
    assert judged(person, [28])[["warned", "true"]].tolist() == [1, 1], "60 minutes before"
    assert judged(person, [27])[["warned", "false"]].tolist() == [0, 1], "65 minutes before"


def test_an_alarm_during_the_event_is_late_and_after_it_false(person):
    assert judged(person, [40])[["events", "warned", "alarms"]].tolist() == [1, 0, 0]
    assert judged(person, [45])[["warned", "alarms"]].tolist() == [0, 0]
    assert judged(person, [50])[["warned", "alarms", "false"]].tolist() == [0, 1, 1]


def test_an_event_before_which_nothing_could_be_forecast_does_not_count(person):
    _, windows = person
    early = {"A": [Event(windows.time[0], windows.time[2])]}
    assert judge_alarms(early, windows, np.full(len(windows), 120.0), 70).loc["A", "events"] == 0


def test_a_warning_later_than_the_minimum_is_none_and_no_false_alarm_either(person):
    columns = ["events", "warned", "alarms", "true", "false"]
    assert judged(person, [37], minimum=15)[columns].tolist() == [1, 1, 1, 1, 0], "15 minutes before"
    assert judged(person, [38], minimum=15)[columns].tolist() == [1, 0, 0, 0, 0], "10 minutes before"
    assert judged(person, [38], minimum=0)[columns].tolist() == [1, 1, 1, 1, 0]
    assert judged(person, [30, 38], minimum=15)[[*columns, "lead (min)"]].tolist() == [1, 1, 1, 1, 0, 50]


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
    assert event_kinds(data, nothing)["at night"].tolist() == []
    assert nothing["lead (min)"].dtype == float
    assert nothing.query("foreseeable").empty


def test_level_2_and_night_are_told_from_the_record(person):
    data, windows = person
    found = event_leads(events_of(data), windows, low_forecast(windows, [38]), 70.0)
    assert event_kinds(data, found)[["below 54", "at night"]].to_numpy().tolist() == [[False, True]], "60 at 3:20"
    for low, deep in ((3, True), (2, False)):
        values = data.people["A"].values.copy()
        values[41 : 41 + low] = 50
        deeper = replace(data, people={"A": Record(times(60) + np.timedelta64(12, "h"), values)})
        kinds = event_kinds(deeper, event_leads(events_of(deeper), make_windows(deeper, 2, 1), np.full(58, 90.0), 70.0))
        assert kinds[["below 54", "at night"]].to_numpy().tolist() == [[deep, False]]


def test_scores_add_people_up_before_they_divide():
    table = pd.DataFrame(
        {
            "all events": [4, 0, 2],
            "events": [4, 0, 1],
            "warned": [3, 0, 0],
            "lead (min)": [20.0, np.nan, np.nan],
            "alarms": [5, 2, 0],
            "true": [3, 0, 0],
            "false": [2, 2, 0],
            "days": [2.0, 1.0, 1.0],
        }
    )
    scores = alarm_scores(table)
    assert scores.tolist() == [5, 3 / 5, 3 / 6, 1.0, 3 / 7, 20.0]
    nothing = alarm_scores(table.iloc[[2]].assign(events=0))
    assert nothing["of all events"] == 0, "an event without a forecast before it is one that nobody was warned of"
    assert nothing[["sensitivity", "PPV", "lead (min)"]].isna().all()
    assert nothing["false alarms a day"] == 0


def test_intervals_hold_their_estimate_and_empty_scores_stay_empty():
    table = pd.DataFrame(
        {
            "all events": [5, 2, 1],
            "events": [4, 2, 1],
            "warned": [0, 0, 0],
            "lead (min)": [np.nan] * 3,
            "alarms": [5, 2, 3],
            "true": [0, 0, 0],
            "false": [5, 2, 3],
            "days": [2.0, 1.0, 3.0],
        }
    )
    intervals = alarm_intervals(table, draws=200)
    assert intervals["false alarms a day"].estimate == pytest.approx(10 / 6)
    assert intervals["false alarms a day"].low == 1
    assert intervals["false alarms a day"].high >= 2.4
    nobody = wilson(0, 3)  # three people had an event
    for name in ("sensitivity", "of all events", "PPV"):
        assert (intervals[name].low, intervals[name].high) == pytest.approx((nobody.low, nobody.high))
    assert np.isnan([intervals["lead (min)"].estimate, intervals["lead (min)"].low]).all()


def curve_of(rows):
    return pd.DataFrame(rows, columns=["threshold", "sensitivity", "false alarms a day"]).set_index("threshold")


def test_the_choice_is_the_most_sensitive_that_keeps_to_the_limit():
    curve = curve_of([(60, 0.1, 0.0), (70, 0.8, 0.7), (80, 1.0, 1.6), (85, 1.0, 1.4), (95, 0.7, 0.9)])
    assert choose_alarm(curve, 1.0) == 70
    assert choose_alarm(curve, 2.0) == 85
    assert choose_alarm(curve, 0.7) == 70
    with pytest.raises(ValueError, match="most_false: no threshold"):
        choose_alarm(curve, -1)


def test_without_events_the_choice_is_the_highest_quiet_threshold():
    curve = curve_of([(60, np.nan, 0.0), (70, np.nan, 0.5), (80, np.nan, 1.6)])
    assert choose_alarm(curve, 1.0) == 70


def test_a_perfect_forecast_warns_and_persistence_cannot(person):
    data, _ = person
    ahead = make_windows(data, 2, 3)
    events = events_of(data)
    perfect = alarm_curve(events, ahead, ahead.targets, [70.0]).loc[70.0]
    assert perfect[["sensitivity", "false alarms a day", "PPV", "lead (min)"]].tolist() == [1, 0, 1, 15]
    late = alarm_curve(events, ahead, ahead.last, [70.0]).loc[70.0]
    assert late["sensitivity"] == 0


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
