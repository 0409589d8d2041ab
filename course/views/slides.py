"""A notebook as slides: the marks that nbconvert's slides, RISE and jupyterlab-rise read in each cell's metadata.

A section begins a slide, a part of it a slide below; a text with the code that it introduces stays on one. Solutions
become the speaker's notes. What is folded or optional is left out.
"""

from __future__ import annotations

import re
from pathlib import Path

from course.run.outputs import leave_out_recorded
from helpers.notebook.evidence import BOOKKEEPING
from helpers.notebook.reading_time import optional_cells

TABLE = re.compile(r"^\|.*$\n?", re.MULTILINE)
SECTION = re.compile(r"\A## ")


def view(notebook, path: Path):
    """The notebook (nbformat) with the place of each cell in a show. path: of the source, which it need not know."""
    leave_out_recorded(notebook)
    notebook.cells[0].source = TABLE.sub("", notebook.cells[0].source).rstrip()  # the header's would not fit on a slide
    optional = optional_cells(notebook)
    for number, cell in enumerate(notebook.cells):
        kind = "skip" if number in optional else _kind(cell, first=number == 0)
        cell.metadata["slideshow"] = {"slide_type": kind}
    return notebook


def _kind(cell, first: bool) -> str:
    tags = cell.metadata.get("tags", [])
    if BOOKKEEPING in tags or "parameters" in tags:
        return "skip"
    if any(tag.startswith("solution") for tag in tags):
        return "notes"
    if cell.cell_type != "markdown":
        return "-"
    return "slide" if first or SECTION.match(cell.source) else "subslide"
