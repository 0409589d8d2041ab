"""Checks of the exercises in notebooks/06_missing_data.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers.checks.verdicts import NotYetError, attempted, check_choices

QUIZ = {1: "c", 2: "b", 3: "d", 4: "a", 5: "c"}
MECHANISMS = ("completely at random", "at random", "not at random")


def check_stories(told: Mapping[str, str]) -> None:
    """Four reasons for a gap: which mechanism is each?"""
    reasons = {
        "A": ("completely at random", "did the freezer know anybody's value, or anything else about them?"),
        "B": ("at random", "what decided stands in the table: is anything left that the hidden value itself decides?"),
        "C": ("not at random", "among people who look alike in the table, who is it that refuses?"),
        "D": ("not at random", "whose value falls below what the machine can measure?"),
    }
    if isinstance(told, Mapping):
        told = {key: _mechanism(name) for key, name in told.items()}
    check_choices(told, reasons, MECHANISMS, f"choose one of {', '.join(MECHANISMS)}")


def _mechanism(name: object) -> object:
    """The mechanism's name in MECHANISMS for its usual other ways of writing: MCAR, "Missing at random"."""
    if not isinstance(name, str):
        return name
    plain = name.strip().lower().removeprefix("missing ")
    return dict(zip(("mcar", "mar", "mnar"), MECHANISMS, strict=True)).get(plain, plain)


def check_pooled(pooled: Callable[[np.ndarray, np.ndarray], tuple[float, float]]) -> None:
    """pooled(estimates, errors): Rubin's estimate and standard error."""
    for estimates, errors in (
        (np.array([1.0, 3.0]), np.array([0.5, 1.5])),
        (np.array([2.0, 2.5, 4.0, 3.1]), np.array([0.4, 0.6, 0.5, 0.9])),
    ):
        answer = attempted(pooled(estimates.copy(), errors.copy()))
        if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != 2:
            raise NotYetError("return two numbers, the estimate and its standard error")
        mean, error = (float(attempted(value)) for value in answer)
        m, between, within = len(estimates), estimates.var(ddof=1), np.mean(errors**2)
        total = within + (1 + 1 / m) * between
        if not np.isclose(mean, estimates.mean()):
            raise NotYetError(
                f"the pooled estimate is the mean of the estimates, {estimates.mean():.3f}; not {mean:.3f}"
            )
        slips = {
            "that is the error within the imputations alone: it takes made-up values for measured ones": within,
            "the imputations scatter, and m of them are not infinitely many: multiply their variance by 1 + 1/m": within
            + between,
            "divide the squared distances of the estimates by m - 1, not by m": within + (1 + 1 / m) * estimates.var(),
            "variances add up, standard errors do not: square the errors before you average them": errors.mean() ** 2
            + (1 + 1 / m) * between,
            "variances add up, standard errors do not: average the squared errors, and add how the estimates scatter": (
                errors.mean() ** 2
            ),
            "variances add up, standard errors do not: square both parts before you add them": (
                errors.mean() + np.sqrt((1 + 1 / m) * between)
            )
            ** 2,
            "that is the variance; its root is the standard error": total**2,
        }
        if not np.isclose(error, np.sqrt(total)):
            for hint, variance in slips.items():
                if np.isclose(error, np.sqrt(variance)):
                    raise NotYetError(hint)
            raise NotYetError(f"the standard error of {estimates} with errors {errors} is not {error:.3f}")


def check_fill(fill: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """fill(train, new): the gaps of new rows filled with the means of the training rows."""
    nan = np.nan
    train = np.array([[1.0, 10.0], [3.0, nan], [nan, 36.0], [8.0, 20.0]])
    new = np.array([[nan, 100.0], [50.0, nan], [70.0, 300.0]])
    given = train.copy(), new.copy()
    found = attempted(fill(*given))
    found = np.asarray(found, float)
    if found.shape != new.shape:
        raise NotYetError(f"return the new rows, shape {new.shape}; yours has the shape {found.shape}")
    if not all(np.array_equal(now, before, equal_nan=True) for now, before in zip(given, (train, new), strict=True)):
        raise NotYetError("the caller's rows were changed: work on a copy")
    right = np.where(np.isnan(new), [4.0, 22.0], new)
    both = np.concatenate([train, new])
    slips = {
        "these are means of the new rows: they are not known yet when the model is built": np.nanmean(new, axis=0),
        "the new rows took part in the means: that is the leak": np.nanmean(both, axis=0),
        "zero is a value like any other, and not a typical one": np.zeros(2),
        "these are medians; the exercise asks for means": np.nanmedian(train, axis=0),
        "each column has a mean of its own: axis=0": np.full(2, np.nanmean(train)),
    }
    if np.isnan(found).any():
        raise NotYetError("there is still a gap; np.nanmean leaves gaps out of a mean")
    if not np.allclose(found, right):
        for hint, means in slips.items():
            if np.allclose(found, np.where(np.isnan(new), means, new)):
                raise NotYetError(hint)
        raise NotYetError(f"expected {right.tolist()}, found {found.tolist()}")


def check_carry(carry: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> None:
    """carry(readings): the last reading up to each step, and its age in steps."""
    nan = np.nan
    for readings in (
        np.array([100.0, nan, nan, 160.0, nan, 120.0]),
        np.array([80.0, 90.0, nan, nan, nan, nan]),
    ):
        answer = attempted(carry(readings.copy()))
        if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != 2:
            raise NotYetError("return two arrays, the values and their ages")
        last, age = (np.asarray(attempted(one), float) for one in answer)
        if last.shape != readings.shape or age.shape != readings.shape:
            raise NotYetError(f"both arrays have one value per step, shape {readings.shape}")
        steps = np.arange(len(readings))
        at = np.maximum.accumulate(np.where(np.isnan(readings), 0, steps))
        seen = np.flatnonzero(~np.isnan(readings))
        if not np.allclose(last, readings[at], equal_nan=False):
            if np.isnan(last).any():
                raise NotYetError("there is still a gap among the values")
            if np.allclose(age, readings[at]):
                raise NotYetError("return the values first, then their ages")
            from_later = (np.interp(steps, seen, readings[seen]), pd.Series(readings).bfill())
            if any(np.allclose(last, one) for one in from_later):
                raise NotYetError("a gap that is filled from the next reading has read the future")
            raise NotYetError(
                f"of {readings.tolist()} the last readings are {readings[at].tolist()}, not {last.tolist()}"
            )
        if not np.array_equal(age, steps - at):
            raise NotYetError(
                f"of {readings.tolist()} the ages are {(steps - at).tolist()}, not {age.tolist()}: "
                "0 where something was measured, and one more with every step after it"
            )


EXERCISES = {"06.1": check_stories, "06.2": check_pooled, "06.3": check_fill, "06.4": check_carry}
