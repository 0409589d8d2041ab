"""How many learners a machine can hold: as many kernels at once as there are learners, each running a notebook."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLING_SECONDS = 0.5


@dataclass(frozen=True)
class Room:
    """What was measured of learners who run the same notebook at once.

    seconds: until each was done, kernel's start included, in ascending order. failed: how many of them ended with an
    error. together_mb, largest_mb: peak memory of all kernels at the same moment, and of the largest, in 10^6 bytes.
    """

    seconds: tuple[float, ...]
    failed: int
    together_mb: float
    largest_mb: float

    def __str__(self) -> str:
        learners = len(self.seconds)
        first, last = self.seconds[0], self.seconds[-1]
        who = "1 learner" if learners == 1 else f"{learners} learners at once"
        lines = [
            f"{who}: the first done after {first:.0f} s, the last after {last:.0f} s.",
            f"Peak memory of the kernels: {self.together_mb:.0f} MB together, {self.together_mb / learners:.0f} MB a "
            f"learner; of the largest {self.largest_mb:.0f} MB.",
        ]
        return "\n".join(lines + [f"{self.failed} ended with an error."] * bool(self.failed))


def measure(notebook: Path, profile: str, learners: int) -> Room:
    """Run a profile of a notebook in as many kernels at once, and watch them.

    Memory is PSS where the system tells it (Linux): what processes share counts once, divided among them. Elsewhere it
    is what each has for itself.
    """
    with tempfile.TemporaryDirectory(prefix="course-room-") as folder:
        start = time.perf_counter()
        runs = [_start(notebook, profile, Path(folder) / str(number)) for number in range(learners)]
        try:
            return _watch(runs, start)
        finally:
            for run in runs:
                if run.poll() is None:
                    run.terminate()
                run.wait()


def _start(notebook: Path, profile: str, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "course", "run", str(notebook), "--profile", profile, "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _watch(runs: Sequence[subprocess.Popen], start: float) -> Room:
    done: dict[int, float] = {}
    together = largest = 0.0
    while len(done) < len(runs):
        time.sleep(SAMPLING_SECONDS)
        kernels = [sum(map(proportional_mb, _kernels(run.pid))) for run in runs if run.poll() is None]
        together, largest = max(together, sum(kernels)), max([largest, *kernels])
        for run in runs:
            if run.poll() is not None:
                done.setdefault(run.pid, time.perf_counter() - start)
    return Room(tuple(sorted(done.values())), sum(run.returncode != 0 for run in runs), together, largest)


def _kernels(pid: int) -> list[psutil.Process]:
    """The processes below that of a `course run`: its kernel."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:  # it has just ended
        return []


def proportional_mb(process: psutil.Process) -> float:
    """A process' share of the memory in use, in 10^6 bytes; 0 for one that has ended."""
    try:
        memory = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return getattr(memory, "pss", memory.uss) / 1e6
