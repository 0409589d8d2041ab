"""Every notebook of the course keeps the rules, and its smoke profile runs through the `course` command."""

import notebook_rules
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.parameters import _without_values, declared, read_as_written
from helpers.paths import NOTEBOOKS
from helpers.runs import find_notebooks

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]


@pytest.mark.parametrize("notebook", COURSE)
@pytest.mark.parametrize("rule", notebook_rules.RULES, ids=lambda rule: rule.__name__)
def test_notebook_keeps_the_rule(notebook, rule):
    assert rule(notebook) == []


@pytest.mark.parametrize("notebook", COURSE)
def test_smoke_profile_runs(notebook, tmp_path):
    result = CliRunner().invoke(main, ["run", str(notebook), "--profile", "smoke", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output


def test_every_notebook_of_the_folder_is_numbered():
    assert [path for path in NOTEBOOKS.glob("*.ipynb") if path not in find_notebooks()] == []


def test_no_two_notebooks_declare_the_same_parameters():
    """A running notebook finds its committed values by what it declares, so two must differ in more than values."""
    contracts = {name: _without_values(declared(source)) for name, source in read_as_written(NOTEBOOKS).items()}
    names = list(contracts)
    assert [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if contracts[a] == contracts[b]] == []
