"""Write a view of notebooks into a folder; the committed notebook stays the only source.

Every view is a function from a notebook (nbformat) and its path to the notebook that others get.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from course.views import chinese, colab, instructor, slides, student
from course.views.links import lead_to_the_pages
from helpers.base.errors import CourseError
from helpers.base.files import write_whole
from helpers.notebook.reading import read_notebook

VIEWS: dict[str, Callable] = {
    "student": student.view,
    "instructor": instructor.view,
    "clean": student.without_outputs,
    "slides": slides.view,
    "colab": colab.view,
    "zh": chinese.view,
}


class ExportError(CourseError):
    """A view cannot be written without losing something."""


def export(view: str, notebooks: Iterable[Path], out: Path, force: bool = False) -> list[Path]:
    """Write a view (one of VIEWS) of notebooks, and their profiles, into a folder; the paths of what was written.

    force: replace files that are there and differ. Raises KeyError for an unknown view, NotebookError for a file that
    is no notebook, RequestError for one that has no such view, ExportError, before anything is written, where a source
    or somebody's work would be replaced.
    """
    import nbformat

    notebooks, texts = list(notebooks), {}
    beside = {notebook.resolve() for notebook in notebooks}
    for notebook in notebooks:
        read_notebook(notebook)
        shown = VIEWS[view](nbformat.read(notebook, as_version=4), notebook)
        lead_to_the_pages(shown, notebook, beside, "zh/" if view == "zh" else "")
        texts[notebook] = nbformat.writes(shown) + "\n"
    for notebook, text in texts.items():
        _refuse_to_lose(notebook, out / notebook.name, text, force)
    out.mkdir(parents=True, exist_ok=True)
    for notebook, text in texts.items():
        write_whole(out / notebook.name, text)
    for profiles in dict.fromkeys(notebook.with_name("profiles.yml") for notebook in texts):
        if profiles.is_file():
            shutil.copyfile(profiles, out / profiles.name)  # so that `course run PATH --profile smoke` knows them
    return [out / notebook.name for notebook in texts]


def _refuse_to_lose(notebook: Path, target: Path, text: str, force: bool):
    if target.resolve() == notebook.resolve():
        raise ExportError(f"{target}: this is the source itself. Name another folder with --out.")
    if target.exists() and not force and target.read_text(encoding="utf-8") != text:
        raise ExportError(
            f"{target}: is there already and differs: somebody may have worked in it. Name another folder with --out, "
            "or replace it with --force."
        )
