"""course.run.lock: one command at a time writes into a folder, and who is second is told who is first."""

import json
import os
import socket

import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course.cli import main
from course.run import execute
from course.run.lock import FolderError, held


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that calls `course run` for one notebook, whose kernel never starts."""
    monkeypatch.setattr(execute, "run_many", lambda *_, **__: [])
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    return lambda out: CliRunner().invoke(main, ["run", str(notebook), "--out", str(out)])


@pytest.mark.parametrize(("command", "which"), [("run", "another run"), ("sweep", "a sweep")])
def test_a_second_run_into_a_folder_is_refused_and_told_who_has_it(run, tmp_path, command, which):
    out = tmp_path / "out"
    with held(out, command):
        refused = run(out)
        assert json.loads((out / "owner.json").read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Error: {out} is in use by {which}: process {os.getpid()} on ")
    assert f"{socket.gethostname()}, since 20" in refused.stderr
    assert refused.stderr.endswith("Wait for it, or name another folder.\n")
    assert not (out / "results.csv").exists()
    assert run(out).exit_code == 0
    assert not (out / "owner.json").exists()


def test_an_owner_that_failed_holds_nothing(tmp_path):
    with pytest.raises(RuntimeError), held(tmp_path, "run"):
        raise RuntimeError
    with held(tmp_path, "sweep"):
        pass


@pytest.mark.parametrize("inside", ["file", "n" * 256])
def test_a_folder_that_cannot_be_is_named_before_a_notebook_runs(run, tmp_path, inside):
    (tmp_path / "file").touch()
    out = tmp_path / inside / "out"
    ended = run(out)
    assert ended.exit_code == 1
    assert ended.stderr.startswith(f"Error: {out} cannot be made or written: ")
    assert ended.stderr.endswith("Name another folder with --out.\n")


def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("course.run.lock.write_whole", refuse)
    with pytest.raises(FolderError, match=r"written: Permission denied\. Name another"), held(tmp_path, "run"):
        pass
