"""Run notebooks side by side: `course run --workers`, by the worker processes of a sweep, which share the cores.

The longest by their own budget begin first, so that no core waits for the last. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import nbformat

from course.run.execute import BEFORE, Run
from course.run.threads import threads_per_worker
from course.sweep.local import execute_locally
from course.sweep.study import Job
from course.sweep.work import Done, Work
from course.sweep.worker import NOTEBOOK
from helpers.base.errors import CourseError
from helpers.notebook.claims import claims_of, recorded
from helpers.notebook.index import course_metadata, fault_of

UNKNOWN = "a cell that nobody knows"  # where a worker died with its kernel


def run_side_by_side(
    jobs: Iterable[tuple[Path, Mapping[str, object]]],
    out: Path,
    workers: int,
    report: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Run several notebooks as course.run.execute.run_many does, so many at a time; the runs in the order of the jobs.

    report: called with each Run as it ends. Raises CourseError where no run can go on, as with a full disk.
    """
    jobs, runs = list(jobs), {}
    out.mkdir(parents=True, exist_ok=True)

    def keep(number: int, run: Run):
        runs[number] = run
        report(run)

    def take(done: Done):
        if done.fatal:
            raise CourseError(f"{done.fatal}. Make room, and run again.")
        keep(int(done.work.job.name), _as_run(done, out))

    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=out, ignore_cleanup_errors=True) as place:
        works = []
        for number, (notebook, parameters) in enumerate(jobs):
            if fault := fault_of(notebook):
                keep(number, Run(notebook, dict(parameters), 0.0, 0.0, cell=BEFORE, error=fault))
            else:
                works.append(Work(Job(str(number), parameters), notebook, Path(place) / str(number)))
        works.sort(key=lambda work: -course_metadata(work.notebook).get("seconds", 0))
        if works:
            crew = min(workers, len(works))
            execute_locally(works, take, workers=crew, threads=threads_per_worker(crew))
    return [runs[number] for number in range(len(jobs))]


def _as_run(done: Done, out: Path) -> Run:
    """What a worker says of a run, and the executed notebook, moved to its place."""
    work, run, place = done.work, done.run, out.resolve() / done.work.notebook.name
    common = {"notebook": work.notebook, "parameters": dict(work.job.parameters)}
    common |= (
        {name: run[name] for name in ("seconds", "peak_mb", "cell", "error")}
        if run
        else {"seconds": 0.0, "peak_mb": 0.0, "cell": UNKNOWN, "error": done.died}
    )
    if not (executed := work.folder / NOTEBOOK).exists():
        place.unlink(missing_ok=True)  # that of an earlier run
        return Run(**common)
    executed = executed.replace(place)
    content = nbformat.read(executed, as_version=4)
    return Run(**common, results=recorded(content), claims=tuple(claims_of(content)), executed=executed)
