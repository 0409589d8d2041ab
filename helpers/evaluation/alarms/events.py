"""Events with a start and an end, alarms that were on, and how long before each event one was.

An event is anything with a start and an end, such as a low glucose or a seizure. An alarm warns of it where it was on
early enough to act (`minimum_minutes`) and not so early that it could mean anything (`reach_minutes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

QUIET_MINUTES = 15  # without the alarm, and the next one is a new alarm: the course's choice
MINUTE = np.timedelta64(1, "m")
NIGHT_ENDS = 6  # o'clock; it begins at midnight: the night of Danne et al., Diabetes Care 40:1631, 2017
BEFORE_ALL_RECORDS = np.datetime64(0, "s")
LEAD_COLUMNS = {
    "person": object,
    "start": "datetime64[s]",
    "end": "datetime64[s]",
    "follow-on": bool,
    "foreseeable": bool,
    "lead (min)": float,
    "on for (min)": float,
    "warned": bool,
    "at night": bool,
    "lasts (min)": float,
}


@dataclass(frozen=True)
class Event:
    """What one person had, from its first moment to its last, both datetime64."""

    start: np.datetime64
    end: np.datetime64


class Watched(Protocol):
    """The moments at which an alarm could be on. people: whose, (n,). time: datetime64 (n,), ascending in each."""

    people: np.ndarray
    time: np.ndarray
    step_minutes: int


def alarm_spans(on: np.ndarray, time: np.ndarray, quiet_minutes: float = QUIET_MINUTES) -> np.ndarray:
    """When the alarm of one person is on: the first and the last moment of each alarm, datetime64, shape (alarms, 2).

    It begins at the first moment that is on and lasts until the last one; after more than quiet_minutes without another
    that alarm is over, and the next is a new one. Shorter returns belong to the alarm. Minutes without any moment count
    too: a sensor that comes back after a silence sounds anew (the course's choice).
    on: bool (n,). time: datetime64 (n,), ascending.
    """
    sounding = time[on].astype("datetime64[s]")
    anew = np.flatnonzero(np.diff(sounding) > np.timedelta64(round(60 * quiet_minutes), "s")) + 1
    spans = [[part[0], part[-1]] for part in np.split(sounding, anew) if len(part)]
    return np.array(spans, dtype="datetime64[s]").reshape(-1, 2)


def people_with_alarms(
    watched: Watched, on: np.ndarray, quiet_minutes: float = QUIET_MINUTES
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each person with the moments at which an alarm could be on, and with their alarms as `alarm_spans` gives them.

    Raises ValueError unless on is bool, one for each moment.
    """
    on = np.asarray(on)
    if on.dtype != bool or on.shape != watched.time.shape:
        raise ValueError(f"on: expected bool {watched.time.shape}, found {on.dtype} {on.shape}")
    for person in np.unique(watched.people):
        mine = watched.people == person
        yield str(person), watched.time[mine], alarm_spans(on[mine], watched.time[mine], quiet_minutes)


def openings(events: Iterable[Event], reach_minutes: float) -> Iterator[tuple[Event, np.datetime64, np.datetime64]]:
    """Each event of one person with the first moment that may warn of it, and the end of the event before.

    An alarm speaks of the next event only, so the first moment is the start less the reach, or that end where it is
    later.
    """
    before = BEFORE_ALL_RECORDS
    for event in events:
        yield event, max(event.start - np.timedelta64(round(60 * reach_minutes), "s"), before), before
        before = event.end


def event_leads(
    events: Mapping[str, Sequence[Event]],
    watched: Watched,
    on: np.ndarray,
    reach_minutes: float,
    minimum_minutes: float,
    quiet_minutes: float = QUIET_MINUTES,
) -> pd.DataFrame:
    """Every event of the people of `watched`, one row each, and how long before it the alarm was on.

    on: bool, shape (n,), one for each moment of `watched`. An alarm speaks of the next event only: what was on before
    the end of the event before counts for this one from that end on.

    Columns: person; start; end; follow-on: whether the event before ended less than reach_minutes earlier; foreseeable:
    no follow-on, and there was a moment between reach_minutes and minimum_minutes before; lead (min): from the first
    moment within the reach at which the alarm was on to the event, so an alarm that was on already has the whole reach;
    NaN without one, whatever the minimum; on for (min): from when that alarm began; warned: foreseeable, with a lead of
    at least the minimum; at night: whether any of the event lies between midnight and six; lasts (min): start to end.
    """
    rows = []
    reach = np.timedelta64(round(60 * reach_minutes), "s")
    for person, time, spans in people_with_alarms(watched, on, quiet_minutes):
        for event, opens, before in openings(events[person], reach_minutes):
            ahead = (event.start - time[time > before]) / MINUTE
            in_time = (ahead > 0) & (ahead >= minimum_minutes) & (ahead <= reach_minutes)
            follow_on = bool(before >= event.start - reach)
            lead, since = lead_to(event.start, spans, opens)
            foreseeable = bool(in_time.any()) and not follow_on
            night = pd.Timestamp(event.start).hour < NIGHT_ENDS or event.end >= event.start.astype("datetime64[D]") + 1
            rows.append(
                {
                    "person": person,
                    "start": event.start,
                    "end": event.end,
                    "follow-on": follow_on,
                    "foreseeable": foreseeable,
                    "lead (min)": lead,
                    "on for (min)": since,
                    "warned": foreseeable and lead >= minimum_minutes,
                    "at night": bool(night),
                    "lasts (min)": float((event.end - event.start) / MINUTE),
                }
            )
    return pd.DataFrame(rows, columns=list(LEAD_COLUMNS)).astype(LEAD_COLUMNS)  # also where there is no event


def lead_to(target: np.datetime64, spans: np.ndarray, opens: np.datetime64) -> tuple[float, float]:
    """Minutes to `target` from the first moment after `opens` with the alarm on, and from when that alarm began.

    spans: as `alarm_spans` gives them. NaN and NaN without an alarm in between.
    """
    reaching = spans[(spans[:, 1] >= opens) & (spans[:, 0] < target)]
    if not len(reaching):
        return np.nan, np.nan
    began = reaching[0, 0]
    return float((target - max(began, opens)) / MINUTE), float((target - began) / MINUTE)
