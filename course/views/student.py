"""A notebook without its answers: stubs, hints and checks stay, folded cells stay folded."""

from __future__ import annotations

import re
from pathlib import Path

ANSWERS = re.compile(r"<details>\s*<summary>[^<]*\b(?:Solution|Answers)\b[^<]*</summary>.*?</details>\s*", re.DOTALL)
NOTE = "*This copy has no solutions. Run the cell of an exercise: its check says whether your answer holds.*"


def view(notebook, path: Path):
    """The notebook (nbformat) for a student: no solutions, no outputs. path: of the source, which it need not know."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = ANSWERS.sub("", cell.source).rstrip()
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    notebook.cells[0].source += f"\n\n{NOTE}"
    return without_outputs(notebook, path)


def without_outputs(notebook, path: Path):
    """The notebook (nbformat) as if nobody had run it. path: of the source, which it need not know."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook
