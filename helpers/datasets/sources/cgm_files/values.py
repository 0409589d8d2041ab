"""Cells of text into numbers: decimal commas, nothing, and the words and marks of a sensor that is at its limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from helpers.datasets.sources.cgm_files.faults import Faults

MISSING = ("", "na", "nan", "null", "none", "---")
LOW_WORDS, HIGH_WORDS = ("low", "lo"), ("high", "hi")
# mg/dL, what the words stand for: below 40 a Dexcom, Libre or Guardian shows "Low" or "LO"; above 400 a Dexcom or a
# Guardian shows "High" (the makers' manuals)
LIMITS_OF_MOST = (40, 400)
LIMITS_OF_LIBRE = (40, 500)  # a Libre shows "HI" above 500
# mg/dL: the numbers by which a Dexcom passes the words on, one below and one above its limits
LIMIT_CODES = (39, 401)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


class Cell(NamedTuple):
    """A text and where it stands."""

    line: int
    text: str


@dataclass
class Numbers:
    """The numbers of n cells. values: float64 (n,), NaN where there is none. low, high: bool (n,), True where the cell
    says that the sensor was at its limit by a word (the value is NaN until the limit's unit is known) or by < and >.
    commas: how many had a decimal comma."""

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    commas: int = 0
    words: set[str] = field(default_factory=set)


def parse_numbers(cells: Sequence[Cell], column: str, faults: Faults) -> Numbers:
    """The numbers of the cells; every cell that is neither a number nor known words is noted in `faults`."""
    n = len(cells)
    numbers = Numbers(np.full(n, np.nan), np.zeros(n, bool), np.zeros(n, bool))
    for k, (line, text) in enumerate(cells):
        word = text.casefold()
        if word in MISSING:
            continue
        if word in LOW_WORDS or word.startswith("<"):
            numbers.low[k] = True
        elif word in HIGH_WORDS or word.startswith(">"):
            numbers.high[k] = True
        if word in LOW_WORDS + HIGH_WORDS:
            numbers.words.add(text)
            continue
        number = text.lstrip("<> ")
        if not _NUMBER.fullmatch(number):
            faults.add(
                line,
                column,
                "a number",
                repr(text),
                "Write what the sensor showed, Low or High where it was at its limit, or leave the cell empty if "
                "nothing.",
            )
            continue
        numbers.commas += "," in number
        numbers.values[k] = float(number.replace(",", "."))
    return numbers


def parse_amounts(cells: Sequence[Cell], column: str, faults: Faults) -> np.ndarray:
    """float64 (n,): amounts of zero or more, NaN where the cell is empty; any other text is noted in `faults`."""
    values = np.full(len(cells), np.nan)
    for k, (line, text) in enumerate(cells):
        if text.casefold() in MISSING:
            continue
        if not _NUMBER.fullmatch(text) or float(text.replace(",", ".")) < 0:
            faults.add(line, column, "an amount, zero or more", repr(text), "Correct it, or empty the cell.")
            continue
        values[k] = float(text.replace(",", "."))
    return values
