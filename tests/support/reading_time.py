"""How long a notebook takes: words, cells and figures for reading and running, a fixed time for each exercise.

A section whose heading says *Optional* is left out, with all below it, and so are the sources. What belongs to an
exercise (from its pencil to the end of the text, its stub and its solution) and the quiz is counted as exercises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.notebook.evidence import BOOKKEEPING

WORDS_A_MINUTE = 180
SECONDS_A_CELL = 40
MINUTES_A_FIGURE = 1
MINUTES_AN_EXERCISE = 5  # the quiz is one

_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_APART = re.compile(r"\bOptional\b|\bQuiz\b|^Sources$", re.IGNORECASE)
_EXERCISE = "✎ **Exercise"


class Count(NamedTuple):
    """What a reader meets in a notebook: words and cells of the text, its figures, and exercises."""

    words: int
    cells: int
    figures: int
    exercises: int

    @property
    def reading(self) -> float:
        """Minutes to read and to run."""
        return self.words / WORDS_A_MINUTE + self.cells * SECONDS_A_CELL / 60 + self.figures * MINUTES_A_FIGURE

    @property
    def exercising(self) -> float:
        """Minutes for the exercises."""
        return self.exercises * MINUTES_AN_EXERCISE


def count(notebook) -> Count:
    """Count a notebook (nbformat); folded bookkeeping cells cost nobody time."""
    words = cells = figures = exercises = 0
    for cell, read in _cells(notebook):
        tags = cell.metadata.get("tags", [])
        if any(tag.startswith("solution") for tag in tags):
            continue
        if cell.cell_type == "markdown":
            words += len(read.split())
        elif "exercise" in tags:
            exercises += 1
        elif BOOKKEEPING not in tags and read:
            cells += 1
            figures += sum("image/png" in output.get("data", {}) for output in cell.outputs)
    return Count(words, cells, figures, exercises)


def _cells(notebook) -> Iterator[tuple[object, str]]:
    """Each cell with the part of it that counts as lesson: neither optional, nor an exercise, nor the quiz."""
    skipped_from = None  # the level of the heading under which nothing counts
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            yield cell, "" if skipped_from else cell.source
            continue
        parts = []
        text = cell.source.split(_EXERCISE)[0]
        ends = [match.start() for match in _HEADING.finditer(text)] + [len(text)]
        for begin, end in zip([0, *ends], ends, strict=False):
            part = text[begin:end]
            heading = _HEADING.match(part)
            if heading:
                level, title = len(heading[1]), heading[2]
                if skipped_from is None or level <= skipped_from:
                    skipped_from = level if _APART.search(title) else None
            if skipped_from is None:
                parts.append(part)
        yield cell, "".join(parts)
