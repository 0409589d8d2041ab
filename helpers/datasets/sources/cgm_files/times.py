"""Dates and times as exports write them: ISO, day or month first, AM and PM, with a zone, or milliseconds of 1970."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import NamedTuple

from helpers.datasets.sources.cgm_files.faults import Faults

_DATE = r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})"
_TIME = re.compile(rf"{_DATE}(?:(?:[T ,]|, )\s*{_CLOCK}\s*{_ZONE}?)?")
_EPOCH = re.compile(r"(\d{10}|\d{13})(?:\.\d+)?")
_1970 = datetime.datetime(1970, 1, 1)


class Moment(NamedTuple):
    """A time: the wall clock that the text shows, and how many seconds that clock is ahead of UTC, where it says so."""

    clock: datetime.datetime
    offset: int | None

    def at(self, offset: int) -> Moment:
        """The same moment on a clock that is so many seconds ahead of UTC; without a zone it is taken for UTC."""
        return Moment(self.clock + datetime.timedelta(seconds=offset - (self.offset or 0)), offset)


class Stamp(NamedTuple):
    """A text that shall be a time, and the line and column in which it stands."""

    line: int
    column: str
    text: str


def is_time(text: str) -> bool:
    """Whether a text is written as a date and a time of day.

    >>> is_time("8/1/18 12:00"), is_time("1775421029000"), is_time("Sun Mar 26 15:28:43 PDT 2017")
    (True, True, False)
    """
    match = _TIME.fullmatch(text)
    return bool(_EPOCH.fullmatch(text) or (match and match["h"]))


def parse_times(stamps: Sequence[Stamp], faults: Faults) -> tuple[list[Moment | None], list[str]]:
    """A moment for each text, None where it cannot be read, which is noted in `faults`; and sentences on the reading.

    Whether day or month stands first is decided for all texts together: by a number above 12, else by full stops
    (day first), else by what gives the shorter record, else by AM and PM (month first), else day first.
    """
    parsed = [_EPOCH.fullmatch(stamp.text) or _TIME.fullmatch(stamp.text) for stamp in stamps]
    short = [match for match in parsed if match and match.re is _TIME and len(match["a"]) < 3]
    month_first, report = _order(short)
    moments: list[Moment | None] = []
    for stamp, match in zip(stamps, parsed, strict=True):
        try:
            moments.append(_moment(match, month_first))
        except ValueError as error:
            faults.add(
                stamp.line,
                stamp.column,
                "a date and a time of day",
                f"{stamp.text!r} ({error})",
                "Export the file again, or correct the time.",
            )
            moments.append(None)
    return moments, report


def _moment(match: re.Match | None, month_first: bool) -> Moment:
    """Raises ValueError saying what is wrong."""
    if match is None:
        raise ValueError("not a date and a time that the course knows")
    if match.re is _EPOCH:
        seconds = int(match[1]) // (1000 if len(match[1]) == 13 else 1)
        return Moment(_1970 + datetime.timedelta(seconds=seconds), 0)
    if match["h"] is None:
        raise ValueError("a date without a time of day")
    hour = int(match["h"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of a clock with AM and PM")
        hour = hour % 12 + 12 * (match["half"][0] in "pP")
    clock = datetime.datetime(*_day(match, month_first), hour, int(match["m"]), int(match["s"] or 0))
    zone = match["zone"]
    if zone is None:
        return Moment(clock, None)
    if zone[0] not in "+-":
        return Moment(clock, 0)
    size = 3600 * int(zone[1:3]) + 60 * int(zone[-2:])
    return Moment(clock, -size if zone[0] == "-" else size)


def _day(match: re.Match, month_first: bool) -> tuple[int, int, int]:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["a"]) > 2:
        return a, b, c
    year = c if len(match["c"]) > 2 else 2000 + c
    return (year, a, b) if month_first else (year, b, a)


def _order(short: list[re.Match]) -> tuple[bool, list[str]]:
    """Whether the month stands first in dates such as 8/1/18, and a sentence where nothing in them decides it."""
    if not short:
        return False, []
    if any(int(match["a"]) > 12 for match in short):
        return False, []
    if any(int(match["b"]) > 12 for match in short):
        return True, []
    example = short[0].string.split()[0]
    if "." in example:
        return False, []
    spans = [_span(short, month_first) for month_first in (False, True)]
    halves = any(match["half"] for match in short)
    month_first = halves if spans[0] == spans[1] else spans[1] < spans[0]
    why = (
        f"that makes a record of {min(spans)} and not of {max(spans)} days"
        if spans[0] != spans[1]
        else ("the times have AM and PM" if halves else "nothing in the file says otherwise")
    )
    read_as = "month, day, year" if month_first else "day, month, year"
    return month_first, [f"Dates such as {example} were read as {read_as}, because {why}."]


def _span(short: list[re.Match], month_first: bool) -> int:
    """Days from the first date to the last; no date is impossible where all numbers are at most 12."""
    days = [datetime.date(*_day(match, month_first)) for match in short]
    return (max(days) - min(days)).days
