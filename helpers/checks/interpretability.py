"""Checks of the exercises in notebooks/07_interpretability.ipynb."""

from __future__ import annotations

from helpers.checks.verdicts import NotYetError

QUIZ = {1: "b", 2: "d"}


def check_numbers_needed(count: int) -> None:
    """How many numbers a mean needs to be ten times as sure as that of 20."""
    hints = {200: "the root of the number counts, not the number", 20: "that is as many as before"}
    if count != 2000:
        raise NotYetError(hints.get(count, f"not {count!r}: the standard error is s over the root of n"))


EXERCISES = {"07.1": check_numbers_needed}
