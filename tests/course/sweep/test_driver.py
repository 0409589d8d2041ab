"""course.sweep.driver, sweep_local, sweep_worker: runs land once and whole, whatever is killed, and what is refused."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import psutil
import pytest
from click.testing import CliRunner
from sample_sweeps import end_sweeps, ended, starts, sweep_process, wait_for, write_sample

from course.cli import main
from course.run.threads import THREAD_VARIABLES, available_cores, thread_settings, threads_per_worker
from course.sweep.driver import Tally, execute_sweep, missing, seconds_per_run
from course.sweep.folder import Results, SweepError
from course.sweep.study_file import read_study
from course.sweep.work import Done
from helpers.base.paths import ROOT


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    end_sweeps()


def course(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def by_fate(results: Results) -> dict[str, dict]:
    return {run["parameters"]["fate"]: run for run in results.finished().values()}


FATES = ("none", "error", "kernel", "kernel once", "worker", "worker once")


@pytest.fixture(scope="module")
def fates(tmp_path_factory):
    """A sweep over every fate, with two workers; then the same with --retry-failed for one of them."""
    folder = tmp_path_factory.mktemp("fates")
    study, marks = write_sample(folder, f"grid: {{fate: [{', '.join(FATES)}]}}")
    process = sweep_process(study, folder / "out", "--workers", "2")
    output, _ = process.communicate(timeout=240)
    return study, marks, Results(folder / "out"), output, process.returncode


def test_a_failed_run_is_recorded_and_does_not_stop_the_rest(fates):
    _, _, results, output, code = fates
    runs = by_fate(results)
    assert set(runs) == set(FATES)
    assert code == 1
    assert "6 executed, 0 kept from before, 3 failed (--retry-failed repeats them)" in output
    assert runs["error"]["error"] == "ValueError: <b>no luck & no sum</b> with 3"
    assert runs["error"]["cell"].startswith("In [")
    assert (results.runs / runs["error"]["name"] / "notebook.ipynb").exists()
    assert "ValueError" in (results.runs / runs["error"]["name"] / "log.txt").read_text(encoding="utf-8")
    assert "FAILED" in output


def test_a_process_that_dies_has_its_run_repeated_once(fates):
    _, marks, results, _, _ = fates
    runs = by_fate(results)
    assert {fate: runs[fate]["status"] for fate in FATES} == {
        "none": "ok",
        "error": "failed",
        "kernel": "failed",
        "kernel once": "ok",
        "worker": "failed",
        "worker once": "ok",
    }
    counts = {fate: sum(start[1] == fate for start in starts(marks)) for fate in FATES}
    assert counts == {"none": 1, "error": 1, "kernel": 2, "kernel once": 2, "worker": 2, "worker once": 2}
    assert runs["kernel"]["error"].startswith("DeadKernelError")
    assert runs["worker"]["error"] == "its process died 2 times, last: the worker ended with signal SIGKILL"


def test_no_process_of_the_sweep_is_left(fates):
    _, marks, _, _, _ = fates
    for start in starts(marks):
        wait_for(lambda pid=start[3]: ended(pid), 60)
        wait_for(lambda pid=start[4]: ended(pid), 60)


def test_each_run_says_what_it_was(fates):
    _, _, results, _, _ = fates
    run = by_fate(results)["none"]
    assert (run["status"], run["seed"], run["parameters"]["size"], run["warm"]) == ("ok", 1, 3, False)
    assert 3 < run["results"]["total"] < 4
    assert run["seconds"] > 0
    assert 30 < run["peak_mb"] < 300
    assert run["threads"] == str(threads_per_worker(2))
    assert {"python", "numpy", "keras", "papermill", "code"} <= set(run["versions"])
    notebook = json.loads((results.runs / run["name"] / "notebook.ipynb").read_text(encoding="utf-8"))
    assert any("# Parameters" in "".join(cell["source"]) for cell in notebook["cells"])
    assert not results.unfinished.exists()


def test_failed_runs_are_repeated_only_on_request(fates, monkeypatch):
    study, marks, results, _, _ = fates
    before = len(starts(marks))
    again = course("sweep", study, "--out", results.out)
    assert again.exit_code == 1
    assert "0 executed, 3 kept from before, 3 failed" in again.output
    assert len(starts(marks)) == before
    plan = course("sweep", study, "--out", results.out, "--dry-run", "--retry-failed")
    assert "6 runs, 3 finished, 3 to go" in plan.output
    told = []

    def execute(works, take):
        for work in works:
            told.append(work.job.parameters["fate"])
            work.folder.mkdir()
            (work.folder / "results.json").write_text(json.dumps({"name": work.job.name, "status": "ok"}))
            take(Done(work, {"name": work.job.name, "status": "ok"}))

    outcome = execute_sweep(read_study(study), results, execute, retry_failed=True)
    assert told == ["error", "kernel", "worker"]
    assert (outcome.ran, outcome.kept, outcome.failed) == (3, 3, 0)


@pytest.mark.thorough
@pytest.mark.parametrize("warm", [False, True], ids=["fresh", "warm"])
def test_a_killed_driver_leaves_nothing_running_and_the_next_one_goes_on(tmp_path, warm):
    study, marks = write_sample(tmp_path, "grid: {size: [1, 2]}", pause=1.5)
    options = ["--warm"] if warm else []
    results = Results(tmp_path / "out")
    first = sweep_process(study, results.out, *options)
    wait_for(lambda: len(starts(marks)) >= 2)  # the first run has landed, the second is under way
    landed = {path: path.stat().st_mtime_ns for path in results.runs.glob("*/results.json")}
    assert len(landed) == 1
    helpers = psutil.Process(first.pid).children(recursive=True)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    assert starts(marks)[1][3] in {process.pid for process in helpers}
    for process in helpers:
        wait_for(lambda pid=process.pid: ended(pid), 60)
    second = sweep_process(study, results.out, *options)
    output, _ = second.communicate(timeout=120)
    assert second.returncode == 0, output
    assert "2 runs, 1 finished, 1 to go" in output
    assert all(path.stat().st_mtime_ns == when for path, when in landed.items())
    assert [run["status"] for run in results.finished().values()] == ["ok"] * 2
    assert [sum(start[0] == size for start in starts(marks)) for size in (1, 2)] == [1, 2]


@pytest.mark.thorough
def test_where_the_process_that_forks_warm_kernels_dies_the_run_is_repeated(tmp_path):
    """A warm kernel's parent is that process, not the worker."""
    study, marks = write_sample(tmp_path, "grid: {fate: [worker once, none]}")
    result = course("sweep", study, "--out", tmp_path / "out", "--warm")
    assert result.exit_code == 0, result.output
    runs = by_fate(Results(tmp_path / "out"))
    assert {fate: (run["status"], run["warm"]) for fate, run in runs.items()} == dict.fromkeys(runs, ("ok", True))
    assert [start[1] for start in starts(marks)] == ["worker once", "none", "worker once"]


def test_a_folder_in_use_is_refused_with_who_has_it(tmp_path):
    study, _ = write_sample(tmp_path, "grid: {size: [1, 2]}")
    with Results(tmp_path / "out").locked():
        refused = course("sweep", study, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert f"is in use by another sweep: process {os.getpid()} on {socket.gethostname()}, since 20" in refused.output
    assert not (tmp_path / "out" / "runs").exists()


def execute_nothing(works, take):
    raise AssertionError("nothing should run")


def landed(tmp_path, study):
    """Results with every run of a study landed, without executing any."""
    results = Results(tmp_path / "out")

    def execute(works, take):
        for work in works:
            work.folder.mkdir()
            run = {"name": work.job.name, "status": "ok", "seconds": 20.0, "results": {}, "claims_off": []}
            (work.folder / "results.json").write_text(json.dumps(run))
            take(Done(work, run))

    with results.locked():
        assert execute_sweep(study, results, execute).ran == study.size
    return results


def test_another_study_over_old_results_is_refused_with_what_differs(tmp_path):
    path, _ = write_sample(tmp_path, "grid: {size: [1, 2]}")
    results = landed(tmp_path, read_study(path))
    assert execute_sweep(read_study(path), results, execute_nothing) == Tally(kept=2)
    path.write_text(path.read_text(encoding="utf-8").replace("[1, 2]", "[1, 2, 3]"), encoding="utf-8")
    refused = course("sweep", path, "--out", results.out)
    assert refused.exit_code == 1
    assert "grid size: was [1, 2], is [1, 2, 3]" in refused.output
    assert len(results.finished()) == 2


def test_a_folder_of_something_else_is_refused(tmp_path):
    path, _ = write_sample(tmp_path, "repeats: 1")
    (tmp_path / "out" / "runs" / "mine").mkdir(parents=True)
    refused = course("sweep", path, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert "holds runs but no study.json" in refused.output


def test_a_damaged_result_is_named(tmp_path):
    path, _ = write_sample(tmp_path, "repeats: 1")
    results = landed(tmp_path, read_study(path))
    (file,) = results.runs.glob("*/results.json")
    file.write_text("{", encoding="utf-8")
    with pytest.raises(SweepError, match=r"results\.json: no JSON .* delete the folder"):
        results.finished()


def test_time_is_estimated_from_measured_runs_or_the_budget(tmp_path):
    path, _ = write_sample(tmp_path, "grid: {size: [1, 2, 3, 4]}")
    study = read_study(path)
    assert seconds_per_run(study, {})[0] == 10
    results = landed(tmp_path, study)
    finished = dict(list(results.finished().items())[:1])
    assert seconds_per_run(study, finished) == (20.0, "measured on 1 finished run")
    assert len(missing(study, finished)) == 3


def test_a_dry_run_leaves_no_trace_and_a_measured_one_keeps_its_run(tmp_path):
    path, marks = write_sample(tmp_path, "grid: {size: [1, 2, 3]}")
    plan = course("sweep", path, "--out", tmp_path / "out", "--dry-run")
    assert plan.exit_code == 0
    assert "3 runs, 0 finished, 3 to go" in plan.output
    assert "about 30 s" in plan.output
    assert not (tmp_path / "out").exists()
    measured = course("sweep", path, "--out", tmp_path / "out", "--dry-run", "--measure", "--workers", "2")
    assert measured.exit_code == 0, measured.output
    assert "3 runs, 1 finished, 2 to go" in measured.output
    assert "measured on 1 finished run" in measured.output
    assert len(starts(marks)) == 1


def test_too_many_runs_are_refused_unless_allowed(tmp_path):
    path, _ = write_sample(tmp_path, f"grid: {{size: {list(range(1, 51))}, fate: [none, error]}}\nrepeats: 100_000")
    refused = course("sweep", path, "--out", tmp_path / "out", "--dry-run")
    assert refused.exit_code == 2
    assert "10000000 runs are more than 1000; allow them with --max-runs 10000000" in refused.output
    path, _ = write_sample(tmp_path, f"seeds: {list(range(1001))}")
    assert course("sweep", path, "--out", tmp_path / "out", "--dry-run").exit_code == 2
    assert course("sweep", path, "--out", tmp_path / "out", "--dry-run", "--max-runs", "1001").exit_code == 0


def test_a_study_that_makes_no_sense_is_refused_before_anything_starts(tmp_path):
    path, _ = write_sample(tmp_path, "grids: {size: [1]}")
    refused = course("sweep", path, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "line 3: grids: no such key" in refused.output
    assert not (tmp_path / "out").exists()


def test_a_full_disk_stops_the_sweep_and_keeps_what_is_finished(tmp_path, monkeypatch):
    """The worker answers what the system told it; here the system is told to say so."""
    path, _ = write_sample(tmp_path, "grid: {size: [1, 2]}")
    results = Results(tmp_path / "out")
    from course.sweep import worker

    def full(*arguments, **keywords):
        raise OSError(errno.ENOSPC, "No space left on device")

    def execute(works, take):
        first, second = works
        first.folder.mkdir()
        (first.folder / "results.json").write_text(json.dumps({"name": first.job.name, "status": "ok"}))
        take(Done(first, {"name": first.job.name, "status": "ok"}))
        monkeypatch.setattr(worker, "write_whole", full)
        answer = worker._answer(second.order(), None)
        take(Done(second, fatal=f"The disk is full ({answer['full_disk']})"))

    with (
        results.locked(),
        pytest.raises(SweepError, match=r"disk is full .*No space left.* 1 runs are finished and kept"),
    ):
        execute_sweep(read_study(path), results, execute)
    assert len(results.finished()) == 1


SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc"]
FILL_AND_MAKE_ROOM = """mount -t tmpfs -o size=100k tmpfs small
$SWEEP && exit 99 || echo stopped
mount -o remount,size=9m small
$SWEEP"""


def has_small_disks() -> bool:
    """Whether a test may mount a disk of its own here: Linux, and no rule against namespaces of users."""
    mounted = [*SMALL_DISK, "mount -t tmpfs -o size=100k tmpfs /mnt"]
    return shutil.which("unshare") is not None and subprocess.run(mounted, capture_output=True).returncode == 0


@pytest.mark.thorough
@pytest.mark.skipif(not has_small_disks(), reason="a small disk needs Linux and namespaces of users")
def test_a_sweep_on_a_disk_that_is_full_goes_on_where_there_is_room(tmp_path):
    study, marks = write_sample(tmp_path, f"grid: {{size: {list(range(1, 11))}}}")
    (tmp_path / "small").mkdir()
    sweep = f"{sys.executable} -m course.cli sweep {study} --out small/out --warm"
    ended = subprocess.run(
        [*SMALL_DISK, FILL_AND_MAKE_ROOM],
        cwd=tmp_path,
        env=os.environ | {"SWEEP": sweep, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
    finished = int(re.search(r"The disk is full \(.*\)\. (\d+) runs are finished and kept", ended.stdout)[1])
    assert 1 <= finished < 10
    assert ended.stdout.index("The disk is full") < ended.stdout.index("stopped")
    assert f"{10 - finished} executed, {finished} kept from before, none failed" in ended.stdout
    assert len(starts(marks)) <= 11, "only the run that met the end of the disk was repeated"


def test_an_output_folder_that_cannot_be_made_is_named(tmp_path):
    path, _ = write_sample(tmp_path, "repeats: 1")
    (tmp_path / "file").touch()
    refused = course("sweep", path, "--out", tmp_path / "file" / "out")
    assert refused.exit_code == 1
    assert "cannot be made" in refused.output


def test_cores_are_shared_between_workers():
    assert threads_per_worker(1) == available_cores()
    assert threads_per_worker(available_cores()) == 1
    assert set(thread_settings(3)) == set(THREAD_VARIABLES)
    assert set(thread_settings(3).values()) == {"3"}
