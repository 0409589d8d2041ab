"""Checks of the exercises in notebooks/12_biosignals.ipynb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "d"}

PEAKS = (  # found, true, tolerance
    ([100, 205, 298, 460], [100, 200, 300, 400], 10),
    ([95, 104, 205, 310, 390], [100, 200, 300, 400], 10),
    ([90, 211, 305], [100, 200, 300, 400, 500], 10),
    ([100, 112, 300], [105, 118, 300], 15),
    ([55, 140, 400], [100, 190, 400], 54),
)
INTERVALS = (
    np.array([1.0, 1.0, 0.5, 1.5, 1.0]),
    np.array([0.8, 0.9, 0.7, 0.8, 0.5, 1.1, 0.8, 0.82, 0.79, 0.8, 0.81, 0.6, 1.0, 0.8]),
)


def check_matched(matched: Callable[[list, list, float], tuple[float, float]]) -> None:
    """matched(found, true, tolerance): sensitivity and PPV, every beat and every detection once."""
    for found, true, tolerance in PEAKS:
        given = attempted(matched(np.array(found), np.array(true), tolerance))
        if not isinstance(given, tuple | list | np.ndarray) or len(given) != 2:
            raise NotYetError(f"give two numbers, sensitivity and PPV; found {given!r}")
        given = tuple(float(attempted(part)) for part in given)
        right = _once(found, true, tolerance)
        far = np.abs(np.subtract.outer(found, true))
        near, later = far <= tolerance, np.subtract.outer(found, true)
        after = ((later >= 0) & (later <= tolerance)).any(axis=0).mean()
        slips = {
            "sensitivity and PPV are the other way round": right[::-1],
            "two detections of one beat are one hit and one false alarm: each beat counts once": (
                near.any(axis=0).mean(),
                near.any(axis=1).mean(),
            ),
            "the nearest may be the only one that the next beat has: take the earliest": _once(
                found, true, tolerance, min
            ),
            "at most the tolerance: a detection just as far away counts": _once(found, true, tolerance - 1e-9),
        }
        if not np.allclose(given, right):
            for hint, value in slips.items():
                if np.allclose(given, value):
                    raise NotYetError(hint)
            if np.isclose(given[0], after) and not np.isclose(after, right[0]):
                raise NotYetError("a detection may also come before the beat: take the distance")
            shown = ", ".join(f"{part:.3f}" for part in given)
            raise NotYetError(f"for found {found} and true {true} within {tolerance}, it is not {shown}")


def _once(found: list, true: list, tolerance: float, take: Callable | None = None) -> tuple[float, float]:
    """Each beat takes one detection of those near it that are left: the earliest, or what `take` picks."""
    take = take or _earliest
    left, hits = list(found), 0
    for beat in true:
        near = [one for one in left if abs(one - beat) <= tolerance]
        if near:
            left.remove(take(near, key=lambda one: abs(one - beat)))
            hits += 1
    return hits / len(true), hits / len(found)


def _earliest(near: list, key: Callable) -> float:
    return near[0]


def check_earliness(earliness: Callable[[np.ndarray], np.ndarray]) -> None:
    """earliness(rr): each RR interval over the mean of up to ten before it; the first is 1."""
    for rr in INTERVALS:
        given = rr.copy()
        found = np.asarray(attempted(earliness(given)), float)
        if not np.array_equal(given, rr):
            raise NotYetError("the caller's intervals were changed: work on a copy")
        if found.shape != rr.shape:
            raise NotYetError(f"one ratio for each of {len(rr)} intervals; yours has the shape {found.shape}")
        places = np.arange(len(rr))
        right = _ratios(rr, lambda rr, k: rr[max(0, k - 10) : k])
        slips = {
            "the interval itself is in its mean: an early beat then hides itself": _ratios(
                rr, lambda rr, k: rr[max(0, k - 10) : k + 1]
            ),
            "ten, or as many as there are: yours takes all before": _ratios(rr, lambda rr, k: rr[:k]),
            "a monitor does not know the record's mean yet": rr / rr.mean(),
            "the ten after it are the future": _ratios(rr, lambda rr, k: rr[k + 1 : k + 11]),
            "the mean stands below: an early beat has a ratio under 1": 1 / right,
            "ten intervals, not one": _ratios(rr, lambda rr, k: rr[max(0, k - 1) : k]),
            "also the first ones have a mean, of those that there are": np.where(places < 10, 1.0, right),
        }
        if not np.allclose(found, right):
            for hint, value in slips.items():
                if np.allclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"for {rr.tolist()} the ratios are not {found.round(3).tolist()}")


def _ratios(rr: np.ndarray, among: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    """Each interval over the mean of those that `among` picks; 1 where there are none."""
    return np.array([rr[k] / among(rr, k).mean() if k > 0 and len(among(rr, k)) else 1.0 for k in range(len(rr))])


def check_predicted(predicted: Callable[[np.ndarray, np.ndarray, float, float], float]) -> None:
    """predicted(alarms, seizures, horizon, occurrence): the share of seizures foretold; minutes."""
    for alarms, seizures, horizon, occurrence in (
        ([100, 300, 395, 700, 710, 1000, 1315], [140, 400, 755, 1320, 1600], 10, 50),
        ([50, 200, 215, 500, 900], [58, 260, 590, 800, 1010], 30, 60),
        ([10, 12, 14, 16, 400], [100, 430], 20, 75),
    ):
        given = np.array(alarms, float), np.array(seizures, float)
        found = float(attempted(predicted(*given, horizon, occurrence)))
        before = given[1][:, None] - given[0]  # (seizures, alarms), minutes from the alarm to the seizure
        hits = (before >= horizon) & (before <= horizon + occurrence)
        slips = {
            "an alarm nearer than the horizon comes too late to act": (before > 0) & (before <= horizon + occurrence),
            "the occurrence period begins where the horizon ends": (before >= horizon) & (before <= occurrence),
            "an alarm long before says nothing: when does the occurrence period end?": before >= horizon,
            "an alarm after the seizure foretells nothing": np.abs(before) <= horizon + occurrence,
        }
        if not np.isclose(found, hits.any(axis=1).mean()):
            for hint, wrong in slips.items():
                if np.isclose(found, wrong.any(axis=1).mean()):
                    raise NotYetError(hint)
            if np.isclose(found, hits.any(axis=0).mean()):
                raise NotYetError("that is the share of alarms that were right: count seizures")
            if np.isclose(found, hits.sum() / len(seizures)):
                raise NotYetError("a seizure with two alarms is one seizure")
            if np.isclose(found, hits.any(axis=1).sum()):
                raise NotYetError("that is how many: the share is asked for")
            raise NotYetError(f"alarms {alarms}, seizures {seizures}, {horizon} and {occurrence}: not {found:.3f}")


def check_chance(chance: Callable[[float, float], float]) -> None:
    """chance(alarms_a_day, occurrence_minutes): the share of seizures that alarms at random moments foretell."""
    for alarms, minutes in ((4, 30), (24, 50), (60, 45)):
        found = float(attempted(chance(alarms, minutes)))
        expected = alarms * minutes / 1440
        slips = {
            "a day has 1,440 minutes: bring rate and period to one unit": (
                1 - np.exp(-alarms * minutes),
                1 - np.exp(-alarms * minutes / 60),
                1 - np.exp(-alarms * minutes / 24),
            ),
            "that is how many alarms one expects: two may fall into one period": (expected, min(expected, 1)),
            "that is the chance of no alarm": (np.exp(-expected),),
            "that is the chance of exactly one alarm: more than one foretells, too": (expected * np.exp(-expected),),
        }
        if not np.isclose(found, 1 - np.exp(-expected)):
            for hint, values in slips.items():
                if np.isclose(found, values).any():
                    raise NotYetError(hint)
            raise NotYetError(f"for {alarms} alarms a day and {minutes} minutes it is not {found:.3f}")


EXERCISES = {"12.1": check_matched, "12.2": check_earliness, "12.3": check_predicted, "12.4": check_chance}
