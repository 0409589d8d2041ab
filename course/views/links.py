"""Links of a notebook that leaves the course's folder: what it no longer lies beside is read on the web edition."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from course.site.syllabus import pages_address
from helpers.base.paths import ROOT

LINK = re.compile(r"\]\((?P<file>[^)\s:#]+\.(?:ipynb|md))(?P<anchor>#[^)\s]*)?\)")


def lead_to_the_pages(notebook, path: Path, beside: Collection[Path], edition: str = ""):
    """Change, in place, the links of a notebook (nbformat) to files of the course into addresses of their pages.

    Those in stored Markdown outputs, too; a cell that is run again shows its own.

    path: where the links are relative to. beside: notebooks that go with it, whose links stay. edition: the folder of
    the edition's language, as in `zh/`.
    """

    def address(link: re.Match) -> str:
        file = (path.parent / link["file"]).resolve()
        if file in beside or not file.is_relative_to(ROOT) or not file.exists():
            return link[0]
        page = file.relative_to(ROOT).with_suffix(".html").as_posix()
        return f"]({pages_address()}{edition}{page}{link['anchor'] or ''})"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(address, cell.source)
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                output.data["text/markdown"] = LINK.sub(address, output.data["text/markdown"])
