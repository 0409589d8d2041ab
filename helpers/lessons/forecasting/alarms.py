"""From forecasts to alarms: low-glucose events, and what an alarm that foretells them is worth.

An event follows the international consensus (Danne et al., Diabetes Care 40:1631, 2017): it begins with readings below
70 mg/dL for at least 15 minutes and ends with readings at or above 70 mg/dL for at least 15 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.datasets.series import LOW, SeriesDataset, max_gap_minutes
from helpers.datasets.windows import Windows
from helpers.evaluation import Interval, bootstrap_statistic, wilson
from helpers.evaluation.inputs import check_forecast, check_number
from helpers.evaluation.thresholds import rate

EVENT_MINUTES = 15  # how long glucose must stay below, and later at or above, the limit (Danne et al. 2017)
REACH_MINUTES = 60  # an alarm earlier than this before an event is not counted as its warning: the course's choice
LEAD_MINUTES = 15  # a later one leaves no time to eat, and does not count either: the course's choice
MINUTE = np.timedelta64(1, "m")
VERY_LOW = 54  # mg/dL: below it a low is of level 2, clinically significant (Danne et al. 2017)
SHARES = ("sensitivity", "of all events", "PPV")
NIGHT = range(0, 6)  # hours that begin a night's events: the night of Danne et al. 2017


@dataclass(frozen=True)
class Event:
    """One person's low: from its first reading below the limit to its last, both datetime64."""

    start: np.datetime64
    end: np.datetime64


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
    """The low-glucose events of every person of a data set, as `low_events` finds them.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    return {
        person: low_events(record.values[:, 0], record.time, data.step_minutes, low)
        for person, record in data.people.items()
    }


def alarm_times(forecast: np.ndarray, time: np.ndarray, threshold: float) -> np.ndarray:
    """When an alarm sounds for one person: at the first forecast below the threshold, then not again before 15 minutes
    have passed without one.

    Minutes without any forecast count too: a sensor that comes back after a silence sounds anew (the course's choice).
    forecast: mg/dL, shape (n,). time: datetime64 of the moment each was made, shape (n,), ascending. Returns
    datetime64, shape (alarms,).
    """
    alarms = []
    last_low = None
    for moment in time[forecast < threshold]:
        if last_low is None or moment - last_low > np.timedelta64(EVENT_MINUTES, "m"):
            alarms.append(moment)
        last_low = moment
    return np.array(alarms, dtype="datetime64[s]")


def event_leads(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """Every event of the people of `windows`, one row each, and how long before it the first alarm in reach sounded.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time. Columns: person; start; end; foreseeable:
    whether a forecast was made between reach_minutes and minimum_minutes before the event; lead (min): from the first
    alarm within the reach to the event, NaN without one, whatever the minimum; warned: whether it is foreseeable and
    that alarm sounded no later than the minimum.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    rows = []
    for person, time, sounded in _people_with_alarms(events, windows, forecast, threshold):
        for event in events[person]:
            ahead = (event.start - time) / MINUTE
            leads = (event.start - sounded) / MINUTE
            first = leads[(leads > 0) & (leads <= reach_minutes)][:1]
            foreseeable = bool(((ahead > 0) & (ahead >= minimum_minutes) & (ahead <= reach_minutes)).any())
            rows.append(
                {
                    "person": person,
                    "start": event.start,
                    "end": event.end,
                    "foreseeable": foreseeable,
                    "lead (min)": float(first[0]) if len(first) else np.nan,
                    "warned": foreseeable and len(first) > 0 and bool(first[0] >= minimum_minutes),
                }
            )
    table = pd.DataFrame(rows, columns=["person", "start", "end", "foreseeable", "lead (min)", "warned"])
    return table.astype({"foreseeable": bool, "lead (min)": float, "warned": bool})  # also where there is no event


def judge_alarms(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """What each person's alarms were worth, one row per person of `windows`.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time.

    - all events: as many as the person had; events: those before which a forecast was made, within the reach and no
      later than the minimum;
    - warned: events whose first alarm within the reach sounded at least minimum_minutes before; lead (min): the mean
      time from those alarms to the event;
    - alarms: those that sounded while no event was going on and were not too late; true: those followed by an event
      within the reach; false: by none. An alarm during an event, or less than the minimum before, is neither;
    - days: the time for which forecasts were made, windows times step.

    Windows exist only where the target was measured later, so neither do alarms that nobody could have checked.
    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    leads = event_leads(events, windows, forecast, threshold, reach_minutes, minimum_minutes)
    rows = {}
    for person, time, sounded in _people_with_alarms(events, windows, forecast, threshold):
        mine = leads["person"] == person
        starts = np.array([event.start for event in events[person]], "datetime64[s]")
        to_next = (starts[np.newaxis] - sounded[:, np.newaxis]) / MINUTE  # (alarms, events)
        late = ((to_next > 0) & (to_next < minimum_minutes)).any(axis=1)
        right = ((to_next > 0) & (to_next <= reach_minutes)).any(axis=1) & ~late
        rows[person] = {
            "all events": int(mine.sum()),
            "events": int(leads["foreseeable"][mine].sum()),
            "warned": int(leads["warned"][mine].sum()),
            "lead (min)": float(leads["lead (min)"][mine & leads["warned"]].mean()),
            "alarms": int((~late).sum()),
            "true": int(right.sum()),
            "false": int((~late & ~right).sum()),
            "days": len(time) * windows.step_minutes / 1440,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("person")


def _people_with_alarms(
    events: dict[str, list[Event]], windows: Windows, forecast: np.ndarray, threshold: float
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each person with the moments of their forecasts, and of their alarms while no event was going on.

    Raises ValueError for forecasts that do not fit the windows and for a threshold that is no number.
    """
    _, forecast = check_forecast(windows.last, forecast)
    check_number(threshold, "threshold")
    for person in np.unique(windows.people):
        mine = windows.people == person
        sounded = alarm_times(forecast[mine], windows.time[mine], threshold)
        busy = np.zeros(len(sounded), dtype=bool)
        for event in events[person]:
            busy |= (sounded >= event.start) & (sounded <= event.end)
        yield str(person), windows.time[mine], sounded[~busy]


def event_kinds(data: SeriesDataset, found: pd.DataFrame) -> pd.DataFrame:
    """Of each event in a table of `event_leads`: does it reach level 2, and does it begin at night?

    data: the records that the events come from. Level 2: itself a low of 15 minutes below 54 mg/dL. Night: it begins
    from midnight to six. Returns the table with the columns `below 54` and `at night`, bool.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    deep = {person: [event.start for event in found] for person, found in events_of(data, VERY_LOW).items()}
    below = [
        any(start <= moment <= end for moment in deep[person])
        for person, start, end in zip(found["person"], found["start"], found["end"], strict=True)
    ]
    hours = pd.to_datetime(found["start"]).dt.hour
    return found.assign(**{"below 54": np.array(below, dtype=bool), "at night": hours.isin(list(NIGHT))})


def alarm_scores(judged: pd.DataFrame) -> pd.Series:
    """The table of `judge_alarms` added up over people: event sensitivity, false alarms per person-day, PPV, lead.

    Sensitivity is the share warned of among the events that could be; *of all events* counts the others as missed.
    PPV, the positive predictive value, is the share of alarms that were true. What nothing defines is NaN: the
    sensitivity without an event, the PPV without an alarm, the lead without a warning. Lead is averaged over events.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    counts = _counts(judged)
    return pd.Series({"events": int(counts[:, 0].sum())} | _scores(counts))


def alarm_intervals(judged: pd.DataFrame, *, draws: int = 1000, seed: int = 1) -> dict[str, Interval]:
    """Each score of `alarm_scores` but the number of events with a 95 % interval from resampling people.

    Draws in which nothing defines a score are drawn again; a score that nothing defines at all is NaN to NaN. A share
    of exactly 0 or 1 is so on every draw: then the interval is Wilson's, with people as the count.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    counts = _counts(judged)
    intervals = {}
    for name, estimate in _scores(counts).items():

        def score(people: np.ndarray, name: str = name) -> float:
            return _scores(counts[people])[name]

        if np.isnan(estimate):
            interval = Interval(np.nan, np.nan, np.nan)
        elif name in SHARES and estimate in (0, 1):
            people = sum(not np.isnan(score([k])) for k in range(len(counts)))
            interval = wilson(round(estimate * people), people)
        else:
            interval = bootstrap_statistic(
                score, np.arange(len(counts)), accept=lambda people: not np.isnan(score(people)), draws=draws, seed=seed
            )
        intervals[name] = replace(interval, digits=0 if name.startswith("lead") else 2)
    return intervals


def alarm_differences(
    judged: pd.DataFrame, other: pd.DataFrame, *, draws: int = 1000, seed: int = 1
) -> dict[str, Interval]:
    """Sensitivity and false alarms a day of one alarm minus those of another, on the same resampled people.

    judged and other: tables of `judge_alarms` of the same events and windows. Draws without an event are drawn again
    for the sensitivity; without any event it is NaN to NaN.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    intervals = {}
    for name, part, whole in [("sensitivity", "warned", "events"), ("false alarms a day", "false", "days")]:
        more, base = (judged[part] - other[part]).to_numpy(float), other[whole].to_numpy(float)

        def share(people: np.ndarray, more: np.ndarray = more, base: np.ndarray = base) -> float:
            return rate(more[people].sum(), base[people].sum())

        if not base.sum():
            intervals[name] = Interval(np.nan, np.nan, np.nan)
        else:
            interval = bootstrap_statistic(
                share, np.arange(len(base)), accept=lambda people: not np.isnan(share(people)), draws=draws, seed=seed
            )
            intervals[name] = replace(interval, digits=2)
    return intervals


def _counts(judged: pd.DataFrame) -> np.ndarray:
    """Events, warned, summed lead, alarms, true, false, days and all events of each person: (people, 8)."""
    lead = (judged["lead (min)"] * judged["warned"]).fillna(0)
    columns = ["events", "warned", "alarms", "true", "false", "days", "all events"]
    return np.insert(judged[columns].to_numpy(float), 2, lead, axis=1)


def _scores(counts: np.ndarray) -> dict[str, float]:
    events, warned, lead, sounded, right, wrong, days, everything = counts.sum(axis=0)
    return {
        "sensitivity": rate(warned, events),
        "of all events": rate(warned, everything),
        "false alarms a day": rate(wrong, days),
        "PPV": rate(right, sounded),
        "lead (min)": rate(lead, warned),
    }


def alarm_curve(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    thresholds: Iterable[float],
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """The scores of `alarm_scores` at each threshold, one row per threshold (mg/dL).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    rows = {
        threshold: alarm_scores(judge_alarms(events, windows, forecast, threshold, minimum_minutes=minimum_minutes))
        for threshold in thresholds
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def choose_alarm(curve: pd.DataFrame, most_false: float) -> float:
    """The threshold with the highest event sensitivity among those with at most so many false alarms a day.

    curve: as `alarm_curve` gives it, of validation. Of equals the one with fewer false alarms, and then the lowest.
    Without any event to warn of, the highest threshold that keeps to the limit.
    Raises ValueError where every threshold gives more false alarms.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    check_number(most_false, "most_false")
    allowed = curve[curve["false alarms a day"] <= most_false]
    if allowed.empty:
        raise ValueError(f"most_false: no threshold gives at most {most_false} false alarms a day")
    if allowed["sensitivity"].isna().all():
        return float(allowed.index.max())
    best = allowed[allowed["sensitivity"] == allowed["sensitivity"].max()]
    return float(best["false alarms a day"].idxmin())
