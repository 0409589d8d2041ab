"""What the alarms of each person were worth, counted, added up over people, and chosen by.

Counts need no word of what the events are: lows of glucose and seizures are counted alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.evaluation.alarms.events import NIGHT_ENDS, QUIET_MINUTES, Event, Watched, event_leads, people_with_alarms
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_number
from helpers.evaluation.intervals import bootstrap_statistic
from helpers.evaluation.proportions import garwood, wilson
from helpers.evaluation.thresholds import rate

SHARES = ("sensitivity", "PPV")
EXPOSURE = {"false alarms a day": "days", "false alarms a night": "nights", "all alarms a day": "days"}
COUNTED = ("events", "warned", "sounded", "true", "false", "false at night", "days", "nights")


def judge_alarms(
    events: Mapping[str, Sequence[Event]],
    watched: Watched,
    on: np.ndarray,
    reach_minutes: float,
    minimum_minutes: float,
    quiet_minutes: float = QUIET_MINUTES,
) -> pd.DataFrame:
    """What each person's alarms were worth, one row per person of `watched`.

    on: bool, shape (n,), one for each moment of `watched`.

    - all events: as many as the person had; follow-ons: those that began less than the reach after the end of another;
      events: the others before which there was a moment within the reach and no later than the minimum;
    - warned: events before which the alarm was on within the reach and no later than the minimum;
    - sounded: all alarms, however long each was on; hours on: how long they were, together;
    - true: alarms that were on so before an event that is no follow-on; false: those that were on neither during an
      event nor in the reach before one. What remains (too late, during an event, before a follow-on) is neither;
      at night: of all, and of the false ones, those that began between midnight and six;
    - days and nights: the time that was watched, moments times step.
    """
    leads = event_leads(events, watched, on, reach_minutes, minimum_minutes, quiet_minutes)
    reach, minimum = (np.timedelta64(round(60 * minutes), "s") for minutes in (reach_minutes, minimum_minutes))
    whose, starts_of, ends_of = (leads[name].to_numpy() for name in ("person", "start", "end"))
    follow_on, foreseeable, warned = (leads[name].to_numpy() for name in ("follow-on", "foreseeable", "warned"))
    rows = {}
    for person, time, spans in people_with_alarms(watched, on, quiet_minutes):
        mine = whose == person
        starts, ends = starts_of[mine], ends_of[mine]
        first, last = spans[:, :1], spans[:, 1:]  # (alarms, 1), against (events,)
        near = (last >= starts - reach) & (first <= ends)
        right = (near & ~follow_on[mine] & (first < starts) & (first <= starts - minimum)).any(axis=1)
        wrong = ~near.any(axis=1)
        dark = _is_night(spans[:, 0])
        hours = watched.step_minutes / 60
        rows[person] = {
            "all events": int(mine.sum()),
            "follow-ons": int(follow_on[mine].sum()),
            "events": int(foreseeable[mine].sum()),
            "warned": int(warned[mine].sum()),
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
    return time.astype("datetime64[h]").astype(np.int64) % 24 < NIGHT_ENDS


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
    of exactly 0 or 1 is so on every draw: then the interval is Wilson's, with people as the count. So is no alarm at
    all: then it is that of a Poisson number (`helpers.evaluation.garwood`).

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
        elif estimate == 0:
            interval = garwood(0, judged[EXPOSURE[name]].sum())
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


def curve_of(judge: Callable[[float], pd.DataFrame], thresholds: Iterable[float]) -> pd.DataFrame:
    """The scores of `alarm_scores` at each threshold, one row per threshold.

    judge: from a threshold to the table of `judge_alarms` of the alarm that has it.
    """
    rows = {threshold: alarm_scores(judge(threshold)) for threshold in thresholds}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def choose_alarm(curve: pd.DataFrame, most_false: float) -> float:
    """The threshold with the highest event sensitivity among those with at most so many false alarms a day.

    curve: as `curve_of` gives it, of validation. Of equals the one with fewer false alarms, and then the lowest.
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
