"""The BIG IDEAs set of PhysioNet as tidy tables: glucose every five minutes, and what was eaten when.

Two files a person are read: Dexcom_001.csv, as the sensor's software exports it, and Food_Log_001.csv, which has come
in three layouts (with a header whose second column is `time` or `time_of_day`, and for person 003 without a header
and with eleven columns). The layouts are those that public readers of version 1.1.3 describe, and two of them with
extracts (GitHub); the files themselves were not at hand when this was written.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.datasets.contract import DataError
from helpers.datasets.sources.physionet import fetch_files

LOWEST, HIGHEST = 40.0, 400.0  # mg/dL: below and above, a Dexcom G6 shows the words Low and High

_TIME, _EVENT, _GLUCOSE = "Timestamp (YYYY-MM-DDThh:mm:ss)", "Event Type", "Glucose Value (mg/dL)"
_READING = "EGV"  # estimated glucose value; other rows of the export are settings and alarms
_FOOD = ["date", "time", "time_begin", "time_end", "logged_food", "amount", "unit", "searched_food"]
_FOOD += ["calorie", "total_carb", "dietary_fiber", "sugar", "protein", "total_fat"]
_FOOD_OF_003 = [name for name in _FOOD if name not in ("time_end", "dietary_fiber", "total_fat")]
_US_TIMES = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def load_big_ideas() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Glucose and meals of all sixteen people, as read_glucose and read_meals give them, one below the other.

    The files are downloaded and verified where they are not here. Raises DataError as download.fetch does, and for a
    file with any fault.
    """
    glucose = [read_glucose(path) for path in fetch_files("big-ideas", "*/Dexcom_*.csv")]
    meals = [read_meals(path) for path in fetch_files("big-ideas", "*/Food_Log_*.csv")]
    return pd.concat(glucose, ignore_index=True), pd.concat(meals, ignore_index=True)


def read_glucose(path: str | Path) -> pd.DataFrame:
    """The glucose readings of one export of the sensor, one row each, in the order of the file.

    Columns: id (the digits in the file's name, as text), time (without a time zone, as the file has it), gl (mg/dL).
    The words Low and High become 40 and 400, the ends of the sensor's range: a value that is missing would hide what
    matters most. Rows that are no readings are left out.

    Raises DataError naming file, line and column of a time or a value that is none, or that is out of the range.
    """
    path = Path(path)
    table = _read(path, header=True)
    _require(path, table, [_TIME, _EVENT, _GLUCOSE])
    table = table[table[_EVENT] == _READING]
    words = table[_GLUCOSE].str.lower()
    values = pd.to_numeric(words.replace({"low": str(LOWEST), "high": str(HIGHEST)}), errors="coerce")
    _hold(path, table, _GLUCOSE, values.between(LOWEST, HIGHEST), "a number from 40 to 400, Low or High")
    times = _parse_times(table[_TIME])
    _hold(path, table, _TIME, times.notna(), "a date and a time")
    return _tidy(path, times, gl=values)


def read_meals(path: str | Path) -> pd.DataFrame:
    """What one person wrote down as eaten, one row for each food, in the order of the file.

    Columns: id (the digits in the file's name, as text), time (when eating began), carbs (grams of carbohydrate; NaN
    where the log has none for a food: unknown, which is not zero). Foods of one meal have times close to each other.

    Raises DataError naming file, line and column of a time that is none or carbohydrate that is no amount.
    """
    path = Path(path)
    table = _read_food(path)
    begun = table["time_begin"].where(table["time_begin"] != "", table["date"] + " " + table["time"])
    times = _parse_times(begun)
    _hold(path, table.assign(time_begin=begun), "time_begin", times.notna(), "a date and a time")
    carbs = pd.to_numeric(table["total_carb"], errors="coerce")
    _hold(path, table, "total_carb", (carbs >= 0) | (table["total_carb"] == ""), "grams, zero or more, or nothing")
    return _tidy(path, times, carbs=carbs)


def _read_food(path: Path) -> pd.DataFrame:
    table = _read(path, header=False)
    first = [name.lower() for name in table.iloc[0]]
    if "date" in first:
        names = ["time" if name == "time_of_day" else name for name in first]
        table = table.iloc[1:].set_axis(names, axis=1)
        _require(path, table, ["date", "time", "time_begin", "total_carb"])
        return table
    for names in (_FOOD, _FOOD_OF_003):
        if table.shape[1] == len(names):
            return table.set_axis(names, axis=1)
    raise DataError(
        path.name,
        expected="a header with the column date, or 14 or 11 columns without a header",
        found=f"{table.shape[1]} columns that begin with {table.iloc[0, 0]!r}",
        todo="Take the file as PhysioNet has it.",
    )


def _read(path: Path, *, header: bool) -> pd.DataFrame:
    """All cells as text without space around them; rows are numbered by their line in the file, empty ones left out."""
    if not path.is_file():
        raise DataError(str(path), expected="a .csv file", found="no such file", todo="Check the path.")
    try:
        table = pd.read_csv(
            path,
            header=0 if header else None,
            dtype=str,
            encoding="utf-8-sig",
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(
            path.name, expected="a table of text", found=f"none ({error})", todo="Take the file as PhysioNet has it."
        ) from error
    table = table.set_axis(range(2 if header else 1, len(table) + (2 if header else 1)), axis=0)
    table = table.fillna("").apply(lambda column: column.str.strip())
    return table[(table != "").any(axis=1)]


def _require(path: Path, table: pd.DataFrame, columns: list[str]):
    missing = [column for column in columns if column not in table]
    if missing:
        raise DataError(
            path.name,
            expected=f"the columns {', '.join(columns)}",
            found=f"no {', '.join(missing)}",
            todo="Take the file as PhysioNet has it.",
        )


def _hold(path: Path, table: pd.DataFrame, column: str, good: pd.Series, expected: str):
    """Raise DataError for the first row in which the column does not hold what is expected."""
    if not good.all():
        line = good.index[~good][0]
        raise DataError(
            f"{path.name}, line {line}, column {column}",
            expected=expected,
            found=repr(table.loc[line, column]),
            todo="Correct the line, or take it out.",
        )


def _parse_times(text: pd.Series) -> pd.Series:
    """Times in the order year, month, day, or as Americans write them; NaT where a text is neither."""
    times = pd.to_datetime(text, format="ISO8601", errors="coerce")
    for form in _US_TIMES:
        times = times.fillna(pd.to_datetime(text, format=form, errors="coerce"))
    return times


def _tidy(path: Path, times: pd.Series, **values: pd.Series) -> pd.DataFrame:
    digits = re.search(r"_(\d+)$", path.stem)
    person = digits.group(1) if digits else path.stem
    return pd.DataFrame({"id": person, "time": times} | values).reset_index(drop=True)
