"""Find the course's notebooks, and read what their metadata says of them. Nothing here imports TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path

from helpers.base.nearest import nearest
from helpers.base.paths import NOTEBOOKS
from helpers.notebook.parameters import ParameterError


def find_notebooks(folder: Path | None = None) -> list[Path]:
    """The notebooks of a folder (the course's by default), in teaching order: those whose name begins with a number."""
    return sorted((folder or NOTEBOOKS).glob("[0-9][0-9]_*.ipynb"))


def find_notebook(text: str, folder: Path | None = None) -> Path:
    """The notebook that a person means by its number (2, 02), its name or its path.

    Raises ParameterError naming what there is and the nearest match.
    """
    path = Path(text)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    notebooks = {notebook.stem: notebook for notebook in find_notebooks(folder)}
    for name, notebook in notebooks.items():
        if path.name in (name, notebook.name, name[:2]) or (text.isdecimal() and int(text) == int(name[:2])):
            return notebook
    words = {name[3:]: name for name in notebooks} | {name: name for name in notebooks}
    meant = words.get(nearest(path.name, words), text)
    raise ParameterError(text, "no such notebook", allowed=list(notebooks), given=meant)


def course_metadata(notebook: Path) -> dict:
    """What a notebook's metadata says about it under `course`: title, objectives, minutes, budgets; empty if nothing.

    Raises ValueError where the file is no notebook.
    """
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get("course", {})
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{notebook.name}: expected a notebook in JSON, found something else ({error})") from error
