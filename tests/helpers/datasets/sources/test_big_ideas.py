"""The sensor's exports and the food logs of BIG IDEAs, on made-up files in the layouts that were published."""

import numpy as np
import pandas as pd
import pytest

from helpers.datasets import DataError
from helpers.datasets.sources import big_ideas
from helpers.datasets.sources.big_ideas import load_big_ideas, read_glucose, read_meals

EXPORT = (
    "Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID,"
    "Glucose Value (mg/dL),Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),"
    "Glucose Rate of Change (mg/dL/min),Transmitter Time (Long Integer)\n"
    "1,,FirstName,,2019,,,,,,,,\n"
    "2,,PatientIdentifier,,2019-007,,,,,,,,\n"
    "3,,Alert,High,,,iPhone G6,200.0,,,,,\n"
    "4,2020-02-13 17:23:32,EGV,,,,iPhone G6,61.0,,,,,11101.0\n"
    "5,2020-02-13T17:28:32,EGV,,,,iPhone G6,59,,,,,11401.0\n"
    "6,2020-02-13 17:33:32,EGV,,,,iPhone G6,Low,,,,,11701.0\n"
    "7,2020-02-13 17:33:40,Calibration,,,,iPhone G6,70,,,,,\n"
    "8,2020-02-13 17:38:32,EGV,,,,iPhone G6,HIGH,,,,,12001.0\n"
)
HEADER = (
    "date,time,time_begin,time_end,logged_food,amount,unit,searched_food,calorie,total_carb,dietary_fiber,sugar,"
    "protein,total_fat\n"
)


def written(path, text: str, encoding: str = "utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_readings_and_nothing_else(tmp_path):
    table = read_glucose(written(tmp_path / "Dexcom_007.csv", EXPORT))
    assert table.columns.tolist() == ["id", "time", "gl"]
    assert table["id"].tolist() == ["007"] * 4
    assert table["gl"].tolist() == [61.0, 59.0, 40.0, 400.0]
    times = ["17:23:32", "17:28:32", "17:33:32", "17:38:32"]
    assert table["time"].tolist() == [pd.Timestamp(f"2020-02-13 {time}") for time in times]


def test_a_byte_order_mark_does_not_matter(tmp_path):
    with_mark = read_glucose(written(tmp_path / "Dexcom_007.csv", EXPORT, "utf-8-sig"))
    pd.testing.assert_frame_equal(with_mark, read_glucose(written(tmp_path / "Dexcom_007.csv", EXPORT)))


GLUCOSE_FAULTS = {
    "text": (
        "59,",
        "nonsense,",
        r"line 6, column Glucose Value \(mg/dL\): expected a number from 40 to 400, .*'nonsense'",
    ),
    "nothing": ("59,", ",", r"line 6, column Glucose Value .* found ''"),
    "mmol/L": ("61.0", "3.4", r"line 5, column Glucose Value .* found '3\.4'"),
    "too high": ("61.0", "401", r"line 5, column Glucose Value .* found '401'"),
    "not a number": ("61.0", "nan", r"line 5, column Glucose Value .* found 'nan'"),
    "no time": ("2020-02-13 17:33:32", "", r"line 7, column Timestamp .*: expected a date and a time, found ''"),
    "no such day": ("2020-02-13 17:23:32", "2020-02-31 17:23:32", r"line 5, column Timestamp .* found '2020-02-31"),
    "no glucose column": (
        "Glucose Value (mg/dL)",
        "Glucose",
        r"expected the columns .* found no Glucose Value \(mg/dL\)",
    ),
}


@pytest.mark.parametrize(("old", "new", "fault"), GLUCOSE_FAULTS.values(), ids=GLUCOSE_FAULTS)
def test_a_wrong_reading_is_refused_with_line_and_column(tmp_path, old, new, fault):
    assert old in EXPORT
    with pytest.raises(DataError, match=r"Dexcom_007\.csv.*" + fault):
        read_glucose(written(tmp_path / "Dexcom_007.csv", EXPORT.replace(old, new, 1)))


@pytest.mark.parametrize("read", [read_glucose, read_meals])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b'a,b\n"1,2\n3'])
def test_what_is_no_table_is_refused(tmp_path, read, content):
    (tmp_path / "Dexcom_007.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"Dexcom_007\.csv: expected "):
        read(tmp_path / "Dexcom_007.csv")
    with pytest.raises(DataError, match=r"absent\.csv: expected a \.csv file, found no such file"):
        read(tmp_path / "absent.csv")


ISO = HEADER + (
    "2020-02-13,18:00:00,2020-02-13 18:00:00,,Smoothie,20.0,fluid ounce,Smoothie,456.0,85.0,1.7,83.0,16.0,3.3\n"
    '2020-02-13,20:30:00,2020-02-13 20:30:00,,"Chicken, leg",1.0,,chicken leg,475.0,0.0,0.0,0.0,62.0,23.0\n'
    "2020-02-14,07:10:00,,,Toast,1,slice,,80,,,,,\n"
)
AMERICAN = HEADER.replace("time,", "time_of_day,", 1) + (
    "02/13/2020,18:00,2020-02-13 18:00:00,,Smoothie,20.0,fluid ounce,Smoothie,456.0,85.0,1.7,83.0,16.0,3.3\n"
    "02/13/2020,20:30:00,2/13/2020 20:30,,Chicken leg,1.0,,chicken leg,475.0,0.0,0.0,0.0,62.0,23.0\n"
    "02/14/2020,07:10,,,Toast,1,slice,,80,,,,,\n"
)
WITHOUT_HEADER = (
    "2020-02-13,18:00:00,2020-02-13 18:00:00,Smoothie,20.0,fluid ounce,Smoothie,456.0,85.0,83.0,16.0\n"
    "2020-02-13,20:30:00,2020-02-13 20:30:00,Chicken leg,1.0,,chicken leg,475.0,0.0,0.0,62.0\n"
    "2020-02-14,07:10:00,,Toast,1,slice,,80,,,\n"
)
LAYOUTS = {"iso": ISO, "american": AMERICAN, "003": WITHOUT_HEADER, "14 columns": ISO.removeprefix(HEADER)}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("between", ["", "\n", ",,\n"])
def test_the_same_meals_in_every_layout(tmp_path, text, between):
    lines = text.splitlines(keepends=True)
    table = read_meals(written(tmp_path / "Food_Log_003.csv", "".join([*lines[:-1], between, lines[-1]])))
    assert table.columns.tolist() == ["id", "time", "carbs"]
    assert table["id"].tolist() == ["003"] * 3
    times = ["2020-02-13 18:00", "2020-02-13 20:30", "2020-02-14 07:10"]
    assert table["time"].tolist() == [pd.Timestamp(time) for time in times]
    np.testing.assert_array_equal(table["carbs"], [85.0, 0.0, np.nan])


MEAL_FAULTS = {
    "text for carbohydrate": ("85.0", "many", "line 2, column total_carb: expected grams, zero or more.* found 'many'"),
    "less than none": ("85.0", "-1", "line 2, column total_carb.* found '-1'"),
    "no time": ("2020-02-13 20:30:00", "yesterday", "line 3, column time_begin: expected a date .* found 'yesterday'"),
    "no time in either": ("2020-02-14,07:10:00", "2020-02-14,", "line 4, column time_begin.* found '2020-02-14 '"),
    "no carbohydrate column": ("total_carb", "carbs", "expected the columns .* found no total_carb"),
    "no header": ("date,time,", "day,time,x,", "14 or 11 columns without a header, found 15 columns .*'day'"),
}


@pytest.mark.parametrize(("old", "new", "fault"), MEAL_FAULTS.values(), ids=MEAL_FAULTS)
def test_a_wrong_meal_is_refused_with_line_and_column(tmp_path, old, new, fault):
    assert old in ISO
    with pytest.raises(DataError, match=r"Food_Log_003\.csv.*" + fault):
        read_meals(written(tmp_path / "Food_Log_003.csv", ISO.replace(old, new, 1)))


def test_all_people_one_below_the_other(tmp_path, monkeypatch):
    def fetch_files(dataset, pattern):
        assert dataset == "big-ideas"
        text = {"*/Dexcom_*.csv": EXPORT, "*/Food_Log_*.csv": ISO}[pattern]
        stem = pattern.removeprefix("*/").removesuffix("*.csv")
        return [written(tmp_path / f"{stem}{person}.csv", text) for person in ("001", "002")]

    monkeypatch.setattr(big_ideas, "fetch_files", fetch_files)
    glucose, meals = load_big_ideas()
    assert glucose["id"].tolist() == ["001"] * 4 + ["002"] * 4
    assert meals["id"].tolist() == ["001"] * 3 + ["002"] * 3
    assert glucose.index.tolist() == list(range(8))
