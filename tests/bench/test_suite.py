"""The time of a suite is told by part, from what pytest wrote down; a suite that fails is no measurement."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import sample_notebooks as sample

from bench import suite
from helpers.base.paths import ROOT


def report(file, worker, start, stop, notebook=None):
    properties = [] if notebook is None else [["notebook", notebook]]
    entry = {"location": [file, 0, "name"], "worker_id": worker, "start": start, "stop": stop, "duration": stop - start}
    return {"$report_type": "TestReport", "user_properties": properties, **entry}


@pytest.fixture
def make(monkeypatch):
    """What to write in place of pytest's log; `make` itself does not run."""
    written = []

    def run(command, **_):
        assert command[:2] == ["make", "test"]
        log = command[2].rpartition("--report-log=")[2]
        lines = [{"$report_type": "SessionStart"}, *written]
        Path(log).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    monkeypatch.setattr(suite, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(suite, "time", SimpleNamespace(time=iter([100.0, 140.0]).__next__))
    return written


def test_seconds_by_part_and_how_busy_two_processes_were(make, monkeypatch):
    make += [
        report("tests/notebooks/test_claims.py", "gw0", 110, 124, "01_adding"),
        report("notebooks/01_adding.ipynb", "gw1", 112, 115),
        report("notebooks/01_adding.ipynb", "gw1", 115, 118),
        report("tests/helpers/test_b.py", "gw0", 125, 130),
        report("helpers/b.py", "gw1", 118, 120),
    ]
    rows = {row.what.removeprefix("make test: "): row.values for row in suite.measure(options=())}
    cores = rows.pop("cores busy")
    assert rows == {
        "make test": (40,),
        "before the first test": (10,),
        "01_adding: tests of it": (14,),
        "01_adding: stored outputs": (6,),
        "tests/helpers": (5,),
        "helpers": (2,),
        "2 workers busy": (27 / 40,),
        "from the first worker's end to the last one's": (10,),
    }
    assert 0 <= cores[0] <= 1


@pytest.fixture
def makefile(tmp_path, monkeypatch):
    """A function that puts another recipe in the place of the one of `make test`."""
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    return lambda *lines: (tmp_path / "Makefile").write_text("test:\n" + "".join(f"\t{line}\n" for line in lines))


def test_a_small_suite_is_timed(tmp_path, makefile):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    one = "tests/notebooks/test_notebooks.py::test_notebook_keeps_the_rule[cells_are_short-12_biosignals]"
    options = "-c", "pyproject.toml", "-p", "conftest", "--nbval", "--nbval-current-env", "-n", "2"
    command = shlex.join([sys.executable, "-m", "pytest", *options, str(notebook), "helpers/base", one])
    makefile(f"cd {shlex.quote(str(ROOT))} && {command} $(ARGS)")
    rows = {row.what.removeprefix("make test: "): row.values for row in suite.measure(options=("-v",))}
    assert rows["make test"] > rows["before the first test"] > (0,)
    assert {"01_adding: stored outputs", "12_biosignals: tests of it", "helpers"} <= rows.keys()
    assert (0,) < rows["2 workers busy"] <= (1,)


def test_a_suite_that_fails_is_not_timed(makefile):
    makefile("false $(ARGS)")
    with pytest.raises(subprocess.CalledProcessError):
        list(suite.measure(options=()))
