"""What a table of readings can hide: units, codes, steps, clocks, identifiers. Right is what the test put in."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from course.cli import main
from helpers.datasets import DataError, SeriesDataset, record_counts
from helpers.datasets.series import CARBOHYDRATE, INSULIN
from helpers.datasets.sources.cgm import load_cgm
from helpers.datasets.sources.cgm_files.step import measure_step
from helpers.lessons.forecasting.alarms import events_of

START = datetime(2026, 1, 13, 8, 0)
EVERY_FIVE = [START + timedelta(minutes=5 * k) for k in range(100)]


@pytest.fixture
def loaded(tmp_path):
    def write_and_load(times, values, head="gl", people=None, **options) -> SeriesDataset:
        people = people or ["ann"] * len(times)
        rows = zip(people, times, values, strict=True)
        text = f"id,time,{head}\n" + "".join(
            f"{who},{t.isoformat() if isinstance(t, datetime) else t},{v}\n" for who, t, v in rows
        )
        path: Path = tmp_path / "mine.csv"
        path.write_text(text, encoding="utf-8")
        return load_cgm(path, **options)

    return write_and_load


def with_values(values: dict[int, object]) -> list:
    return [values.get(k, 120) for k in range(100)]


def mean(data: SeriesDataset, person: str = "ann") -> float:
    return record_counts(data).loc[person, "mean (mg/dL)"]


# units


@pytest.mark.parametrize("head", ["gl", "glucose (mg/dL)", "sgv", "Glucose Value (mg/dL)", "Historic Glucose mg/dL"])
def test_a_person_in_mmol_is_converted_and_said_whatever_the_heading(loaded, head):
    values = with_values({}) + [round(6.2 + k % 11 / 10, 1) for k in range(100)]
    people = ["ann"] * 100 + ["bob"] * 100
    data = loaded(EVERY_FIVE * 2, values, head, people)
    assert mean(data) == 120
    assert mean(data, "bob") == pytest.approx(18.016 * np.mean(values[100:]), rel=1e-6)
    assert record_counts(data)["below 70"].tolist() == [0, 0]
    assert dict(data.reading)["unit"] == "mg/dL: ann; mmol/L: bob"
    sentence = next(note for note in data.notes if note.startswith("No value of bob is above 35"))
    assert ("although the file says mg/dL" in sentence) == ("mg" in head)


def test_a_stretch_in_another_unit_is_refused_with_its_lines(loaded):
    values = with_values(dict.fromkeys(range(40, 60), 6.7))
    for head in ("gl", "glucose (mg/dL)"):
        with pytest.raises(DataError, match=r"line 42, .*20 in a row that can only be mmol/L, .*\(line 61\)"):
            loaded(EVERY_FIVE, values, head)


def test_codes_and_what_no_sensor_gives_are_left_out_counted_and_named(loaded):
    data = loaded(EVERY_FIVE, with_values({5: 5, 6: 9, 7: 10, 20: 0, 21: 1, 30: 3, 50: 6.7}), "glucose (mg/dL)")
    assert record_counts(data)["readings"].tolist() == [93]
    assert mean(data) == 120
    assert dict(data.reading)["left out"] == "6 error codes; 1 values that no sensor gives"
    assert any("7 values (0, 1, 3, 5, 6.7, 9, 10)" in note for note in data.notes)
    assert [len(lows) for lows in events_of(data).values()] == [0]


def test_codes_do_not_make_a_table_mmol(loaded):
    data = loaded(EVERY_FIVE[:8], [100, 110, 0, 1, 3, 5, 9, 10])
    assert data.people["ann"].values[:, 0].tolist()[:2] == [100, 110]
    assert record_counts(data)["readings"].tolist() == [2]


def test_true_lows_are_accepted_without_a_unit_in_the_heading(loaded):
    data = loaded(EVERY_FIVE, with_values({5: 35, 6: 34, 7: 33, 8: 32}))
    assert data.people["ann"].values[5:9, 0].tolist() == [35, 34, 33, 32]
    assert [len(lows) for lows in events_of(data).values()] == [1]


def test_a_very_low_value_is_not_said_to_be_mmol(loaded):
    with pytest.raises(DataError, match="Say the unit in the heading, as in glucose"):
        loaded(EVERY_FIVE, with_values({5: 25}))
    assert loaded(EVERY_FIVE, with_values({5: 25}), "gl (mg/dL)").people["ann"].values[5, 0] == 25


def test_words_and_numbers_of_the_limit_are_kept_and_counted(loaded):
    data = loaded(EVERY_FIVE, with_values({5: "Low", 6: "LOW", 7: "High", 8: "<40", 9: 39, 10: 401}))
    assert data.people["ann"].values[5:11, 0].tolist() == [40, 40, 400, 40, 39, 401]
    assert record_counts(data)["missing"].tolist() == [0]
    notes = " ".join(data.notes)
    assert "4 readings are at the sensor's lower limit of 40 mg/dL: glucose was as much or less." in notes
    assert "2 readings are at the sensor's upper limit of 400 mg/dL: glucose was as much or more." in notes


def test_39_is_no_limit_where_the_sensor_goes_lower(loaded):
    data = loaded(EVERY_FIVE, with_values({5: 39, 6: 36}))
    assert not any("limit" in note for note in data.notes)


# people


def test_row_numbers_are_not_people(loaded):
    with pytest.raises(DataError, match="100 identifiers in 100 rows, which number the rows and not people"):
        loaded(EVERY_FIVE, with_values({}), people=[str(k) for k in range(100)])


def test_1_and_1_0_are_one_person(loaded):
    data = loaded(EVERY_FIVE, with_values({}), people=["1", "1.0"] * 50)
    assert list(data.people) == ["1"]
    assert record_counts(data)["readings"].tolist() == [100]
    assert any("same person under two names: 1.0" in note for note in data.notes)


# amounts


def test_insulin_and_carbohydrate_of_a_table_are_taken(tmp_path):
    rows = [f"ann,{t.isoformat()},120,{2.5 if k == 3 else ''},{40 if k == 4 else 0}" for k, t in enumerate(EVERY_FIVE)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["id,time,gl,insulin,carbs", *rows]), encoding="utf-8")
    data = load_cgm(path)
    assert data.features[1:3] == (INSULIN, CARBOHYDRATE)
    assert data.people["ann"].values[2:6, 1:3].tolist() == [[0, 0], [2.5, 0], [0, 40], [0, 0]]


# steps


@pytest.mark.parametrize("minutes", [1, 3, 5, 10, 15])
def test_the_step_is_measured_and_nothing_is_lost(loaded, minutes):
    times = [START + timedelta(minutes=minutes * k) for k in range(2510)]
    data = loaded(times, [120] * 2510)
    assert data.step_minutes == minutes
    assert record_counts(data)[["readings", "missing", "gaps"]].to_numpy().tolist() == [[2510, 0, 0]]
    assert dict(data.reading)["step"] == f"a reading every {minutes} minutes"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("unit", [1, 60])
def test_spacing_of_fourteen_to_sixteen_minutes_makes_no_gap(loaded, seed, unit):
    """unit: seconds of the clock that the spacing is drawn in."""
    rng = np.random.default_rng(seed)
    apart = unit * rng.integers(14 * 60 // unit, 16 * 60 // unit + 1, 1343)
    times = [START + timedelta(seconds=int(s)) for s in np.concatenate([[0], np.cumsum(apart)])]
    data = loaded(times, [120] * 1344)
    table = record_counts(data)
    assert data.step_minutes == 15
    assert table["gaps"].tolist() == [0]
    assert table["readings"].iloc[0] >= 1344 * 0.99
    off = np.abs((data.people["ann"].time[-1] - np.datetime64(times[-1], "s")).astype(int))
    assert off < 15 * 60


def test_lows_are_counted_at_the_step_of_the_sensor(loaded):
    """Seventy lows of 45 minutes, two hours apart, every fifteen minutes."""
    low = [60 if k % 11 < 3 else 120 for k in range(70 * 11)]
    data = loaded([START + timedelta(minutes=15 * k) for k in range(70 * 11)], low)
    assert [len(lows) for lows in events_of(data).values()] == [70]


def test_data_show_says_how_a_file_was_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"ann,{(START + timedelta(minutes=15 * k)).isoformat()},120" for k in range(100)]
    Path("mine.csv").write_text("\n".join(["id,time,gl", *rows]), encoding="utf-8")
    shown = CliRunner().invoke(main, ["data", "show", "mine.csv"])
    assert shown.exit_code == 0
    for line in (
        "people    1, 1.03 days and 100 readings in all",
        "step      a reading every 15 minutes",
        "unit      mg/dL",
    ):
        assert f"{line}\n" in shown.output


def test_silence_is_a_gap_in_steps_of_the_sensor(loaded):
    times = [START + timedelta(minutes=15 * k) for k in range(100) if k not in (20, 50, 51)]
    data = loaded(times, [120] * 97)
    assert record_counts(data)["gaps"].tolist() == [1], "one missing reading is none, two are"


def test_people_of_different_steps_are_refused_with_what_to_set(loaded):
    times = EVERY_FIVE + [START + timedelta(minutes=15 * k) for k in range(100)]
    people = ["ann"] * 100 + ["bob"] * 100
    with pytest.raises(DataError, match=r"every 5 minutes: ann; every 15 minutes: bob.*step_minutes=15"):
        loaded(times, [120] * 200, people=people)
    assert record_counts(loaded(times, [120] * 200, people=people, step_minutes=15))["readings"].tolist() == [34, 100]


def test_too_few_readings_tell_no_step(loaded):
    data = loaded(EVERY_FIVE[:3], [120] * 3)
    assert dict(data.reading)["step"] == "a reading every 5 minutes (taken for granted: too few readings to tell)"
    assert measure_step(np.array([0, 60, 600, 660, 2000, 5000, 5400])) is None


def test_readings_early_and_late_by_turns_are_of_the_step_in_their_mean():
    """Distances of 16, 16 and 13 minutes: 16 is the most frequent, and would lose every sixteenth reading."""
    assert measure_step(60 * np.array([15 * k + k % 3 for k in range(60)])) == 15


# the clock


def night(minutes: int, count: int) -> list[datetime]:
    """Wall clocks of central Europe through the night of 26 October 2025, in which the hour from 2 comes twice."""
    start, change = datetime(2025, 10, 25, 20, 0), datetime(2025, 10, 26, 1, 0)  # UTC
    moments = [start + timedelta(minutes=minutes * k) for k in range(count)]
    return [t + timedelta(hours=2 if t < change else 1) for t in moments]


@pytest.mark.parametrize("minutes", [5, 15])
@pytest.mark.parametrize("seconds", [0, 37])
@pytest.mark.parametrize("latest_first", [False, True])
def test_the_hour_that_comes_twice_is_kept_twice(loaded, minutes, seconds, latest_first):
    values = [round(120 + 50 * np.sin(k / 9)) for k in range(90)]
    times = [t + timedelta(seconds=seconds) for t in night(minutes, 90)]
    data = loaded(times[::-1] if latest_first else times, values[::-1] if latest_first else values)
    record = data.people["ann"]
    assert record.values[:, 0].tolist() == values
    assert any("02:" in note and "the clock went back by an hour" in note for note in data.notes)
    assert str(record.time[0])[:16] == "2025-10-25T22:00"
    last = times[-1].replace(second=0)
    angle = 2 * np.pi * (last.hour * 60 + last.minute) / 1440
    np.testing.assert_allclose(record.values[-1, 1:], [np.sin(angle), np.cos(angle)], atol=1e-5)


@pytest.mark.parametrize("seconds", [0, 37])
def test_an_hour_that_sorting_has_mixed_up_is_left_out_and_said(loaded, seconds):
    times = [t + timedelta(seconds=seconds + k % 3) for k, t in enumerate(night(5, 200))]
    rows = sorted(zip(times, [100 + k % 90 for k in range(200)], strict=True))
    data = loaded([t for t, _ in rows], [value for _, value in rows])
    assert record_counts(data)[["readings", "gaps"]].to_numpy().tolist() == [[176, 1]]
    assert any("The hour from 2025-10-26 02:00 has twice the readings of others" in note for note in data.notes)


def test_an_hour_that_was_exported_twice_is_no_change_of_the_clock(loaded):
    times, values = EVERY_FIVE + EVERY_FIVE[-12:], with_values({}) + [120] * 12
    data = loaded(times, values)
    assert record_counts(data)["readings"].tolist() == [100]
    assert any("12 readings repeat a time" in note for note in data.notes)


def test_rows_that_came_late_are_no_change_of_the_clock(loaded):
    late = [*EVERY_FIVE[:40], *EVERY_FIVE[52:64], *EVERY_FIVE[40:52], *EVERY_FIVE[64:]]
    data = loaded(late, list(range(100, 200)))
    assert record_counts(data)["readings"].tolist() == [100]
    assert not any("went back" in note for note in data.notes)


def test_an_hour_that_is_missing_in_spring_is_said(loaded):
    change = datetime(2026, 3, 29, 2, 0)
    times = [datetime(2026, 3, 28, 22, 0) + timedelta(minutes=5 * k) for k in range(100)]
    times = [t + timedelta(hours=t >= change) for t in times]
    notes = loaded(times, with_values({})).notes
    assert any("At 2026-03-29 01:55 the readings jump by an hour" in note for note in notes)


@pytest.mark.parametrize("in_order", [True, False])
def test_a_clock_of_twelve_hours_is_refused(loaded, in_order):
    times = [f"{START + timedelta(minutes=5 * k):%Y-%m-%dT%I:%M:%S}" for k in range(900)]
    with pytest.raises(DataError, match=r"hours from 1 to 12 alone, which come twice a day.*AM and PM"):
        loaded(times if in_order else sorted(times), [120] * 900)


def test_a_morning_is_no_clock_of_twelve_hours(loaded):
    assert record_counts(loaded(EVERY_FIVE[:50], [120] * 50))["readings"].tolist() == [50]


# what a table is refused for


def test_all_faults_come_in_one_refusal(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("id,time,gl\na,noon,1\na,dusk,foo\n,2026-01-13T08:00,1900\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_cgm(path)
    message = str(caught.value)
    assert message.startswith(
        "mine.csv, line 2, column time: expected a time such as 2015-06-06T21:50:27, found 'noon'"
    )
    for fault in ("1 more of this kind", "line 4, column id", "line 3, column gl: expected a number", "found 1900"):
        assert fault in message


def test_a_first_line_that_may_name_a_person_is_not_repeated(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Patient: Jane Secretname;born 1970\nWhen;What\n2026;1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_cgm(path)
    assert "Secretname" not in str(caught.value)
    assert "Dexcom Clarity" in str(caught.value)


def test_a_first_line_that_names_the_separator(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("sep=;\nid;time;gl\nann;2026-01-13T08:00;5,5\nann;2026-01-13T08:05;x\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 4, column gl"):
        load_cgm(path)
