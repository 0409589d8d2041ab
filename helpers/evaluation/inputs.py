"""The one door for labels, scores and risks: each usual form is understood, or refused with a sentence.

Every function of helpers.evaluation takes its inputs through here, so that no number comes out of labels that are
counted from 1, of a network's single column, or of rows that are not numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

LARGEST_LABEL = 2**31  # beyond it a number is no class
SUM_TOLERANCE = 1e-3  # how far the sum of a row of probabilities may lie from 1: a softmax in float32 is within 1e-6


def check_labels(labels: np.ndarray) -> np.ndarray:
    """Labels as whole numbers from 0, shape (n,), at least one.

    Truth values, whole numbers in any type, a list, a column of a table and shape (n, 1) are understood.
    Raises ValueError for text, NaN, fractions, numbers below 0, one-hot rows and another shape, and says what to do.
    """
    try:
        found = np.asarray(labels)
    except ValueError:  # rows of different length
        raise ValueError("labels: expected shape (n,), found rows of different length") from None
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim == 2:
        raise ValueError(
            f"labels: expected shape (n,), found {found.shape}; of one-hot rows labels.argmax(axis=1) are the labels"
        )
    if found.ndim != 1 or len(found) == 0:
        raise ValueError(f"labels: expected shape (n,) with at least one row, found {found.shape}")
    counted = found.dtype == bool or np.issubdtype(found.dtype, np.integer)
    whole = found.astype(np.int64) if counted else _whole(found)
    if whole.min() < 0:
        raise ValueError(
            f"labels: expected classes counted from 0, found {whole.min()} to {whole.max()}; with two classes that are "
            "called -1 and 1, pass labels > 0"
        )
    return whole


def _whole(labels: np.ndarray) -> np.ndarray:
    """Labels of another type as whole numbers, where that is what they are."""
    try:
        numbers = labels.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"labels: expected whole numbers from 0, found {labels.dtype.name} such as {labels[0]!r}; encode them: "
            "names, labels = numpy.unique(labels, return_inverse=True)"
        ) from None
    if missing := int((~np.isfinite(numbers)).sum()):
        raise ValueError(f"labels: {missing} are NaN or infinite; leave those rows out, and say how many they were")
    if np.abs(numbers).max() > LARGEST_LABEL:
        raise ValueError(f"labels: expected whole numbers from 0, found {np.abs(numbers).max():g}")
    if (numbers != np.round(numbers)).any():
        raise ValueError(f"labels: expected whole numbers, found {numbers[numbers != np.round(numbers)][0]:g}")
    return numbers.astype(np.int64)


def check_scores(labels: np.ndarray, scores: np.ndarray, *, what: str = "scores") -> tuple[np.ndarray, np.ndarray]:
    """Labels as `check_labels` gives them, and finite scores of shape (n, classes), one row per label.

    scores: a column per class; or one score per row, (n,) or (n, 1) as a sigmoid gives it: then of class 1 of two.
    Raises ValueError for another shape, NaN, text, and for a label without a column.
    """
    labels, scores = check_labels(labels), check_finite(scores, what)
    if scores.ndim == 1 or scores.shape[1:] == (1,):
        scores = scores.reshape(-1, 1)
        scores = np.concatenate([1 - scores, scores], axis=1)
    if scores.ndim != 2 or len(scores) != len(labels):
        raise ValueError(f"{what}: expected shape ({len(labels)}, classes), one row per label, found {scores.shape}")
    if labels.max() >= scores.shape[1]:
        raise ValueError(
            f"labels: expected 0 to {scores.shape[1] - 1}, the columns of the {what}, found {labels.min()} to "
            f"{labels.max()}" + ("; they are counted from 1: pass labels - 1" if labels.min() == 1 else "")
        )
    return labels, scores


def check_probabilities(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `check_scores` gives, where the scores are probabilities: from 0 to 1, with rows whose sum is 1.

    Raises ValueError as it does, and for values that are no probabilities.
    """
    labels, probabilities = check_scores(labels, probabilities, what="probabilities")
    _check_range(np.asarray(probabilities), "probabilities")
    sums = probabilities.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > SUM_TOLERANCE:
        raise ValueError(f"probabilities: expected rows whose sum is 1, found {sums[worst]:.4g} in row {worst}")
    return labels, probabilities


def check_choices(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `check_scores` gives, where the class of the largest score is to be called.

    Of one score per row that is class 1 from .5 on. So a percentage or a logit in a single column would be called by
    the wrong cut: ValueError. A column per class may hold anything that is larger for a likelier class.
    """
    labels, scores = check_scores(labels, scores)
    if scores.shape[1] == 2 and np.allclose(scores.sum(axis=1), 1, atol=SUM_TOLERANCE):
        _check_range(scores[:, 1], "scores")
    return labels, scores


def check_risks(diseased: np.ndarray, risks: np.ndarray, *, both: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Diseased as booleans and risks as float64, both of shape (n,).

    diseased: truth values, or whole numbers 0 and 1. risks: the probability of the disease, 0 to 1, (n,) or (n, 1).
    both: whether there must be rows with the disease and rows without it.
    Raises ValueError for another shape, another value, NaN, or a class that is missing where both are needed.
    """
    diseased, risks = check_labels(diseased), check_finite(risks, "risks").astype(np.float64)
    if risks.ndim == 2 and risks.shape[1] == 1:
        risks = risks[:, 0]
    if risks.shape != diseased.shape:
        hint = "; pass the column of the disease" if risks.ndim == 2 else ""
        raise ValueError(f"expected one risk per row, found {risks.shape} risks for {diseased.shape} rows{hint}")
    if diseased.max() > 1:
        raise ValueError(f"diseased: expected 0 and 1 or truth values, found {np.unique(diseased)[:5]}")
    _check_range(risks, "risks")
    diseased = diseased.astype(bool)
    if both and not 0 < diseased.sum() < len(diseased):
        raise ValueError(f"expected rows with the disease and rows without, found {diseased.sum()} of {len(diseased)}")
    return diseased, risks


def check_finite(values: np.ndarray, what: str) -> np.ndarray:
    """Values as an array of finite numbers, at least one, in their own type if that is a type of numbers.

    Raises ValueError for text, NaN, infinite values and nothing.
    """
    try:
        found = np.asarray(values)
    except ValueError:  # rows of different length
        raise ValueError(f"{what}: expected rows of one length, found some longer than others") from None
    if found.dtype == bool or not np.issubdtype(found.dtype, np.number):
        try:
            found = found.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{what}: expected numbers, found {found.dtype.name}") from None
    if found.size == 0:
        raise ValueError(f"{what}: expected at least one number, found shape {found.shape}")
    if missing := int((~np.isfinite(found)).sum()):
        raise ValueError(f"{what}: {missing} values are NaN or infinite; the model failed")
    return found


def check_forecast(targets: np.ndarray, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True values and forecasts as finite arrays of one shape, (n,) or (n, steps).

    A forecast (n, 1), as a network gives it, counts as (n,): NumPy would subtract each forecast from each target.
    Raises ValueError for shapes that differ, text, NaN and nothing.
    """
    one, other = check_finite(targets, "targets"), check_finite(forecast, "forecast")
    if one.ndim == 1 and other.shape == (len(one), 1):
        other = other[:, 0]
    if one.shape != other.shape:
        raise ValueError(f"forecast: expected the shape of the targets, {one.shape}, found {other.shape}")
    return one, other


def check_draws(draws: int) -> None:
    """Raise ValueError unless this is how often one can draw: a whole number of 1 or more."""
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise ValueError(f"draws: expected a whole number of 1 or more, found {draws!r}")


def check_level(level: float) -> None:
    """Raise ValueError unless this is the level of an interval: above 0 and below 1."""
    if not 0 < level < 1:
        raise ValueError(f"level: expected a number above 0 and below 1, found {level}")


def check_names(probabilities: np.ndarray, class_names: Sequence[str]) -> None:
    """Raise ValueError unless there is a name for each column: rows of a class without one would be left out."""
    if len(class_names) != probabilities.shape[1]:
        raise ValueError(
            f"class_names: expected a name for each of {probabilities.shape[1]} columns, found {len(class_names)}; "
            "class_columns takes the columns of the classes"
        )


def check_number(value: float, name: str, *, low: float = -math.inf, high: float = math.inf) -> None:
    """Raise ValueError where a number is NaN or outside low to high, both included."""
    if not low <= value <= high:
        span = f"a number from {low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
        raise ValueError(f"{name}: expected {span if math.isfinite(low) else 'a number'}, found {value}")


def _check_range(values: np.ndarray, what: str) -> None:
    least, most = values.min(), values.max()
    if least < 0 or most > 1:
        cause = "percent? Divide by 100" if least >= 0 and 1 < most <= 100 else "logits or log-odds?"
        raise ValueError(f"{what}: expected values from 0 to 1, found {least:.4g} to {most:.4g}; are these {cause}")
