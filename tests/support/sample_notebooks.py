"""Small notebooks for the tests: one that keeps every rule, and the parts to break one of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.notebook.claims import CLAIMS_MIME, RESULT_MIME
from helpers.notebook.evidence import BOOKKEEPING
from helpers.notebook.facts import FACT_MIME

PARAMETERS = """size: int = 3   # how many numbers to add [1, 50]
share: float = 0.5   # share of them that counts [0, 1]
shape: str = "plain"   # what to add {plain, square} or a path
seed: int = 1   # of every random draw [0, 1000000]"""
CHECK = 'parameters = check_parameters("01", globals())\nclaim = parameters.claim'
IMPORTS = "from helpers.notebook import check_parameters, record"
RESULT = 'total = sum(range(size)) * (1 if shape == "plain" else 2)\nrecord("total", total)'
CLAIM = 'claim("the sum", total, between=(3, 3), rivals={"nothing added": 0})'
PROFILES = "{name}: {{smoke: {{size: 2}}, full: {{size: 9}}}}\n"
PIXEL = base64.b64encode(b"not looked at").decode()

COURSE = {
    "title": "Adding",
    "description": "Adds a few numbers.",
    "objectives": ["add numbers"],
    "questions": ["What is a sum?"],
    "teaching_minutes": 5,
    "exercise_minutes": 1,
    "prerequisites": [],
    "datasets": [],
    "seconds": 10,
    "memory_mb": 200,
    "topics": [],
    "authors": ["The maintainers of Deep Learning in Healthcare"],
    "licence": "CC BY 4.0",
    "created": "2026-11-01",
    "updated": "2026-11-20",
    "as_written": {"size": 3, "share": 0.5, "shape": "plain", "seed": 1},
}


def text(value: str):
    """The output of a cell that ends with an expression."""
    return new_output("execute_result", {"text/plain": value})


def printed(value: str, name: str = "stdout"):
    """What a cell printed."""
    return new_output("stream", name=name, text=value)


def recorded_output(name: str, value: float):
    """What record() leaves in a cell."""
    return new_output("display_data", {RESULT_MIME: {"name": name, "value": value}})


def fact_output(name: str, value: object):
    """What publish_fact() leaves in a cell."""
    return new_output("display_data", {FACT_MIME: {"name": name, "value": value}})


def claims_output(value: float = 3.0, **changed):
    """What the claim of good_cells() leaves in its cell."""
    claim = {"statement": "the sum", "value": value, "low": 3.0, "high": 3.0, "rivals": {"nothing added": 0.0}}
    text = "✓ 1 statement of the text holds\n    ✓ the sum: 3 to 3"
    page = "<details><summary>✓ 1 statement of the text holds</summary><ul><li>✓ the sum: 3 to 3</li></ul></details>"
    payload = [claim | {"asserted": True} | changed]
    return new_output("display_data", {CLAIMS_MIME: payload, "text/html": page, "text/plain": text})


def figure(alt: str | None):
    """A picture, with or without alternative text."""
    output = new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"})
    if alt is not None:
        output.metadata["image/png"] = {"alt": alt}
    return output


def code(source: str, *outputs, tags=()):
    """A code cell with its stored outputs."""
    cell = new_code_cell(source, outputs=list(outputs))
    if tags:
        cell.metadata["tags"] = list(tags)
    if BOOKKEEPING in tags:
        cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


def good_cells() -> list:
    """The cells of a notebook that keeps every rule, with the outputs that running them gives."""
    return [
        new_markdown_cell("# Adding"),
        code(IMPORTS),
        code(PARAMETERS, tags=["parameters"]),
        code(CHECK),
        code(RESULT, recorded_output("total", 3), tags=["bookkeeping"]),
        code(CLAIM, claims_output(), tags=["bookkeeping"]),
        code("size + 1", text("4")),
    ]


def write_notebook(path: Path, cells: list | None = None, profiles: bool = True, **course) -> Path:
    """Write a notebook, its cells numbered as if executed in order, and profiles.yml beside it."""
    notebook = new_notebook(cells=good_cells() if cells is None else cells)
    notebook.metadata.update(
        kernelspec={"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        language_info={"name": "python"},
        course=COURSE | course,
    )
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)
    if profiles:
        (path.parent / "profiles.yml").write_text(PROFILES.format(name=path.stem), encoding="utf-8")
    return path


def pictures_and_texts(path: Path) -> list:
    """What an executed notebook shows, cell by cell: the data of each output, or its text."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [[output.get("data", output.get("text")) for output in cell.get("outputs", [])] for cell in cells]
