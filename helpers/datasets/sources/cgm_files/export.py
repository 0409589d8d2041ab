"""An export of a known layout into readings: without names, with what is no reading counted by its kind."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from helpers.datasets.errors import DataError
from helpers.datasets.sources.cgm_files.clock import refuse_twelve_hours
from helpers.datasets.sources.cgm_files.content import Content
from helpers.datasets.sources.cgm_files.faults import Faults
from helpers.datasets.sources.cgm_files.layout import Block, Layout, Names, Way, plain, unit_in
from helpers.datasets.sources.cgm_files.layouts import LAYOUTS
from helpers.datasets.sources.cgm_files.people import call_people
from helpers.datasets.sources.cgm_files.readings import Amounts, Readings
from helpers.datasets.sources.cgm_files.rows import Row, Skipped, find_layout, read_json, rows_of_entries, rows_of_text
from helpers.datasets.sources.cgm_files.times import Moment, Stamp, is_time, parse_times
from helpers.datasets.sources.cgm_files.units import in_words, to_mg_per_dl
from helpers.datasets.sources.cgm_files.values import MISSING, Cell, parse_amounts, parse_numbers

_ID = ("id",)
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


class _Entry(NamedTuple):
    """A text of a row that counts, and whose it is."""

    row: Row
    person: tuple[str, ...]
    text: str


class _Found(NamedTuple):
    """What the rows of an export hold, in the order of the file."""

    glucose: list[_Entry]
    instead: list[_Entry]
    insulin: list[_Entry]
    carbohydrate: list[_Entry]
    left_out: Counter[str]


def read_export(content: Content) -> Readings | None:
    """The readings of a file whose layout is known, None where it is not.

    People are called person 1, person 2, ... in the order in which they come; nothing else that the file says of them
    is kept. Raises one DataError for all faults that it has.
    """
    entries = read_json(content.text)
    if entries is not None:
        layout, rows = _of_entries(content.name, entries)
        skipped, faults, separated = Skipped(0, None), Faults(content.name, "entry"), "JSON"
    else:
        found = find_layout(content.text, LAYOUTS)
        if found is None:
            return None
        layout, delimiter = found
        try:
            rows, skipped = rows_of_text(content.text, layout, delimiter)
        except csv.Error as error:
            raise DataError(
                content.name,
                expected=f"an export of {layout.name}",
                found=f"rows that cannot be taken apart ({error})",
                todo="Export the file again.",
            ) from error
        faults, separated = Faults(content.name), _SEPARATORS[delimiter]
    report = [*content.report]
    if skipped.cut_line:
        report.append(f"Line {skipped.cut_line} ends in its middle, so the file is not whole; the line was left out.")
    return _read(layout, rows, faults, report, f"{layout.name} ({separated}, {content.encoding.upper()})")


def _of_entries(name: str, entries: list[dict]) -> tuple[Layout, list[Row]]:
    for layout in LAYOUTS:
        rows = rows_of_entries(entries, layout)
        if any(row.block.glucose and _is_reading(row) and row.get(row.block.glucose) for row in rows):
            return layout, rows
    keys = dict.fromkeys(key for entry in entries[:50] for key in entry)
    raise DataError(
        name,
        expected="JSON with the entries of Nightscout (sgv, date) or Tidepool (type cbg, value)",
        found=f"{len(entries):,} entries with {', '.join(list(keys)[:12]) or 'nothing'}",
        todo="Export the glucose readings.",
    )


def _read(layout: Layout, rows: list[Row], faults: Faults, report: list[str], about: str) -> Readings:
    found = _sort_rows(rows)
    glucose, called = found.glucose, "readings"
    if not any(entry.text for entry in glucose) and found.instead:
        glucose, called = found.instead, rows[0].block.instead_called
        report.append(f"The file has no automatic readings; its {called} were taken.")
    elif found.instead:
        found.left_out[next(block.instead_called for block in layout.blocks if block.instead)] += len(found.instead)
    glucose = [entry for entry in glucose if entry.text]
    if not glucose:
        raise DataError(
            faults.name,
            expected=f"glucose readings in an export of {layout.name}",
            found="none",
            todo="Export a time in which the sensor was worn.",
        )
    names = call_people(entry.person for entry in glucose)
    people = np.array([names[entry.person] for entry in glucose])
    amounts = {role: getattr(found, role) for role in ("insulin", "carbohydrate")}
    moments, order = _times([glucose, *amounts.values()], faults)
    column = glucose[0].row.heading.name_of(glucose[0].row.block.glucose)
    cells = [Cell(entry.row.line, entry.text) for entry in glucose]
    numbers = parse_numbers(cells, column, faults)
    stated = [_stated_unit(entry.row, layout) for entry in glucose]
    judged = to_mg_per_dl(numbers, cells, people, stated, layout.limits, column, faults)
    values = {role: _amounts(entries, role, faults) for role, entries in amounts.items()}
    faults.raise_any()
    wall, offsets = _clock(moments[0], faults.name)
    refuse_twelve_hours(faults.name, "of the time", wall, people)
    report += order
    left_out = found.left_out + judged.left_out
    report += judged.report
    taken = {}
    for k, (role, entries) in enumerate(amounts.items(), start=1):
        taken[role] = _collect(role, entries, values[role], moments[k], names, offsets, report)
    return Readings(
        people=people,
        time=wall,
        values=judged.values,
        lines=np.array([cell.line for cell in cells]),
        report=tuple(report),
        layout=about,
        unit=in_words(judged.units),
        left_out=left_out,
        offsets=offsets,
        named=False,
        **taken,
    )


def _sort_rows(rows: Sequence[Row]) -> _Found:
    has_id = _tells_people([row.get(_ID) for row in rows if _is_reading(row) and _filled(row, row.block.glucose)])
    found = _Found([], [], [], [], Counter())
    person: tuple[str, ...] = ()
    telling = False  # whether rows that name the person are going on
    for row in rows:
        block = row.block
        kind = plain(row.get(block.kind))
        if kind in block.names:
            person = (*person, row.get(block.value)) if telling else (row.get(block.value),)
            telling = True
            continue
        telling = telling and kind not in block.readings
        whose = row.get(_ID if has_id else block.person)
        who = (whose,) if whose else person
        if _is_reading(row):
            found.glucose.append(_Entry(row, who, _filled(row, block.glucose)))
            if _filled(row, block.instead):
                found.instead.append(_Entry(row, who, _filled(row, block.instead)))
        elif kind in block.kinds_aside:
            found.left_out[block.kinds_aside[kind]] += 1
        for called, names in block.aside.items():
            found.left_out[called] += bool(_filled(row, names))
        if _filled(row, block.slow) or (_filled(row, block.insulin) and "long" in row.get(block.subkind).casefold()):
            found.left_out["doses of long-acting insulin"] += 1
        elif _filled(row, block.insulin):
            found.insulin.append(_Entry(row, who, _filled(row, block.insulin)))
        if _filled(row, block.carbohydrate):
            found.carbohydrate.append(_Entry(row, who, _filled(row, block.carbohydrate)))
    return found


def _tells_people(identifiers: list[str]) -> bool:
    """Whether a column `id` says whose the readings are: in most exports it numbers the rows."""
    return all(identifiers) and 2 * len(set(identifiers)) <= len(identifiers)


def _is_reading(row: Row) -> bool:
    block = row.block
    return bool(block.glucose) and (not block.readings or plain(row.get(block.kind)) in block.readings)


def _filled(row: Row, names: Names) -> str:
    text = row.get(names)
    return "" if text.casefold() in MISSING else text


def _stated_unit(row: Row, layout: Layout) -> str | None:
    block = row.block
    by_row = unit_in(row.get(block.unit))
    return by_row or unit_in(row.heading.name_of(block.glucose)) or layout.unit


def _times(groups: Sequence[list[_Entry]], faults: Faults) -> tuple[list[list[Moment | None]], list[str]]:
    """The moments of each group's entries, all read in one order of day and month."""
    entries = [entry for group in groups for entry in group]
    of_block: dict[int, list[Row]] = {}
    for entry in entries:
        of_block.setdefault(id(entry.row.block), []).append(entry.row)
    ways = {key: _way(rows) for key, rows in of_block.items()}
    stamps = []
    for entry in entries:
        way = ways[id(entry.row.block)]
        stamps.append(Stamp(entry.row.line, _column(entry.row, way), _time_text(entry.row, way)))
    moments, report = parse_times(stamps, faults)
    for k, entry in enumerate(entries):
        way = ways[id(entry.row.block)]
        if way.offset and moments[k] is not None:
            moments[k] = moments[k].at(round(60 * float(entry.row.get(way.offset))))
    split, start = [], 0
    for group in groups:
        split.append(moments[start : start + len(group)])
        start += len(group)
    return split, report


def _way(rows: Sequence[Row]) -> Way:
    """The first way to write the time that all of the rows have, else the one that most have."""
    block: Block = rows[0].block
    has = [
        sum(is_time(_time_text(row, way)) and (not way.offset or _is_minutes(row.get(way.offset))) for row in rows)
        for way in block.times
    ]
    return block.times[has.index(max(has))]


def _is_minutes(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit() and abs(float(text)) <= 14 * 60


def _time_text(row: Row, way: Way) -> str:
    return " ".join(row.get(names) for names in way.columns).strip()


def _column(row: Row, way: Way) -> str:
    return " and ".join(row.heading.name_of(names) for names in way.columns)


def _clock(moments: list[Moment], name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Wall clock and seconds ahead of UTC of moments that are all known."""
    offsets = [moment.offset for moment in moments]
    with_zone = sum(offset is not None for offset in offsets)
    if 0 < with_zone < len(offsets):
        raise DataError(
            name,
            expected="all times with a time zone, or none",
            found=f"{with_zone:,} of {len(offsets):,} with one",
            todo="Export the file again, from one source.",
        )
    wall = np.array([moment.clock for moment in moments], "datetime64[s]")
    return wall, np.array(offsets, np.int64) if with_zone else None


def _amounts(entries: list[_Entry], role: str, faults: Faults) -> np.ndarray:
    names = getattr(entries[0].row.block, role) if entries else ()
    column = entries[0].row.heading.name_of(names) if entries else ""
    return parse_amounts([Cell(entry.row.line, entry.text) for entry in entries], column, faults)


def _collect(
    role: str,
    entries: list[_Entry],
    values: np.ndarray,
    moments: list[Moment],
    names: dict[tuple[str, ...], str],
    reading_offsets: np.ndarray | None,
    report: list[str],
) -> Amounts | None:
    """The amounts of people who have readings, None where there are none; a sentence on them."""
    keep = [k for k, entry in enumerate(entries) if entry.person in names and values[k] > 0]
    if not keep:
        return None
    offsets = [moments[k].offset for k in keep]
    zoned = all(offset is not None for offset in offsets)
    if zoned and reading_offsets is None:
        report.append(f"{len(keep):,} entries of {role} were left out: they are in UTC, and the readings are not.")
        return None
    report.append(
        f"{role.capitalize()}: {len(keep):,} entries as they were written down, {values[keep].sum():.1f} "
        f"{'U' if role == 'insulin' else 'g'} in all; a step without one counts as 0."
        + (" Basal insulin is not among them." if role == "insulin" else "")
    )
    return Amounts(
        people=np.array([names[entries[k].person] for k in keep]),
        time=np.array([moments[k].clock for k in keep], "datetime64[s]"),
        offsets=np.array(offsets, np.int64) if zoned else None,
        values=values[keep],
    )
