"""From forecasts to alarms: low-glucose events, and what an alarm that foretells them is worth.

An event follows the international consensus (Danne et al., Diabetes Care 40:1631, 2017): it begins with readings below
70 mg/dL for at least 15 minutes and ends with readings at or above 70 mg/dL for at least 15 minutes. How alarms are
counted is the same for other events: `helpers.evaluation.alarms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.datasets.series import LOW, SeriesDataset, max_gap_minutes
from helpers.datasets.windows import Windows
from helpers.evaluation import alarms as of_events
from helpers.evaluation.alarms import (
    alarm_differences,
    alarm_intervals,
    alarm_scores,
    choose_alarm,
    curve_of,
    lead_to,
    openings,
    people_with_alarms,
)
from helpers.evaluation.inputs import check_forecast, check_number

__all__ = [
    "Event",
    "alarm_curve",
    "alarm_differences",
    "alarm_intervals",
    "alarm_scores",
    "choose_alarm",
    "event_leads",
    "events_of",
    "judge_alarms",
    "low_events",
]

EVENT_MINUTES = 15  # how long glucose must stay below, and later at or above, the limit (Danne et al. 2017)
REACH_MINUTES = 60  # an alarm earlier than this before an event is not counted as its warning: the course's choice
LEAD_MINUTES = 15  # a later one leaves no time to eat, and does not count either: the course's choice
VERY_LOW = 54  # mg/dL: below it a low is of level 2, clinically significant (Danne et al. 2017)


@dataclass(frozen=True)
class Event(of_events.Event):
    """One person's low: from its first reading below the limit to its last, both datetime64.

    deep: where it is of level 2, the first reading of the 15 minutes below 54 mg/dL.
    """

    deep: np.datetime64 | None = None


def low_events(values: np.ndarray, time: np.ndarray, step_minutes: int, low: float = LOW) -> list[Event]:
    """The low-glucose events of one record, in order of time.

    values: mg/dL, shape (n,), NaN where nothing was measured. time: datetime64, shape (n,), step_minutes apart.

    A stretch below `low` counts from the 15th minute on: at 5-minute steps from its third reading, as each reading
    stands for the step after it. It lasts until readings have stayed at or above for as long; shorter returns belong
    to the event. A missing reading neither begins nor prolongs a stretch, and a gap of more than 15 minutes (or two
    steps, where that is more) between two readings ends whatever was going on.
    """
    needed = -(-EVENT_MINUTES // step_minutes)
    events: list[Event] = []
    below: list[int] = []  # readings of the stretch below the limit that is going on
    above = 0  # readings at or above it since
    last = None
    open_event = False
    for k in np.flatnonzero(~np.isnan(values)):
        if last is not None and (k - last) * step_minutes > max_gap_minutes(step_minutes):
            below, above, open_event = [], 0, False
        last = k
        if values[k] < low:
            if not open_event and above:
                below = []  # not yet an event: a return, however short, starts the count anew
            below, above = [*below, k], 0
            if open_event:
                events[-1] = Event(events[-1].start, time[k])
            elif len(below) >= needed:
                events.append(Event(time[below[0]], time[k]))
                open_event = True
        else:
            above += 1
            if above >= needed:
                below, open_event = [], False
    return events


def events_of(data: SeriesDataset, low: float = LOW) -> dict[str, list[Event]]:
    """The low-glucose events of every person of a data set, as `low_events` finds them, with those of level 2 marked.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    found = {}
    for person, record in data.people.items():
        shallow, deep = (
            low_events(record.values[:, 0], record.time, data.step_minutes, limit) for limit in (low, VERY_LOW)
        )
        found[person] = [
            replace(event, deep=next((d.start for d in deep if event.start <= d.start <= event.end), None))
            for event in shallow
        ]
    return found


def event_leads(
    events: Mapping[str, Sequence[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """Every low of the people of `windows`, one row each, and how long before it the alarm was on.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time; the alarm is on while it is below the
    threshold.

    Columns: those of `helpers.evaluation.alarms.event_leads`, and lead to 54 (min): from the same moment as the lead,
    or a later one if the alarm came after the start, to the first reading of the 15 minutes below 54 mg/dL, NaN where
    there are none or no alarm before; level 2: whether there are.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    on = _is_low(windows, forecast, threshold)
    leads = of_events.event_leads(events, windows, on, reach_minutes, minimum_minutes)
    deep = [
        (np.nan if event.deep is None else lead_to(event.deep, spans, opens)[0], event.deep is not None)
        for person, _, spans in people_with_alarms(windows, on)
        for event, opens, _ in openings(events[person], reach_minutes)
    ]
    place = leads.columns.get_loc("at night")
    leads.insert(place, "lead to 54 (min)", np.array([lead for lead, _ in deep], float))
    leads.insert(place + 1, "level 2", np.array([below for _, below in deep], bool))
    return leads


def judge_alarms(
    events: Mapping[str, Sequence[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """What each person's alarms were worth, one row per person: the table of `helpers.evaluation.alarms.judge_alarms`.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time; the alarm is on while it is below the
    threshold. Windows exist only where the target was measured later, so neither do alarms that nobody could have
    checked.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    on = _is_low(windows, forecast, threshold)
    return of_events.judge_alarms(events, windows, on, reach_minutes, minimum_minutes)


def _is_low(windows: Windows, forecast: np.ndarray, threshold: float) -> np.ndarray:
    """Whether each forecast is below the threshold. Raises ValueError for forecasts or a threshold that are none."""
    _, forecast = check_forecast(windows.last, forecast)
    check_number(threshold, "threshold")
    return forecast < threshold


def alarm_curve(
    events: Mapping[str, Sequence[Event]],
    windows: Windows,
    forecast: np.ndarray,
    thresholds: Iterable[float],
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """The scores of `alarm_scores` at each threshold, one row per threshold (mg/dL).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """

    def judge(threshold: float) -> pd.DataFrame:
        return judge_alarms(events, windows, forecast, threshold, minimum_minutes=minimum_minutes)

    return curve_of(judge, thresholds)
