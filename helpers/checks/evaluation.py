"""Checks of the exercises in notebooks/04_evaluation.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit

from helpers.checks.thresholds import check_highest_threshold
from helpers.checks.verdicts import NotYetError, attempted, check_choices, check_counts
from helpers.evaluation import (
    Patients,
    auc,
    bootstrap_difference,
    calls_at,
    predictive_values,
    two_columns,
)

QUIZ = {1: "d", 2: "a", 3: "c", 4: "b", 5: "c"}
LEAKS = ("none", "patients", "selection", "future", "test set chose")
READINGS = ("calibrated", "too extreme", "too timid", "too high")


def check_screening_counts(counts: Mapping[str, int]) -> None:
    """10,000 people, prevalence 2 %, sensitivity .95, specificity .70: what happens to whom."""
    right = {"found": 190, "missed": 10, "false alarms": 2940, "rightly left alone": 6860}
    slips = {
        "found": {9500: "the sensitivity is a share of the diseased, not of all", 200: "not all diseased are found"},
        "missed": {500: "the missed are diseased people: how many are there?", 9810: "the missed are diseased people"},
        "false alarms": {
            6860: "specificity is the share left alone: the false alarms are the others",
            3000: "false alarms are raised among those without it only",
        },
        "rightly left alone": {
            7000: "the specificity is a share of those without it, not of all",
            2940: "look at the words",
        },
    }

    def hint(key: str, given: object) -> str:
        slip = slips[key].get(given) if isinstance(given, int | float | np.number) else None
        return f"{key}: {slip or f'not {given!r}; start from 200 people with the disease and 9,800 without'}"

    tidy = {key: _tidy(value) for key, value in counts.items()}  # (1 - 0.70) * 9800 is 2940.0000000000005
    check_counts(tidy, right, hint)


def _tidy(value: object) -> object:
    return round(float(value), 6) if isinstance(value, int | float | np.number) else value


def check_screening(choose: Callable[[np.ndarray, np.ndarray, float, float], tuple[float, float]]) -> None:
    """choose(diseased, risks, sensitivity, prevalence): the highest threshold that finds enough, and its PPV there."""
    rng = np.random.default_rng(4)
    # of 20 diseased .92 are 18.4, so 19 are needed; of 100 .55 are 55, though 0.55 * 100 is 55.00000000000001, and so
    # for .56, of which one at least tells in these draws
    # risks of two digits are often equal; of four hardly ever, so that one diseased more is another threshold
    cases = [(60, 0.9, 0.02, 2), (60, 0.92, 0.02, 2), (300, 0.95, 0.1, 2)]
    cases += [(300, sensitivity, 0.6, 4) for sensitivity in (0.55, 0.56, 0.55, 0.56)]
    for n, sensitivity, prevalence, digits in cases:
        diseased = rng.permutation(np.arange(n) % 3 == 0).astype(int)
        risks = np.round(np.clip(rng.normal(0.4 + 0.2 * diseased, 0.15), 0.01, 0.99), digits)
        answer = attempted(choose(diseased.copy(), risks.copy(), sensitivity, prevalence))
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise NotYetError("return two numbers, the threshold and the PPV")
        threshold, ppv = (float(attempted(value)) for value in answer)
        check_highest_threshold(diseased, risks, sensitivity, threshold)
        counts = calls_at(diseased, risks, threshold)
        expected = predictive_values(counts.sensitivity, counts.specificity, prevalence)[0]
        if abs(ppv - counts.precision) < 1e-9 and abs(ppv - expected) > 1e-9:
            raise NotYetError("that is the PPV among the validation patients; the programme has another prevalence")
        if abs(ppv - expected) > 1e-6:
            raise NotYetError(
                f"with sensitivity {counts.sensitivity:.3f}, specificity {counts.specificity:.3f} and prevalence "
                f"{prevalence} the PPV is {expected:.3f} by section 2.3; yours is {ppv:.3f}"
            )


def check_paired(interval: Callable[..., tuple[float, float]]) -> None:
    """interval(diseased, first, second, patients, draws): the bootstrap interval of the difference of two AUCs."""
    labels, first, second, patients = _paired_study()
    low, high = _two_numbers(interval(labels.copy(), first.copy(), second.copy(), patients.copy(), 300))
    if low > high:
        raise NotYetError("return the lower end first")
    rows = Patients(labels, patients)
    right = bootstrap_difference(auc, rows, two_columns(first), two_columns(second), draws=2000, seed=1)
    width, expected = high - low, right.high - right.low
    if high < 0 < right.low:
        raise NotYetError("that is second minus first")
    if not low <= right.estimate <= high:
        raise NotYetError(f"the difference on all rows is {right.estimate:.3f}, and your interval does not hold it")
    if width < 0.75 * expected:
        raise NotYetError(
            f"your interval is {width:.3f} wide, that of patients {expected:.3f}: draw patients, each with all of "
            "their rows, and with replacement, as many as there are; the middle 95 % of the differences is the interval"
        )
    if width > 1.35 * expected:
        raise NotYetError(
            f"your interval is {width:.3f} wide, that of the paired difference {expected:.3f}: on each draw take both "
            "AUCs of the same patients, and then the difference"
        )


def _paired_study() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """120 patients with two to eight images, and two models that find the same patients hard, the first the better."""
    rng = np.random.default_rng(44)
    patients = np.repeat(np.arange(120), rng.integers(2, 9, 120))
    ill = rng.permutation(120) % 3 == 0
    common = rng.normal(1.1 * ill, 0.9)[patients]
    first, second = (
        expit(common + rng.normal(add * ill, 0.35)[patients] + rng.normal(0, 0.2, len(patients))) for add in (0.6, 0)
    )
    return ill[patients].astype(int), first, second, patients


def _two_numbers(answer: object) -> tuple[float, float]:
    given = attempted(answer)
    if not isinstance(given, tuple | list | np.ndarray) or len(given) != 2:
        raise NotYetError("return two numbers, the lower and the upper end")
    low, high = (float(attempted(value)) for value in given)
    return low, high


def check_leaks(found: Mapping[str, str]) -> None:
    """Five pipelines: which of them leaks, and how."""
    reasons = {
        "A": ("patients", "on which side of the split are the four images of one person?"),
        "B": ("selection", "whose labels chose the genes?"),
        "C": ("none", "what does each step see, and is any of it from test patients?"),
        "D": ("future", "would the laboratory value be there when the model is asked?"),
        "E": ("test set chose", "by which patients was the best of the ten picked?"),
    }
    check_choices(found, reasons, LEAKS, f"choose one of {', '.join(LEAKS)}")


def check_reading(read: Mapping[str, str]) -> None:
    """Four rows of a reliability diagram: what each model does wrong."""
    reasons = {
        "A": ("too extreme", "where it says .1 more are ill, where it says .9 fewer are"),
        "B": ("calibrated", "compare said and seen, point by point"),
        "C": ("too high", "is it wrong in the same direction everywhere?"),
        "D": ("too timid", "where it says .3 hardly anybody is ill, where it says .7 nearly everybody"),
    }
    check_choices(read, reasons, READINGS, f"choose one of {', '.join(READINGS)}")


EXERCISES = {
    "04.1": check_screening_counts,
    "04.2": check_screening,
    "04.3": check_reading,
    "04.4": check_paired,
    "04.5": check_leaks,
}
