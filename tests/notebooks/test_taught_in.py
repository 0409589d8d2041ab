"""A docstring that says where its function is taught is right: the section exists, and names the function."""

import ast
import re

import nbformat
import pytest

from helpers.base.paths import NOTEBOOKS, ROOT

TAUGHT = re.compile(r"Taught\s+in\s+notebooks/(\w+)\.ipynb,\s+section\s+(\d+(?:\.\d+)?)")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\b", re.MULTILINE)


def sections(notebook: str) -> dict[str, str]:
    """The text and code of each numbered section of a notebook, a chapter with all of its sections."""
    found: dict[str, str] = {}
    chapter = section = None
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells:
        if cell.cell_type == "markdown" and (numbers := HEADING.findall(cell.source)):
            section = numbers[-1]
            chapter = section.partition(".")[0]
            found.update({number: found.get(number, "") for number in numbers})
        for number in {chapter, section} - {None}:
            found[number] = found.get(number, "") + "\n" + cell.source
    return found


def told() -> list[tuple[str, str, str, str]]:
    """Module, function or class, notebook and section of every docstring that says where it is taught."""
    found = []
    for path in sorted((ROOT / "helpers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and (doc := ast.get_docstring(node)):
                found += [(path.stem, node.name, *where) for where in TAUGHT.findall(doc)]
    return found


TOLD = told()
SECTIONS = {notebook: sections(notebook) for notebook in sorted({notebook for *_, notebook, _ in TOLD})}


@pytest.mark.parametrize(("module", "name", "notebook", "number"), TOLD, ids=[f"{m}.{n}" for m, n, *_ in TOLD])
def test_the_section_that_teaches_it_names_it(module, name, notebook, number):
    assert number in SECTIONS[notebook], f"{notebook} has no section {number}"
    assert re.search(rf"\b{name}\b", SECTIONS[notebook][number]), f"section {number} of {notebook} does not name {name}"


def test_a_wrong_section_is_seen():
    module, name, notebook, _ = next(one for one in TOLD if one[1] == "neuron")
    with pytest.raises(AssertionError, match="does not name"):
        test_the_section_that_teaches_it_names_it(module, name, notebook, "8")
    with pytest.raises(AssertionError, match="has no section 99"):
        test_the_section_that_teaches_it_names_it(module, name, notebook, "99")
