"""A notebook for whoever teaches it: solutions open, its page of notes on top, minutes before each section."""

from __future__ import annotations

import re
from pathlib import Path

from course.site import instructors
from helpers.notebook import reading_time

FOLDED = re.compile(r"<details>(\s*<summary>[^<]*\b(?:Solution|Answers)\b)")
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def view(notebook, path: Path):
    """The notebook (nbformat) with solutions open and notes for teaching. path: of the source, which names its page."""
    from nbformat.v4 import new_markdown_cell

    timetable = {section.heading: line for section, line in _timetable(notebook)}
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub(r"<details open>\1", cell.source)
            found = HEADING.search(cell.source)
            if found and found[1] in timetable:
                cells.append(new_markdown_cell(timetable[found[1]], id=f"{cell.id}-minutes"))
        cells.append(cell)
    notes = new_markdown_cell(instructors.notes(path, notebook), id="teaching-notes")
    notebook.cells = [cells[0], notes, *cells[1:]]
    return notebook


def _timetable(notebook):
    """Each section with a line of how long it takes, and from which minute to which where nothing is cut."""
    start = 0.0
    for section in reading_time.sections(notebook):
        end = start + section.count.reading + section.count.exercising
        told = [f"{needed}; minute {start:.0f} to {end:.0f}"] if (needed := instructors.minutes(section)) else []
        told += [f"not counted, as optional: {instructors.optional(section)} min"] if section.optional else []
        yield section, f"> **For the teacher**: {'; '.join(told)}."
        start = end
