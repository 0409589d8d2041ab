"""A room of learners is measured by running them, all at once, and a failing one is counted."""

import sys

import psutil
import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course.cli import main
from course.run import room

MEGABYTES = 100


def test_what_was_measured_is_said_in_two_lines():
    said = str(room.Room((88.2, 90.4), 0, 2553.2, 1400.0))
    assert said.splitlines() == [
        "2 learners at once: the first done after 88 s, the last after 90 s.",
        "Peak memory of the kernels: 2553 MB together, 1277 MB a learner; of the largest 1400 MB.",
    ]
    assert str(room.Room((1.0,), 1, 10, 10)).endswith("\n1 ended with an error.")


def test_a_process_that_has_ended_takes_no_memory():
    process = psutil.Popen([sys.executable, "-c", ""])
    process.wait()
    assert room.proportional_mb(process) == 0
    assert room._kernels(process.pid) == []


def test_an_unknown_profile_starts_no_kernel(monkeypatch):
    monkeypatch.setattr(room, "measure", lambda *_: pytest.fail("a kernel was about to start"))
    result = CliRunner().invoke(main, ["room", "02", "--learners", "2", "--profile", "none"])
    assert result.exit_code == 2
    assert "no such profile" in result.output


@pytest.mark.thorough
def test_two_kernels_run_at_once_and_their_memory_adds_up(tmp_path):
    holding = sample.code(f"import time\nheld = bytearray({MEGABYTES} * 10**6)\ntime.sleep(4)")
    path = sample.write_notebook(tmp_path / "01_adding.ipynb", [*sample.good_cells(), holding])
    measured = room.measure(path, "smoke", 2)
    assert measured.failed == 0
    assert len(measured.seconds) == 2
    assert measured.seconds[0] >= 4
    assert measured.largest_mb > MEGABYTES
    assert 2 * MEGABYTES < measured.together_mb <= 2 * measured.largest_mb


@pytest.mark.thorough
def test_a_learner_whose_notebook_fails_is_counted(tmp_path):
    path = sample.write_notebook(tmp_path / "01_adding.ipynb", [*sample.good_cells(), sample.code("1 / 0")])
    result = CliRunner().invoke(main, ["room", str(path), "--learners", "2"])
    assert result.exit_code == 1
    assert "2 ended with an error." in result.output
