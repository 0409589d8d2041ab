"""`course new`: what it lays down keeps the rules of a notebook and passes its own checks, in a copy of the course."""

import os
import shutil
import subprocess
import sys

import notebook_rules as rules
import pytest
from click.testing import CliRunner

from course.cli import main
from course.site.skeleton import lay_down
from helpers.base.errors import RequestError
from helpers.base.paths import ROOT

FOLDERS = ("bench", "course", "helpers", "notebooks", "data", "docs", "tests/support")


@pytest.fixture
def copy(tmp_path):
    """A copy of the course, and a function that runs a command of Python in it."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def run(*command):
        paths = os.pathsep.join(map(str, (tmp_path, tmp_path / "tests" / "support")))
        return subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": paths},
            capture_output=True,
            text=True,
        )

    return tmp_path, run


CHECK = """
import answers_survival as answers
from helpers.checks import EXERCISES
from helpers.checks.verdicts import judge
for exercise, listed in answers.RIGHT.items():
    assert all(judge(EXERCISES[exercise], answer).status == "correct" for answer in listed)
    assert all(judge(EXERCISES[exercise], answer).status == "not attempted" for answer in answers.STUBS[exercise])
    assert all(hint in judge(EXERCISES[exercise], answer).message for answer, hint in answers.WRONG[exercise])
"""


def test_a_new_notebook_runs_and_keeps_every_rule(copy):
    folder, run = copy
    made = run("-m", "course", "new", "13_survival")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[:2] == ["notebooks/13_survival.ipynb", "helpers/checks/survival.py"]
    refreshed = run("-m", "course", "refresh", "13")
    assert refreshed.returncode == 0, refreshed.stderr
    notebook = folder / "notebooks" / "13_survival.ipynb"
    assert [fault for rule in rules.RULES for fault in rule(notebook)] == []
    assert "| 1 How sure is a mean? |" in (folder / "docs/instructors/13_survival.md").read_text(encoding="utf-8")
    assert "(13_survival.md)" in (folder / "docs" / "instructors" / "index.md").read_text(encoding="utf-8")
    checked = run("-c", CHECK)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["survival", "1_survival", "13_Survival", "13-survival"])
def test_another_form_of_name_is_refused(name):
    result = CliRunner().invoke(main, ["new", name])
    assert result.exit_code == 2
    assert "as in 13_survival" in result.output


def test_nothing_that_exists_is_overwritten(tmp_path):
    for folder in ("notebooks", "helpers/checks", "tests/support", "docs/instructors"):
        (tmp_path / folder).mkdir(parents=True)
    lay_down("13_survival", tmp_path)
    with pytest.raises(RequestError, match=r"13 is taken by 13_survival\.ipynb"):
        lay_down("13_waiting", tmp_path)
    with pytest.raises(RequestError, match=r"helpers/checks/survival\.py exists already"):
        lay_down("14_survival", tmp_path)
