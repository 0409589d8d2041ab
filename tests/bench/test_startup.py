"""A notebook is cut after its first figure, and what fails is no measurement."""

import json
import subprocess

import pytest
import sample_notebooks as sample

from bench import startup
from helpers.notebook.index import find_notebook


def test_a_copy_ends_with_the_first_cell_that_shows_a_picture(tmp_path):
    cells = [*sample.good_cells(), sample.code("size", sample.figure("a dot")), sample.code("1 / 0")]
    (tmp_path / "short").mkdir()
    short = startup.until_first_figure(sample.write_notebook(tmp_path / "01_adding.ipynb", cells), tmp_path / "short")
    assert json.loads(short.read_text(encoding="utf-8"))["cells"][-1]["source"] == ["size"]


def test_the_first_figure_of_notebook_02_comes_from_its_data(tmp_path):
    short = startup.until_first_figure(find_notebook(startup.NOTEBOOK), tmp_path)
    sources = ["".join(cell["source"]) for cell in json.loads(short.read_text(encoding="utf-8"))["cells"]]
    assert any("load(dataset" in source for source in sources)
    assert "plots." in sources[-1]


def test_a_command_that_fails_is_not_timed():
    startup.start(("-c", "pass"))
    with pytest.raises(subprocess.CalledProcessError):
        startup.start(("-c", "1 / 0"))


def test_a_cell_that_fails_is_not_timed(tmp_path):
    path = sample.write_notebook(tmp_path / "01_adding.ipynb", [sample.code("1 / 0")])
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        startup.first_figure(path, "default", tmp_path / "out")


@pytest.mark.thorough
def test_commands_and_first_figures_are_timed():
    rows = list(startup.measure(starts=2, figures=2, profile="smoke"))
    assert [len(row.values) for row in rows] == [2, 2, 2, 1, 1]
    assert all(value > 0 for row in rows for value in row.values)
