"""Read a notebook's file, or say in a sentence why it cannot be read: git's conflict, no JSON, no kernel named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from helpers.base.errors import CourseError

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( .*)?$", re.MULTILINE)  # how git marks what two sides changed


class NotebookError(CourseError, ValueError):
    """A file that is no notebook to be run: which one, what was expected, what was found, what to do."""

    def __init__(self, where: str, *, expected: str, found: str, todo: str):
        super().__init__(f"{where}: expected {expected}, found {found}. {todo}")


def read_notebook(notebook: Path) -> dict:
    """The content of a notebook's file, as JSON has it: `cells`, a list, and `metadata`.

    Raises NotebookError where the file is not that. Read without nbformat, whose import costs a kernel seconds.
    """
    expected, text = "a notebook in JSON", ""
    restore = f"`git restore {notebook.name}` brings the last stored one back."
    try:
        text = notebook.read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        found, todo = f"a file that cannot be read ({error.strerror})", "Allow yourself to read it."
        raise NotebookError(notebook.name, expected=expected, found=found, todo=todo) from error
    except json.JSONDecodeError as error:
        mark = _CONFLICT.search(text)
        if mark:
            line = text.count("\n", 0, mark.start()) + 1
            found = f"a conflict that git has marked in line {line}"
            todo = f"Settle it, or take one side: `git checkout --ours {notebook.name}`, or --theirs."
        else:
            found, todo = f"something else in line {error.lineno} ({error.msg})", restore
        raise NotebookError(notebook.name, expected=expected, found=found, todo=todo) from error
    except UnicodeDecodeError as error:
        found = f"bytes that are not UTF-8 ({error.reason})"
        raise NotebookError(notebook.name, expected=expected, found=found, todo=restore) from error
    if not _is_notebook(content):
        found = "JSON without a list of cells and their metadata"
        raise NotebookError(notebook.name, expected=expected, found=found, todo=restore)
    return content


def require_kernel(content: Mapping, name: str):
    """Raise NotebookError where a notebook's metadata do not say, as papermill asks, which kernel runs it.

    content: as read_notebook or nbformat gives it. name: of its file.
    """
    kernel, language = (content["metadata"].get(key, {}) for key in ("kernelspec", "language_info"))
    if not (kernel.get("name") and (language.get("name") or kernel.get("language"))):
        todo = "Open it in JupyterLab, choose the kernel Python 3, and save it."
        raise NotebookError(name, expected="a kernel (kernelspec) in its metadata", found="none", todo=todo)


def _is_notebook(content: object) -> bool:
    if not (isinstance(content, Mapping) and isinstance(content.get("metadata"), Mapping)):
        return False
    cells = content.get("cells")
    return isinstance(cells, list) and all({"cell_type", "source", "metadata"} <= set(cell) for cell in cells)
