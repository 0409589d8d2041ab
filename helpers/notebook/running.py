"""The parameters of a notebook while it runs: its values, checked, and the claims that hold for them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

from helpers.base.paths import NOTEBOOKS
from helpers.notebook.claims import Claims
from helpers.notebook.evidence import rarity
from helpers.notebook.index import course_metadata, find_notebook, find_notebooks
from helpers.notebook.parameters import ParameterError, check_names, declared, parameters_source
from helpers.notebook.reading import read_notebook

INJECTED = "# Parameters"  # how papermill opens the cell in which it injects values


@dataclass(frozen=True)
class Parameters:
    """The values a notebook runs with.

    values: name to value, read-only. changed: names whose value differs from the notebook as committed. claim: states
    a sentence of the text (helpers.notebook.claims.Claims); nothing is asserted where more than the seed was changed.
    """

    values: Mapping[str, object]
    changed: tuple[str, ...]
    claim: Claims = field(default_factory=Claims, repr=False)

    @property
    def as_written(self) -> bool:
        """Whether the numbers in the text must hold: nothing but the seed was changed."""
        return not _beyond_the_seed(self.changed)


def check_parameters(number: str, namespace: Mapping[str, object]) -> Parameters:
    """Check the parameters inside the running notebook: `parameters = check_parameters("02", globals())`.

    number: the notebook's, whose file declares them; namespace: the notebook's variables. A cell that papermill
    injected may set declared names only. Prints a line where the values are not those the text was written with.
    Raises ParameterError.
    """
    notebook = _own_file(number)
    parameters = declared(parameters_source(read_notebook(notebook)) or "", notebook.name)
    for source in namespace.get("In", []):  # IPython's list of the cells run so far
        if source.lstrip().startswith(INJECTED):
            check_names(_assigned(source), parameters)
    missing = [name for name in parameters if name not in namespace]
    if missing:
        raise ParameterError(missing[0], "has no value", allowed="run the parameters cell first")
    values = {name: parameter.check(namespace[name]) for name, parameter in parameters.items()}
    written = {name: parameter.default for name, parameter in parameters.items()} | as_written(notebook)
    changed = tuple(name for name, value in values.items() if value != written[name])
    others = _beyond_the_seed(changed)
    if others:
        differences = ", ".join(f"{name} = {values[name]!r} (text: {written[name]!r})" for name in changed)
        print(f"Not the values that the text was written with: {differences}.")
    return Parameters(MappingProxyType(values), changed, Claims(others, partial(rarity, notebook.stem)))


def as_written(notebook: Path) -> dict[str, object]:
    """The values that a notebook's text was written with, by name: its metadata keep them (`make refresh` writes them).

    A learner edits the values in the cell itself, so the cell does not tell.
    """
    return course_metadata(notebook).get("as_written", {})


def _own_file(number: str) -> Path:
    """The file of the notebook of this number: in the folder where it runs, else in the course's."""
    here = find_notebooks(Path.cwd())
    return find_notebook(number, Path.cwd() if any(path.stem[:2] == number for path in here) else NOTEBOOKS)


def _beyond_the_seed(changed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in changed if name != "seed")


def _assigned(source: str) -> list[str]:
    statements = [statement for statement in ast.parse(source).body if isinstance(statement, ast.Assign)]
    return [target.id for statement in statements for target in statement.targets if isinstance(target, ast.Name)]
