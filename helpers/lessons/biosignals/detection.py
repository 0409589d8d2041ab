"""Seizure detection: a seizure that is there already, found or not, how late, and how often an alarm is for nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.datasets.simulators.biosignals.eeg_days import Looks
from helpers.evaluation import Interval, bootstrap_statistic, garwood, wilson
from helpers.evaluation.alarms import people_with_alarms
from helpers.evaluation.thresholds import rate

QUIET_MINUTES = 1.0  # an alarm that comes again sooner is the same
SECOND = np.timedelta64(1, "s")


def during(looks: Looks) -> np.ndarray:
    """Whether each look ends during a seizure, bool (n,).

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    found = np.zeros(len(looks.time), bool)
    for person, spans in looks.seizures.items():
        mine = looks.people == person
        time = looks.time[mine][:, None]
        found[mine] = ((time > spans[:, 0]) & (time <= spans[:, 1])).any(axis=1)
    return found


def twice(on: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Whether this look and the one before are both on, bool (n,): one odd look is no alarm."""
    before = np.append(False, on[:-1]) & np.append(False, people[1:] == people[:-1])
    return on & before


def judge(looks: Looks, on: np.ndarray) -> pd.DataFrame:
    """Each person's seizures and alarms, one row per person: seizures, found, false, hours, delay (s).

    on: bool (n,). A seizure is found by an alarm that is on during it; an alarm that touches none is false. delay: from
    the start to the first look that is on, the median over the found, NaN without one.

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    rows = {}
    for person, time, spans in people_with_alarms(looks, np.asarray(on), QUIET_MINUTES):
        seizures = looks.seizures[person]
        lights = time[on[looks.people == person]]
        delays = [
            (lights[(lights > start) & (lights <= end)][0] - start) / SECOND
            for start, end in seizures
            if ((lights > start) & (lights <= end)).any()
        ]
        touches = (spans[:, :1] <= seizures[:, 1]) & (spans[:, 1:] >= seizures[:, 0])
        rows[person] = {
            "seizures": len(seizures),
            "found": len(delays),
            "false": int((~touches.any(axis=1)).sum()),
            "hours": len(time) * looks.step_minutes / 60,
            "delay (s)": float(np.median(delays)) if delays else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("person")


def scores(table: pd.DataFrame, *, draws: int = 200, seed: int = 1) -> dict[str, Interval]:
    """Seizures found and false alarms an hour, over all people, with 95 % intervals from resampling people.

    A share of 0 or 1 is so on every draw: then the interval is Wilson's, with people as the count. So is no false
    alarm at all: then it is that of a Poisson number (`garwood`).

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    found = {}
    for name, (part, whole) in {
        "seizures found": ("found", "seizures"),
        "false alarms an hour": ("false", "hours"),
    }.items():
        parts, wholes = table[part].to_numpy(float), table[whole].to_numpy(float)

        def share(people: np.ndarray, parts: np.ndarray = parts, wholes: np.ndarray = wholes) -> float:
            return rate(parts[people].sum(), wholes[people].sum())

        everybody = share(np.arange(len(table)))
        if name == "seizures found" and everybody in (0, 1):
            people = int((wholes > 0).sum())
            found[name] = wilson(round(everybody * people), people)
            continue
        if everybody == 0:
            found[name] = garwood(0, wholes.sum())
            continue
        found[name] = bootstrap_statistic(
            share,
            np.arange(len(table)),
            accept=lambda people, wholes=wholes: wholes[people].sum() > 0,
            draws=draws,
            seed=seed,
        )
    return found


def threshold_at(looks: Looks, score: np.ndarray, most_false: float, thresholds: int = 40) -> float:
    """The last threshold, going down from the highest, before one that gives more false alarms an hour than this.

    most_false: over all people together. thresholds: so many quantiles of the score, from its median to its 99.9th
    percentile. Lower ones may keep to the limit again, since alarms that never end are few; they are not asked. Where
    even the highest does not keep to it, the greatest score, which is seldom reached by two looks in a row.

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    chosen = np.inf
    for threshold in np.unique(np.quantile(score, 1 - np.geomspace(1e-3, 0.5, thresholds)))[::-1]:
        table = judge(looks, twice(score >= threshold, looks.people))
        if table["false"].sum() / table["hours"].sum() > most_false:
            break
        chosen = threshold
    return float(chosen if np.isfinite(chosen) else score.max())
