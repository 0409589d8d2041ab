"""A run of a sweep on its way: what a worker is handed, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from course.sweep.study import Job
from course.sweep.worker import DIED


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

    @classmethod
    def of(cls, work: Work, answer: Mapping[str, object]) -> Done:
        """What the answer of a course.sweep.run_process.RunProcess means: a kernel that died is no fault of the run."""
        if "died" in answer:
            return cls(work, died=answer["died"])
        if "full_disk" in answer:
            return cls(work, fatal=f"The disk is full ({answer['full_disk']})")
        run = answer["run"]
        if run["status"] == "failed" and str(run["error"]).startswith(DIED):
            return cls(work, run, died=f"the kernel died at {run['cell']}")
        return cls(work, run)
