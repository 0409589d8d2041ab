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
SHARES = ("sensitivity", "PPV")
NIGHT_ENDS = 6  # o'clock; it begins at midnight: the night of Danne et al. 2017
COUNTED = ("events", "warned", "sounded", "true", "false", "false at night", "days", "nights")
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
    "lead to 54 (min)": float,
    "level 2": bool,
    "at night": bool,
    "lasts (min)": float,
}


@dataclass(frozen=True)
class Event:
    """One person's low: from its first reading below the limit to its last, both datetime64.

    deep: where it is of level 2, the first reading of the 15 minutes below 54 mg/dL.
    """

    start: np.datetime64
    end: np.datetime64
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


def alarm_spans(forecast: np.ndarray, time: np.ndarray, threshold: float) -> np.ndarray:
    """When the alarm of one person is on: the first and the last moment of each alarm, datetime64, shape (alarms, 2).

    It sounds at the first forecast below the threshold and is on until the last one; after 15 minutes without another
    that alarm is over, and the next forecast below the threshold is a new one. Shorter returns belong to the alarm.
    Minutes without any forecast count too: a sensor that comes back after a silence sounds anew (the course's choice).
    forecast: mg/dL, shape (n,). time: datetime64 of the moment each was made, shape (n,), ascending.
    """
    low = time[forecast < threshold].astype("datetime64[s]")
    anew = np.flatnonzero(np.diff(low) > np.timedelta64(EVENT_MINUTES, "m")) + 1
    spans = [[part[0], part[-1]] for part in np.split(low, anew) if len(part)]
    return np.array(spans, dtype="datetime64[s]").reshape(-1, 2)


def event_leads(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
    minimum_minutes: int = LEAD_MINUTES,
) -> pd.DataFrame:
    """Every event of the people of `windows`, one row each, and how long before it the alarm was on.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time. An alarm speaks of the next event only: what
    sounded before the end of the event before counts for this one from that end on.

    Columns: person; start; end; follow-on: whether the event before ended less than reach_minutes earlier; foreseeable:
    no follow-on, and a forecast was made between reach_minutes and minimum_minutes before; lead (min): from the first
    moment within the reach at which the alarm was on to the event, so an alarm that was on already has the whole reach;
    NaN without one, whatever the minimum; on for (min): from when that alarm began; warned: foreseeable, with a lead of
    at least the minimum; lead to 54 (min): from the same moment, or a later one if the alarm came after the start, to
    the first reading of the 15 minutes below 54 mg/dL, NaN where there are none or no alarm before; level 2: whether
    there are; at night: whether any of the event lies between midnight and six; lasts (min): first to last reading.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    rows = []
    reach = np.timedelta64(60 * reach_minutes, "s")
    for person, time, spans in _people_with_alarms(windows, forecast, threshold):
        before = BEFORE_ALL_RECORDS
        for event in events[person]:
            opens = max(event.start - reach, before)
            ahead = (event.start - time[time > before]) / MINUTE
            in_time = (ahead > 0) & (ahead >= minimum_minutes) & (ahead <= reach_minutes)
            follow_on = bool(before >= event.start - reach)
            lead, since = _lead(spans, opens, event.start)
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
                    "lead to 54 (min)": np.nan if event.deep is None else _lead(spans, opens, event.deep)[0],
                    "level 2": event.deep is not None,
                    "at night": bool(night),
                    "lasts (min)": float((event.end - event.start) / MINUTE),
                }
            )
            before = event.end
    return pd.DataFrame(rows, columns=list(LEAD_COLUMNS)).astype(LEAD_COLUMNS)  # also where there is no event


def _lead(spans: np.ndarray, opens: np.datetime64, target: np.datetime64) -> tuple[float, float]:
    """Minutes to `target` from the first moment after `opens` with the alarm on, and from when that alarm began."""
    reaching = spans[(spans[:, 1] >= opens) & (spans[:, 0] < target)]
    if not len(reaching):
        return np.nan, np.nan
    began = reaching[0, 0]
    return float((target - max(began, opens)) / MINUTE), float((target - began) / MINUTE)


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

    - all events: as many as the person had; follow-ons: those that began less than the reach after the end of another;
      events: the others before which a forecast was made, within the reach and no later than the minimum;
    - warned: events before which the alarm was on within the reach and no later than the minimum;
    - sounded: all alarms, however long each was on; hours on: how long they were, together;
    - true: alarms that were on so before an event that is no follow-on; false: those that were on neither during an
      event nor in the reach before one. What remains (too late, during an event, before a follow-on) is neither;
      at night: of all, and of the false ones, those that began between midnight and six;
    - days and nights: the time for which forecasts were made, windows times step.

    Windows exist only where the target was measured later, so neither do alarms that nobody could have checked.
    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    leads = event_leads(events, windows, forecast, threshold, reach_minutes, minimum_minutes)
    reach, minimum = (np.timedelta64(60 * minutes, "s") for minutes in (reach_minutes, minimum_minutes))
    rows = {}
    for person, time, spans in _people_with_alarms(windows, forecast, threshold):
        mine = leads[leads["person"] == person]
        starts, ends = (mine[name].to_numpy("datetime64[s]") for name in ("start", "end"))
        first, last = spans[:, :1], spans[:, 1:]  # (alarms, 1), against (events,)
        near = (last >= starts - reach) & (first <= ends)
        right = (near & ~mine["follow-on"].to_numpy() & (first < starts) & (first <= starts - minimum)).any(axis=1)
        wrong = ~near.any(axis=1)
        dark = _is_night(spans[:, 0])
        hours = windows.step_minutes / 60
        rows[person] = {
            "all events": len(mine),
            "follow-ons": int(mine["follow-on"].sum()),
            "events": int(mine["foreseeable"].sum()),
            "warned": int(mine["warned"].sum()),
            "sounded": len(spans),
            "sounded at night": int(dark.sum()),
            "true": int(right.sum()),
            "false": int(wrong.sum()),
            "false at night": int((wrong & dark).sum()),
            "hours on": float(((time >= first) & (time <= last)).any(axis=0).sum() * hours),
            "days": len(time) * hours / 24,
            "nights": float(_is_night(time).sum() * hours / NIGHT_ENDS),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("person")


def _is_night(time: np.ndarray) -> np.ndarray:
    return np.asarray(pd.DatetimeIndex(time).hour < NIGHT_ENDS)


def _people_with_alarms(
    windows: Windows, forecast: np.ndarray, threshold: float
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each person with the moments of their forecasts, and with their alarms as `alarm_spans` gives them.

    Raises ValueError for forecasts that do not fit the windows and for a threshold that is no number.
    """
    _, forecast = check_forecast(windows.last, forecast)
    check_number(threshold, "threshold")
    for person in np.unique(windows.people):
        mine = windows.people == person
        yield str(person), windows.time[mine], alarm_spans(forecast[mine], windows.time[mine], threshold)


def alarm_scores(judged: pd.DataFrame) -> pd.Series:
    """The table of `judge_alarms` added up over people: event sensitivity, alarms per person-day and night, PPV.

    Sensitivity is the share warned of among the events that could be. PPV, the positive predictive value, is the share
    of true ones among those that were true or false. What nothing defines is NaN: the sensitivity without an event, the
    PPV without an alarm.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.3.
    """
    return pd.Series({"events": int(judged["events"].sum())} | _scores(judged[list(COUNTED)].to_numpy(float)))


def alarm_intervals(judged: pd.DataFrame, *, draws: int = 1000, seed: int = 1) -> dict[str, Interval]:
    """Each score of `alarm_scores` but the number of events with a 95 % interval from resampling people.

    Draws in which nothing defines a score are drawn again; a score that nothing defines at all is NaN to NaN. A share
    of exactly 0 or 1 is so on every draw: then the interval is Wilson's, with people as the count.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.2.
    """
    counts = judged[list(COUNTED)].to_numpy(float)
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
        intervals[name] = replace(interval, digits=2)
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


def _scores(counts: np.ndarray) -> dict[str, float]:
    """counts: the columns COUNTED of some people, shape (people, 8)."""
    events, warned, sounded, right, wrong, dark, days, nights = counts.sum(axis=0)
    return {
        "sensitivity": rate(warned, events),
        "false alarms a day": rate(wrong, days),
        "false alarms a night": rate(dark, nights),
        "all alarms a day": rate(sounded, days),
        "PPV": rate(right, right + wrong),
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
