"""Readings of people onto an even grid of time: what that moved and what it left out is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers.datasets.errors import DataError
from helpers.datasets.series import Record, day_features
from helpers.datasets.sources.cgm_files.clock import doubled_hours, seconds_elapsed
from helpers.datasets.sources.cgm_files.readings import Amounts, Readings
from helpers.datasets.sources.cgm_files.step import common_step, measure_step

LONGEST_YEARS = 10
MOST_LOST = 0.01  # a larger share of readings lost on the nearest marks means that the steps waver about the grid's
SEPARATE = 0.6  # of a step: readings further apart than this are two, and not one that came twice


class Grid(NamedTuple):
    """A record for each person, all with one step. measured: whether the readings themselves told the step. notes:
    sentences on what it took."""

    people: dict[str, Record]
    step_minutes: int
    measured: bool
    notes: list[str]


@dataclass
class _Person:
    """One person's readings in order of time: seconds elapsed, seconds on the wall clock, mg/dL."""

    elapsed: np.ndarray
    wall: np.ndarray
    values: np.ndarray


@dataclass
class _Counts:
    """What happened on the way to the grid, over all people."""

    unsorted: int = 0
    repeated: int = 0
    different: int = 0
    crowded: int = 0
    wavering: int = 0
    outside: int = 0


def on_grid(where: str, readings: Readings, step_minutes: int | None) -> Grid:
    """The records of all people, in the order of the file.

    step_minutes: None for the interval that the readings have. The features are glucose, insulin and carbohydrate where
    `readings` has them, sine and cosine of the time of day.
    Raises DataError for a person without a reading or with readings more than ten years apart, and for people of
    different intervals.
    """
    counts, clock_notes, found = _Counts(), [], {}
    for person in dict.fromkeys(readings.people.tolist()):
        found[person], notes = _read_person(where, readings, person, counts)
        clock_notes += notes
    steps = {person: measure_step(one.elapsed) for person, one in found.items()}
    step_minutes = step_minutes or common_step(where, steps)
    step = 60 * step_minutes
    people, shifted = {}, []
    for person, one in found.items():
        marks, kept = _marks(one.elapsed, step, counts)
        shifted.append(np.abs(one.elapsed - marks * step))
        rows = marks[kept] - marks[kept][0]
        glucose = np.full(rows[-1] + 1, np.nan, np.float32)
        glucose[rows] = one.values[kept]
        grid = (marks[kept][0] + np.arange(len(glucose))) * step
        wall = grid + _correction(grid, one)
        columns = [glucose]
        for amounts in (readings.insulin, readings.carbohydrate):
            if amounts is not None:
                columns.append(_in_steps(amounts, person, readings, grid, step, one, counts))
        time = grid.astype("datetime64[s]")
        people[person] = Record(time, np.column_stack([*columns, day_features(wall.astype("datetime64[s]"))]))
    notes = clock_notes + _sentences(counts, len(people), np.concatenate(shifted), step_minutes)
    return Grid(people, step_minutes, step_minutes in steps.values(), notes)


def _read_person(where: str, readings: Readings, person: str, counts: _Counts) -> tuple[_Person, list[str]]:
    """One person's readings in order of time, each time once, and sentences on the clock."""
    mine = readings.people == person
    values, lines = readings.values[mine], readings.lines[mine]
    if np.isnan(values).all():
        raise DataError(
            where,
            expected=f"at least one glucose value of {person}",
            found=f"none (first row: line {lines[0]})",
            todo="Leave this person out of the file.",
        )
    offsets = None if readings.offsets is None else readings.offsets[mine]
    elapsed, notes = seconds_elapsed(readings.time[mine], values, offsets)
    wall = readings.time[mine].astype(np.int64)
    counts.unsorted += bool((np.diff(elapsed) < 0).any())
    known = ~np.isnan(values)
    elapsed, wall, values = elapsed[known], wall[known], values[known]
    order = np.argsort(elapsed, kind="stable")  # stable: of repeated times the first in the file stays first
    elapsed, wall, values = elapsed[order], wall[order], values[order]
    if offsets is None and (step := measure_step(elapsed)):
        doubled, more = doubled_hours(elapsed, values, step)
        notes += more
        elapsed, wall, values = elapsed[~doubled], wall[~doubled], values[~doubled]
    if elapsed[-1] - elapsed[0] > LONGEST_YEARS * 365.25 * 86_400:
        first, last = (str(np.datetime64(int(wall[k]), "s")) for k in (0, -1))
        raise DataError(
            where,
            expected=f"readings of {person} within {LONGEST_YEARS} years",
            found=f"some at {first} and some at {last} (line {lines[known][order[-1]]})",
            todo="Correct the year.",
        )
    again = np.flatnonzero(np.diff(elapsed) == 0) + 1
    counts.repeated += len(again)
    counts.different += int((values[again] != values[np.searchsorted(elapsed, elapsed[again])]).sum())
    return _Person(*(np.delete(array, again) for array in (elapsed, wall, values))), notes


def _marks(seconds: np.ndarray, step: int, counts: _Counts) -> tuple[np.ndarray, np.ndarray]:
    """The mark of the grid for each reading, int64 (n,), and the indices of those that are kept, one on each mark.

    The nearest mark, at most half a step away. Where that would lose more than a hundredth of readings that lie a whole
    step apart, because the spacing wavers, neighbours keep neighbouring marks, less than a step away from their time.
    """
    marks = (seconds + step // 2) // step
    off = np.abs(seconds - marks * step)
    nearest = np.lexsort((off, marks))  # by mark, and on one mark the nearest first
    kept = nearest[np.unique(marks[nearest], return_index=True)[1]]
    beside = np.diff(seconds)
    lost = int(((np.diff(marks) == 0) & (beside > SEPARATE * step)).sum())
    if lost > MOST_LOST * len(seconds):
        counts.wavering += 1
        marks, kept = _marks_in_turn(seconds, step)
    counts.crowded += len(seconds) - len(kept)
    return marks, kept


def _marks_in_turn(seconds: np.ndarray, step: int) -> tuple[np.ndarray, np.ndarray]:
    """As `_marks`: each reading as many marks after the last as it is steps later, while that stays within a step."""
    marks = (seconds + step // 2) // step
    kept = [0]
    for k in range(1, len(seconds)):
        last = kept[-1]
        steps = (seconds[k] - seconds[last] + step // 2) // step
        mark = marks[last] + steps
        if abs(seconds[k] - mark * step) >= step:
            mark = marks[k]
        if steps < 1 or mark <= marks[last]:
            marks[k] = marks[last]
            continue
        marks[k] = mark
        kept.append(k)
    return marks, np.array(kept)


def _correction(grid: np.ndarray, one: _Person) -> np.ndarray:
    """What to add to the grid to get the wall clock, seconds (n,): that of the latest reading up to each moment."""
    latest = np.clip(np.searchsorted(one.elapsed, grid, side="right") - 1, 0, None)
    return (one.wall - one.elapsed)[latest]


def _in_steps(
    amounts: Amounts, person: str, readings: Readings, grid: np.ndarray, step: int, one: _Person, counts: _Counts
) -> np.ndarray:
    """What was given or eaten in the step that ends with each moment of the grid, float32 (n,), 0 where nothing was."""
    mine = amounts.people == person
    wall = amounts.time[mine].astype(np.int64)
    if amounts.offsets is not None:
        elapsed = wall - amounts.offsets[mine] + _offset_at(readings, person)
    else:
        latest = np.clip(np.searchsorted(one.wall, wall, side="right") - 1, 0, len(one.wall) - 1)
        elapsed = wall + (one.elapsed - one.wall)[latest]
    rows = -((grid[0] - elapsed) // step)
    inside = (rows >= 0) & (rows < len(grid))
    counts.outside += int((~inside).sum())
    summed = np.zeros(len(grid), np.float32)
    np.add.at(summed, rows[inside], amounts.values[mine][inside].astype(np.float32))
    return summed


def _offset_at(readings: Readings, person: str) -> int:
    """How many seconds the clock of the record is ahead of UTC: that of the earliest reading."""
    mine = readings.people == person
    utc = readings.time[mine].astype(np.int64) - readings.offsets[mine]
    return int(readings.offsets[mine][np.argmin(utc)])


def _sentences(counts: _Counts, people: int, off: np.ndarray, step_minutes: int) -> list[str]:
    notes = []
    if counts.unsorted:
        notes.append(
            f"The rows of {counts.unsorted} of {people} people were not in the order of time; they were sorted."
        )
    if counts.repeated:
        notes.append(
            f"{counts.repeated:,} readings repeat a time of the same person, {counts.different:,} of them with another "
            "value; the first in the file counts."
        )
    if off.any():
        notes.append(
            f"The steps are not even: {(off > 0).sum():,} of {len(off):,} readings were moved to the nearest mark of a "
            f"{step_minutes}-minute grid, by {np.median(off[off > 0]):.0f} s in the median and {off.max()} s at most."
        )
    if counts.wavering:
        notes.append(
            f"The spacing of {counts.wavering} of {people} people wavers about {step_minutes} minutes: neighbouring "
            "readings keep neighbouring marks, less than a step away from their time."
        )
    if counts.crowded:
        notes.append(f"Readings left out because a nearer one lies on the same mark: {counts.crowded:,}.")
    if counts.outside:
        notes.append(f"Insulin and carbohydrate outside the time of the readings: {counts.outside:,} entries left out.")
    return notes
