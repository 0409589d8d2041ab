"""Every parameter of every notebook changes what it shows, the upper end of what costs time runs, claims hold anew.

Each parameter is changed alone, the smoke profile being the rest, in kernels forked from one that has imported already
(Linux); the cells that only repeat the parameters do not count.
"""

import json
from functools import cache

import pytest

from helpers.notebook.index import find_notebooks
from helpers.notebook.parameters import Parameter, profile_values, read_parameters
from helpers.notebook.running import INJECTED

NEED_A_DOWNLOAD = {"pneumoniamnist", "breastmnist", "flchain", "pima", "pbc", "heart", "support2", "mitdb", "bonn"}
NEED_A_DOWNLOAD |= {"esol", "bbbp"}
CASES = [
    pytest.param(notebook, name, id=f"{notebook.stem}-{name}")
    for notebook in find_notebooks()
    for name in read_parameters(notebook)
]


@pytest.fixture(scope="module")
def run(smoke_with, tmp_path_factory):
    """Runs a notebook and gives what it shows; the smoke profile itself only once."""

    @cache
    def shown(notebook, **values):
        one = smoke_with(notebook, tmp_path_factory.mktemp("run"), **values)
        assert one.ok, f"{values}: {one.cell}: {one.error}"
        return lesson(one.executed)

    return shown


def lesson(path) -> list:
    """What each code cell shows, without those that hold, inject or check the parameters; claims print them too."""
    kept = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        about = "parameters" in cell["metadata"].get("tags", []) or source.startswith(INJECTED)
        if cell["cell_type"] == "code" and not about and "check_parameters(" not in source and "claim(" not in source:
            kept.append([output.get("data", output.get("text")) for output in cell["outputs"]])
    return kept


def another_value(parameter: Parameter, value):
    """An allowed value that is not this one, close to it where it is a number; None where there is no other."""
    if parameter.type is bool:
        return not value
    others = [choice for choice in parameter.choices if choice != value and choice not in NEED_A_DOWNLOAD]
    if parameter.choices or parameter.type is str:
        return others[0] if others else None
    near = [value * 2, value / 2, value + 1, value - 1]
    near += [] if parameter.low is None else [(value + parameter.low) / 2]
    near = [round(one) if parameter.type is int else float(one) for one in near]
    allowed = [
        one for one in near if one != value and (parameter.low is None or parameter.low <= one <= parameter.high)
    ]
    return allowed[0] if allowed else None


@pytest.mark.parametrize(("notebook", "name"), CASES)
def test_a_parameter_changed_alone_changes_what_is_shown(notebook, name, run):
    parameters, smoke = read_parameters(notebook), profile_values(notebook, "smoke")
    value = smoke.get(name, parameters[name].default)
    other = another_value(parameters[name], value)
    if other is None:
        assert parameters[name].accepts_path or parameters[name].choices, f"{name} allows nothing but {value!r}"
        return  # its other values are files or downloads, which the notebooks' own tests run where there are copies
    assert run(notebook, **{name: other}) != run(notebook), f"{name} = {other} shows what {value} shows"


COSTLY = [
    pytest.param(path, name, id=f"{path.stem}-{name}")
    for path in find_notebooks()
    for name in profile_values(path, "smoke")
]


@pytest.mark.parametrize(("notebook", "name"), COSTLY)
def test_the_upper_end_of_a_costly_parameter_runs(notebook, name, smoke_with, tmp_path):
    parameter = read_parameters(notebook)[name]
    run = smoke_with(notebook, tmp_path, **{name: parameter.type(parameter.high)})
    assert run.error is None, f"{run.cell}: {run.error}"


NEW_SEEDS = (500_000, 600_000, 700_000)  # far from those that the evidence was gathered with


@pytest.mark.parametrize("seed", NEW_SEEDS)
@pytest.mark.parametrize("notebook", find_notebooks(), ids=lambda path: path.stem)
def test_claims_hold_at_a_new_seed(notebook, seed, run_with, tmp_path):
    run = run_with(notebook, tmp_path, seed=seed)
    assert run.error is None, f"{run.cell}: {run.error}"
    assert run.claims
    assert [str(claim) for claim in run.off] == []
