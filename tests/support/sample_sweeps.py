"""A small notebook whose runs can meet any end, and the process of a sweep over it, for the tests."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import sample_notebooks as sample

PARAMETERS = """size: int = 3   # how many numbers to add [1, 50]
pause: float = 0   # seconds to sleep [0, 600]
fate: str = "none"   # what happens {none, error, kernel, kernel once, worker, worker once}
marks: str = ""   # file in which every start leaves a line
seed: int = 1   # of every random draw [0, 1000000]"""
MARK = """import os, signal, time
from pathlib import Path
before = Path(marks).read_text().count(f"{size} {fate} {seed} ")
with Path(marks).open("a") as file:
    file.write(f"{size} {fate} {seed} {os.getpid()} {os.getppid()}\\n")
time.sleep(pause)"""
FATE = """if fate == "error":
    raise ValueError(f"<b>no luck & no sum</b> with {size}")
if fate == "kernel" or (fate == "kernel once" and not before):
    os.kill(os.getpid(), signal.SIGKILL)
if fate == "worker" or (fate == "worker once" and not before):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)"""
RESULT = 'import random\nrecord("total", sum(range(size)) + random.Random(seed).random())'


def write_sample(folder: Path, study: str, pause: float = 0) -> tuple[Path, Path]:
    """Write the notebook and a study of it into a folder; the study's file and the file of marks."""
    cells = [
        sample.code(sample.IMPORTS),
        sample.code(PARAMETERS, tags=["parameters"]),
        sample.code(sample.CHECK),
        *(sample.code(source) for source in (MARK, FATE)),
        sample.code(f"{RESULT}\nclaim('half of it', size / 2, at_most=3)", tags=["bookkeeping"]),
    ]
    sample.write_notebook(folder / "01_adding.ipynb", cells, profiles=False)
    marks = folder / "marks.txt"
    marks.touch()
    path = folder / "study.yml"
    fixed = f"parameters: {{marks: {marks}, pause: {pause}}}"
    path.write_text(f"notebook: 01_adding.ipynb\n{fixed}\n{study}\n", encoding="utf-8")
    return path, marks


def starts(marks: Path) -> list[tuple[int, str, int, int, int]]:
    """Every start of a run: size, fate, seed, process of the kernel, process of its parent."""
    rows = [line.split() for line in marks.read_text(encoding="utf-8").splitlines()]
    return [(int(row[0]), " ".join(row[1:-3]), *map(int, row[-3:])) for row in rows]


_STARTED: list[subprocess.Popen] = []


def sweep_process(study: Path, out: Path, *options: str) -> subprocess.Popen:
    """`course sweep` in a process of its own."""
    command = [sys.executable, "-m", "course.cli", "sweep", str(study), "--out", str(out), *options]
    _STARTED.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    return _STARTED[-1]


def end_sweeps():
    """End what a test that failed has left running; for the end of each test."""
    while _STARTED:
        process = _STARTED.pop()
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(condition, seconds: float = 240):
    """Wait until the condition holds; fail where it never does."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def ended(pid: int) -> bool:
    """Whether a process is gone, or only its entry is left."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
