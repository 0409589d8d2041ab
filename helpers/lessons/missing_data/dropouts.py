"""A sensor that falls silent now and then, and what a forecast may read of it: the last value, or its age too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.datasets.series import SeriesDataset
from helpers.datasets.windows import SeriesSplits

SILENCE = 9  # steps that a silence lasts on average: 45 minutes of a sensor that reports every five
HISTORY, HORIZON, STRIDE = 12, 6, 6  # steps: what a window holds, how far ahead it looks, from one window to the next
CENTRE, SCALE = 140.0, 60.0  # mg/dL: what glucose is measured by inside the network


def drop_out(readings: np.ndarray, share: float, rng: np.random.Generator, steps: float = SILENCE) -> np.ndarray:
    """Readings (n,) with NaN in about `share` of them, in silences of `steps` on average; the first is never lost.

    Speaking and falling silent alternate, each lasting a geometric number of steps. Raises ValueError for a share
    outside 0 to 1.

    Taught in notebooks/06_missing_data.ipynb, section 5.1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: expected a number above 0 and below 1, found {share}")
    silent, place, gone = False, 1, np.zeros(len(readings), bool)
    while place < len(readings):
        mean = steps if silent else steps * (1 - share) / share
        length = int(rng.geometric(min(1.0, 1 / mean)))
        gone[place : place + length] = silent
        place, silent = place + length, not silent
    return np.where(gone, np.nan, readings)


def last_seen(readings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last reading up to each step, and how many steps old it is; NaN and the age since the start before the first.

    readings: shape (n,), NaN where the sensor was silent. Returns two arrays of shape (n,).

    Taught in notebooks/06_missing_data.ipynb, section 5.1.
    """
    steps = np.arange(len(readings))
    at = np.maximum.accumulate(np.where(np.isnan(readings), -1, steps))
    return np.where(at >= 0, readings[np.maximum(at, 0)], np.nan), steps - np.maximum(at, 0)


def bridged(readings: np.ndarray) -> np.ndarray:
    """Straight lines across the silences, shape (n,): each reads the next reading, which comes later.

    Taught in notebooks/06_missing_data.ipynb, section 5.1.
    """
    known = np.flatnonzero(~np.isnan(readings))
    return np.interp(np.arange(len(readings)), known, readings[known])


@dataclass(frozen=True, eq=False)
class Moments:
    """n moments at which somebody asks for a forecast.

    forward: the last reading (n, HISTORY). mask: 1 where a step was measured. age: hours since the last reading.
    bridged: the straight line between the readings on either side, which knows later ones. target: the true glucose
    HORIZON steps later, mg/dL (n,). people: whose moment it is.
    """

    forward: np.ndarray
    mask: np.ndarray
    age: np.ndarray
    bridged: np.ndarray
    target: np.ndarray
    people: np.ndarray

    def inputs(self, *channels: str) -> np.ndarray:
        """The named channels as a network reads them, float32 (n, HISTORY, channels); glucose centred and scaled."""
        found = [getattr(self, name) for name in channels]
        scaled = [
            (one - CENTRE) / SCALE if name in ("forward", "bridged") else one
            for name, one in zip(channels, found, strict=True)
        ]
        return np.stack(scaled, axis=2).astype(np.float32)


def moments_of(part: SeriesDataset, share: float, rng: np.random.Generator) -> Moments:
    """All moments of one part, with dropouts made in the first feature of each person.

    Taught in notebooks/06_missing_data.ipynb, section 5.1.
    """
    pieces = []
    for person, record in part.people.items():
        true = record.values[:, 0].astype(float)
        seen = drop_out(true, share, rng)
        last, age = last_seen(seen)
        ends = np.arange(HISTORY - 1, len(true) - HORIZON, STRIDE)
        ends = ends[~np.isnan(true[ends + HORIZON])]
        window = ends[:, np.newaxis] + np.arange(1 - HISTORY, 1)
        mask = (~np.isnan(seen)).astype(float)
        hours = age * part.step_minutes / 60
        pieces.append(
            (
                last[window],
                mask[window],
                hours[window],
                bridged(seen)[window],
                true[ends + HORIZON],
                np.full(len(ends), person),
            )
        )
    return Moments(*(np.concatenate(each) for each in zip(*pieces, strict=True)))


def all_moments(splits: SeriesSplits, share: float, *, seed: int) -> dict[str, Moments]:
    """The moments of training, validation and test, each with silences of its own."""
    rng = np.random.default_rng(seed)
    return {name: moments_of(getattr(splits, name), share, rng) for name in ("train", "validation", "test")}
