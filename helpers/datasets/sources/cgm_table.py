"""A table of the columns id, time and gl into readings: who, when, how much. Faults are named with line and column."""

from __future__ import annotations

import csv
import datetime
import io
import re

import numpy as np

from helpers.datasets.errors import DataError
from helpers.datasets.sources.cgm_files.clock import refuse_twelve_hours
from helpers.datasets.sources.cgm_files.content import Content
from helpers.datasets.sources.cgm_files.faults import Faults
from helpers.datasets.sources.cgm_files.layout import plain, unit_in
from helpers.datasets.sources.cgm_files.layouts import LAYOUTS
from helpers.datasets.sources.cgm_files.people import are_row_numbers, merge_numbers
from helpers.datasets.sources.cgm_files.readings import Amounts, Readings
from helpers.datasets.sources.cgm_files.units import MG_PER_MMOL, in_words, to_mg_per_dl
from helpers.datasets.sources.cgm_files.values import LIMITS_OF_MOST, Cell, parse_amounts, parse_numbers

__all__ = ["MG_PER_MMOL", "read_readings"]
# what a heading may be once it is in small letters and has nothing but letters and digits
HEADINGS = {
    "id": ("id", "subject", "subjectid", "patient", "patientid", "person", "personid"),
    "time": ("time", "timestamp", "datetime", "devicetimestamp", "datestring"),
    "gl": tuple(
        name + unit
        for name in ("gl", "glucose", "glucosevalue", "historicglucose", "sensorglucose", "sgv")
        for unit in ("", "mgdl", "mmoll")
    ),
}
AMOUNTS = {
    "insulin": ("insulin", "insulinu", "insulinunits"),
    "carbohydrate": ("carbs", "carbsg", "carbsgrams", "carbohydrate", "carbohydrateg", "carbohydrates"),
}
# words of the lines above a heading in which exports name the person: such a line is not repeated in a message
_TITLE = re.compile(r"name|patient|report|generated|birth|export", re.IGNORECASE)
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?")
_SEPARATOR = re.compile(r"\s*sep=(.)[ \t]*\r?\n", re.IGNORECASE)


def read_readings(content: Content) -> Readings:
    """The readings of a file with the columns id, time and gl, as they stand, in mg/dL.

    Raises DataError as in helpers.datasets.sources.cgm.load_cgm.
    """
    if content.encoding != "utf-8":
        raise DataError(
            f"{content.name}, line {content.odd_line}",
            expected="text in UTF-8",
            found="text in UTF-16" if content.encoding == "utf-16" else f"the byte {content.odd_byte:#04x}",
            todo="Save the file as UTF-8.",
        )
    faults, report = Faults(content.name), list(content.report)
    columns, cells = _read_cells(content, report)
    times = _read_times(faults, columns["time"], cells["time"], report)
    people = _read_people(faults, columns["id"], cells["id"], report)
    numbers = parse_numbers(cells["gl"], columns["gl"], faults)
    if numbers.commas:
        report.append(f"The comma in {numbers.commas:,} values was read as a decimal comma.")
    missing = int((np.isnan(numbers.values) & ~numbers.low & ~numbers.high).sum())
    if missing and not faults.found:
        report.append(f"{missing:,} of {len(people):,} rows have no glucose value and count as not measured.")
    stated = [unit_in(columns["gl"])] * len(people)
    judged = to_mg_per_dl(numbers, cells["gl"], people, stated, LIMITS_OF_MOST, columns["gl"], faults)
    amounts = {role: parse_amounts(cells[role], columns[role], faults) for role in AMOUNTS if role in columns}
    faults.raise_any()
    refuse_twelve_hours(content.name, columns["time"], times, people)
    return Readings(
        people=people,
        time=times,
        values=judged.values,
        lines=np.array([cell.line for cell in cells["id"]]),
        report=(*report, *judged.report),
        unit=in_words(judged.units),
        left_out=judged.left_out,
        **{
            role: Amounts(people, times, None, np.nan_to_num(values))
            for role, values in amounts.items()
            if (values > 0).any()
        },
    )


def _read_cells(content: Content, report: list[str]) -> tuple[dict[str, str], dict[str, list[Cell]]]:
    """The names of the columns and their cells, top to bottom, by role."""
    text, above, delimiter = content.text, 0, None
    if named := _SEPARATOR.match(text):
        text, above, delimiter = text[named.end() :], 1, named[1]
    first = text.lstrip().split("\n", 1)[0]
    delimiter = delimiter or max(",;\t", key=first.count)
    if delimiter != ",":
        called = {";": "semicolons", "\t": "tabs"}.get(delimiter, repr(delimiter))
        report.append(f"Fields are separated by {called}.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    places: dict[str, int] = {}
    cells: dict[str, list[Cell]] = {}
    ragged = Faults(content.name)
    try:
        header = next(row for row in reader if any(row))
        columns, places = _places(content.name, header, reader.line_num + above, report)
        cells = {role: [] for role in places}
        for row in reader:
            if not any(field.strip() for field in row):
                continue
            line = reader.line_num + above
            if len(row) != len(header):
                ragged.add(
                    line,
                    "",
                    f"{len(header)} fields as in the heading",
                    str(len(row)),
                    "Put text that holds the separator, such as a decimal comma, in quotation marks.",
                )
                continue
            for role, place in places.items():
                cells[role].append(Cell(line, row[place].strip()))
    except csv.Error as error:
        raise DataError(
            f"{content.name}, line {reader.line_num + above}",
            expected="a row of fields",
            found=f"one that cannot be taken apart ({error})",
            todo="Look for a quotation mark that is never closed.",
        ) from error
    ragged.raise_any()
    if not cells["id"]:
        raise DataError(
            content.name, expected="rows below the heading", found="none", todo="Export the readings again."
        )
    return columns, cells


def _places(name: str, header: list[str], line: int, report: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    """What each column is called, and where it stands, by role."""
    keys = [plain(heading) for heading in header]
    places, faults = {}, Faults(name)
    known = {key for names in (HEADINGS | AMOUNTS).values() for key in names}
    shown = "another first line (not repeated here: it may name a person)"
    if (known.intersection(keys) and not any(_TITLE.search(heading) for heading in header)) or "id" in keys:
        shown = f"only {', '.join(header)}"
    for role, names in (HEADINGS | AMOUNTS).items():
        found = [k for k, key in enumerate(keys) if key in names]
        if len(found) == 1:
            places[role] = found[0]
        elif found or role in HEADINGS:
            faults.add(
                line,
                "",
                f"one column {role}",
                f"{len(found)}: {', '.join(header[k] for k in found)}" if found else shown,
                f"Name the column {role} and no other so. Exports of {_known()} are read as they are.",
            )
    faults.raise_any()
    columns = {role: header[place].strip() for role, place in places.items()}
    others = [heading.strip() for k, heading in enumerate(header) if k not in places.values()]
    if others:
        report.append(f"Columns not read: {', '.join(others)}.")
    renamed = [f"{called} as {role}" for role, called in columns.items() if called != role]
    if renamed:
        report.append(f"Columns taken: {', '.join(renamed)}.")
    return columns, places


def _known() -> str:
    return ", ".join(layout.name for layout in LAYOUTS)


def _read_people(faults: Faults, column: str, cells: list[Cell], report: list[str]) -> np.ndarray:
    """Text (n,): whose each row is, one person under one name."""
    for cell in cells:
        if not cell.text:
            faults.add(cell.line, column, "whose reading this is", "nothing", "Fill in the identifier.")
    people, merged = merge_numbers([cell.text for cell in cells])
    if merged:
        report.append(f"The same person under two names: {', '.join(merged[:10])} was taken for the number without .0.")
    if are_row_numbers(people):
        faults.add(
            cells[0].line,
            column,
            "whose reading each row is",
            f"{len(set(people)):,} identifiers in {len(people):,} rows, which number the rows and not people",
            "Put the name or number of the person there, the same in all of their rows.",
        )
    return np.array(people)


def _read_times(faults: Faults, column: str, cells: list[Cell], report: list[str]) -> np.ndarray:
    """datetime64[s] (n,): the wall clock that each cell shows, whatever zone it adds; 1970 where it is none."""
    clock, zones, without_time = [], {}, 0
    for line, text in cells:
        match = _TIME.fullmatch(text)
        try:
            if not match:
                raise ValueError("not of that form")
            day, time, zone = match.groups()
            clock.append(datetime.datetime.fromisoformat(f"{day}T{time or '00:00'}"))
        except ValueError as error:
            faults.add(
                line, column, "a time such as 2015-06-06T21:50:27", f"{text!r} ({error})", "Write all times this way."
            )
            clock.append(datetime.datetime(1970, 1, 1))
            continue
        without_time += time is None
        zone = "+00:00" if zone == "Z" else zone
        if zone and ":" not in zone:
            zone = f"{zone[:3]}:{zone[3:]}"
        zones.setdefault(zone, line)
    if len(zones) > 1:
        (one, _), (other, line) = list(zones.items())[:2]
        faults.add(
            line,
            column,
            f"all times {f'at UTC{one}' if one else 'without a time zone'} as above",
            f"one {f'at UTC{other}' if other else 'without a time zone'}",
            "Write the wall clock where the person was, without a zone.",
        )
    elif zone := next(iter(zones), None):
        report.append(
            f"All times are marked as UTC{zone}; the mark was left out, and the wall clock it belongs to was kept."
        )
    if without_time == len(cells):
        faults.add(cells[0].line, column, "a date and a time of day", repr(cells[0].text), "Export times as well.")
    elif without_time:
        report.append(f"{without_time:,} dates without a time of day were taken as midnight.")
    return np.array(clock, "datetime64[s]")
