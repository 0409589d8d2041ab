"""An estimate with the ends of its interval, as tables and texts show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate with the lower and upper end of its interval; digits: how many stand behind the point.

    >>> str(Interval(0.912, 0.8901, 0.9333)), str(Interval(18.12, 16.9, 19.44, digits=1))
    ('.912 (.890 to .933)', '18.1 (16.9 to 19.4)')
    """

    estimate: float
    low: float
    high: float
    digits: int = 3

    def __str__(self) -> str:
        shown = [f"{value:.{self.digits}f}" for value in (self.estimate, self.low, self.high)]
        shown = [text.removeprefix("0") if not text.startswith("-0.") else "-" + text[2:] for text in shown]
        return f"{shown[0]} ({shown[1]} to {shown[2]})"
