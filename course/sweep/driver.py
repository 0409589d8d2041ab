"""Run a study: each run in a worker process, landed whole in the output folder, exactly once.

    OUT/study.json                       what the study is; another study over the same folder is refused
    OUT/runs/00001-1a2b3c4d/             one finished run: results.json, notebook.ipynb, log.txt
    OUT/unfinished/                      runs under way; what a killed sweep left there is thrown away

A run lands by one rename, made by the one process that holds the folder's lock, so a sweep can be killed at any moment
and started again. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from course.sweep.study import Job, Study, differences
from course.sweep.worker import LOG, RESULTS
from helpers.base.files import write_whole
from helpers.notebook.index import course_metadata

ATTEMPTS = 2  # a run whose process dies is repeated once
Report = Callable[[Mapping[str, object]], None]


class SweepError(RuntimeError):
    """A sweep that cannot begin or go on; the message says what to do."""


@dataclass
class Outcome:
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


@dataclass(frozen=True)
class Work:
    """A run to execute: the job, the notebook, the folder to execute it in, and how often that was tried before."""

    job: Job
    notebook: Path
    folder: Path
    tried: int = 0

    def order(self) -> dict[str, object]:
        """What a worker is told."""
        return {
            "name": self.job.name,
            "notebook": str(self.notebook),
            "parameters": dict(self.job.parameters),
            "folder": str(self.folder),
        }


@dataclass(frozen=True)
class Done:
    """What came of a run: its description where there is one, and how its worker or kernel died, where it did.

    fatal: why no run can go on, such as a full disk.
    """

    work: Work
    run: Mapping[str, object] | None = None
    died: str | None = None
    fatal: str | None = None


class Results:
    """The output folder of a sweep."""

    def __init__(self, out: Path):
        self.out = out
        self.runs, self.unfinished = out / "runs", out / "unfinished"
        self._study = out / "study.json"

    def finished(self) -> dict[str, dict[str, object]]:
        """The description of each landed run, by its name. Raises SweepError for one that cannot be read."""
        found = {}
        for path in sorted(self.runs.glob(f"*/{RESULTS}")):
            try:
                found[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                todo = f"delete the folder {path.parent} to repeat that run"
                raise SweepError(f"{path}: no JSON ({error}); {todo}") from error
        return found

    def refuse_another(self, study: Study):
        """Raise SweepError where the folder holds the results of another study, with what differs."""
        if not self._study.exists():
            if self.runs.exists() and any(self.runs.iterdir()):
                raise SweepError(f"{self.out} holds runs but no study.json; name another folder with --out")
            return
        old, new = json.loads(self._study.read_text(encoding="utf-8"))["study"], study.identity()
        if json.dumps(old) != json.dumps(new):
            lines = "\n".join(f"  {line}" for line in differences(old, new))
            raise SweepError(
                f"{self.out} holds the results of another study:\n{lines}\n"
                "Name another folder with --out, or take the change back."
            )

    def begin(self, study: Study):
        """Note the study, throw away what a killed sweep left unfinished, and make the folders."""
        self.runs.mkdir(exist_ok=True)
        if self.unfinished.exists():
            shutil.rmtree(self.unfinished)
        self.unfinished.mkdir()
        if not self._study.exists():
            described = {"title": study.title, "study": study.identity(), "axes": list(study.axes)}
            write_whole(self._study, json.dumps(described, indent=1))

    def described(self) -> dict[str, object]:
        """Title, study and axes. Raises SweepError where the folder is none of a sweep."""
        if not self._study.exists():
            raise SweepError(f"{self.out} holds no study.json; `course sweep STUDY --out DIR` makes such a folder.")
        return json.loads(self._study.read_text(encoding="utf-8"))

    def land(self, work: Work):
        """Move an executed run to its place."""
        work.folder.rename(self.runs / work.job.name)

    def forget(self, name: str):
        """Take a failed run out of the results, so that it is executed again."""
        (self.runs / name).rename(self.unfinished / f"{name}-failed-before")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone. Raises SweepError naming who has it; a killed owner holds nothing."""
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SweepError(f"{self.out} cannot be made: {error.strerror}. Name another folder with --out.") from error
        owner = self.out / "owner.json"
        try:
            with FileLock(self.out / "sweep.lock", timeout=0):
                about = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
                write_whole(owner, json.dumps(about))
                yield
                owner.unlink(missing_ok=True)
        except Timeout as error:
            raise SweepError(
                f"{self.out} is in use by {_owner(owner)}. Wait for it, or name another folder."
            ) from error


def _owner(path: Path) -> str:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        return f"another sweep: process {about['pid']} on {about['host']}, since {about['since']}"
    except (OSError, ValueError):  # it is just beginning or ending
        return "another sweep"


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
) -> Outcome:
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
    outcome = Outcome(kept=sum(run["status"] == "ok" for run in finished.values()))
    outcome.failed_before = 0 if retry_failed else len(finished) - outcome.kept

    def take(done: Done) -> Work | None:
        if done.fatal:
            raise SweepError(
                f"{done.fatal}. {outcome.kept + outcome.ran} runs are finished and kept in {results.out}. "
                "Make room, and the same command goes on."
            )
        work, tried = done.work, done.work.tried + 1
        if done.died and tried < ATTEMPTS:
            return Work(work.job, work.notebook, results.unfinished / f"{work.job.name}-{tried}", tried)
        if done.run is None:
            done = _given_up(done, tried)
        results.land(done.work)
        outcome.add(done.run)
        report(done.run)
        return None

    works = [Work(job, study.notebook, results.unfinished / f"{job.name}-0") for job in todo]
    if works:
        execute(works, take)
    shutil.rmtree(results.unfinished)
    return outcome


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
