"""Rows of text into readings: who, when, how much. Every fault is named with its line and column."""

from __future__ import annotations

import csv
import datetime
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.datasets.contract import DataError

MG_PER_MMOL = 18.016  # mg/dL in one mmol/L: a tenth of the molar mass of glucose, C6H12O6, 180.16 g/mol
HIGHEST_MMOL = 35  # a sensor shows 2.2 to 27.8 mmol/L or 40 to 500 mg/dL, so 35 lies between all of one and the other
LIMITS = (1, 700)  # of any number that can be a glucose value, in either unit
# what a heading may be once it is in small letters and has nothing but letters and digits
HEADINGS = {
    "id": ("id", "subject", "subjectid", "patient", "patientid", "person", "personid"),
    "time": ("time", "timestamp", "datetime"),
    "gl": ("gl", "glucose", "glucosemgdl", "glucosemmoll", "glmgdl", "glmmoll"),
}
MISSING = ("", "na", "nan", "null", "none")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, eq=False)
class Readings:
    """The n rows of a file. people: text (n,). time: datetime64[s] (n,), wall clock. values: float64 (n,), mg/dL, NaN
    where missing. lines: int64 (n,), where each stands in the file. report: what was put right, in sentences."""

    people: np.ndarray
    time: np.ndarray
    values: np.ndarray
    lines: np.ndarray
    report: tuple[str, ...]


class _Cell(NamedTuple):
    """A text and where it stands."""

    line: int
    text: str


@dataclass
class _File:
    """A file being read: its name, the names of its columns by role, and the sentences so far."""

    name: str
    columns: dict[str, str]
    report: list[str]

    def refuse(self, role: str, line: int, expected: str, found: str, todo: str):
        raise DataError(
            f"{self.name}, line {line}, column {self.columns[role]}", expected=expected, found=found, todo=todo
        )


def read_readings(path: Path) -> Readings:
    """The readings of a file with the columns id, time and gl, as they stand, in mg/dL.

    Raises DataError as in helpers.datasets.sources.cgm.load_cgm.
    """
    text, report = _read_text(path)
    file = _File(path.name, {}, report)
    cells = _read_cells(file, text)
    people = [cell.text for cell in cells["id"]]
    for cell in cells["id"]:
        if not cell.text:
            file.refuse("id", cell.line, "whose reading this is", "nothing", "Fill in the identifier.")
    return Readings(
        people=np.array(people),
        time=_read_times(file, cells["time"]),
        values=_read_values(file, cells["gl"]),
        lines=np.array([cell.line for cell in cells["id"]]),
        report=tuple(file.report),
    )


def _read_text(path: Path) -> tuple[str, list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            path.name, expected="a file that can be read", found=str(error), todo="Check the path."
        ) from error
    if not content.strip():
        raise DataError(
            path.name, expected="a table of readings", found="an empty file", todo="Export the readings again."
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path.name}, line {line}",
            expected="text in UTF-8",
            found=f"the byte {content[error.start]:#04x}",
            todo="Save the file as UTF-8.",
        ) from error
    if text.startswith("\ufeff"):
        return text[1:], ["A byte-order mark at the start of the file was left out."]
    return text, []


def _read_cells(file: _File, text: str) -> dict[str, list[_Cell]]:
    """The cells of the three columns, top to bottom."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    if delimiter != ",":
        file.report.append(f"Fields are separated by {'semicolons' if delimiter == ';' else 'tabs'}.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    cells: dict[str, list[_Cell]] = {"id": [], "time": [], "gl": []}
    try:
        header = next(row for row in reader if any(row))
        places = _places(file, header, reader.line_num)
        for row in reader:
            if not any(field.strip() for field in row):
                continue
            if len(row) != len(header):
                raise DataError(
                    f"{file.name}, line {reader.line_num}",
                    expected=f"{len(header)} fields as in the heading",
                    found=str(len(row)),
                    todo="Put text that holds the separator, such as a decimal comma, in quotation marks.",
                )
            for role, place in places.items():
                cells[role].append(_Cell(reader.line_num, row[place].strip()))
    except csv.Error as error:
        raise DataError(
            f"{file.name}, line {reader.line_num}",
            expected="a row of fields",
            found=f"one that cannot be taken apart ({error})",
            todo="Look for a quotation mark that is never closed.",
        ) from error
    if not cells["id"]:
        raise DataError(file.name, expected="rows below the heading", found="none", todo="Export the readings again.")
    return cells


def _places(file: _File, header: list[str], line: int) -> dict[str, int]:
    """Which column holds what."""
    plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in header]
    places = {}
    for role, names in HEADINGS.items():
        found = [k for k, name in enumerate(plain) if name in names]
        if len(found) != 1:
            raise DataError(
                f"{file.name}, line {line}",
                expected=f"one column {role}",
                found=f"{len(found)}: {', '.join(header[k] for k in found)}" if found else f"only {', '.join(header)}",
                todo=f"Name the column {role} and no other so.",
            )
        places[role] = found[0]
        file.columns[role] = header[found[0]].strip()
    others = [name.strip() for k, name in enumerate(header) if k not in places.values()]
    if others:
        file.report.append(f"Columns not read: {', '.join(others)}.")
    renamed = [f"{name} as {role}" for role, name in file.columns.items() if name != role]
    if renamed:
        file.report.append(f"Columns taken: {', '.join(renamed)}.")
    return places


def _read_times(file: _File, cells: list[_Cell]) -> np.ndarray:
    """datetime64[s] (n,): the wall clock that each cell shows, whatever zone it adds."""
    clock, zones = [], {}
    without_time = 0
    for line, text in cells:
        match = _TIME.fullmatch(text)
        try:
            if not match:
                raise ValueError("not of that form")
            day, time, zone = match.groups()
            moment = datetime.datetime.fromisoformat(f"{day}T{time or '00:00'}")
        except ValueError as error:
            file.refuse(
                "time", line, "a time such as 2015-06-06T21:50:27", f"{text!r} ({error})", "Write all times this way."
            )
        clock.append(moment)
        without_time += time is None
        zone = "+00:00" if zone == "Z" else zone
        if zone and ":" not in zone:
            zone = f"{zone[:3]}:{zone[3:]}"
        zones.setdefault(zone, line)
    if len(zones) > 1:
        (one, _), (other, line) = list(zones.items())[:2]
        file.refuse(
            "time",
            line,
            f"all times {f'at UTC{one}' if one else 'without a time zone'} as above",
            f"one {f'at UTC{other}' if other else 'without a time zone'}",
            "Write the wall clock where the person was, without a zone.",
        )
    (zone,) = zones
    if zone:
        file.report.append(
            f"All times are marked as UTC{zone}; the mark was left out, and the wall clock it belongs to was kept."
        )
    if without_time == len(cells):
        file.refuse("time", cells[0].line, "a date and a time of day", repr(cells[0].text), "Export times as well.")
    if without_time:
        file.report.append(f"{without_time:,} dates without a time of day were taken as midnight.")
    return np.array(clock, "datetime64[s]")


def _read_values(file: _File, cells: list[_Cell]) -> np.ndarray:
    """float64 (n,), mg/dL: the numbers of the cells, NaN where they say that there is none."""
    values = np.full(len(cells), np.nan)
    commas = 0
    for k, (line, text) in enumerate(cells):
        if text.casefold() in MISSING:
            continue
        if not _NUMBER.fullmatch(text):
            file.refuse(
                "gl", line, "a number", repr(text), "Write what the sensor showed, or leave the cell empty if nothing."
            )
        commas += "," in text
        values[k] = float(text.replace(",", "."))
        if not LIMITS[0] <= values[k] <= LIMITS[1]:
            file.refuse(
                "gl",
                line,
                f"a glucose value from {LIMITS[0]} to {LIMITS[1]}",
                text,
                "Leave the cell empty where nothing was measured.",
            )
    if commas:
        file.report.append(f"The comma in {commas:,} values was read as a decimal comma.")
    missing = int(np.isnan(values).sum())
    if missing:
        file.report.append(f"{missing:,} of {len(cells):,} rows have no glucose value and count as not measured.")
    return _in_mg_per_dl(file, cells, values)


def _in_mg_per_dl(file: _File, cells: list[_Cell], values: np.ndarray) -> np.ndarray:
    """The values in mg/dL, if the heading or their size tells one unit for all."""
    heading = re.sub(r"[^a-z]", "", file.columns["gl"].casefold())
    stated = "mmol/L" if "mmoll" in heading else "mg/dL" if "mgdl" in heading else None
    small, large = np.flatnonzero(values <= HIGHEST_MMOL), np.flatnonzero(values > HIGHEST_MMOL)
    if len(small) and len(large) and stated != "mg/dL":
        odd, rest = (small, "mg/dL") if len(small) <= len(large) else (large, "mmol/L")
        file.refuse(
            "gl",
            cells[odd[0]].line,
            f"values of one unit, all up to {HIGHEST_MMOL} (mmol/L) or all above (mg/dL)",
            f"{cells[odd[0]].text} among values of {rest}",
            "Convert the values that are in another unit, or empty the cells of those that are wrong.",
        )
    seen = "mmol/L" if len(small) and not len(large) else "mg/dL"
    if stated and len(small) + len(large) and seen != stated:
        first = cells[(small if len(small) else large)[0]]
        file.refuse(
            "gl",
            first.line,
            f"values in {stated}, as the heading says",
            f"values that can only be {seen}, such as {first.text}",
            "Correct the heading.",
        )
    if seen == "mg/dL":
        return values
    file.report.append(
        f"No value is above {HIGHEST_MMOL}, so all are mmol/L; they were multiplied by {MG_PER_MMOL} to give mg/dL."
    )
    return values * MG_PER_MMOL
