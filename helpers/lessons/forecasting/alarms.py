"""From forecasts to alarms: low-glucose events, and what an alarm that foretells them is worth.

An event follows the international consensus (Danne et al., Diabetes Care 40:1631, 2017): it begins with readings below
70 mg/dL for at least 15 minutes and ends with readings at or above 70 mg/dL for at least 15 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.datasets.series import LOW, SeriesDataset, max_gap_minutes
from helpers.datasets.windows import Windows
from helpers.evaluation import Interval, bootstrap_statistic

EVENT_MINUTES = 15  # how long glucose must stay below, and later at or above, the limit (Danne et al. 2017)
REACH_MINUTES = 60  # an alarm earlier than this before an event is not counted as its warning: the course's choice


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
    """When an alarm sounds for one person: at the first forecast below the threshold, then not again until forecasts
    have been at or above it for 15 minutes.

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


def judge_alarms(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    threshold: float,
    reach_minutes: int = REACH_MINUTES,
) -> pd.DataFrame:
    """What each person's alarms were worth, one row per person of `windows`.

    forecast: mg/dL, shape (n,), one for each window, made at windows.time.

    - events: those before which, within the reach, at least one forecast could be made;
    - warned: events with an alarm in the reach_minutes before they began; lead (min): the mean time from the first of
      these alarms to the event;
    - alarms: those that sounded while no event was going on; true: those followed by an event within the reach; false:
      the rest. An alarm during an event comes too late for it: it is neither;
    - days: the time for which forecasts were made, windows times step.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    reach = np.timedelta64(reach_minutes, "m")
    rows = {}
    for person in np.unique(windows.people):
        mine = windows.people == person
        time = windows.time[mine]
        alarms = alarm_times(forecast[mine], time, threshold)
        alarms = np.array(
            [a for a in alarms if not any(e.start <= a <= e.end for e in events[person])], "datetime64[s]"
        )
        foreseeable = [e for e in events[person] if ((time >= e.start - reach) & (time < e.start)).any()]
        firsts = [alarms[(alarms >= e.start - reach) & (alarms < e.start)][:1] for e in foreseeable]
        leads = [
            (e.start - first[0]) / np.timedelta64(1, "m")
            for e, first in zip(foreseeable, firsts, strict=True)
            if len(first)
        ]
        right = sum(any(a < e.start <= a + reach for e in events[person]) for a in alarms)
        rows[person] = {
            "events": len(foreseeable),
            "warned": len(leads),
            "lead (min)": float(np.mean(leads)) if leads else np.nan,
            "alarms": len(alarms),
            "true": right,
            "false": len(alarms) - right,
            "days": mine.sum() * windows.step_minutes / 1440,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("person")


def alarm_scores(judged: pd.DataFrame) -> pd.Series:
    """The table of `judge_alarms` added up over people: event sensitivity, false alarms per person-day, PPV, lead.

    PPV, the positive predictive value, is the share of alarms that were true. What nothing defines is NaN: the
    sensitivity without an event, the PPV without an alarm, the lead without a warning. Lead is averaged over events.
    """
    counts = _counts(judged)
    return pd.Series({"events": int(counts[:, 0].sum())} | _scores(counts))


def alarm_intervals(judged: pd.DataFrame, *, draws: int = 1000, seed: int = 1) -> dict[str, Interval]:
    """Each score of `alarm_scores` but the number of events with a 95 % interval from resampling people.

    Draws in which nothing defines a score are drawn again; a score that nothing defines at all is NaN to NaN.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    counts = _counts(judged)
    intervals = {}
    for name, estimate in _scores(counts).items():

        def score(people: np.ndarray, name: str = name) -> float:
            return _scores(counts[people])[name]

        if np.isnan(estimate):
            intervals[name] = Interval(np.nan, np.nan, np.nan)
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

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    intervals = {}
    for name, part, whole in [("sensitivity", "warned", "events"), ("false alarms a day", "false", "days")]:
        more, base = (judged[part] - other[part]).to_numpy(float), other[whole].to_numpy(float)

        def share(people: np.ndarray, more: np.ndarray = more, base: np.ndarray = base) -> float:
            return _share(more[people].sum(), base[people].sum())

        if not base.sum():
            intervals[name] = Interval(np.nan, np.nan, np.nan)
        else:
            interval = bootstrap_statistic(
                share, np.arange(len(base)), accept=lambda people: not np.isnan(share(people)), draws=draws, seed=seed
            )
            intervals[name] = replace(interval, digits=2)
    return intervals


def _counts(judged: pd.DataFrame) -> np.ndarray:
    """Events, warned, summed lead, alarms, true, false and days of each person: (people, 7)."""
    lead = (judged["lead (min)"] * judged["warned"]).fillna(0)
    columns = ["events", "warned", "alarms", "true", "false", "days"]
    return np.insert(judged[columns].to_numpy(float), 2, lead, axis=1)


def _scores(counts: np.ndarray) -> dict[str, float]:
    events, warned, lead, sounded, right, wrong, days = counts.sum(axis=0)
    return {
        "sensitivity": _share(warned, events),
        "false alarms a day": _share(wrong, days),
        "PPV": _share(right, sounded),
        "lead (min)": _share(lead, warned),
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan


def alarm_curve(
    events: dict[str, list[Event]],
    windows: Windows,
    forecast: np.ndarray,
    thresholds: Iterable[float],
    reach_minutes: int = REACH_MINUTES,
) -> pd.DataFrame:
    """The scores of `alarm_scores` at each threshold, one row per threshold (mg/dL).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    rows = {
        threshold: alarm_scores(judge_alarms(events, windows, forecast, threshold, reach_minutes))
        for threshold in thresholds
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def choose_alarm(curve: pd.DataFrame, most_false: float) -> float:
    """The threshold with the highest event sensitivity among those with at most so many false alarms a day.

    curve: as `alarm_curve` gives it, of validation. Of equals the one with fewer false alarms, and then the lowest.
    Without any event to warn of, the highest threshold that keeps to the limit.
    Raises ValueError where every threshold gives more false alarms.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.1.
    """
    allowed = curve[curve["false alarms a day"] <= most_false]
    if allowed.empty:
        raise ValueError(f"most_false: no threshold gives at most {most_false} false alarms a day")
    if allowed["sensitivity"].isna().all():
        return float(allowed.index.max())
    best = allowed[allowed["sensitivity"] == allowed["sensitivity"].max()]
    return float(best["false alarms a day"].idxmin())
