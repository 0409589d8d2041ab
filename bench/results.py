"""What was measured, on which machine, with which versions: as a table, as JSON, and as lines of bench/history.csv."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd
import psutil

from bench.measuring import Row
from course.run.terminal import columns, three_digits
from course.run.threads import available_cores
from course.site.measurements import HISTORY, PAGES, read_history
from course.sweep.claim_runs import processor
from course.sweep.worker import versions
from helpers.base.files import write_whole
from helpers.base.paths import ROOT

KEY = ["release", "processor", "cores", "measure", "what", "unit"]  # one line each in the history
FIELDS = [*KEY, "date", "median", "least", "greatest", "repeats", "note"]


def about() -> dict[str, object]:
    """The machine, the versions and the release; no name and no path of the machine.

    load: how many processes wanted to run on average over the last minute, None where the system does not tell: on an
    idle machine it is near 0.
    """
    return {
        "processor": processor(),
        "cores": available_cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "release": release(),
        "versions": versions() | _torch(),
    }


def release(folder: Path = ROOT) -> str:
    """What git calls the checkout: the nearest tag and the commit; else "?".

    With "-dirty" where a file that git knows has changed, but not for what a record itself changes.
    """

    def git(*command: str) -> str:
        done = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        name = git("describe", "--tags", "--always")
        written = (f":(exclude){path.relative_to(ROOT).as_posix()}" for path in (HISTORY, PAGES["costs"]))
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", *written)
    except (OSError, subprocess.CalledProcessError):
        return "?"
    return f"{name}-dirty" if changed else name


def _torch() -> dict[str, str]:
    try:
        return {"torch": version("torch")}
    except PackageNotFoundError:
        return {}


def table(found: Mapping[str, Sequence[Row]]) -> str:
    """Rows by measure as text: median, least and greatest of so many repeats."""
    lines = [("measure", "what", "median", "least", "greatest", "unit", "repeats", "note")]
    for measure, rows in found.items():
        for row in rows:
            spread = [three_digits(value) for value in row.spread] if row.values else ["", "", ""]
            lines.append((measure, row.what, *spread, row.unit, str(len(row.values)), row.note))
    return columns(lines, numbers=(2, 3, 4, 6), rule=True)


def write_json(folder: Path, measure: str, rows: Sequence[Row], facts: Mapping[str, object]):
    """Store what one measure found, each repeat of it, as MEASURE.json in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    described = [
        {"what": row.what, "unit": row.unit, **_spread(row), "values": list(row.values), "note": row.note}
        | ({"details": dict(row.details)} if row.details else {})
        for row in rows
    ]
    content = {"measure": measure, **facts, "rows": described}
    write_whole(folder / f"{measure}.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def record(found: Mapping[str, Sequence[Row]], facts: Mapping[str, object], history: Path = HISTORY):
    """Add a line per row to the history; measured again on the same kind of machine, a release's line is replaced."""
    shared = {key: facts[key] for key in ("release", "processor", "cores", "date")}
    lines = [
        shared | {"measure": measure, "what": row.what, "unit": row.unit, "note": row.note} | _spread(row)
        for measure, rows in found.items()
        for row in rows
        if row.values
    ]
    new = pd.DataFrame(lines, columns=FIELDS)
    if history.exists():
        new = pd.concat([read_history(history), new])
    new = new.drop_duplicates(KEY, keep="last")
    write_whole(history, new.to_csv(index=False, lineterminator="\n"))


def _spread(row: Row) -> dict[str, float | int | None]:
    rounded = [float(f"{value:.4g}") for value in row.spread] if row.values else [None] * 3
    return dict(zip(("median", "least", "greatest"), rounded, strict=True)) | {"repeats": len(row.values)}
