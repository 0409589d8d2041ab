"""Run a study: each run in a worker process, landed whole in the output folder (course.sweep.folder), exactly once.

A sweep can be killed at any moment and started again. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from course.sweep.folder import Results, SweepError
from course.sweep.study import Job, Study
from course.sweep.work import Done, Work
from course.sweep.worker import LOG, RESULTS
from helpers.base.files import write_whole
from helpers.notebook.index import course_metadata

ATTEMPTS = 2  # a run whose process dies is repeated once
Report = Callable[[Mapping[str, object]], None]


@dataclass
class Tally:
    """How a sweep went. ran, failed: of the runs executed now; off: those with a claim off; kept: finished before."""

    ran: int = 0
    failed: int = 0
    off: int = 0
    kept: int = 0
    failed_before: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, run: Mapping[str, object]):
        self.ran += 1
        self.off += bool(run.get("claims_off"))
        if run["status"] != "ok":
            self.failed += 1
            self.faults.append(f"{run['name']}: {run['error']}")


def missing(study: Study, finished: Mapping[str, Mapping[str, object]], retry_failed: bool = False) -> list[Job]:
    """The runs of a study that are still to execute, in order."""
    done = {name for name, run in finished.items() if run["status"] == "ok" or not retry_failed}
    return [job for job in study.jobs() if job.name not in done]


def seconds_per_run(study: Study, finished: Mapping[str, Mapping[str, object]]) -> tuple[float | None, str]:
    """What one run takes, in seconds, and where that is known from: measured runs, else the notebook's budget."""
    measured = [run["seconds"] for run in finished.values() if run["status"] == "ok"]
    if measured:
        return sum(measured) / len(measured), f"measured on {len(measured)} finished run{'s'[: len(measured) > 1]}"
    budget = course_metadata(study.notebook).get("seconds")
    return budget, "the notebook's budget with its default values; --measure runs one and knows better"


def execute_sweep(
    study: Study,
    results: Results,
    execute: Callable[[Iterable[Work], Callable[[Done], Work | None]], None],
    *,
    retry_failed: bool = False,
    at_most: int | None = None,
    report: Report = lambda run: None,
) -> Tally:
    """Execute what is missing of a study in a folder that is locked already, and land each run as it ends.

    execute: runs the works and hands each Done to a function, which says what to execute again, or None
    (course.sweep.local.execute_locally, course.sweep.cluster.execute_on_cluster). at_most: stop after so many runs.
    Raises SweepError where nothing can go on; finished runs stay.
    """
    finished = results.finished()
    results.begin(study)
    todo = missing(study, finished, retry_failed)[:at_most]
    if retry_failed:
        for name in [job.name for job in todo if job.name in finished]:
            results.forget(name)
    tally = Tally(kept=sum(run["status"] == "ok" for run in finished.values()))
    tally.failed_before = 0 if retry_failed else len(finished) - tally.kept

    def take(done: Done) -> Work | None:
        if done.fatal:
            raise SweepError(
                f"{done.fatal}. {tally.kept + tally.ran} runs are finished and kept in {results.out}. "
                "Make room, and the same command goes on."
            )
        work, tried = done.work, done.work.tried + 1
        if done.died and tried < ATTEMPTS:
            return Work(work.job, work.notebook, results.unfinished / f"{work.job.name}-{tried}", tried)
        if done.run is None:
            done = _given_up(done, tried)
        results.land(done.work)
        tally.add(done.run)
        report(done.run)
        return None

    works = [Work(job, study.notebook, results.unfinished / f"{job.name}-0") for job in todo]
    if works:
        execute(works, take)
    shutil.rmtree(results.unfinished)
    return tally


def _given_up(done: Done, tried: int) -> Done:
    """A run whose process died each time, described as failed."""
    work = done.work
    described = {
        "name": work.job.name,
        "status": "failed",
        "notebook": work.notebook.stem,
        "parameters": dict(work.job.parameters),
        "seed": work.job.parameters.get("seed"),
        "results": {},
        "claims": 0,
        "claims_off": [],
        "seconds": None,
        "peak_mb": None,
        "cell": None,
        "error": f"its process died {tried} times, last: {done.died}",
    }
    work.folder.mkdir(parents=True, exist_ok=True)
    (work.folder / LOG).touch()
    write_whole(work.folder / RESULTS, json.dumps(described, indent=1))
    return Done(work, described)


def plan_lines(study: Study, todo: Sequence[Job], finished: Mapping, workers: int) -> list[str]:
    """The plan in words: what varies, how many runs, how long."""
    lines = [f"{study.title}: notebook {study.notebook.stem}, profile {study.profile}"]
    if study.fixed:
        lines.append(
            "  the same in every run: " + ", ".join(f"{name} = {value}" for name, value in study.fixed.items())
        )
    lines += [f"  {name}: {', '.join(map(str, values))}" for name, values in study.grid.items()]
    if study.drawn:
        lines.append(f"  {len(study.drawn)} random draws of {', '.join(study.drawn[0])}")
    if study.seeds:
        lines.append(f"  seed: {', '.join(map(str, study.seeds))}")
    lines.append(f"{study.size} run{'s'[: study.size != 1]}, {study.size - len(todo)} finished, {len(todo)} to go")
    seconds, source = seconds_per_run(study, finished)
    if seconds is not None and todo:
        rounds = -(-len(todo) // workers)
        share = f" in {workers} workers" if workers > 1 else ""
        lines.append(f"about {duration(seconds * rounds)}{share}: {seconds:.0f} s a run ({source})")
    return lines


def duration(seconds: float) -> str:
    """A time as a person says it.

    >>> duration(45), duration(200), duration(9000)
    ('45 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
