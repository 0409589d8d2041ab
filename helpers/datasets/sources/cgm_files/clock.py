"""From the wall clock to time that only goes forward: zones, the hour that comes twice, a clock of twelve hours."""

from __future__ import annotations

import numpy as np

from helpers.datasets.errors import DataError

HOUR = 3600
_HALF_DAY = (11 * HOUR, 13 * HOUR)  # how far a clock of twelve hours seems to go back at noon, with room for gaps
# seconds by which the clock seems to go back between the last reading of the first pass of an hour and the first of
# the second: an hour less the step, for steps of up to half an hour
_PUT_BACK = (HOUR // 2, HOUR)


def seconds_elapsed(wall: np.ndarray, values: np.ndarray, offsets: np.ndarray | None) -> tuple[np.ndarray, list[str]]:
    """Seconds on one clock that is never put on or back, int64 (n,): that of the earliest reading; and sentences.

    wall: datetime64[s] (n,), one person's times in the order of the file. values: (n,), the readings. offsets: seconds
    that each time is ahead of UTC, or None where nobody knows; then an hour that comes twice is told by other readings
    that go on after the clock went back by an hour, with both passes in the order of the file.
    """
    seconds = wall.astype(np.int64)
    if offsets is not None:
        utc = seconds - offsets
        changes = int((np.diff(offsets[np.argsort(utc, kind="stable")]) != 0).sum())
        first = offsets[np.argmin(utc)]
        report = []
        if changes:
            report.append(
                f"The clock of the person was put on or back {changes} times (travel or daylight saving); the record "
                "goes on in the clock of its beginning, and the time of day follows the person's clock."
            )
        return utc + first, report
    backwards = (np.diff(seconds) < 0).sum() > (np.diff(seconds) > 0).sum()
    ordered, values = (seconds[::-1], values[::-1]) if backwards else (seconds, values)
    shift = np.zeros(len(ordered), np.int64)
    report = []
    for k in _put_back(ordered, values):
        shift[k + 1 :] += HOUR
        report.append(
            f"At {_text(ordered[k])} the clock went back by an hour (daylight saving): both passes of the hour are "
            "kept, the record goes on in the clock of its beginning, and the time of day follows the person's clock."
        )
    report += _put_on(ordered)
    elapsed = ordered + shift
    return (elapsed[::-1] if backwards else elapsed), report


def _put_back(seconds: np.ndarray, values: np.ndarray) -> list[int]:
    """The last readings before the clock was put back by an hour: the hour has readings before and after, others."""
    places = []
    apart = np.diff(seconds)
    step = np.median(apart[apart > 0]) if (apart > 0).any() else np.inf
    window = 2 + int(HOUR / step)
    for k in np.flatnonzero((apart <= -_PUT_BACK[0]) & (apart >= -_PUT_BACK[1])):
        start, end = seconds[k + 1], seconds[k]
        first = np.arange(max(0, k + 1 - window), k + 1)
        first = first[(seconds[first] > start - step) & (seconds[first] <= end)]
        second = np.arange(k + 1, min(k + 1 + window, len(seconds)))
        second = second[seconds[second] <= end]
        enough = min(len(first), len(second)) >= max(2, (end - start) / step / 2)
        rising = all((np.diff(seconds[rows]) > 0).all() for rows in (first, second))
        copied = np.array_equal(values[first], values[second], equal_nan=True)
        if enough and rising and not copied:
            places.append(int(k))
    return places


def doubled_hours(seconds: np.ndarray, values: np.ndarray, step_minutes: int) -> tuple[np.ndarray, list[str]]:
    """Which readings lie in an hour of the night that has twice the readings it has room for, bool (n,); and sentences.

    seconds: int64 (n,), ascending. That is what sorting by the wall clock makes of the hour that daylight saving
    repeats: nothing tells its two passes apart. Copies, of the same time and value, do not count.
    """
    inside = np.zeros(len(seconds), bool)
    report = []
    room = HOUR / (60 * step_minutes)
    _, first = np.unique(np.stack([seconds, values], axis=1), axis=0, return_index=True)
    hours, counts = np.unique(seconds[first] // HOUR, return_counts=True)
    for hour in hours[(counts >= 1.7 * room) & (counts >= 6) & (hours % 24 < 4)]:
        beside = [int(counts[hours == hour + way].sum()) for way in (-1, 1)]
        if max(beside) <= 1.3 * room:
            inside |= seconds // HOUR == hour
            report.append(
                f"The hour from {_text(hour * HOUR)} has twice the readings of others, as when the clock is put back, "
                "and the file is sorted by the clock: its two passes cannot be told apart, and it was left out."
            )
    return inside, report


def _put_on(seconds: np.ndarray) -> list[str]:
    """A sentence for each silence of an hour at night in spring or autumn that may be no silence."""
    report = []
    apart = np.diff(seconds)
    step = np.median(apart[apart > 0]) if (apart > 0).any() else 0
    for k in np.flatnonzero((apart > HOUR) & (apart <= HOUR + 2 * step)):
        before = np.datetime64(int(seconds[k]), "s")
        sunday = (before.astype("datetime64[D]").astype(int) + 3) % 7 == 6  # 1 January 1970 was a Thursday
        if sunday and before.astype("datetime64[M]").astype(int) % 12 + 1 in (3, 4, 9, 10) and 1 <= _hour(before) < 3:
            report.append(
                f"At {_text(seconds[k])} the readings jump by an hour, as when the clock is put on (daylight saving); "
                "nothing in the file says so, and it counts as a gap."
            )
    return report


def refuse_twelve_hours(where: str, column: str, wall: np.ndarray, people: np.ndarray):
    """Raise DataError where the times can only be those of a clock of twelve hours that does not say AM or PM.

    That is: no hour is 0 or above 12, and someone's times go back by half a day, or fill all of these hours on two days
    or more. wall: datetime64[s] (n,), in the order of the file.
    """
    seconds = wall.astype(np.int64)
    hours = seconds // HOUR % 24
    if not len(hours) or hours.min() < 1 or hours.max() > 12:
        return
    for person in dict.fromkeys(people.tolist()):
        mine = seconds[people == person]
        back = np.abs(np.diff(mine))
        turns = (np.diff(mine) < 0) & (back >= _HALF_DAY[0]) & (back <= _HALF_DAY[1])
        days = {}
        for second in mine:
            days.setdefault(second // (24 * HOUR), set()).add(second // HOUR % 24)
        full = sum(len(seen) == 12 for seen in days.values())
        if turns.any() or full >= 2:
            raise DataError(
                f"{where}, column {column}",
                expected="times on a clock of 24 hours, or with AM and PM",
                found="hours from 1 to 12 alone, which come twice a day, so that morning and evening cannot be told",
                todo="Export the times with AM and PM, or on a clock of 24 hours.",
            )


def _hour(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[h]").astype(np.int64) % 24)


def _text(seconds: int) -> str:
    return str(np.datetime64(int(seconds), "s")).replace("T", " ")[:16]
