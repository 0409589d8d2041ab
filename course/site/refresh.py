"""Store every notebook as executed, the same bytes for the same outputs: what `make refresh` does.

What differs from run to run or from machine to machine and tells a reader nothing stays out: timings, papermill's
notes, the state of widgets, the version of the kernel.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from course.data import cards
from course.run.execute import Run, run_notebook
from course.site import glossary, instructors, measurements
from course.site.syllabus import PICTURE, SHOWN, header, picture, readme
from helpers.base.paths import README
from helpers.notebook.index import course_metadata, find_notebooks
from helpers.notebook.parameters import read_parameters
from helpers.notebook.reading import read_notebook

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_METADATA_KEPT = ("tags", "jupyter", "slideshow")


def refresh(notebook: Path, progress: bool = False) -> Run:
    """Execute a notebook as committed and store it in its place with its outputs, if it ran without an error.

    Also writes its header from its metadata, and keeps the values of its parameters in the metadata: before the run,
    so that a value just changed counts as written; what stood in the file comes back where the run fails.
    Raises NotebookError where the file is none.
    """
    import nbformat

    read_notebook(notebook)
    before = notebook.read_bytes()
    committed = nbformat.read(notebook, as_version=4)
    values = {name: parameter.default for name, parameter in read_parameters(notebook).items()}
    committed.metadata.setdefault("course", {})["as_written"] = values
    nbformat.write(committed, notebook)
    with tempfile.TemporaryDirectory() as out:
        run = run_notebook(notebook, {}, Path(out), progress)
        if not run.ok:
            notebook.write_bytes(before)
        else:
            executed = nbformat.read(run.executed, as_version=4)
            tidy(executed)
            executed.cells[0].source = header(notebook, course_metadata(notebook))
            nbformat.write(executed, notebook)
    return run


def refresh_pages():
    """Write data/README.md, the glossary, and what is generated in the README, for instructors and of measurements."""
    PICTURE.write_bytes(picture(SHOWN)[0])
    cards.PAGE.write_text(cards.page(), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), find_notebooks()), encoding="utf-8")
    glossary.PAGE.write_text(glossary.page(find_notebooks()), encoding="utf-8")
    instructors.refresh(find_notebooks())
    measurements.refresh()


def tidy(notebook):
    """Take out of an executed notebook (a NotebookNode) what is not the lesson's; changes it in place."""
    course = {key: value for key, value in notebook.metadata.items() if key in ("course", "title")}
    notebook.metadata.clear()
    notebook.metadata.update(course | {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in CELL_METADATA_KEPT if cell.metadata.get(key)}
        cell.metadata.clear()
        cell.metadata.update(kept)
