"""What time series of the course look like: records of people on an even grid of time, and an electrocardiogram."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pandas as pd

from helpers.datasets.contract import Described

GLUCOSE = "glucose (mg/dL)"
INSULIN = "insulin (U)"
CARBOHYDRATE = "carbohydrate (g)"
TIME_OF_DAY = ("sin of the time of day", "cos of the time of day")
LOW, HIGH = 70, 180  # mg/dL: the target range of Battelino et al., Diabetes Care 42:1593, 2019
MAX_GAP_MINUTES = 15  # readings further apart than this have a gap between them, which nothing in the course bridges
MAX_GAP_STEPS = 2  # one missing reading is no gap, however long the step


def max_gap_minutes(step_minutes: int) -> int:
    """How far apart two readings may be without a gap between them: 15 minutes, or two steps where that is more.

    That is for counting gaps and for following a low; lines are drawn over at most 15 minutes, whatever the step.

    >>> max_gap_minutes(5), max_gap_minutes(15)
    (15, 30)
    """
    return max(MAX_GAP_MINUTES, MAX_GAP_STEPS * step_minutes)


@dataclass(frozen=True, eq=False)
class Record:
    """The measurements of one person: n moments, one step apart without exception, with NaN where nothing was measured.

    time: datetime64[s], shape (n,), the wall clock where the person was.
    values: float32, shape (n, features). A row holds what was known at its time: the reading of that moment, and what
    was delivered or eaten during the step that ends with it.
    """

    time: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, keep: slice) -> Record:
        """A stretch of the record, as a view."""
        return Record(self.time[keep], self.values[keep])


@dataclass(frozen=True, eq=False, kw_only=True)
class SeriesDataset(Described):
    """Records of people, all with the same features and the same step, and where they come from.

    people: a record for each name. features: what the columns of the records hold, with units; the first is the one
    that is forecast. step_minutes: time between two rows.
    notes: sentences on what was put right when the data were read, empty where nothing had to be.
    reading: how a file was read, as pairs of a head and a line: layout, clock, step, unit, what was left out.

    Raises DataError where the parts contradict each other, and for a person of whom the first feature was never
    measured. All arrays become read-only.
    """

    damaged: ClassVar[str] = "The data are damaged or not of this kind."

    people: Mapping[str, Record]
    features: tuple[str, ...]
    step_minutes: int
    patients_known: bool = True
    reading: tuple[tuple[str, str], ...] = ()

    def __post_init__(self):
        if not self.features or len(set(self.features)) != len(self.features):
            self._refuse("one or more features, each named once", str(self.features))
        if not isinstance(self.step_minutes, int) or self.step_minutes < 1:
            self._refuse("a step of a whole number of minutes", str(self.step_minutes))
        if not self.people:
            self._refuse("the record of at least one person", "none")
        object.__setattr__(self, "people", MappingProxyType(dict(self.people)))
        for person, record in self.people.items():
            self._check_record(person, record)
            record.time.flags.writeable = False
            record.values.flags.writeable = False

    @property
    def people_note(self) -> str:
        """How many people there are, in words for `provenance`."""
        return f"{len(self.people)}, each with a record of their own"

    def only(self, people: Collection[str]) -> SeriesDataset:
        """The same data set with only these people, in the order that they have here.

        Raises ValueError for a name that is not among them.
        """
        unknown = sorted(set(people) - set(self.people))
        if unknown:
            raise ValueError(f"people: expected some of {list(self.people)}, got {unknown}")
        return replace(self, people={person: self.people[person] for person in self.people if person in people})

    def _check_record(self, person: str, record: Record):
        time, values = record.time, record.values
        if time.dtype != np.dtype("datetime64[s]") or time.ndim != 1:
            self._refuse(f"times of {person} as datetime64[s] of shape (n,)", f"{time.dtype} {time.shape}")
        if values.dtype != np.float32 or values.shape != (len(time), len(self.features)):
            self._refuse(
                f"values of {person} as float32 of shape ({len(time)}, {len(self.features)})",
                f"{values.dtype} {values.shape}",
            )
        if np.isnat(time).any() or (np.diff(time) != np.timedelta64(60 * self.step_minutes, "s")).any():
            self._refuse(
                f"rows of {person} every {self.step_minutes} minutes without exception",
                "a row that is earlier, later or missing",
                "Put the record on an even grid, with NaN where nothing was measured.",
            )
        if np.isinf(values).any():
            self._refuse(f"finite values of {person}, or NaN where nothing was measured", "an infinite one")
        if np.isnan(values[:, 0]).all():
            self._refuse(
                f"at least one value of {self.features[0]} of {person}", "none", "Leave this person out of the data."
            )


@dataclass(frozen=True, eq=False)
class SeriesSplits:
    """Three parts of one data set, each a data set of its own, with no row of any person in two of them."""

    train: SeriesDataset
    validation: SeriesDataset
    test: SeriesDataset


@dataclass(frozen=True, eq=False, kw_only=True)
class EcgRecord(Described):
    """One electrocardiogram.

    signal: float32, shape (n, leads), millivolts, NaN where nothing was recorded. leads: a name for each column.
    rate: samples per second, Hz.
    beats: int64, shape (k,), ascending, the sample of each beat. symbols: text (k,), what kind each beat is ("N" is
    normal, "V" a premature ventricular contraction, ...).
    notes: sentences on what was left out or converted when the record was read. comments: what the header says in free
    words, often age and sex.

    Raises DataError where the parts contradict each other. All arrays become read-only.
    """

    damaged: ClassVar[str] = "The record is damaged or not of this kind."

    signal: np.ndarray
    leads: tuple[str, ...]
    rate: float
    beats: np.ndarray
    symbols: np.ndarray
    comments: tuple[str, ...] = ()
    patients_known: bool = True

    def __post_init__(self):
        if self.signal.dtype != np.float32 or self.signal.ndim != 2 or self.signal.shape[1] != len(self.leads):
            self._refuse(
                f"a signal as float32 of shape (n, {len(self.leads)})", f"{self.signal.dtype} {self.signal.shape}"
            )
        if len(self.signal) == 0 or not self.leads:
            self._refuse("at least one sample of one lead", "none")
        if not self.rate > 0:
            self._refuse("a sampling rate above 0", str(self.rate))
        beats = self.beats
        if beats.dtype != np.int64 or beats.ndim != 1 or self.symbols.shape != beats.shape:
            self._refuse("as many symbols as beats, int64", f"{beats.dtype} {beats.shape} and {self.symbols.shape}")
        if len(beats) and ((np.diff(beats) <= 0).any() or beats[0] < 0 or beats[-1] >= len(self.signal)):
            self._refuse(
                f"beats in ascending order within {len(self.signal)} samples",
                f"some from {beats.min()} to {beats.max()}",
            )
        for array in (self.signal, self.beats, self.symbols):
            array.flags.writeable = False

    @property
    def seconds(self) -> np.ndarray:
        """The time of each sample from the start, float64 (n,), seconds."""
        return np.arange(len(self.signal)) / self.rate

    @property
    def people_note(self) -> str:
        """Whose record it is, in words for `provenance`."""
        return "a model, nobody" if self.simulated else "one person"


def day_features(time: np.ndarray) -> np.ndarray:
    """Sine and cosine of the time of day, float32 (n, 2), so that 23:59 lies beside 00:00; time: datetime64 (n,).

    >>> day_features(np.array(["2024-01-01T00:00", "2024-01-01T06:00"], "datetime64[s]")).round(3).tolist()
    [[0.0, 1.0], [1.0, -0.0]]
    """
    seconds = (time - time.astype("datetime64[D]")).astype("timedelta64[s]").astype(np.int64)
    angle = 2 * np.pi * seconds / 86_400
    return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


def record_counts(data: SeriesDataset) -> pd.DataFrame:
    """Days, readings and gaps of the first feature, one row per person; of glucose also how often it is low and high.

    days: from the first reading to the last. missing: share of the steps between them that have no reading.
    gaps: stretches of more than 15 minutes (`max_gap_minutes`) from one reading to the next. below 70 and above 180
    (mg/dL): shares of the readings.
    """
    rows = {}
    for person, record in data.people.items():
        values = record.values[:, 0]
        at = np.flatnonzero(~np.isnan(values))
        readings = values[at]
        apart = np.diff(at) * data.step_minutes
        rows[person] = {
            "days": (at[-1] - at[0]) * data.step_minutes / 1440,
            "readings": len(at),
            "missing": 1 - len(at) / (at[-1] - at[0] + 1),
            "gaps": int((apart > max_gap_minutes(data.step_minutes)).sum()),
            "longest gap (h)": apart.max(initial=data.step_minutes) / 60,
        }
        if data.features[0] == GLUCOSE:
            rows[person] |= {
                "mean (mg/dL)": readings.mean(dtype=float),
                f"below {LOW}": (readings < LOW).mean(),
                f"above {HIGH}": (readings > HIGH).mean(),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("person")
