"""How long a notebook takes: words, cells and figures for reading and running, a fixed time for each exercise.

A section whose heading says *Optional* is left out, with all below it, and so are the sources. What belongs to an
exercise (from its pencil to the end of the text, its stub and its solution) and the quiz is counted as exercises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from helpers.notebook.evidence import BOOKKEEPING

WORDS_A_MINUTE = 180
SECONDS_A_CELL = 40
MINUTES_A_FIGURE = 1
MINUTES_AN_EXERCISE = 5  # the quiz is one
OPENING = "Opening"  # what stands before the first section: the header, imports, parameters

_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_OPTIONAL = re.compile(r"\bOptional\b", re.IGNORECASE)
_APART = re.compile(rf"{_OPTIONAL.pattern}|\bQuiz\b|^Sources$", re.IGNORECASE)
_EXERCISE = "✎ **Exercise"
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Count(NamedTuple):
    """What a reader meets in a notebook: words and cells of the text, its figures, and exercises."""

    words: int = 0
    cells: int = 0
    figures: int = 0
    exercises: int = 0

    @property
    def reading(self) -> float:
        """Minutes to read and to run."""
        return self.words / WORDS_A_MINUTE + self.cells * SECONDS_A_CELL / 60 + self.figures * MINUTES_A_FIGURE

    @property
    def exercising(self) -> float:
        """Minutes for the exercises."""
        return self.exercises * MINUTES_AN_EXERCISE


class Section(NamedTuple):
    """A part of a notebook under a heading of the second level.

    count: what its reader meets. optional: the headings in it that say so, with what each adds for who reads it.
    """

    heading: str
    count: Count
    optional: Mapping[str, Count]


class _Piece(NamedTuple):
    """What a cell (its number, from 0) adds to a section; its optional heading, if any; whether that counts."""

    cell: int
    section: str
    optional: str | None
    counted: bool
    count: Count


def count(notebook) -> Count:
    """Count a notebook (nbformat); folded bookkeeping cells cost nobody time."""
    return _sum(piece.count for piece in _pieces(notebook) if piece.counted)


def sections(notebook) -> list[Section]:
    """The same count by section (nbformat's notebook), in reading order; one that takes no time is left out."""
    pieces = list(_pieces(notebook))
    found = []
    for heading in dict.fromkeys(piece.section for piece in pieces):
        own = [piece for piece in pieces if piece.section == heading]
        headings = dict.fromkeys(piece.optional for piece in own if piece.optional)
        optional = {
            name: _sum(piece.count for piece in own if piece.optional == name and not piece.counted)
            for name in headings
        }
        counted = _sum(piece.count for piece in own if piece.counted)
        if any(counted) or optional:
            found.append(Section(heading, counted, optional))
    return found


def optional_cells(notebook) -> set[int]:
    """The numbers, from 0, of the cells (of nbformat's notebook) that stand wholly under optional headings."""
    pieces = list(_pieces(notebook))
    kept = {piece.cell for piece in pieces if piece.counted and any(piece.count)}
    return {piece.cell for piece in pieces if piece.optional and not piece.counted} - kept


def _sum(counts: Iterable[Count]) -> Count:
    return Count(*map(sum, zip(Count(), *counts, strict=True)))


def _pieces(notebook) -> Iterator[_Piece]:
    """What each cell, and each part of a text under a heading, adds."""
    section, optional = OPENING, None
    apart = None  # the level of the heading under which nothing counts as the lesson
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if any(tag.startswith("solution") for tag in tags):
            continue
        if cell.cell_type != "markdown":
            if "exercise" in tags:
                yield _Piece(number, section, optional, True, Count(exercises=1))
            elif BOOKKEEPING not in tags and cell.source:
                figures = sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
                yield _Piece(number, section, optional, apart is None, Count(cells=1, figures=figures))
            continue
        for heading, part in _parts(cell.source.split(_EXERCISE)[0]):
            if heading:
                level, title = len(heading[1]), heading[2]
                if apart is None or level <= apart:
                    apart = level if _APART.search(title) else None
                    optional = title if _OPTIONAL.search(title) else None
                if level == 2:
                    section = title
            yield _Piece(number, section, optional, apart is None, Count(words=len(part.split())))


def _parts(text: str) -> Iterator[tuple[re.Match | None, str]]:
    """A text cut before each of its headings, with the heading's match; a comment in a block of code is none."""
    blank = _CODE_BLOCK.sub(lambda block: " " * len(block[0]), text)
    headings = list(_HEADING.finditer(blank))
    starts = [0, *(heading.start() for heading in headings)]
    ends = [*starts[1:], len(text)]
    for heading, start, end in zip([None, *headings], starts, ends, strict=True):
        yield heading, text[start:end]
