"""Where the time of `make test` goes: tests and stored outputs of each notebook, the rest by folder, idle processes.

Several processes run side by side, so the seconds of the parts add up to more than the whole. Which of them ran a test,
and from when to when, pytest-reportlog writes down; of which notebook a test is, conftest.py says. Only an otherwise
idle machine tells how busy the cores were by this alone.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import psutil

from bench.measuring import Row
from helpers.base.paths import ROOT

DEFAULT = {"options": ()}
QUICK = {"options": ("-k", "test_growth")}
LOG = "reports.jsonl"


def measure(*, options: Sequence[str]) -> Iterator[Row]:
    """Run `make test`, with options for pytest. Raises subprocess.CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        log = Path(folder) / LOG
        psutil.cpu_percent()  # what it says next is of the time since now
        begun = time.time()  # of the clock that pytest reads
        pytest_options = shlex.join([*options, f"--report-log={log}"])
        subprocess.run(["make", "test", f"ARGS={pytest_options}"], cwd=ROOT, stdout=sys.stderr.fileno(), check=True)
        ended, cores_busy = time.time(), psutil.cpu_percent() / 100
        phases = read_phases(log)
    yield Row("make test", "s", (ended - begun,))
    yield Row("make test: before the first test", "s", (phases["start"].min() - begun,))
    for part, seconds in phases.groupby("part", sort=False)["duration"].sum().sort_values(ascending=False).items():
        yield Row(f"make test: {part}", "s", (seconds,))
    yield from _busy(phases)
    yield Row("make test: cores busy", "share", (cores_busy,))


def read_phases(log: Path) -> pd.DataFrame:
    """The phases of tests, a row for each set-up, call and tear-down, in the order in which they ended.

    Columns: part; worker (the process); start and stop (seconds since 1970), duration (s).
    """
    entries = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    reports = [entry for entry in entries if entry["$report_type"] == "TestReport"]
    return pd.DataFrame(
        {
            "part": [part_of(report) for report in reports],
            "worker": [report.get("worker_id", "main") for report in reports],
            **{name: [report[name] for report in reports] for name in ("start", "stop", "duration")},
        }
    )


def part_of(report: Mapping) -> str:
    """What a test's time is spent on, by its report.

    >>> part_of({"location": ["tests/test_launch.py", 7, "test_it"], "user_properties": [["notebook", "02_cnn"]]})
    '02_cnn: tests of it'
    >>> part_of({"location": ["notebooks/02_cnn.ipynb", 0, "Cell 3"], "user_properties": []})
    '02_cnn: stored outputs'
    >>> part_of({"location": ["tests/course/run/test_execute.py", 7, "test_it"], "user_properties": []})
    'tests/course'
    """
    file = Path(report["location"][0])
    if file.suffix == ".ipynb":
        return f"{file.stem}: stored outputs"
    notebook = dict(report["user_properties"]).get("notebook")
    if notebook is not None:
        return f"{notebook}: tests of it"
    return "/".join(file.parts[: 2 if file.parts[0] == "tests" else 1])


def _busy(phases: pd.DataFrame) -> Iterator[Row]:
    """How busy the processes were from the first test to the last, and how long some had nothing left to do."""
    start, last = phases["start"].min(), phases.groupby("worker")["stop"].max()
    worked = phases["duration"].sum() / (len(last) * (last.max() - start))
    yield Row(f"make test: {len(last)} workers busy", "share", (worked,))
    yield Row("make test: from the first worker's end to the last one's", "s", (last.max() - last.min(),))
