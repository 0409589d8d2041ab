"""course.sweep.side_by_side: several notebooks at once end as one after the other, and share the cores."""

import pytest
import sample_notebooks as sample

from course.run.execute import run_many
from course.run.threads import THREAD_VARIABLES, available_cores
from course.sweep import side_by_side
from course.sweep.side_by_side import run_side_by_side
from course.sweep.work import Done
from helpers.base.errors import CourseError

THREADS = f"import os\nrecord('threads', int(os.environ['{THREAD_VARIABLES[0]}']))"
TIMES = "import time\nrecord('began', time.time())\ntime.sleep(2)\nrecord('ended', time.time())"
OFF = "claim('twice the sum', 2 * total, at_most=5)"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Notebooks that end well, with an error, with a dead kernel, and one that is none, with values."""
    folder = tmp_path_factory.mktemp("notebooks")
    good = [*sample.good_cells(), sample.code(OFF, tags=["bookkeeping"])]
    failing = [sample.code(sample.PARAMETERS, tags=["parameters"]), sample.code("# divide\n1 / 0"), sample.code("2")]
    dying = [sample.code("import os\nos._exit(9)")]
    broken = folder / "04_broken.ipynb"
    broken.write_text("{", encoding="utf-8")
    return [
        (sample.write_notebook(folder / "01_good.ipynb", good), {}),
        (sample.write_notebook(folder / "02_bad.ipynb", failing), {"size": 2}),
        (sample.write_notebook(folder / "03_dying.ipynb", dying), {}),
        (broken, {}),
    ]


def facts(run, out) -> tuple:
    """What must not depend on how a run was made."""
    place = run.executed and run.executed.relative_to(out).as_posix()
    return run.notebook.stem, run.parameters, run.results, run.claims, place, run.cell, run.error


def test_the_runs_are_those_of_one_after_the_other_in_their_order(jobs, tmp_path):
    reported = []
    runs = run_side_by_side(jobs, tmp_path / "two", 2, report=reported.append)
    alone = run_many(jobs, tmp_path / "one")
    assert [facts(run, tmp_path / "two") for run in runs] == [facts(run, tmp_path / "one") for run in alone]
    assert [run.claims_held for run in runs] == ["1 of 2", "", "", ""]
    assert sorted(run.notebook.stem for run in reported) == [notebook.stem for notebook, _ in jobs]
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [notebook.name for notebook, _ in jobs[:3]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A short and a long notebook that tell their threads, and when they began and ended."""
    folder, cells = tmp_path_factory.mktemp("pair"), [*sample.good_cells(), sample.code(THREADS), sample.code(TIMES)]
    short = sample.write_notebook(folder / "01_short.ipynb", cells, seconds=1)
    long = sample.write_notebook(folder / "02_long.ipynb", cells, seconds=90)
    return [(short, {}), (long, {})]


def test_one_worker_begins_with_the_longest_and_has_all_cores(pair, tmp_path):
    reported = []
    runs = run_side_by_side(pair, tmp_path, 1, report=reported.append)
    assert [run.notebook.stem for run in reported] == ["02_long", "01_short"]
    assert runs[0].results["began"] > runs[1].results["ended"]
    assert [run.results["threads"] for run in runs] == [available_cores()] * 2


def test_more_workers_than_notebooks_run_at_once_and_share_all_cores(pair, tmp_path):
    one, other = (run.results for run in run_side_by_side(pair, tmp_path, 8))
    assert max(one["began"], other["began"]) < min(one["ended"], other["ended"])
    assert one["threads"] == other["threads"] == max(1, available_cores() // 2)


def test_a_notebook_can_run_twice_with_other_values(pair, tmp_path):
    (short, _), _ = pair
    runs = run_side_by_side([(short, {"size": 2}), (short, {"size": 5})], tmp_path, 2)
    assert [run.results["total"] for run in runs] == [1, 10]


def test_a_worker_that_dies_is_told_and_a_full_disk_ends_it_all(jobs, tmp_path, monkeypatch):
    answers = iter(({"died": "signal SIGKILL"}, {"full_disk": "no room"}))
    monkeypatch.setattr(
        side_by_side,
        "execute_locally",
        lambda works, take, **_: [take(Done.of(work, next(answers))) for work in works],
    )
    earlier = tmp_path / "01_good.ipynb"
    earlier.touch()
    (run,) = run_side_by_side(jobs[:1], tmp_path, 2)
    assert (run.ok, run.cell, run.error, run.executed) == (False, side_by_side.UNKNOWN, "signal SIGKILL", None)
    assert not earlier.exists()
    with pytest.raises(CourseError, match=r"The disk is full \(no room\)\. Make room"):
        run_side_by_side(jobs[:1], tmp_path, 2)
