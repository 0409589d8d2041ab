"""Rows of an export under their headings, whether they were text with separators or entries of JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from helpers.datasets.sources.cgm_files.layout import Block, Layout, Names, base, plain

HEADING_WITHIN = 200  # lines: a heading stands no deeper
_DELIMITERS = ",;\t"
# the rows of Nightscout's entries.csv have no heading: a time, milliseconds, glucose, a trend and a device
_BARE = re.compile(r'"?\d{4}-\d{2}-\d{2}T[^,\t]*"?([,\t])"?\d{12,13}"?\1"?\d*\.?\d*"?(\1|$)')
_NO_NAME = re.compile(r"[^a-z0-9]+")
BARE_HEADING = ("dateString", "date", "sgv", "direction", "device")


class Row(NamedTuple):
    """One row of a file: where it stands, its block, and its filled cells by the place of their column."""

    line: int
    block: Block
    heading: Heading
    cells: Sequence[str]

    def get(self, names: Names) -> str:
        """The text of the first filled column of these names, or nothing."""
        for place in self.heading.places(names):
            if place < len(self.cells) and self.cells[place]:
                return self.cells[place]
        return ""


class Heading:
    """The names of the columns of a block."""

    def __init__(self, names: Sequence[str]):
        self.names = [name.strip() for name in names]
        self._places: dict[str, list[int]] = {}
        self._found: dict[Names, list[int]] = {}  # asked for once a row
        for place, name in enumerate(self.names):
            for key in {plain(name), base(name)}:
                self._places.setdefault(key, []).append(place)

    def places(self, names: Names) -> list[int]:
        """Where the columns of these names stand."""
        if names not in self._found:
            self._found[names] = [place for name in names for place in self._places.get(name, ())]
        return self._found[names]

    def name_of(self, names: Names) -> str:
        """How the file calls the first of these columns, or nothing."""
        places = self.places(names)
        return self.names[places[0]] if places else ""

    def fits(self, block: Block) -> bool:
        """Whether all columns are there by which the block is known."""
        return all(self.places(names) for names in block.known_by)


class Skipped(NamedTuple):
    """What of a file is no row: lines above the first heading, and the last line where the file ends in its middle."""

    above: int
    cut_line: int | None


def find_layout(text: str, layouts: Sequence[Layout]) -> tuple[Layout, str] | None:
    """The layout of a text with separators, and its separator; None where no line in reach is a heading of any."""
    for line in _first_lines(text):
        if _BARE.match(line):
            return next(layout for layout in layouts if Heading(BARE_HEADING).fits(layout.blocks[0])), (
                "\t" if _BARE.match(line)[1] == "\t" else ","
            )
        for delimiter in _DELIMITERS:
            if line.count(delimiter):
                heading = Heading(next(csv.reader([line], delimiter=delimiter)))
                for layout in layouts:
                    if any(block.glucose and heading.fits(block) for block in layout.blocks):
                        return layout, delimiter
    return None


def _first_lines(text: str) -> list[str]:
    return text[:200_000].splitlines()[:HEADING_WITHIN]


def rows_of_text(text: str, layout: Layout, delimiter: str) -> tuple[list[Row], Skipped]:
    """The rows of a text of that layout. A heading may come again, of the same block or of another.

    Raises csv.Error where the text cannot be taken apart.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    block = heading = None
    if _BARE.match(next((line for line in text[:10_000].splitlines() if line.strip()), "")):
        block, heading = layout.blocks[0], Heading(BARE_HEADING)
    above, skipping = 0, False
    for fields in reader:
        cells = [field.strip() for field in fields]
        if not any(cells):
            continue
        if layout.skip and cells[0].startswith("---"):
            skipping = any(layout.skip in cell.casefold() for cell in cells)
            continue
        if skipping or cells[0].startswith("#"):  # a title between two blocks
            continue
        again = _block_of(cells, layout)
        if again is not None:
            block, heading = again, Heading(cells)
        elif block is None:
            above += 1
        else:
            rows.append(Row(reader.line_num, block, heading, cells))
    return rows, Skipped(above, _take_cut_row(rows, text))


def _take_cut_row(rows: list[Row], text: str) -> int | None:
    """Take the last row away where the file ends in its middle, shorter than all others; the line of it."""
    if not rows or text.endswith(("\n", "\r")):
        return None
    others = [len(row.cells) for row in rows[:-1] if row.heading is rows[-1].heading]
    return rows.pop().line if len(rows[-1].cells) < min(others, default=0) else None


def _block_of(cells: list[str], layout: Layout) -> Block | None:
    text = _NO_NAME.sub("", "".join(cells).casefold())  # nearly every row lacks the first name, and is no heading
    blocks = [block for block in layout.blocks if any(name in text for name in block.known_by[0])]
    if not blocks:
        return None
    heading = Heading(cells)
    return next((block for block in blocks if heading.fits(block)), None)


def read_json(text: str) -> list[dict[str, Any]] | None:
    """The entries of a JSON text: an array, arrays by name in an object, or one entry a line; None where it is none."""
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError:
            return None
    if isinstance(found, Mapping):
        arrays = [value for value in found.values() if isinstance(value, list)]
        found = [entry for array in arrays for entry in array] or [found]
    return [entry for entry in found if isinstance(entry, dict)]


def rows_of_entries(entries: Sequence[Mapping[str, Any]], layout: Layout) -> list[Row]:
    """The entries of JSON that fit a block, as rows; an entry inside an entry goes by "outer.inner"."""
    headings: dict[tuple[str, ...], Heading] = {}
    rows = []
    for number, entry in enumerate(entries, start=1):
        flat = dict(_flat(entry))
        heading = headings.setdefault(tuple(flat), Heading(tuple(flat)))
        block = next((block for block in layout.blocks if heading.fits(block)), None)
        if block is not None:
            rows.append(Row(number, block, heading, [_text(value) for value in flat.values()]))
    return rows


def _flat(entry: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif not isinstance(value, list):
            yield f"{before}{key}", value


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
