"""Files of glucose readings: exports of sensors' makers and tables of id, time and gl. What is put right is said."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from helpers.base.paths import DATA
from helpers.datasets.arguments import check_whole
from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, INSULIN, TIME_OF_DAY, SeriesDataset
from helpers.datasets.sources.big_ideas import load_big_ideas
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.cgm_files.content import read_content
from helpers.datasets.sources.cgm_files.export import read_export
from helpers.datasets.sources.cgm_files.grid import on_grid
from helpers.datasets.sources.cgm_files.readings import Readings
from helpers.datasets.sources.cgm_table import read_readings

KNOWN_FILES = DATA / "series.yml"
_UNKNOWN = {"licence": "unknown: ask whoever gave you the file", "citation": "unknown"}


def load_cgm(path: str | Path, *, step_minutes: int | None = None) -> SeriesDataset:
    """The records of a file of glucose readings: an export (helpers.datasets.sources.cgm_files.layouts) or a table.

    A table has one reading per row and the columns id, time and gl, in any order, insulin and carbs where there are
    any, others not read. An export is known by its content; its people are called person 1, person 2, ..., and nothing
    else that names them is kept. Either may be compressed with gzip.

    The features are glucose in mg/dL, insulin and carbohydrate where the file has them, and sine and cosine of the time
    of day. Where it has none they are not among the features: a zero would say that there were none.

    step_minutes: of the grid; None for the interval at which the sensor measured, the same for all people.

    Put right, and named in `notes`: rows out of order, repeated times (the first reading counts), times off the
    marks of an even grid (the nearest mark, at most half a step away), missing values, mmol/L (judged person by
    person), error codes, words and numbers of a sensor's limit, time zones (the wall clock is kept), the hour that
    daylight saving repeats, a byte-order mark, semicolons and decimal commas. `reading` says in a line each what the
    file is, its clock, step and unit, and what was left out. A table whose content is known gets its title, source and
    licence from data/series.yml.

    Raises one DataError for all faults of a file, naming line and column: text among the values, unreadable times, more
    than one time zone, mixed units, impossible values, missing columns, row numbers for people; also for a file that is
    absent, empty, an Excel workbook, or, as a table, not UTF-8, for a clock of twelve hours without AM and PM, for
    people whose sensors measure at different intervals, for a person without any reading, and for a record longer than
    ten years. ValueError for a step that is none.
    """
    if step_minutes is not None:
        check_whole("step_minutes", step_minutes, 1, 60)
    path = Path(path)
    content = read_content(path)
    readings = read_export(content) or read_readings(content)
    if not readings.named:
        maker = readings.layout.split(" (")[0]
        facts = {"title": f"Export of {maker}", "source": "your file, an export", **_UNKNOWN}
        return _dataset(path.name, maker.lower().replace(" ", "-"), readings, step_minutes, facts)
    facts = _known_files().get(_fingerprint(readings))
    if facts is None:
        facts = {"title": path.name, "source": f"your file {path.name}", **_UNKNOWN}
    return _dataset(path.name, path.name, readings, step_minutes, facts)


def load_big_ideas_glucose() -> SeriesDataset:
    """The glucose of the sixteen people of BIG IDEAs (PhysioNet), downloaded and verified where it is not here.

    The features are those of any file of readings; the meals, which people wrote down, come with
    helpers.datasets.sources.big_ideas.load_big_ideas. Raises DataError as that function does.
    """
    glucose, _ = load_big_ideas()
    entry = read_catalogue()["big-ideas"]
    readings = Readings(
        people=glucose["id"].to_numpy(str),
        time=glucose["time"].to_numpy("datetime64[s]"),
        values=glucose["gl"].to_numpy(float),
        lines=np.arange(len(glucose)) + 2,
        report=tuple(entry["faults"]),
        layout="Dexcom's exports, as PhysioNet has them",
    )
    facts = {fact: entry[fact] for fact in ("title", "licence", "citation")}
    facts["source"] = entry["addresses"][0].removesuffix("{file}") + " (SHA-256 verified)"
    return _dataset("big-ideas", "big-ideas", readings, 5, facts)


def _dataset(
    where: str, name: str, readings: Readings, step_minutes: int | None, facts: dict[str, str]
) -> SeriesDataset:
    """Readings of real people on an even grid, with title, source, licence and citation as `facts` gives them.

    where: what an error calls it. name: of the data set.
    """
    grid = on_grid(where, readings, step_minutes)
    asked = "as asked for" if step_minutes else "taken for granted: too few readings to tell"
    told = "" if grid.measured else f" ({asked})"
    amounts = [
        name
        for name, found in ((INSULIN, readings.insulin), (CARBOHYDRATE, readings.carbohydrate))
        if found is not None
    ]
    left_out = "; ".join(f"{count:,} {kind}" for kind, count in sorted(readings.left_out.items()) if count)
    return SeriesDataset(
        name=name,
        people=grid.people,
        features=(GLUCOSE, *amounts, *TIME_OF_DAY),
        step_minutes=grid.step_minutes,
        simulated=False,
        notes=(*readings.report, *grid.notes),
        reading=(
            ("layout", readings.layout),
            ("clock", _clock(readings)),
            ("step", f"a reading every {grid.step_minutes} minutes{told}"),
            ("unit", readings.unit),
            ("left out", left_out or "nothing"),
        ),
        **facts,
    )


def _clock(readings: Readings) -> str:
    """What is known of the clock of the times, in words."""
    if readings.offsets is None:
        return "times as the file shows them, taken for the person's own clock; it names no time zone that was used"
    zones = sorted(set((readings.offsets / 3600).tolist()))
    if zones == [0]:
        return "UTC: the file does not say what the person's clock showed, and the time of day is that of UTC"
    return "the person's own, at " + " and ".join(f"UTC{zone:+g} h" for zone in zones[:6])


@cache
def _known_files() -> dict[str, dict]:
    """Title, source, licence and citation of the files in data/series.yml, by fingerprint."""
    entries = yaml.safe_load(KNOWN_FILES.read_text(encoding="utf-8")).values()
    return {
        entry["fingerprint"]: {fact: entry[fact] for fact in ("title", "source", "licence", "citation")}
        for entry in entries
    }


def _fingerprint(readings: Readings) -> str:
    """SHA-256 of the readings whatever the order of the rows, as data/series.yml describes it."""
    rows = zip(readings.people, readings.time.astype(str), readings.values, strict=True)
    lines = sorted(f"{person},{time},{value:g}\n" for person, time, value in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
