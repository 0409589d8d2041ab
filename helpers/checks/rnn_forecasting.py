"""Checks of the exercises in notebooks/03_rnn_forecasting.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_counts

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "b"}


def check_recurrent_weights(counts: Mapping[str, int]) -> None:
    """Weights, biases included, of three recurrent layers of 20 units on 3 features."""
    slips = {
        "SimpleRNN": {
            460: "the 20 biases",
            80: "that each unit also reads all 20 states",
            1380: "nothing: it has one block",
        },
        "LSTM": {480: "that there are four blocks", 1440: "one of the four blocks", 1840: "the biases"},
        "GRU": {
            1440: "that Keras' GRU has two rows of biases",
            1380: "the biases",
            1920: "that a GRU has three blocks",
        },
    }
    right = {"SimpleRNN": 480, "LSTM": 1920, "GRU": 1500}

    def hint(layer: str, given: int) -> str:
        forgotten = slips[layer].get(given)
        return (
            f"{layer}: think of {forgotten}"
            if forgotten
            else f"{layer} is not {given}: per block, units times (features + units), and the biases"
        )

    check_counts(counts, right, hint)


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
    if set(knows_too_much) != set(reasons):
        raise NotYetError(f"the dictionary needs exactly the keys {'; '.join(reasons)}")
    for feature, (right, reason) in reasons.items():
        if not isinstance(knows_too_much[feature], (bool, np.bool_)):
            raise NotYetError(f"{feature!r} wants True or False")
        if bool(knows_too_much[feature]) != right:
            raise NotYetError(f"think again about {feature!r}: {reason}")


def check_slope(slope: Callable[[np.ndarray], np.ndarray]) -> None:
    """slope(values): the change per step at each moment, from that moment and earlier ones only."""
    rng = np.random.default_rng(30)
    given = np.asarray(attempted(slope(100 + 2.5 * np.arange(30.0))), dtype=float)
    if given.shape != (30,):
        raise NotYetError(f"30 values should give 30 slopes; yours gives the shape {given.shape}")
    if not np.isfinite(given).all():
        raise NotYetError("some slopes are not numbers; where there is no past yet, say 0")
    values = 120 + np.cumsum(rng.normal(0, 3, 60))
    before = np.asarray(slope(values.copy()), dtype=float)
    for moment in (10, 25, 40):
        changed = values.copy()
        changed[moment + 1 :] += rng.normal(0, 20, 60 - moment - 1)
        if not np.allclose(np.asarray(slope(changed), dtype=float)[: moment + 1], before[: moment + 1]):
            raise NotYetError("when readings after a moment change, your slope at that moment changes: it looks ahead")
    if not np.allclose(given[10:], 2.5):
        raise NotYetError(
            f"on a line that rises by 2.5 a step the slope should be 2.5; yours ends with {given[-1]:.3g}"
        )


def check_choose_alarm(choose: Callable[[np.ndarray, np.ndarray, np.ndarray, float], float]) -> None:
    """choose(thresholds, sensitivity, false_per_day, most_false): the best threshold that keeps to the limit."""
    thresholds = np.array([60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0])
    sensitivity = np.array([0.10, 0.45, 0.80, 0.90, 1.00, 1.00, 0.85, 0.70])
    false_per_day = np.array([0.05, 0.20, 0.70, 1.00, 1.60, 2.40, 2.10, 0.90])
    for limit, right, hint in [
        (1.0, 75.0, "exactly the limit is allowed, and the highest allowed threshold need not find the most"),
        (0.5, 65.0, "take the highest sensitivity among the thresholds that keep to the limit"),
        (3.0, 80.0, "where two find as many events, the one with fewer false alarms is better"),
        (0.05, 60.0, "exactly the limit is allowed"),
    ]:
        arrays = (thresholds.copy(), sensitivity.copy(), false_per_day.copy())
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
    for n, coverage, k in [(9, 0.9, 9), (19, 0.9, 18), (99, 0.95, 95), (50, 0.8, 41), (99, 0.55, 55)]:
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
    "03.1": check_recurrent_weights,
    "03.2": check_planted_leaks,
    "03.3": check_slope,
    "03.4": check_choose_alarm,
    "03.5": check_half_width,
}
