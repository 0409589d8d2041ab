"""The `course` command: what it prints, what it refuses before a kernel starts, and its exit codes."""

import subprocess
import sys
import time

import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course.cli import main
from course.run import execute
from course.sweep import side_by_side
from helpers.base import paths
from helpers.notebook import index


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two notebooks, of which the second fails; returns a function that calls the command."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    sample.write_notebook(folder / "01_adding.ipynb")
    failing = [sample.code(sample.PARAMETERS, tags=["parameters"]), sample.code("1 / (size - 3)")]
    sample.write_notebook(folder / "02_dividing.ipynb", failing, title="Dividing", datasets=["chest"])
    profiles = "01_adding: {smoke: {size: 2}, full: {}}\n02_dividing: {smoke: {size: 2}, full: {}, odd: {}}\n"
    (folder / "profiles.yml").write_text(profiles, encoding="utf-8")
    for module in (index, paths):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def no_kernel(monkeypatch):
    """Fails the test if a notebook is executed."""

    def refuse(*_, **__):
        raise AssertionError("a kernel was about to start")

    monkeypatch.setattr(execute, "run_many", refuse)
    monkeypatch.setattr(side_by_side, "run_side_by_side", refuse)


def test_the_list_shows_minutes_data_sets_and_budgets(course):
    result = course("list")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].split() == ["no.", "title", "minutes", "data", "sets", "seconds", "memory"]
    assert lines[2].split() == ["02", "Dividing", "5", "+", "1", "chest", "10", "s", "200", "MB"]


def test_the_list_of_one_notebook_shows_its_parameters(course):
    result = course("list", "1")
    assert "size       3        a whole number from 1 to 50" in result.output
    assert "profiles: default, smoke, full" in result.output


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["01", "-p", "sizes=3"], ["sizes", "size, share, shape, seed", "did you mean size?"]),
        (["01", "-p", "size=3.5"], ["size", "a whole number from 1 to 50", "'3.5'"]),
        (["01", "-p", "size=99"], ["size", "from 1 to 50", "99"]),
        (["01", "-p", "shape=plane"], ["shape", "plain, square", "did you mean plain?"]),
        (["01", "-p", "size"], ["size: no value given", "NAME=VALUE"]),
        (["01", "-p", "=3"], ["=3: no name given", "NAME=VALUE"]),
        (["01", "-p", "shape=~nobody/x.npz"], ["'~nobody/x.npz' is not allowed", "path of an existing file"]),
        (["01", "-p", f"shape={'x' * 300}.npz"], [f"'{'x' * 300}.npz' is not allowed", "path of an existing file"]),
        ([f"{'x' * 300}.ipynb"], [f"{'x' * 300}.ipynb: no such notebook", "01_adding, 02_dividing"]),
        (
            ["01", "--profile", "ful"],
            ["ful: no such profile of 01_adding", "default, smoke, full", "did you mean full?"],
        ),
        (["01", "02", "--profile", "odd"], ["odd: no such profile of 01_adding"]),
        (["01_add"], ["01_add: no such notebook", "01_adding, 02_dividing", "did you mean 01_adding?"]),
        ([], ["--all"]),
        (["01", "--all"], ["--all"]),
        (["--all", "-p", "sizes=3"], ["sizes"]),
        (["01", "--out", "notebooks"], ["01_adding.ipynb itself lies in"]),
        (["01", "--workers", "2", "--out", "notebooks"], ["01_adding.ipynb itself lies in"]),
    ],
)
def test_a_request_that_makes_no_sense_ends_with_2_before_a_kernel(course, arguments, parts):
    result = course("run", *arguments)
    assert result.exit_code == 2
    for part in parts:
        assert part in result.output


@pytest.mark.parametrize("arguments", [["list", "99"], ["refresh", "99"]])
def test_other_commands_refuse_an_unknown_notebook_too(course, arguments):
    result = course(*arguments)
    assert result.exit_code == 2
    assert "99: no such notebook" in result.output


@pytest.mark.usefixtures("no_kernel")
def test_an_empty_course_is_told(course, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "NOTEBOOKS", tmp_path)
    assert course("run", "--all").exit_code == 2


@pytest.mark.usefixtures("no_kernel")
def test_two_notebooks_of_one_name_are_refused(course, tmp_path):
    other = sample.write_notebook(tmp_path / "01_adding.ipynb")
    result = course("run", "01", str(other), "--out", "out")
    assert (result.exit_code, "two notebooks named 01_adding.ipynb" in result.output) == (2, True)


def test_values_reach_the_notebook_and_the_table(course, tmp_path):
    result = course("run", "1", "--profile", "smoke", "-p", "size=5", "-p", "shape=square", "--out", "out")
    assert result.exit_code == 0, result.output
    assert "total 20" in result.output
    assert "1 notebook in" in result.output
    for name in ("01_adding.ipynb", "01_adding.html", "results.csv", "index.html"):
        assert (tmp_path / "out" / name).exists()


def test_all_runs_all_and_ends_with_1_where_one_fails(course, tmp_path):
    result = course("run", "--all")
    assert result.exit_code == 1
    assert "02_dividing  failed" in result.stdout
    assert "In [2] 1 / (size - 3): ZeroDivisionError: division by zero" in result.stdout
    assert "01_adding    ok" in result.stdout
    assert "FAILED at In [2]" in result.stderr
    assert (tmp_path / "build" / "course" / "index.html").exists()


def test_workers_run_notebooks_side_by_side_in_the_time_of_the_clock(course, monkeypatch):
    asked, clock = [], [100.0]

    def both(jobs, out, workers, report):
        asked.append(workers)
        clock[0] += 7.2
        return [execute.Run(notebook, values, 5.0, 100.0) for notebook, values in jobs]

    monkeypatch.setattr(side_by_side, "run_side_by_side", both)
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    result = course("run", "--all", "--workers", "3", "--out", "out")
    assert result.exit_code == 0, result.output
    assert asked == [3]
    assert "2 notebooks in 7 s, none failed." in result.stdout


def test_a_claim_that_is_off_ends_with_1_and_its_sentence_after_all_ran(course, tmp_path):
    cells = [*sample.good_cells(), sample.code("claim('twice the sum', 2 * total, at_most=5)", tags=["bookkeeping"])]
    sample.write_notebook(tmp_path / "notebooks" / "01_adding.ipynb", cells, profiles=False)
    result = course("run", "1", "--out", "out")
    assert result.exit_code == 1
    assert "01_adding: ✗ twice the sum: measured 6, the text says at most 5" in result.stdout
    assert "none failed. Claims held: 1 of 2." in result.stdout
    assert "01_adding  ok" in result.stdout
    assert "1 claims off" in result.stderr
    assert "1 of 2" in (tmp_path / "out" / "results.csv").read_text(encoding="utf-8")
    assert course("run", "1", "--out", "out", "-p", "size=2").exit_code == 0


def test_a_path_on_the_command_line_is_absolute_in_the_notebook(course, tmp_path, monkeypatch):
    (tmp_path / "data.npz").write_bytes(b"")
    given = {}
    monkeypatch.setattr(execute, "run_many", lambda jobs, *_, **__: given.update(jobs[0][1]) or [])
    course("run", "01", "-p", "shape=data.npz", "--out", "out")
    assert given == {"shape": str((tmp_path / "data.npz").resolve())}


def test_refresh_tells_a_failure(course, monkeypatch):
    monkeypatch.setattr(
        "course.site.refresh.refresh", lambda path, progress: execute.Run(path, {}, 1, 2, cell="In [3]", error="E")
    )
    result = course("refresh", "2")
    assert result.exit_code == 1
    assert "02_dividing  1.0 s  2 MB  FAILED at In [3]: E" in result.stderr


def test_help_answers_at_once_and_loads_nothing_heavy():
    heavy = "tensorflow, keras, papermill, nbformat, numpy, pandas, IPython"
    probe = f"import sys, course.cli; print(*(set('{heavy}'.split(', ')) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
    asked = {"help": ["-m", "course.cli", "--help"], "click alone": ["-c", "import click"]}
    seconds = {what: [] for what in asked}
    for _ in range(5):  # by turns, so that a slow or busy machine slows both
        for what, arguments in asked.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            seconds[what].append(time.perf_counter() - start)
    assert min(seconds["help"]) < 2.5 * min(seconds["click alone"])  # .16 against .09 s; with NumPy some .26


def test_the_versions_that_results_depend_on_are_shown():
    shown = CliRunner().invoke(main, ["--version"]).output.splitlines()
    assert shown[0].startswith("course ")
    assert {line.split()[0] for line in shown} >= {"course", "python", "keras", "numpy", "scikit-learn"}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_commands_options_and_notebooks(course, shell, monkeypatch):
    source = course("completion", shell).output
    assert "_COURSE_COMPLETE" in source
    for words, expected in (
        ("course comp", "compare"),
        ("course run --pro", "--profile"),
        ("course run 01", "01_adding"),
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        completed = CliRunner().invoke(main, [], prog_name="course", env={"_COURSE_COMPLETE": f"{shell}_complete"})
        assert expected in completed.output.replace(",", "\n").splitlines()


def test_python_m_course_is_the_command():
    ended = subprocess.run([sys.executable, "-m", "course", "list", "99"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "99: no such notebook" in ended.stderr


def test_a_file_or_folder_that_is_closed_is_a_sentence(course, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", str(tmp_path / "out"))

    monkeypatch.setattr(execute, "run_many", refuse)
    monkeypatch.setattr(side_by_side, "run_side_by_side", refuse)
    result = course("run", "1", "--out", "out")
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {tmp_path / 'out'}: Permission denied. Give yourself access to it, or name another place.\n"
    )
    monkeypatch.setattr(index, "find_notebook", refuse)
    assert "1: Permission denied" in course("list", "1").stderr


def test_in_a_folder_that_cannot_be_written_results_go_to_the_cache_and_that_is_said(course, tmp_path, monkeypatch):
    (tmp_path / "build").touch()  # in its place no folder can be made
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(execute, "run_many", lambda *_, **__: [])
    result = course("run", "1")
    assert result.exit_code == 0
    out = tmp_path / "cache" / "build" / "course"
    assert result.stderr == f"The course's folder cannot be written: results go to {out}; --out names another.\n"
    assert (out / "results.csv").exists()
