"""Every notebook of the course keeps the rules, and its smoke profile runs, repeatably and within its memory."""

import notebook_rules
import pytest
from sample_notebooks import pictures_and_texts

from course.run.execute import run_notebook
from helpers.base.paths import NOTEBOOKS
from helpers.notebook.index import course_metadata, find_notebook, find_notebooks
from helpers.notebook.parameters import profile_values

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]


@pytest.mark.parametrize("notebook", COURSE)
@pytest.mark.parametrize("rule", notebook_rules.RULES, ids=lambda rule: rule.__name__)
def test_notebook_keeps_the_rule(notebook, rule):
    assert rule(notebook) == []


@pytest.mark.parametrize("notebook", COURSE)
def test_smoke_profile_runs(notebook, smoke):
    run = smoke(notebook)
    assert run.error is None, f"{run.cell}: {run.error}"
    assert len(run.results) > 10


def test_the_arithmetic_of_another_processor_runs_too(monkeypatch, tmp_path):
    """TensorFlow with oneDNN's operations, which the course leaves off (helpers/__init__.py)."""
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    notebook = find_notebook("02")
    run = run_notebook(notebook, profile_values(notebook, "smoke"), tmp_path)
    assert run.error is None, f"{run.cell}: {run.error}"
    assert len(run.results) > 10


@pytest.mark.parametrize("notebook", COURSE)
def test_the_same_seed_gives_the_same_bits_in_a_fresh_and_in_a_warm_kernel(notebook, smoke, smoke_with, tmp_path):
    """Every recorded number, every text, every picture; on Linux TensorFlow is imported before the second one forks."""
    first, again = smoke(notebook), smoke_with(notebook, tmp_path)
    assert again.error is None
    assert again.results == first.results
    assert pictures_and_texts(again.executed) == pictures_and_texts(first.executed)


@pytest.mark.parametrize("notebook", COURSE)
def test_another_seed_gives_other_numbers(notebook, smoke, smoke_with, tmp_path):
    first, other = smoke(notebook), smoke_with(notebook, tmp_path, seed=2)
    assert other.error is None
    assert set(other.results) == set(first.results)
    equal = [name for name, value in first.results.items() if other.results[name] == value]
    assert len(equal) < len(first.results) * 2 / 3, f"of {len(first.results)}, equal are {equal}"


@pytest.mark.parametrize("notebook", COURSE)
def test_the_kernel_keeps_to_its_memory(notebook, smoke):
    assert 200 < smoke(notebook).peak_mb < course_metadata(notebook)["memory_mb"]


def test_every_notebook_of_the_folder_is_numbered():
    assert [path for path in NOTEBOOKS.glob("*.ipynb") if path not in find_notebooks()] == []
