"""A notebook in Chinese: its Markdown as translated, code and outputs as in English."""

from __future__ import annotations

from pathlib import Path

from course.site.translation import blocks_file, translation
from helpers.base.errors import RequestError


def is_translated(path: Path) -> bool:
    """Whether there is a Chinese translation of a notebook."""
    return blocks_file(path, "zh").exists()


def view(notebook, path: Path):
    """The notebook at a path in Chinese, whatever `notebook` holds. Raises RequestError where it is not translated."""
    if not is_translated(path):
        raise RequestError(f"{path.stem} is not translated; `course translation zh` names what is.")
    return translation(path, "zh").notebook()
