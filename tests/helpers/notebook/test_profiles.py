"""The contract of the course's own notebooks: profiles, parameters that matter, and the ends of every range.

A parameter that the smoke profile sets is one that costs time: its upper end (100,000 patients, a million windows) is
run by tests/notebooks/test_every_parameter.py; its lower end and both ends of all the others are run here.
"""

import ast
import json

import pytest
import yaml

from helpers.base.paths import NOTEBOOKS
from helpers.notebook.index import find_notebooks
from helpers.notebook.parameters import Parameter, ParameterError, profile_names, profile_values, read_parameters

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]


@pytest.mark.parametrize("notebook", COURSE)
def test_every_notebook_accepts_every_profile(notebook):
    assert profile_names(notebook) == ["default", "smoke", "full"]
    parameters = read_parameters(notebook)
    for profile in profile_names(notebook):
        values = profile_values(notebook, profile)
        assert set(values) <= set(parameters)
    smoke, full = profile_values(notebook, "smoke"), profile_values(notebook, "full")
    assert any(smoke[name] < parameters[name].default for name in smoke), "smoke must cost less than default"
    assert all(full[name] >= parameters[name].default for name in full), "full may only be more patient"


def test_profiles_are_declared_for_notebooks_that_exist():
    declared = yaml.safe_load((NOTEBOOKS / "profiles.yml").read_text(encoding="utf-8"))
    assert set(declared) == {path.stem for path in find_notebooks()}


def used_names(notebook) -> set[str]:
    """The variables that the code cells read, without the cells of declaration, exercises and solutions."""
    names = set()
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "exercise" in tags or any(tag.startswith("solution") for tag in tags):
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                names.add(node.id)
    return names


@pytest.mark.parametrize("notebook", COURSE)
def test_every_parameter_is_used_by_the_lesson(notebook):
    assert set(read_parameters(notebook)) - used_names(notebook) == set()


def test_a_parameter_that_nothing_reads_is_noticed(tmp_path):
    import sample_notebooks as sample

    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    assert set(read_parameters(notebook)) - used_names(notebook) == {"share", "seed"}


NEED_A_DOWNLOAD = {"pneumoniamnist", "breastmnist", "mitdb", "bonn", "esol", "bbbp"}


def others(parameter: Parameter) -> list:
    """The choices of a parameter beside its default that need no download."""
    return [choice for choice in parameter.choices if choice != parameter.default and choice not in NEED_A_DOWNLOAD]


def value_in(parameter: Parameter, turn: int):
    """What a parameter is in the turn: the ends of a range in the first two, choices in turn; None to leave it."""
    if parameter.low is not None:
        return parameter.type((parameter.low, parameter.high)[turn]) if turn < 2 else None
    if parameter.type is bool:
        return turn == 1
    tried = others(parameter) if len(others(parameter)) != 1 else [parameter.default, *others(parameter)]
    return tried[turn % len(tried)] if tried else None


def turns(notebook) -> range:
    """As many runs as it takes to have had every end and every choice."""
    return range(max(2, *(len(others(parameter)) for parameter in read_parameters(notebook).values())))


def outside(parameter: Parameter) -> list:
    """Values just beyond a range."""
    step = 1 if parameter.type is int else 1e-6
    return [] if parameter.low is None else [parameter.low - step, parameter.high + step]


@pytest.mark.parametrize("notebook", COURSE)
def test_every_end_is_accepted_and_nothing_beyond_it(notebook):
    for parameter in read_parameters(notebook).values():
        for value in (value_in(parameter, turn) for turn in turns(notebook)):
            assert value is None or parameter.check(value) == value
        for value in outside(parameter):
            with pytest.raises(ParameterError, match=parameter.name):
                parameter.check(parameter.type(value) if parameter.type is float else int(value))


def extreme(notebook, turn: int) -> dict[str, object]:
    """The changes to the smoke profile: each parameter to its value of the turn, costly ones to the low end only."""
    smoke, values = profile_values(notebook, "smoke"), {}
    for name, parameter in read_parameters(notebook).items():
        value = value_in(parameter, turn)
        if value is not None and not (turn == 1 and name in smoke):
            values[name] = value
    return values


RUNS = [pytest.param(path, turn, id=f"{path.stem}-{turn}") for path in find_notebooks() for turn in turns(path)]


@pytest.mark.parametrize(("notebook", "turn"), RUNS)
def test_the_ends_of_every_range_run(notebook, turn, smoke_with, tmp_path):
    run = smoke_with(notebook, tmp_path, **extreme(notebook, turn))
    assert run.error is None, f"{run.cell}: {run.error}, with {extreme(notebook, turn)}"


@pytest.mark.parametrize("notebook", COURSE)
def test_every_choice_is_in_one_of_the_runs(notebook):
    """One of the runs above, or the default, which the smoke profile's own test runs."""
    for name, parameter in read_parameters(notebook).items():
        tried = {extreme(notebook, turn).get(name) for turn in turns(notebook)} | {parameter.default}
        assert set(parameter.choices) - NEED_A_DOWNLOAD <= tried, name
