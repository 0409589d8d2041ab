"""A notebook for Google Colab: a first cell that fetches the course there, at the version that the notebook is of.

The committed notebooks have no such cell: it would do nothing everywhere else, and evidence is of their cells.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from course.site.syllabus import repository
from helpers.base.errors import CourseError
from helpers.base.paths import ROOT

CELL = """# Only for Google Colab: fetch the course, at the version of this notebook. Elsewhere this cell does nothing.
import sys

if "google.colab" in sys.modules:
    import pathlib
    import subprocess

    source = "{repository}"
    version = "{commit}"
    fetched = str(pathlib.Path("fetched-course").resolve())
    if not pathlib.Path(fetched).exists():
        subprocess.run(["git", "clone", "--quiet", source, fetched], check=True)
    subprocess.run(["git", "-C", fetched, "checkout", "--quiet", version], check=True)
    sys.path.insert(0, fetched)
    from course.views.colab_setup import set_up

    set_up()"""


class VersionError(CourseError):
    """The course's version has no name that others could fetch it by."""


def view(notebook, path: Path):
    """The notebook (nbformat) with Colab's cell behind its title. path: of the source, which it need not know.

    Raises VersionError where the course is no git checkout.
    """
    from nbformat.v4 import new_code_cell

    source = CELL.format(repository=repository(), commit=commit())
    notebook.cells.insert(1, new_code_cell(source, id="colab"))
    return notebook


def commit(folder: Path = ROOT) -> str:
    """The hash of the commit that a checkout stands at. Raises VersionError where there is none."""
    try:
        done = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True)
    except OSError as error:
        raise VersionError(f"git does not start ({error.strerror}): install it.") from error
    if done.returncode:
        raise VersionError(
            f"{folder}: no git checkout, so Colab's cell would not know which version to fetch. Clone the course."
        )
    return done.stdout.strip()
