"""A docstring that says where its function is taught is right: the section exists, and uses the function.

To use it is to call it, to show its source or to hand it on, or to name it in the text as code, in backticks. A word of
the text, or a function of the same name from another module, teaches nothing of it.
"""

import ast
import importlib
import re
from functools import cache

import nbformat
import pytest

from helpers.base.paths import NOTEBOOKS, ROOT

TAUGHT = re.compile(r"Taught\s+in\s+notebooks/(\w+)\.ipynb,\s+section\s+(\d+(?:\.\d+)?)")
NAMED = re.compile(r"notebooks/\w+\.ipynb")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\b", re.MULTILINE)


@cache
def sections(notebook: str) -> dict[str, list]:
    """The cells of each numbered section of a notebook, folded ones included, a chapter with all of its sections."""
    found: dict[str, list] = {}
    chapter = section = None
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells:
        if cell.cell_type == "markdown" and (numbers := HEADING.findall(cell.source)):
            section = numbers[-1]
            chapter = section.partition(".")[0]
            for number in {*numbers, chapter}:
                found.setdefault(number, [])
        for number in {chapter, section} - {None}:
            found[number].append(cell)
    return found


@cache
def imported(notebook: str) -> dict[str, object]:
    """What the notebook's imports from this house give it, by the names it uses."""
    names: dict[str, object] = {}
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "helpers":
                    exec(ast.unparse(node), names)
    return names


def used(source: str, names: dict[str, object]) -> list[object]:
    """What a piece of code reads of this house: functions and classes, each as the object that it is."""
    found = []
    for node in ast.walk(ast.parse(source)):
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = names.get(node.id)
            for part in reversed(parts):
                value = getattr(value, part, None)
            found.append(value)
    return found


def told() -> list[tuple[str, str, str, str]]:
    """Module, function or class, notebook and section of every docstring that says where it is taught."""
    found = []
    for path in sorted((ROOT / "helpers").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and (doc := ast.get_docstring(node)):
                found += [(module, node.name, *where) for where in TAUGHT.findall(doc)]
    return found


TOLD = told()


@pytest.mark.parametrize(("module", "name", "notebook", "number"), TOLD, ids=[f"{m}.{n}" for m, n, *_ in TOLD])
def test_the_section_that_teaches_it_uses_it(module, name, notebook, number):
    assert number in sections(notebook), f"{notebook} has no section {number}"
    it = getattr(importlib.import_module(module), name)
    cells = sections(notebook)[number]
    uses = [one for cell in cells if cell.cell_type == "code" for one in used(cell.source, imported(notebook))]
    named = any(f"`{name}`" in cell.source for cell in cells if cell.cell_type == "markdown")
    assert named or any(one is it for one in uses), f"section {number} of {notebook} does not use {name}"


def test_no_docstring_deeper_than_a_module_says_where_it_is_taught():
    """A method belongs to its class, which says it; one here would be read by nobody."""
    docstrings = sum(len(TAUGHT.findall(path.read_text("utf-8"))) for path in (ROOT / "helpers").rglob("*.py"))
    assert docstrings == len(TOLD)


def unread(source: str) -> list[str]:
    """The functions and classes of a module whose docstring names a notebook in another form than TAUGHT."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (doc := ast.get_docstring(node))
        if len(NAMED.findall(doc)) != len(TAUGHT.findall(doc))
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "helpers").rglob("*.py")), ids=lambda path: path.stem)
def test_no_docstring_names_a_notebook_in_a_form_that_is_not_read(path):
    assert unread(path.read_text(encoding="utf-8")) == []


def test_two_sections_in_one_breath_are_seen():
    said = "Taught in notebooks/03_a.ipynb, section"
    for wrong in (f"{said}s 2.5 and 4.3.", f"{said} 7, and notebooks/11_b.ipynb, section 2."):
        assert unread(f"def f():\n    '{wrong}'\n") == ["f"]
    assert unread(f"def f():\n    '{said} 2.5. {said} 4.3.'\n") == []


def test_a_wrong_section_is_seen():
    module, name, notebook, _ = next(one for one in TOLD if one[1] == "neuron")
    with pytest.raises(AssertionError, match="does not use"):
        test_the_section_that_teaches_it_uses_it(module, name, notebook, "8")
    with pytest.raises(AssertionError, match="has no section 99"):
        test_the_section_that_teaches_it_uses_it(module, name, notebook, "99")


def test_a_namesake_and_a_local_name_are_seen():
    dense, recurrent = (importlib.import_module(f"helpers.from_scratch.{name}") for name in ("dense", "recurrent"))
    uses = used("scratch.forward(x, weights)\nrnn_step = 'forward'", {"scratch": dense, "rnn_step": recurrent.rnn_step})
    assert dense.forward in uses
    assert recurrent.forward not in uses
    assert recurrent.rnn_step not in uses
