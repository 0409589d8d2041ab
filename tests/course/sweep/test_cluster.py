"""A sweep on a cluster: a real scheduler and two workers, each a process in a folder of its own, one killed midway."""

import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest
from click.testing import CliRunner
from sample_sweeps import end_sweeps, ended, starts, sweep_process, wait_for, write_sample

from course.cli import main
from course.sweep import cluster
from course.sweep.folder import Results, SweepError
from course.sweep.results import sweep_table
from course.sweep.study_file import read_study

GRID = "grid: {size: [1, 2, 3]}"


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    end_sweeps()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def dask(tmp_path):
    """The address of a scheduler, and a function that starts a worker in a folder of its own."""
    port = free_port()
    address, processes = f"tcp://127.0.0.1:{port}", []

    def start(module, name, *options):
        folder = tmp_path / name
        folder.mkdir()
        command = [sys.executable, "-m", "distributed.cli." + module, *options, "--no-dashboard"]
        with (folder / "log.txt").open("w") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        processes.append(process)
        return process

    start("dask_scheduler", "scheduler", "--host", "127.0.0.1", "--port", str(port))

    def worker(name):
        options = [address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--name", name]
        return start("dask_worker", name, *options, "--local-directory", str(tmp_path / name))

    yield address, worker
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.thorough
def test_a_worker_is_killed_midway_and_the_table_is_the_same(dask, tmp_path):
    address, worker = dask
    first, _ = worker("first"), worker("second")
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    study, marks = write_sample(tmp_path / "there", GRID, pause=1.5)
    sweep = sweep_process(study, tmp_path / "out", "--scheduler", address)
    wait_for(lambda: starts(marks))

    def of_first():  # the run's process is a child of the Dask worker, and the kernel's parent
        parents = {start[4] for start in starts(marks)}
        return [child.pid for child in psutil.Process(first.pid).children() if child.pid in parents]

    running = wait_for(of_first)
    kernels = [start[3] for start in starts(marks) if start[4] in running]
    first.send_signal(signal.SIGKILL)
    output, _ = sweep.communicate(timeout=180)
    assert sweep.returncode == 0, output
    for pid in (*running, *kernels):
        wait_for(lambda pid=pid: ended(pid), 60)
    results = Results(tmp_path / "out")
    far = sweep_table(results)
    assert far["size"].tolist() == [1, 2, 3]
    assert set(far["status"]) == {"ok"}
    assert 4 <= len(starts(marks)) <= 5  # what the killed worker was at was repeated, nothing else
    for name in results.finished():
        assert {path.name for path in (results.runs / name).iterdir()} == {"notebook.ipynb", "results.json", "log.txt"}
    near_study, _ = write_sample(tmp_path / "here", GRID)
    near = sweep_process(near_study, tmp_path / "near", "--threads", "1", "--warm")
    near_output, _ = near.communicate(timeout=180)
    assert near.returncode == 0, near_output
    same = ["size", "fate", "seed", "status", "total"]
    assert sweep_table(Results(tmp_path / "near"))[same].equals(far[same])


def test_where_no_scheduler_answers_the_address_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    study, _ = write_sample(tmp_path, GRID)
    address = f"tcp://127.0.0.1:{free_port()}"
    refused = CliRunner().invoke(main, ["sweep", str(study), "--out", str(tmp_path / "out"), "--scheduler", address])
    assert refused.exit_code == 1
    assert f"no Dask scheduler answers at {address}" in refused.output
    assert Results(tmp_path / "out").finished() == {}


def test_without_distributed_what_to_install_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SweepError, match=r"needs distributed .*\[cluster\]"):
        cluster.connect("tcp://127.0.0.1:1")


def test_workers_with_other_code_are_refused(dask, monkeypatch):
    address, worker = dask
    worker("only")
    client = cluster.connect(address)
    client.wait_for_workers(1, timeout=60)
    client.close()
    monkeypatch.setattr(cluster, "code_hash", os.getpid)  # differs between any two processes, as other code would
    with pytest.raises(SweepError, match=r"other code on tcp://"):
        cluster.connect(address)


def test_a_run_leaves_nothing_on_the_machine_that_ran_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    path, _ = write_sample(tmp_path, "repeats: 1")
    study = read_study(path)
    (job,) = study.jobs()
    order = {
        "name": job.name,
        "notebook": str(study.notebook),
        "parameters": dict(job.parameters),
        "folder": "elsewhere",
    }
    answer = cluster.run_remotely(order, study.notebook.read_bytes(), 1)
    assert answer["run"]["status"] == "ok"
    assert set(answer["files"]) == {"notebook.ipynb", "log.txt", "results.json"}
    assert [path for path in (tmp_path / "temporary").iterdir() if path.name.startswith("course-run-")] == []
