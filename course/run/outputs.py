"""What of a notebook's outputs a reader can be shown: what is recorded for programs has no picture and no text."""

from __future__ import annotations

from helpers.notebook.claims import RESULT_MIME
from helpers.notebook.facts import FACT_MIME


def leave_out_recorded(notebook):
    """Take the outputs of `record` and `publish_fact` out of a notebook (nbformat), in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if set(one.get("data", {})) not in ({RESULT_MIME}, {FACT_MIME})]
