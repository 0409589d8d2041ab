"""How often a sensor measures, from the times of its readings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.datasets.errors import DataError

USUAL_MINUTES = 5  # where too few readings tell: the step of most sensors
FEWEST = 5  # distances between readings that can tell a step
LONGEST_MINUTES = 60


def measure_step(seconds: np.ndarray) -> int | None:
    """The sampling interval in whole minutes, None where fewer than five distances tell it or most tell another.

    seconds: times of one person's readings. Of all whole minutes up to an hour it is the one near which most distances
    between neighbours lie: within a tenth of it, and at least within half a minute. Of several it is the one nearest to
    their mean, which does not waver where readings come early and late by turns.

    >>> measure_step(60 * np.array([0, 15, 29, 45, 60, 74, 90, 180]))
    15
    """
    apart = np.diff(np.unique(seconds)) / 60
    apart = apart[apart <= LONGEST_MINUTES]
    if len(apart) < FEWEST:
        return None
    steps = np.arange(1, LONGEST_MINUTES + 1)
    off = np.abs(apart[:, np.newaxis] - steps)
    near = off <= np.maximum(0.5, 0.1 * steps)
    support = near.sum(axis=0)
    best = np.flatnonzero(support == support.max())
    step = best[np.argmin([abs(apart[off[:, k] <= steps[k] / 2].mean() - steps[k]) for k in best])]
    return int(steps[step]) if support[step] >= len(apart) / 2 else None


def common_step(where: str, steps: Mapping[str, int | None]) -> int:
    """The one interval of all people, in minutes; 5 where nobody's can be told.

    Raises DataError where people have different ones, because a record of one grid would lose or invent readings.
    """
    told: dict[int, list[str]] = {}
    for person, step in steps.items():
        if step is not None:
            told.setdefault(step, []).append(person)
    if len(told) > 1:
        raise DataError(
            where,
            expected="people whose sensors measure at one interval",
            found="; ".join(f"every {step} minutes: {', '.join(people[:5])}" for step, people in sorted(told.items())),
            todo="Put the people of each interval into a file of their own, or call "
            f"load_cgm(path, step_minutes={max(told)}), which keeps the nearest reading to each mark of that grid.",
        )
    return next(iter(told), USUAL_MINUTES)
