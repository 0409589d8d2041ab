"""Checks of the arguments of functions: each raises a ValueError that names the argument and what is allowed."""

from __future__ import annotations

from typing import NoReturn

import numpy as np


def refuse(argument: str, allowed: str, given) -> NoReturn:
    """Raise the ValueError of an argument: its name, what is allowed, what was given."""
    raise ValueError(f"{argument}: expected {allowed}, got {given!r}")


def check_whole(argument: str, given, least: int, greatest: int):
    """Raise ValueError unless `given` is a whole number within these limits.

    >>> check_whole("steps", 2.5, 1, 10)
    Traceback (most recent call last):
    ValueError: steps: expected a whole number from 1 to 10, got 2.5
    """
    whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not whole or not least <= given <= greatest:
        refuse(argument, f"a whole number from {least} to {greatest}", given)


def check_number(argument: str, given, least: float, greatest: float):
    """Raise ValueError unless `given` is a number within these limits.

    >>> check_number("noise", -1, 0, 2)
    Traceback (most recent call last):
    ValueError: noise: expected a number from 0 to 2, got -1
    """
    number = isinstance(given, int | float | np.number) and not isinstance(given, bool)
    if not number or not least <= given <= greatest:
        refuse(argument, f"a number from {least:g} to {greatest:g}", given)


def check_range(argument: str, given, least: float, greatest: float):
    """Raise ValueError unless `given` is two numbers in ascending order within these limits."""
    pair = isinstance(given, tuple | list) and len(given) == 2
    numbers = pair and all(isinstance(value, int | float | np.number) for value in given)
    if not numbers or any(isinstance(value, bool) for value in given) or not least <= given[0] <= given[1] <= greatest:
        refuse(argument, f"two numbers in ascending order from {least} to {greatest}", given)


def check_fractions(validation_fraction, test_fraction):
    """Raise ValueError unless both are shares above 0 that leave something to train on.

    >>> check_fractions(0.5, 0.5)
    Traceback (most recent call last):
    ValueError: validation_fraction and test_fraction: expected shares that add up to less than 1, got 0.5 and 0.5
    """
    for argument, given in {"validation_fraction": validation_fraction, "test_fraction": test_fraction}.items():
        number = isinstance(given, int | float | np.number) and not isinstance(given, bool)
        if not number or not 0 < given < 1:
            refuse(argument, "a number between 0 and 1", given)
    if validation_fraction + test_fraction >= 1:
        raise ValueError(
            "validation_fraction and test_fraction: expected shares that add up to less than 1, "
            f"got {validation_fraction!r} and {test_fraction!r}"
        )
