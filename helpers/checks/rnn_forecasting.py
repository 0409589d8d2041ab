"""Checks of the exercises in notebooks/03_rnn_forecasting.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices
from helpers.from_scratch.recurrent import sigmoid

QUIZ = {1: "d", 2: "a", 3: "c", 4: "b", 5: "a"}


def check_influence(influence: Callable[[np.ndarray, float, float], float]) -> None:
    """influence(inputs, w, u): how much the last state of one unit changes with the first input."""
    rng = np.random.default_rng(31)
    for steps in (3, 1, 2, 6):
        for w, u in ((0.8, 0.5), (-0.7, 1.3)):
            inputs = rng.normal(0, 1, steps)
            states = _states(inputs, w, u)
            right = float(np.prod(1 - states**2) * w * u ** (steps - 1))
            given = float(attempted(influence(inputs.copy(), w, u)))
            if not np.isclose(given, right, rtol=1e-3, atol=1e-9):
                raise NotYetError(
                    f"of {steps} steps with w = {w} and u = {u} it is {right:.4g}, not {given:.4g}; "
                    f"{_slip(given, states, w, u)}"
                )


def _states(inputs: np.ndarray, w: float, u: float) -> np.ndarray:
    """The states of one unit after each step, from 0 on."""
    states, h = [], 0.0
    for value in inputs:
        h = np.tanh(w * value + u * h)
        states.append(h)
    return np.array(states)


def _slip(given: float, states: np.ndarray, w: float, u: float) -> str:
    """What a wrong influence looks like."""
    slope, before, n = np.prod(1 - states**2), np.prod(1 - states[:-1] ** 2), len(states)
    slips = {
        "the slope of tanh belongs to each step": w * u ** (n - 1),
        "the first step brings w, only the later ones u": slope * u**n,
        "there is one u less than there are steps": slope * w * u**n,
        "the last step has a slope too": before * w * u ** (n - 1),
    }
    return next((hint for hint, wrong in slips.items() if np.isclose(given, wrong)), "one factor for every step")


def check_gates(gates: Mapping[str, tuple[float, float]]) -> None:
    """Weight and bias of the forget and the input gate with which a cell holds the last marked number."""
    if set(gates) != {"forget", "input"}:
        raise NotYetError("the dictionary needs exactly the keys forget, input")
    pairs = {name: [attempted(value) for value in gates[name]] for name in ("forget", "input")}
    if any(len(pair) != 2 for pair in pairs.values()):
        raise NotYetError("each gate wants two numbers, (weight, bias)")
    opened = {
        name: [float(sigmoid(np.array(weight * mark + bias))) for mark in (0, 1)]
        for name, (weight, bias) in pairs.items()
    }
    for name, mark, wanted, hint in [
        ("input", 0, 0, "between marks the input gate must be shut, or the noise is let in"),
        ("input", 1, 1, "at a mark the input gate must be open, or the number is not taken"),
        ("forget", 0, 1, "between marks the forget gate must be open: open means keep"),
        ("forget", 1, 0, "at a mark the forget gate must be shut, or the new number is added to the old one"),
    ]:
        if abs(opened[name][mark] - wanted) > 0.5:
            raise NotYetError(f"yours is {opened[name][mark]:.2f} with a mark of {mark}: {hint}")
    rng = np.random.default_rng(32)
    numbers, marks = rng.uniform(-1, 1, 201), np.zeros(201, dtype=int)
    marks[[0, 100]] = 1
    cell = 0.0
    for k, (number, mark) in enumerate(zip(numbers, marks, strict=True)):
        cell = opened["forget"][mark] * cell + opened["input"][mark] * number
        held = numbers[0 if k < 100 else 100]
        if abs(cell - held) > 0.05:
            raise NotYetError(
                f"right in kind, but {k % 100} steps after a mark the cell holds {cell:.2f} instead of {held:.2f}: "
                "the gates must open and shut further"
            )


def check_planted_leaks(knows_too_much: Mapping[str, bool]) -> None:
    """Which features could not have been known at the time of the forecast."""
    reasons = {
        "glucose 15 minutes ago": (False, "three readings back: was it measured by then?"),
        "mean of the last 60 minutes": (False, "the last of these readings is that of now"),
        "mean of the 30 minutes before and the 30 after": (True, "when does the second half of it come in?"),
        "the person's mean over the whole recording": (True, "whole: do the test days count?"),
        "on a test day: the person's mean over the training days": (False, "do those days lie before the test day?"),
        "smooth curve through the whole record, at this moment": (True, "what bends the curve here: only the past?"),
        "hours since the last announced meal": (False, "had that meal been announced by now?"),
        "hours until the next meal": (True, "who knows it now?"),
    }
    check_choices(knows_too_much, reasons, (True, False), "choose True or False")


def check_averages(averages: Callable[[np.ndarray, np.ndarray], Sequence[float]]) -> None:
    """averages(errors, people): RMSE over windows, mean of the people's RMSE, root of the median squared error."""
    names = ("the RMSE over all windows", "the mean of the people's RMSE", "the root of the median squared error")
    rng = np.random.default_rng(33)
    for people in (np.repeat(["B", "A", "C"], [30, 5, 11]), np.array(["x", "y"] * 8)):
        errors = rng.normal(3, 10, len(people)) * np.where(people == people[-1], 4, 1)
        squares = errors**2
        each = [squares[people == person].mean() for person in np.unique(people)]
        right = (np.sqrt(squares.mean()), np.mean(np.sqrt(each)), np.sqrt(np.median(squares)))
        given = attempted(averages(errors.copy(), people.copy()))
        if not np.iterable(given) or len(given) != 3:
            raise NotYetError("return three numbers, in the order of the text")
        slips = {
            float(np.sqrt(np.mean(each))): "take each person's root before the mean over people",
            float(np.mean(np.abs(errors))): "that is the mean absolute error: square first",
            float(np.abs(errors.mean())): "square the errors: large ones up and down must not cancel",
            float(squares.mean()): "the root is missing",
            float(errors.std()): "do not take off the mean of the errors: that is part of them",
        }
        for name, found, wanted in zip(names, given, right, strict=True):
            if not np.isclose(float(attempted(found)), wanted):
                slip = next((hint for wrong, hint in slips.items() if np.isclose(found, wrong)), "look at its name")
                raise NotYetError(f"{name} of the test errors is {wanted:.4g}, not {float(found):.4g}: {slip}")


def check_choose_alarm(choose: Callable[[np.ndarray, np.ndarray, np.ndarray, float], float]) -> None:
    """choose(thresholds, sensitivity, false_per_day, most_false): the best threshold that keeps to the limit."""
    thresholds = np.array([60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0])
    sensitivity = np.array([0.10, 0.45, 0.80, 0.90, 1.00, 1.00, 0.85, 0.70])
    false_per_day = np.array([0.05, 0.20, 0.70, 1.00, 1.60, 2.40, 2.10, 0.90])
    backwards = slice(None, None, -1)
    for limit, right, order, hint in [
        (
            1.0,
            75.0,
            slice(None),
            "exactly the limit is allowed, and the highest allowed threshold need not find the most",
        ),
        (0.5, 65.0, slice(None), "take the highest sensitivity among the thresholds that keep to the limit"),
        (3.0, 80.0, slice(None), "where two find as many events, the one with fewer false alarms is better"),
        (
            3.0,
            80.0,
            backwards,
            "where two find as many events, the one with fewer false alarms is better, wherever it stands",
        ),
        (0.05, 60.0, backwards, "exactly the limit is allowed"),
    ]:
        arrays = tuple(column[order].copy() for column in (thresholds, sensitivity, false_per_day))
        given = float(attempted(choose(*arrays, limit)))
        if given not in thresholds:
            raise NotYetError(f"{given:g} is none of the thresholds that were tried")
        if false_per_day[thresholds == given][0] > limit:
            raise NotYetError(f"with at most {limit} false alarms a day asked for, yours gives more")
        if given != right:
            raise NotYetError(
                f"with at most {limit} false alarms a day there is a better threshold than {given:g}: {hint}"
            )


def check_half_width(half_width: Callable[[np.ndarray, float], float]) -> None:
    """half_width(residuals, coverage): the k-th smallest size, k = ceil((n + 1) coverage)."""
    # the first: n times the coverage, rounding to the nearest and counting one too far each give another k
    for n, coverage, k in [(22, 0.8, 19), (9, 0.9, 9), (19, 0.9, 18), (99, 0.95, 95), (50, 0.8, 41), (99, 0.55, 55)]:
        sizes = np.arange(1.0, n + 1)
        signs = np.where(np.arange(n) % 3 == 0, -1, 1)
        residuals = np.random.default_rng(n).permutation(sizes * signs)
        given = float(attempted(half_width(residuals.copy(), coverage)))
        if not np.isclose(given, k):
            hint = (
                "take the sizes of the residuals, without their signs"
                if given < 0 or np.isclose(given, np.sort(residuals)[k - 1])
                else "round (n + 1) times the coverage up, and count from the smallest"
            )
            raise NotYetError(f"of {n} residuals with sizes 1 to {n}, coverage {coverage}: {k}, not {given:g}; {hint}")


EXERCISES = {
    "03.1": check_influence,
    "03.2": check_gates,
    "03.3": check_planted_leaks,
    "03.4": check_averages,
    "03.5": check_choose_alarm,
    "03.6": check_half_width,
}
