"""From records to windows without a leak: split first, by time or by person, then cut, then scale by what trains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.datasets.arguments import check_fractions, check_whole
from helpers.datasets.contract import DataError
from helpers.datasets.series import MAX_GAP_MINUTES, Record, SeriesDataset, SeriesSplits

MOST_STEPS = 100_000


def split_by_time(data: SeriesDataset, validation_fraction: float = 0.15, test_fraction: float = 0.2) -> SeriesSplits:
    """Everybody trains with their past and is tested on their future: the last part of each record is held out.

    The shares are of each person's readings of the first feature, not of the calendar: a month without a sensor
    counts for nothing. Each part begins with a reading.

    Raises ValueError for shares that are none, DataError for a person with too few readings to give every part one.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.1.
    """
    check_fractions(validation_fraction, test_fraction)
    parts: dict[str, dict[str, Record]] = {"train": {}, "validation": {}, "test": {}}
    for person, record in data.people.items():
        readings = np.flatnonzero(~np.isnan(record.values[:, 0]))
        n_validation = max(1, round(validation_fraction * len(readings)))
        n_test = max(1, round(test_fraction * len(readings)))
        if len(readings) <= n_validation + n_test:
            raise DataError(
                data.name,
                expected=f"enough readings of {person} to train, validate and test",
                found=str(len(readings)),
                todo="Leave this person out of the data.",
            )
        validation, test = readings[-n_validation - n_test], readings[-n_test]
        parts["train"][person] = record.rows(slice(None, validation))
        parts["validation"][person] = record.rows(slice(validation, test))
        parts["test"][person] = record.rows(slice(test, None))
    return SeriesSplits(**{part: replace(data, people=people) for part, people in parts.items()})


def split_by_person(
    data: SeriesDataset, validation_fraction: float = 0.2, test_fraction: float = 0.2, *, seed: int = 1
) -> SeriesSplits:
    """Each person in one part only, with their whole record: how well does a model do on people it has never seen?

    The shares are of people, at least one in each part, drawn with the seed.

    Raises ValueError for shares that are none, DataError for too few people to give every part one.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.1.
    """
    check_fractions(validation_fraction, test_fraction)
    people = list(data.people)
    n_validation = max(1, round(validation_fraction * len(people)))
    n_test = max(1, round(test_fraction * len(people)))
    if len(people) <= n_validation + n_test:
        raise DataError(
            data.name,
            expected=f"at least {n_validation + n_test + 1} people to split by person",
            found=str(len(people)),
            todo="Split by time instead, or hold out a smaller share of the people.",
        )
    drawn = [people[k] for k in np.random.default_rng(seed).permutation(len(people))]
    return SeriesSplits(
        train=data.only(drawn[n_validation + n_test :]),
        validation=data.only(drawn[:n_validation]),
        test=data.only(drawn[n_validation : n_validation + n_test]),
    )


@dataclass(frozen=True, eq=False)
class Windows:
    """n windows, person by person and in time order: what was known up to a moment, and what came after.

    inputs: float32, shape (n, steps, features), without NaN.
    targets: float32, shape (n,), the first feature horizon_steps later; or shape (n, horizon_steps), on the way there.
    people: shape (n,), whose window it is. time: datetime64[s], shape (n,), the moment of the last input.
    last: float32, shape (n,), the first feature at that moment, always a reading.
    filled: bool, shape (n, steps), True where the first feature of the inputs was interpolated.
    report: sentences on what was filled and what was left out. All arrays are read-only.
    """

    inputs: np.ndarray
    targets: np.ndarray
    people: np.ndarray
    time: np.ndarray
    last: np.ndarray
    filled: np.ndarray
    features: tuple[str, ...]
    step_minutes: int
    horizon_steps: int
    report: tuple[str, ...]

    def __post_init__(self):
        for array in (self.inputs, self.targets, self.people, self.time, self.last, self.filled):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def horizon_minutes(self) -> int:
        """How far ahead the last target lies."""
        return self.horizon_steps * self.step_minutes


def make_windows(
    part: SeriesDataset, history_steps: int = 10, horizon_steps: int = 6, *, path: bool = False
) -> Windows:
    """All windows of history_steps rows of input with a target horizon_steps after the last of them.

    part: one part of a split. A window has no row from anywhere else, so split first: windows that are cut before the
    split overlap, and share most of their rows with windows of another part.
    path: whether the targets are all values on the way to the horizon, not only the last.

    A window is kept where nothing has been made up:
    - no gap, that is more than 15 minutes between two readings of the first feature, lies between its first input and
      its target;
    - its last input and its targets are readings. A target is never interpolated;
    - inputs missing between two readings at most 15 minutes apart lie on the straight line between them. The later of
      the two is never later than the last input, because that one is a reading: nothing is known too early;
    - no other feature is missing in its inputs.

    Raises ValueError for steps that are no whole numbers from 1, DataError for a record shorter than one window and
    where no window is left.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.1.
    """
    check_whole("history_steps", history_steps, 1, MOST_STEPS)
    check_whole("horizon_steps", horizon_steps, 1, MOST_STEPS)
    pieces = [
        _windows_of(part, person, record, history_steps, horizon_steps, path) for person, record in part.people.items()
    ]
    inputs, targets, people, time, last, filled = (np.concatenate(each) for each in zip(*pieces, strict=True))
    positions = sum(len(record) - history_steps - horizon_steps + 1 for record in part.people.values())
    if len(inputs) == 0:
        raise DataError(
            part.name,
            expected=f"a stretch of {(history_steps + horizon_steps) * part.step_minutes} minutes without a gap",
            found="none",
            todo="Use fewer steps.",
        )
    report = [
        f"Windows: {len(inputs):,}, of {len(np.unique(people))} people. Places left out because of a gap longer than "
        f"{MAX_GAP_MINUTES} minutes, or because the last input, the target or another feature was not measured: "
        f"{positions - len(inputs):,}.",
        f"{filled.sum():,} of {filled.size:,} input values of {part.features[0]} were interpolated between readings at "
        f"most {MAX_GAP_MINUTES} minutes apart; no target was.",
    ]
    with_one = set(people.tolist())  # once: looking through the array for each person would be quadratic
    without = [person for person in part.people if person not in with_one]
    if without:
        report.append(f"No window is left of {', '.join(without)}.")
    return Windows(
        inputs, targets, people, time, last, filled, part.features, part.step_minutes, horizon_steps, tuple(report)
    )


def _windows_of(
    part: SeriesDataset, person: str, record: Record, history: int, horizon: int, path: bool
) -> tuple[np.ndarray, ...]:
    """Inputs, targets, people, time, last and filled of one person, as in Windows."""
    if len(record) < history + horizon:
        raise DataError(
            part.name,
            expected=f"at least {history + horizon} rows of {person}, for a window of {history} and {horizon} ahead",
            found=f"{len(record)}",
            todo="Use fewer steps, or leave this person out of the data.",
        )
    measured = ~np.isnan(record.values[:, 0])
    values = record.values.copy()
    values[:, 0] = fill_short_gaps(record.values[:, 0], part.step_minutes)

    def whole(known: np.ndarray, length: int) -> np.ndarray:
        """Whether all of `length` rows from each start on are known."""
        return sliding_window_view(known, length).all(axis=1)

    starts = len(record) - history - horizon + 1
    keep = whole(~np.isnan(values[:, 0]), history + horizon)
    keep &= measured[history - 1 :][:starts]
    keep &= whole(~np.isnan(values[:, 1:]).any(axis=1), history)[:starts]
    keep &= whole(measured[history:], horizon) if path else measured[history + horizon - 1 :]
    start = np.flatnonzero(keep)
    end = start + history - 1
    inputs = np.ascontiguousarray(sliding_window_view(values, history, axis=0)[start].transpose(0, 2, 1))
    ahead = record.values[:, 0][end[:, None] + np.arange(1, horizon + 1)]
    return (
        inputs,
        ahead if path else ahead[:, -1].copy(),
        np.full(len(start), person),
        record.time[end],
        record.values[end, 0],
        sliding_window_view(~measured, history)[start],
    )


def fill_short_gaps(values: np.ndarray, step_minutes: int) -> np.ndarray:
    """Values (n,) with NaN replaced by linear interpolation where the readings on either side are at most 15 minutes
    apart. Longer gaps, and what lies before the first reading or after the last, stay NaN.

    >>> fill_short_gaps(np.array([100, np.nan, np.nan, 106, np.nan, np.nan, np.nan, 90], np.float32), 5).tolist()
    [100.0, 102.0, 104.0, 106.0, nan, nan, nan, 90.0]
    """
    rows = np.arange(len(values))
    known = np.flatnonzero(~np.isnan(values))
    before = np.searchsorted(known, rows, side="right") - 1
    after = np.searchsorted(known, rows, side="left")
    inside = (before >= 0) & (after < len(known))
    apart = known[after[inside]] - known[before[inside]]
    short = rows[inside][apart * step_minutes <= MAX_GAP_MINUTES]
    filled = values.copy()
    if len(short):
        filled[short] = np.interp(short, known, values[known])
    return filled


@dataclass(frozen=True, eq=False)
class Scaler:
    """Mean and standard deviation of each feature, float64 (features,), as the training windows have them."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, train: Windows) -> Scaler:
        """The scaler of the training windows' inputs, and of nothing else. A feature that never changes keeps its size.

        The first mean and standard deviation are those of the feature that is forecast, for its targets as well.
        """
        axes = (0, 1)
        constant = train.inputs.max(axis=axes) == train.inputs.min(axis=axes)
        std = train.inputs.std(axis=axes, dtype=np.float64)
        return cls(train.inputs.mean(axis=axes, dtype=np.float64), np.where(constant, 1.0, std))

    def scale(self, inputs: np.ndarray) -> np.ndarray:
        """Inputs (..., features) with mean 0 and standard deviation 1 where they are those of training; float32."""
        return ((inputs - self.mean) / self.std).astype(np.float32)
