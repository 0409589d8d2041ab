"""Seconds of each notebook, by one worker and by two, which share the cores, and how busy they were.

Each notebook runs as by `course run --workers 2`, those that take longest by their own budget first. Only an otherwise
idle machine tells how busy the cores were by this alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.measuring import Row
from course.run.execute import Run
from course.run.threads import threads_per_worker
from course.sweep.side_by_side import run_side_by_side
from helpers.notebook.index import find_notebook, find_notebooks
from helpers.notebook.parameters import profile_values

DEFAULT = {"notebooks": (), "profile": "default", "workers": (1, 2)}
QUICK = {"notebooks": ("01", "04"), "profile": "smoke", "workers": (1, 2)}


@dataclass(frozen=True)
class Course:
    """How some notebooks went. runs: in their order; seconds: wall time of all; cores_busy: share of all cores."""

    runs: Sequence[Run]
    seconds: float
    cores_busy: float


def measure(*, notebooks: Sequence[str], profile: str, workers: Sequence[int]) -> Iterator[Row]:
    """Seconds and memory of each notebook (all where none is named), and of all of them, for each number of workers."""
    paths = [find_notebook(name) for name in notebooks] or find_notebooks()
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        courses = {count: execute(paths, profile, count, Path(folder) / str(count)) for count in workers}
    for count, course in courses.items():
        by = f"by {count} worker{'s' if count > 1 else ''} of {_threads(count)}"
        for run in course.runs:
            yield Row(f"{run.notebook.stem}, {profile}, {by}", "s", (run.seconds,), _remark(run))
            yield Row(f"{run.notebook.stem}, {profile}, {by}: peak of the kernel", "MB", (run.peak_mb,))
        yield Row(f"{len(paths)} notebooks, {profile}, {by}", "s", (course.seconds,))
        worked = sum(run.seconds for run in course.runs) / (count * course.seconds)
        yield Row(f"{len(paths)} notebooks, {profile}, {by}: workers busy", "share", (worked,))
        yield Row(f"{len(paths)} notebooks, {profile}, {by}: cores busy", "share", (course.cores_busy,))
    first, *others = courses.items()
    for count, course in others:
        what = f"{len(paths)} notebooks, {profile}: {count} workers against {first[0]}"
        yield Row(what, "times sooner", (first[1].seconds / course.seconds,))


def execute(paths: Sequence[Path], profile: str, workers: int, out: Path) -> Course:
    """Run a profile of notebooks by so many workers, which share the cores. Raises RuntimeError where one fails."""
    psutil.cpu_percent()  # what it says next is of the time since now
    start = time.perf_counter()
    runs = run_side_by_side([(path, profile_values(path, profile)) for path in paths], out, workers)
    course = Course(tuple(runs), time.perf_counter() - start, psutil.cpu_percent() / 100)
    for run in runs:
        if not run.ok:
            raise RuntimeError(f"{run.notebook.stem}: {run.error}")
    return course


def _threads(workers: int) -> str:
    threads = threads_per_worker(workers)
    return f"{threads} thread{'s' if threads > 1 else ''}"


def _remark(run: Run) -> str:
    return f"{run.claims_held} claims hold" if run.off else ""
