"""What was given earlier and acts now: insulin and carbohydrate on board, from what the device was told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.datasets.series import CARBOHYDRATE, INSULIN, Record, SeriesDataset

PEAK_MINUTES, DURATION_MINUTES = 75, 300  # of rapid-acting insulin: its strongest effect, and when it is over
CARBOHYDRATE_MINUTES = 180  # until a meal is absorbed: the course's choice


def insulin_left(minutes: np.ndarray) -> np.ndarray:
    """Share of a dose of rapid-acting insulin that has not acted yet so many minutes later, shape (n,).

    What acts in a minute is proportional to t (1 - t / D) exp(-t / tau), with D the duration and tau such that it is
    strongest at the peak: the exponential curve of the open closed-loop systems Loop and oref0 (lib/iob/calculate.js of
    oref0, which has 75 minutes as the peak of rapid-acting insulin). D is 5 hours.

    >>> insulin_left(np.array([0, 60, 150, 300])).round(2).tolist()
    [1.0, 0.76, 0.27, 0.0]
    """
    share = PEAK_MINUTES / DURATION_MINUTES
    tau = PEAK_MINUTES * (1 - share) / (1 - 2 * share)
    t = np.arange(DURATION_MINUTES + 1)
    acting = t * (1 - t / DURATION_MINUTES) * np.exp(-t / tau)
    acted = np.cumsum(acting) / acting.sum()
    return 1 - np.interp(minutes, t, acted)


def carbohydrate_left(minutes: np.ndarray) -> np.ndarray:
    """Share of a meal that is not absorbed yet so many minutes later, shape (n,): it falls evenly over 3 hours.

    >>> carbohydrate_left(np.array([0, 90, 200])).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.clip(1 - minutes / CARBOHYDRATE_MINUTES, 0, 1)


LEFT = {INSULIN: insulin_left, CARBOHYDRATE: carbohydrate_left}


def with_on_board(data: SeriesDataset) -> SeriesDataset:
    """The same data with a feature more for insulin and for carbohydrate, where it has them: how much is on board.

    At each moment the sum of all that was delivered, or entered, until then, each times the share of it that is left;
    a moment without an entry counts as none. Nothing later is read, so it is no leak to compute it before the split.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.3.
    """
    known = [name for name in LEFT if name in data.features]
    people = {}
    for person, record in data.people.items():
        columns = [record.values]
        for name in known:
            given = np.nan_to_num(record.values[:, data.features.index(name)].astype(float))
            left = LEFT[name](np.arange(0, DURATION_MINUTES, data.step_minutes))
            columns.append(np.convolve(given, left)[: len(given), np.newaxis].astype(np.float32))
        people[person] = Record(record.time, np.concatenate(columns, axis=1))
    return replace(data, people=people, features=(*data.features, *(f"{name} on board" for name in known)))
