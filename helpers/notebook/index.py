"""Find the course's notebooks, and read what their metadata says of them. Nothing here imports TensorFlow."""

from __future__ import annotations

from pathlib import Path

from helpers.base.files import is_file
from helpers.base.nearest import nearest
from helpers.base.paths import NOTEBOOKS
from helpers.notebook.parameters import ParameterError, declared, parameters_source
from helpers.notebook.reading import NotebookError, read_notebook, require_kernel


def find_notebooks(folder: Path | None = None) -> list[Path]:
    """The notebooks of a folder (the course's by default), in teaching order: those whose name begins with a number."""
    return sorted((folder or NOTEBOOKS).glob("[0-9][0-9]_*.ipynb"))


def find_notebook(text: str, folder: Path | None = None) -> Path:
    """The notebook that a person means by its number (2, 02), its name or its path.

    Raises ParameterError naming what there is and the nearest match.
    """
    path = Path(text)
    if path.suffix == ".ipynb" and is_file(path):
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

    Raises NotebookError where the file is no notebook.
    """
    return read_notebook(notebook)["metadata"].get("course", {})


def fault_of(notebook: Path) -> str | None:
    """Why a notebook cannot be run, in a sentence that begins with its file's name; None where nothing is against it.

    Looked at are the file, the kernel that it names, and its parameters cell; no other cell is.
    """
    try:
        content = read_notebook(notebook)
        require_kernel(content, notebook.name)
        declared(parameters_source(content) or "", notebook.name)
    except NotebookError as error:
        return str(error)
    except ParameterError as error:
        return f"{notebook.name}, parameters cell: {error}"
    return None


def sound_notebooks() -> tuple[list[Path], list[str]]:
    """The course's notebooks that can be run, in teaching order, and a sentence for each of the others."""
    faults = {notebook: fault_of(notebook) for notebook in find_notebooks()}
    return [notebook for notebook, fault in faults.items() if fault is None], [*filter(None, faults.values())]
