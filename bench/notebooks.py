"""Seconds of each notebook, by one worker with all cores and by one worker per core, and how busy both were.

Each notebook runs as in a sweep (course.sweep), those that take longest by their own budget first. Only an otherwise
idle machine tells how busy the cores were by this alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.measuring import Row
from course.run.threads import threads_per_worker
from course.sweep.local import execute_locally
from course.sweep.study import Job
from course.sweep.work import Done, Work
from helpers.notebook.index import course_metadata, find_notebook, find_notebooks
from helpers.notebook.parameters import profile_values

DEFAULT = {"notebooks": (), "profile": "default", "workers": (1, 2)}
QUICK = {"notebooks": ("01", "04"), "profile": "smoke", "workers": (1, 2)}


@dataclass(frozen=True)
class Course:
    """How some notebooks went. runs: by stem, as course.sweep.worker describes them; cores_busy: share of all cores."""

    runs: Mapping[str, Mapping[str, object]]
    seconds: float
    cores_busy: float


def measure(*, notebooks: Sequence[str], profile: str, workers: Sequence[int]) -> Iterator[Row]:
    """Seconds and memory of each notebook (all where none is named), and of all of them, for each number of workers."""
    paths = [find_notebook(name) for name in notebooks] or find_notebooks()
    paths.sort(key=lambda path: -course_metadata(path).get("seconds", 0))
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        courses = {count: execute(paths, profile, count, Path(folder) / str(count)) for count in workers}
    for count, course in courses.items():
        by = f"by {count} worker{'s' if count > 1 else ''} of {_threads(count)}"
        for stem, run in sorted(course.runs.items()):
            yield Row(f"{stem}, {profile}, {by}", "s", (run["seconds"],), _remark(run))
            yield Row(f"{stem}, {profile}, {by}: peak of the kernel", "MB", (run["peak_mb"],))
        yield Row(f"{len(paths)} notebooks, {profile}, {by}", "s", (course.seconds,))
        worked = sum(run["seconds"] for run in course.runs.values()) / (count * course.seconds)
        yield Row(f"{len(paths)} notebooks, {profile}, {by}: workers busy", "share", (worked,))
        yield Row(f"{len(paths)} notebooks, {profile}, {by}: cores busy", "share", (course.cores_busy,))
    first, *others = courses.items()
    for count, course in others:
        what = f"{len(paths)} notebooks, {profile}: {count} workers against {first[0]}"
        yield Row(what, "times sooner", (first[1].seconds / course.seconds,))


def execute(paths: Sequence[Path], profile: str, workers: int, out: Path) -> Course:
    """Run a profile of notebooks by so many workers, which share the cores. Raises RuntimeError where one fails."""
    works = [Work(Job(path.stem, profile_values(path, profile)), path, out / path.stem) for path in paths]
    runs = {}

    def take(done: Done):
        if done.run is None or done.run["status"] != "ok":
            raise RuntimeError(f"{done.work.job.name}: {done.died or done.fatal or done.run['error']}")
        runs[done.work.job.name] = done.run

    psutil.cpu_percent()  # what it says next is of the time since now
    start = time.perf_counter()
    execute_locally(works, take, workers=workers, threads=threads_per_worker(workers))
    return Course(runs, time.perf_counter() - start, psutil.cpu_percent() / 100)


def _threads(workers: int) -> str:
    threads = threads_per_worker(workers)
    return f"{threads} thread{'s' if threads > 1 else ''}"


def _remark(run: Mapping[str, object]) -> str:
    off = len(run["claims_off"])
    return f"{off} of {run['claims']} claims off" if off else ""
