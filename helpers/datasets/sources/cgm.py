"""Any file of glucose readings with the columns id, time and gl: what is put right is said, the rest is refused."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from helpers.base.paths import DATA
from helpers.datasets.arguments import check_whole
from helpers.datasets.contract import DataError
from helpers.datasets.series import GLUCOSE, TIME_OF_DAY, Record, SeriesDataset, day_features
from helpers.datasets.sources.big_ideas import load_big_ideas
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.cgm_table import Readings, read_readings

KNOWN_FILES = DATA / "series.yml"
LONGEST_YEARS = 10


def load_cgm(path: str | Path, *, step_minutes: int = 5) -> SeriesDataset:
    """The records of a text file with one reading per row: columns id, time and gl, in any order, others not read.

    The features are glucose in mg/dL and sine and cosine of the time of day. Insulin and meals are not among them:
    the file does not have them, and a zero would say that there were none.

    Put right, and named in `notes`: rows out of order, repeated times (the first reading counts), times off the
    marks of an even grid (the nearest mark, at most half a step away), missing values, mmol/L, time zones (the wall
    clock is kept), a byte-order mark, semicolons and decimal commas. A file whose content is known gets its title,
    source and licence from data/series.yml.

    Raises DataError, naming line and column, for text among the values, unreadable times, more than one time zone,
    mixed units, impossible values and missing columns; also for a file that is absent, empty or not UTF-8, for a
    person without any reading, and for a record longer than ten years. ValueError for a step that is none.
    """
    check_whole("step_minutes", step_minutes, 1, 60)
    path = Path(path)
    readings = read_readings(path)
    facts = _known_files().get(_fingerprint(readings))
    if facts is None:
        facts = {
            "title": path.name,
            "source": f"your file {path.name}",
            "licence": "unknown: ask whoever gave you the file",
            "citation": "unknown",
        }
    return _dataset(path.name, readings, step_minutes, facts)


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
    )
    facts = {fact: entry[fact] for fact in ("title", "licence", "citation")}
    facts["source"] = entry["addresses"][0].removesuffix("{file}") + " (SHA-256 verified)"
    return _dataset("big-ideas", readings, 5, facts)


def _dataset(name: str, readings: Readings, step_minutes: int, facts: dict[str, str]) -> SeriesDataset:
    """Readings of real people on an even grid, with title, source, licence and citation as `facts` gives them."""
    people, notes = _on_grid(name, readings, step_minutes)
    return SeriesDataset(
        name=name,
        people=people,
        features=(GLUCOSE, *TIME_OF_DAY),
        step_minutes=step_minutes,
        simulated=False,
        notes=(*readings.report, *notes),
        **facts,
    )


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


def _on_grid(where: str, readings: Readings, step_minutes: int) -> tuple[dict[str, Record], list[str]]:
    """A record per person, in the order of the file, and sentences on what it took."""
    step = 60 * step_minutes
    people: dict[str, Record] = {}
    unsorted, repeated, different, crowded, shifted = 0, 0, 0, 0, []
    for person in dict.fromkeys(readings.people.tolist()):
        mine = readings.people == person
        time, values, lines = readings.time[mine], readings.values[mine], readings.lines[mine]
        if np.isnan(values).all():
            raise DataError(
                where,
                expected=f"at least one glucose value of {person}",
                found=f"none (first row: line {lines[0]})",
                todo="Leave this person out of the file.",
            )
        unsorted += bool((np.diff(time) < np.timedelta64(0, "s")).any())
        known = ~np.isnan(values)
        time, values = time[known], values[known]
        order = np.argsort(time, kind="stable")  # stable: of repeated times the first in the file stays first
        time, values = time[order], values[order]
        again = np.flatnonzero(np.diff(time) == np.timedelta64(0, "s")) + 1
        repeated += len(again)
        different += int((values[again] != values[np.searchsorted(time, time[again])]).sum())
        time, values = np.delete(time, again), np.delete(values, again)

        seconds = time.astype(np.int64)
        mark = (seconds + step // 2) // step
        off = np.abs(seconds - mark * step)
        shifted.append(off)
        if mark[-1] - mark[0] > LONGEST_YEARS * 365.25 * 86_400 / step:
            raise DataError(
                where,
                expected=f"readings of {person} within {LONGEST_YEARS} years",
                found=f"some at {time[0]} and some at {time[-1]} (line {lines[known][order[-1]]})",
                todo="Correct the year.",
            )
        nearest = np.lexsort((off, mark))  # by mark, and on one mark the nearest first
        nearest = nearest[np.unique(mark[nearest], return_index=True)[1]]
        crowded += len(mark) - len(nearest)
        rows = mark[nearest] - mark[0]
        glucose = np.full(mark[-1] - mark[0] + 1, np.nan, np.float32)
        glucose[rows] = values[nearest]
        grid = ((mark[0] + np.arange(len(glucose))) * step).astype("datetime64[s]")
        people[person] = Record(grid, np.column_stack([glucose, day_features(grid)]))

    notes = []
    if unsorted:
        notes.append(f"The rows of {unsorted} of {len(people)} people were not in the order of time; they were sorted.")
    if repeated:
        notes.append(
            f"{repeated:,} readings repeat a time of the same person, {different:,} of them with another value; the "
            "first in the file counts."
        )
    off = np.concatenate(shifted)
    if off.any():
        notes.append(
            f"The steps are not even: {(off > 0).sum():,} of {len(off):,} readings were moved to the nearest mark of a "
            f"{step_minutes}-minute grid, by {np.median(off[off > 0]):.0f} s in the median and {off.max()} s at most."
        )
    if crowded:
        notes.append(f"Readings left out because a nearer one lies on the same mark: {crowded:,}.")
    return people, notes
