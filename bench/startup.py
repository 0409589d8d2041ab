"""Start-up: `course --help` beside Python alone, and a kernel's start to the first figure of notebook 02."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from bench.measuring import Row, in_turn, seconds_of, with_environment
from course.run.execute import run_notebook
from helpers.base.paths import CACHE_DIR_VARIABLE, ROOT
from helpers.notebook.index import find_notebook
from helpers.notebook.parameters import profile_values

DEFAULT = {"starts": 15, "figures": 4, "profile": "smoke"}
QUICK = {"starts": 5, "figures": 2, "profile": "smoke"}
NOTEBOOK = "02"
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "course --help": ("-m", "course", "--help"),
    "course list": ("-m", "course", "list"),
}


def measure(*, starts: int, figures: int, profile: str) -> Iterator[Row]:
    """Seconds of each command, and until the first figure stands: with an empty cache folder, and later."""
    rivals = {name: partial(seconds_of, partial(start, command)) for name, command in COMMANDS.items()}
    for name, took in in_turn(rivals, starts).items():
        yield Row(name, "s", took)
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        place = Path(folder)
        short = until_first_figure(find_notebook(NOTEBOOK), place)
        with with_environment({CACHE_DIR_VARIABLE: str(place / "cache")}):
            first, *later = (first_figure(short, profile, place / "out") for _ in range(figures))
    what = f"notebook {NOTEBOOK}, {profile}: kernel's start to first figure"
    yield Row(f"{what}, data simulated first", "s", (first,))
    yield Row(f"{what}, data in the cache", "s", tuple(later))


def start(arguments: Sequence[str]):
    """Run this Python with arguments, in the repository. Raises subprocess.CalledProcessError where that fails."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ, capture_output=True, check=True)


def until_first_figure(notebook: Path, folder: Path) -> Path:
    """A copy of a notebook in a folder that ends with the first cell whose stored outputs have a picture."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    last = next(
        number
        for number, cell in enumerate(content["cells"])
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    )
    content["cells"] = content["cells"][: last + 1]
    copy = folder / notebook.name
    copy.write_text(json.dumps(content), encoding="utf-8")
    return copy


def first_figure(notebook: Path, profile: str, out: Path) -> float:
    """Seconds from before the kernel starts until the last cell of a notebook has ended, by papermill's own clock.

    Raises RuntimeError where a cell fails.
    """
    run = run_notebook(notebook, profile_values(find_notebook(NOTEBOOK), profile), out)
    if not run.ok:
        raise RuntimeError(f"{notebook.name} failed at {run.cell}: {run.error}")
    content = json.loads(run.executed.read_text(encoding="utf-8"))
    begun = content["metadata"]["papermill"]["start_time"]
    ended = content["cells"][-1]["metadata"]["papermill"]["end_time"]
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
