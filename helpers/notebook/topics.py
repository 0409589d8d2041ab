"""The map of the field: which notebook takes up which application, open problem or question of the source text.

notebooks/topics.yml names the topics; each notebook lists those that it takes up in its metadata, course.topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from helpers.base.paths import NOTEBOOKS
from helpers.notebook.index import course_metadata, find_notebooks
from helpers.notebook.reading import NotebookError

KINDS = {"application": "application", "problem": "open problem", "question": "question of a practitioner"}


def read_topics() -> dict[str, dict]:
    """Each topic by its key: kind (one of KINDS), name, zh (its name in Chinese), planned (names of notebooks)."""
    return yaml.safe_load((NOTEBOOKS / "topics.yml").read_text(encoding="utf-8"))


def taken_up(notebooks: Sequence[Path]) -> dict[str, list[Path]]:
    """For each topic the notebooks whose metadata list it, in teaching order. Raises NotebookError."""
    listed = {notebook: course_metadata(notebook).get("topics", []) for notebook in notebooks}
    return {key: [notebook for notebook in notebooks if key in listed[notebook]] for key in read_topics()}


def course_map(kind: str) -> str:
    """The topics of one kind as a Markdown table: name, Chinese name, and the notebooks, those to come in italics.

    A notebook that cannot be read is left out, and named below the table.
    Raises KeyError for a kind that is not in KINDS.
    Taught in notebooks/01_background.ipynb, section 8.
    """
    notebooks = find_notebooks()
    existing = {notebook.stem for notebook in notebooks}
    faults = {}
    for notebook in notebooks:
        try:
            course_metadata(notebook)
        except NotebookError as error:
            faults[notebook] = f"\n*Left out: {error}*"
    readable = [notebook for notebook in notebooks if notebook not in faults]
    lines = [f"| {KINDS[kind]} | in Chinese | taken up in |", "|---|---|---|"]
    for key, found in taken_up(readable).items():
        topic = read_topics()[key]
        if topic["kind"] == kind:
            places = [f"[{notebook.stem}]({notebook.name})" for notebook in found]
            places += [f"*{name}, to come*" for name in topic["planned"] if name not in existing]
            lines.append(f"| {topic['name']} | {topic['zh']} | {', '.join(places)} |")
    return "\n".join([*lines, *faults.values()])
