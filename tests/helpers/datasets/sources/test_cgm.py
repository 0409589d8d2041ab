"""Files of glucose readings: each fault is put right and reported, or refused with its line and column."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.base.paths import ROOT
from helpers.datasets import DataError, load, record_counts
from helpers.datasets.series import GLUCOSE, TIME_OF_DAY
from helpers.datasets.sources.cgm import load_cgm
from helpers.datasets.sources.cgm_table import MG_PER_MMOL

SHARED = ROOT.parent / "shared" / "data"
REAL_COPIES = sorted(SHARED.glob("cgm_broll.csv"))  # none on a machine without the folder beside the checkout
GOOD = """id,time,gl
ann,2015-06-06T08:00:00,100
ann,2015-06-06T08:05:00,105
ann,2015-06-06T08:10:00,110
bob,2015-06-07T23:55:00,180
bob,2015-06-08T00:00:00,190
"""


@pytest.fixture
def written(tmp_path):
    def write(content: str | bytes, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def glucose(data, person="ann") -> list[float]:
    return data.people[person].values[:, 0].tolist()


def clock(data, person="ann") -> list[str]:
    return [text[11:16] for text in data.people[person].time.astype(str)]


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        load_cgm(path)
    return str(caught.value)


def test_a_good_file_needs_nothing_put_right(written):
    data = load(str(written(GOOD)))
    assert list(data.people) == ["ann", "bob"]
    assert glucose(data) == [100, 105, 110]
    assert clock(data, "bob") == ["23:55", "00:00"]
    assert data.notes == ()
    assert (data.name, data.title, data.simulated, data.step_minutes) == ("mine.csv", "mine.csv", False, 5)
    assert data.source == "your file mine.csv"
    assert "unknown" in data.licence


def test_nothing_is_invented_that_the_file_does_not_have(written):
    data = load_cgm(written(GOOD))
    assert data.features == (GLUCOSE, *TIME_OF_DAY)
    midnight = data.people["bob"].values[1]
    np.testing.assert_allclose(midnight, [190, 0, 1], atol=1e-6)


def test_rows_out_of_order_are_sorted(written):
    rows = GOOD.splitlines()
    data = load_cgm(written("\n".join([rows[0], rows[3], rows[5], rows[1], rows[4], rows[2]])))
    assert glucose(data) == [100, 105, 110]
    assert glucose(data, "bob") == [180, 190]
    assert data.notes == ("The rows of 2 of 2 people were not in the order of time; they were sorted.",)


def test_people_may_take_turns(written):
    rows = GOOD.splitlines()
    data = load_cgm(written("\n".join([rows[0], rows[1], rows[4], rows[2], rows[5], rows[3]])))
    assert glucose(data) == [100, 105, 110]
    assert data.notes == ()


def test_of_repeated_times_the_first_reading_counts(written):
    again = "ann,2015-06-06T08:05:00,107\nann,2015-06-06T08:05:00,105\nann,2015-06-06T08:10:00,110\n"
    data = load_cgm(written(GOOD.replace("bob", again + "bob", 1)))
    assert glucose(data) == [100, 105, 110]
    (_, sentence) = data.notes
    assert sentence == (
        "3 readings repeat a time of the same person, 1 of them with another value; the first in the file counts."
    )


def test_a_repeated_time_without_a_value_loses_to_the_reading(written):
    data = load_cgm(written(GOOD.replace("08:05:00,105", "08:05:00,\nann,2015-06-06T08:05:00,105")))
    assert glucose(data) == [100, 105, 110]


def test_two_people_may_have_the_same_time(written):
    data = load_cgm(written("id,time,gl\nann,2015-06-06T08:00,100\nbob,2015-06-06T08:00,200\n"))
    assert (glucose(data), glucose(data, "bob")) == ([100], [200])
    assert data.notes == ()


def test_uneven_steps_go_to_the_nearest_mark(written):
    rows = "ann,2015-06-06T08:01:00,100\nann,2015-06-06T08:07:29,105\nann,2015-06-06T08:12:31,110\n"
    data = load_cgm(written("id,time,gl\n" + rows))
    assert clock(data) == ["08:00", "08:05", "08:10", "08:15"]
    np.testing.assert_array_equal(glucose(data), [100, 105, np.nan, 110])
    assert data.notes == (
        "The steps are not even: 3 of 3 readings were moved to the nearest mark of a 5-minute grid, by 149 s in the "
        "median and 149 s at most.",
    )


def test_of_two_readings_at_one_mark_the_nearer_counts(written):
    rows = "ann,2015-06-06T08:03:00,103\nann,2015-06-06T08:06:00,105\nann,2015-06-06T08:07:00,107\n"
    data = load_cgm(written("id,time,gl\n" + rows))
    assert (clock(data), glucose(data)) == (["08:05"], [105])
    assert data.notes[-1] == "Readings left out because a nearer one lies on the same mark: 2."


def test_another_step_can_be_asked_for(written):
    rows = "ann,2015-06-06T08:00:00,100\nann,2015-06-06T08:15:00,105\n"
    data = load_cgm(written("id,time,gl\n" + rows), step_minutes=15)
    assert (clock(data), glucose(data), data.step_minutes) == (["08:00", "08:15"], [100, 105], 15)
    with pytest.raises(ValueError, match="step_minutes: expected a whole number from 1 to 60, got 0"):
        load_cgm(written(GOOD), step_minutes=0)


def test_a_silent_hour_is_a_row_of_nothing_for_each_step(written):
    data = load_cgm(written("id,time,gl\nann,2015-06-06T08:00,100\nann,2015-06-06T09:00,110\n"))
    values = data.people["ann"].values
    assert len(values) == 13
    assert np.isnan(values[1:-1, 0]).all()
    assert not np.isnan(values[:, 1:]).any()
    assert record_counts(data).loc["ann", "gaps"] == 1


def test_mmol_is_told_by_its_size_and_converted(written):
    data = load_cgm(written("id,time,gl\nann,2015-06-06T08:00,5.5\nann,2015-06-06T08:05,33.3\n"))
    np.testing.assert_allclose(glucose(data), [5.5 * 18.016, 33.3 * 18.016], rtol=1e-6)
    assert data.notes == ("No value is above 35, so all are mmol/L; they were multiplied by 18.016 to give mg/dL.",)


def test_the_factor_is_the_molar_mass_of_glucose():
    carbon, hydrogen, oxygen = 12.011, 1.008, 15.999
    assert pytest.approx((6 * carbon + 12 * hydrogen + 6 * oxygen) / 10, abs=1e-3) == MG_PER_MMOL


@pytest.mark.parametrize("missing", ["", "NA", "NaN", "null", "  "])
def test_missing_values_are_not_measured(written, missing):
    data = load_cgm(written(GOOD.replace("105", missing)))
    np.testing.assert_array_equal(glucose(data), [100, np.nan, 110])
    assert data.notes == ("1 of 5 rows have no glucose value and count as not measured.",)


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-0500"])
def test_of_a_time_zone_the_wall_clock_is_kept(written, zone):
    data = load_cgm(written(GOOD.replace(":00,", f":00{zone},")))
    assert clock(data) == ["08:00", "08:05", "08:10"]
    shown = {"Z": "+00:00", "-0500": "-05:00"}.get(zone, zone)
    assert data.notes == (
        f"All times are marked as UTC{shown}; the mark was left out, and the wall clock it belongs to was kept.",
    )


def test_a_byte_order_mark_is_left_out(written):
    data = load_cgm(written(b"\xef\xbb\xbf" + GOOD.encode()))
    assert glucose(data) == [100, 105, 110]
    assert data.notes == ("A byte-order mark at the start of the file was left out.",)


def test_semicolons_and_decimal_commas(written):
    text = "id;time;gl\nann;2015-06-06T08:00;5,5\nann;2015-06-06T08:05;6,25\n"
    data = load_cgm(written(text))
    np.testing.assert_allclose(glucose(data), [5.5 * MG_PER_MMOL, 6.25 * MG_PER_MMOL], rtol=1e-6)
    assert data.notes[:2] == (
        "Fields are separated by semicolons.",
        "The comma in 2 values was read as a decimal comma.",
    )


def test_tabs_and_quoted_decimal_commas(written):
    tabs = load_cgm(written(GOOD.replace(",", "\t"), "mine.tsv"))
    assert glucose(tabs) == [100, 105, 110]
    quoted = load_cgm(written(GOOD.replace("105", '"105,5"')))
    assert glucose(quoted) == [100, 105.5, 110]


@pytest.mark.parametrize("form", ["2015-06-06 08:05", "2015-06-06T08:05:00", "2015-06-06T08:05:00.000"])
def test_times_in_their_usual_forms(written, form):
    assert clock(load_cgm(written(GOOD.replace("2015-06-06T08:05:00", form)))) == ["08:00", "08:05", "08:10"]


def test_a_date_among_times_is_midnight(written):
    data = load_cgm(written(GOOD.replace("2015-06-08T00:00:00", "2015-06-08")))
    assert clock(data, "bob") == ["23:55", "00:00"]
    assert data.notes == ("1 dates without a time of day were taken as midnight.",)


@pytest.mark.parametrize(
    "header", ["ID,Time,GL", '"id","time","gl"', "subject_id,timestamp,glucose", "Patient ID,Date Time,Glucose (mg/dL)"]
)
def test_columns_go_by_several_names(written, header):
    assert glucose(load_cgm(written(GOOD.replace("id,time,gl", header)))) == [100, 105, 110]


def test_columns_in_any_order_with_others_between(written):
    data = load_cgm(written("gl,device,time,id\n100,G4,2015-06-06T08:00,ann\n"))
    assert glucose(data) == [100]
    assert data.notes == ("Columns not read: device.",)


def test_blank_lines_and_windows_line_ends(written):
    data = load_cgm(written("\r\n" + GOOD.replace("\n", "\r\n") + "\r\n\r\n"))
    assert glucose(data) == [100, 105, 110]


def test_a_heading_that_says_mg_settles_a_very_low_value(written):
    low = GOOD.replace("105", "31")
    assert "line 3, column gl" in refusal(written(low))
    data = load_cgm(written(low.replace(",gl", ",glucose (mg/dL)")))
    assert glucose(data) == [100, 31, 110]


REFUSED = {
    "text": (GOOD.replace("105", "Lwo"), "mine.csv, line 3, column gl: expected a number, found 'Lwo'."),
    "a number with a unit": (GOOD.replace("105", "105 mg"), "line 3, column gl: expected a number, found '105 mg'"),
    "infinity": (GOOD.replace("105", "inf"), "line 3, column gl: expected a number, found 'inf'"),
    "negative": (GOOD.replace("105", "-105"), "line 3, column gl: expected a glucose value from 1 to 700, found -105"),
    "impossible": (GOOD.replace("190", "1900"), "line 6, column gl: expected a glucose value from 1 to 700"),
    "day first": (
        GOOD.replace("2015-06-06T08:05:00", "06/06/2015 08:05"),
        "line 3, column time: expected a time such as 2015-06-06T21:50:27, found '06/06/2015 08:05'",
    ),
    "no such day": (GOOD.replace("2015-06-08", "2015-06-31"), "line 6, column time: expected a time such as"),
    "no time": (GOOD.replace("2015-06-08T00:00:00", ""), "line 6, column time: expected a time such as"),
    "dates only": (
        "id,time,gl\nann,2015-06-06,100\nann,2015-06-07,100\n",
        "line 2, column time: expected a date and a time of day, found '2015-06-06'",
    ),
    "two zones": (
        GOOD.replace(":00,", ":00+01:00,").replace("08:10:00+01:00", "08:10:00+02:00"),
        "line 4, column time: expected all times at UTC+01:00 as above, found one at UTC+02:00",
    ),
    "a zone here and none there": (
        GOOD.replace("08:10:00", "08:10:00Z"),
        "line 4, column time: expected all times without a time zone as above, found one at UTC+00:00",
    ),
    "two units": (
        GOOD.replace("190", "10.5"),
        "line 6, column gl: expected values of one unit, all up to 35 (mmol/L) or all above (mg/dL), found 10.5 among "
        "values of mg/dL",
    ),
    "mostly the other unit": (
        "id,time,gl\nann,2015-06-06T08:00,5.5\nann,2015-06-06T08:05,6\nann,2015-06-06T08:10,110\n",
        "line 4, column gl: expected values of one unit, all up to 35 (mmol/L) or all above (mg/dL), found 110 among "
        "values of mmol/L",
    ),
    "unit against the heading": (
        GOOD.replace(",gl", ",glucose (mmol/L)"),
        "line 2, column glucose (mmol/L): expected values in mmol/L, as the heading says, found values that can only "
        "be mg/dL, such as 100",
    ),
    "nobody": (GOOD.replace("bob,", ",", 1), "line 5, column id: expected whose reading this is, found nothing"),
    "no glucose column": (GOOD.replace("gl", "value"), "line 1: expected one column gl, found only id, time, value"),
    "two glucose columns": (
        "id,time,gl,glucose\nann,2015-06-06T08:00,1,1\n",
        "line 1: expected one column gl, found 2: gl, glucose",
    ),
    "no heading": (GOOD.partition("\n")[2], "line 1: expected one column id, found another first line"),
    "a field too many": (GOOD.replace("105", "5,8"), "line 3: expected 3 fields as in the heading, found 4"),
    "a field too few": (GOOD.replace(",105", ""), "line 3: expected 3 fields as in the heading, found 2"),
    "an open quotation mark": (GOOD.replace("105", '"105'), "line 6: expected a row of fields"),
    "empty": ("", "mine.csv: expected a table of readings, found an empty file"),
    "blank": ("\n \n", "mine.csv: expected a table of readings, found an empty file"),
    "a heading only": ("id,time,gl\n", "mine.csv: expected rows below the heading, found none"),
    "Latin-1": (
        GOOD.replace("bob", "Jürgen").encode("latin-1"),
        "mine.csv, line 5: expected text in UTF-8, found the byte 0xfc",
    ),
    "UTF-16": (GOOD.encode("utf-16"), "mine.csv, line 1: expected text in UTF-8"),
    "a person without a value": (
        GOOD.replace("180", "").replace("190", "NA"),
        "mine.csv: expected at least one glucose value of bob, found none (first row: line 5). Leave this person out",
    ),
    "a wrong year": (
        GOOD.replace("2015-06-08", "2051-06-08"),
        "expected readings of bob within 10 years, found some at 2015-06-07T23:55:00 and some at 2051-06-08T00:00:00 "
        "(line 6)",
    ),
}


@pytest.mark.parametrize(("content", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused_naming_line_and_column(written, content, fault):
    message = refusal(written(content))
    assert message.startswith("mine.csv")
    assert fault in message


def test_the_glucose_of_big_ideas_is_a_set_like_any_other(monkeypatch):
    """The tables are those that helpers.datasets.sources.big_ideas makes of the downloaded files."""
    times = pd.to_datetime(["2020-02-13T17:23:32", "2020-02-13T17:28:32", "2020-02-13T17:33:32", "2020-02-21T23:59:00"])
    glucose = pd.DataFrame({"id": ["001", "001", "001", "002"], "time": times, "gl": [61.0, 59.0, 58.0, 400.0]})
    monkeypatch.setattr("helpers.datasets.sources.cgm.load_big_ideas", lambda: (glucose, None))
    data = load("big-ideas")
    assert list(data.people) == ["001", "002"]
    assert data.people["001"].values[:, 0].tolist() == [61, 59, 58]
    assert data.people["001"].time.astype(str).tolist()[0] == "2020-02-13T17:25:00"
    assert data.people["002"].time.astype(str).tolist() == ["2020-02-22T00:00:00"]
    assert (data.name, data.simulated, data.licence) == ("big-ideas", False, "ODC-BY 1.0")
    assert "physionet.org" in data.source
    assert "Nobody here has diabetes treated with insulin" in data.notes[0]
    assert "moved to the nearest mark" in data.notes[-1]


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path):
    assert "mine.csv: expected a file that can be read" in refusal(tmp_path / "mine.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "folder.csv: expected a file that can be read" in refusal(tmp_path / "folder.csv")


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_the_broll_data_load_whole_and_are_recognised(path):
    data = load(str(path))
    assert list(data.people) == [f"Subject {k}" for k in range(1, 6)]
    assert "type 2 diabetes" in data.title
    assert (data.licence, data.simulated) == ("GPL-2", False)
    assert "iglu" in data.source
    table = record_counts(data)
    assert table["readings"].tolist() == [2915, 2829, 1533, 3663, 2925]
    assert table["gaps"].tolist() == [44, 5, 9, 2, 7]
    assert len(data.notes) == 2


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_a_copy_of_the_broll_data_in_another_order_is_recognised_and_a_changed_one_is_not(path, written):
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    assert "iglu" in load_cgm(written("\n".join([header, *rows[::-1]]))).source
    rows[7] = rows[7].rpartition(",")[0] + ",399"
    assert load_cgm(written("\n".join([header, *rows]))).source == "your file mine.csv"
