"""What a file of readings comes to before it lies on a grid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

PLAIN_LAYOUT = "a table with the columns id, time and gl"


@dataclass(frozen=True, eq=False)
class Amounts:
    """n amounts of insulin (U) or carbohydrate (g). people: text (n,). time: datetime64[s] (n,), wall clock.
    offsets: as in Readings. values: float64 (n,)."""

    people: np.ndarray
    time: np.ndarray
    offsets: np.ndarray | None
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Readings:
    """The n readings of a file, in its order. people: text (n,). time: datetime64[s] (n,), wall clock. values: float64
    (n,), mg/dL, NaN where missing. lines: int64 (n,), where each stands in the file. report: what was put right, in
    sentences.

    layout, unit: what the file is and which unit it had, in words. left_out: how many rows of what kind are not among
    the readings. offsets: int64 (n,), how many seconds the wall clock is ahead of UTC, None where the file does not
    say. insulin, carbohydrate: None where the file has none. named: whether `people` are called as in the file; what a
    maker exports names its person in many places, the name of the file among them, so that none of it is kept."""

    people: np.ndarray
    time: np.ndarray
    values: np.ndarray
    lines: np.ndarray
    report: tuple[str, ...]
    layout: str = PLAIN_LAYOUT
    unit: str = "mg/dL"
    left_out: Counter[str] = field(default_factory=Counter)
    offsets: np.ndarray | None = None
    insulin: Amounts | None = None
    carbohydrate: Amounts | None = None
    named: bool = True
