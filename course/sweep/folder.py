"""The output folder of a sweep: what it holds, and who may write to it.

    OUT/study.json                       what the study is; another study over the same folder is refused
    OUT/runs/00001-1a2b3c4d/             one finished run: results.json, notebook.ipynb, log.txt
    OUT/unfinished/                      runs under way; what a killed sweep left there is thrown away

A run lands by one rename, made by the one process that holds the folder's lock.
"""

from __future__ import annotations

import json
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

from course.run.lock import held
from course.sweep.study import Study, differences
from course.sweep.work import Work
from course.sweep.worker import RESULTS
from helpers.base.errors import CourseError
from helpers.base.files import write_whole


class SweepError(CourseError):
    """A sweep that cannot begin or go on; the message says what to do."""


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

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder alone; what that raises stands in course.run.lock.held."""
        return held(self.out, "sweep")
