"""Checks of the exercises in notebooks/04_evaluation.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices, check_counts
from helpers.evaluation import calls_at, predictive_values, threshold_for_sensitivity

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "b"}
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
            3000: "false alarms are raised among the healthy only",
        },
        "rightly left alone": {
            7000: "the specificity is a share of the healthy, not of all",
            2940: "look at the words",
        },
    }

    def hint(key: str, given: object) -> str:
        slip = slips[key].get(given) if isinstance(given, int | float | np.number) else None
        return f"{key}: {slip or f'not {given!r}; start from 200 diseased and 9,800 healthy people'}"

    check_counts(counts, right, hint)


def check_screening(choose: Callable[[np.ndarray, np.ndarray, float, float], tuple[float, float]]) -> None:
    """choose(diseased, risks, sensitivity, prevalence): the highest threshold that finds enough, and its PPV there."""
    rng = np.random.default_rng(4)
    for n, sensitivity, prevalence in [(60, 0.9, 0.02), (300, 0.95, 0.1), (300, 0.5, 0.6)]:
        diseased = rng.permutation(np.arange(n) % 3 == 0).astype(int)
        risks = np.round(np.clip(rng.normal(0.4 + 0.2 * diseased, 0.15), 0.01, 0.99), 2)
        answer = attempted(choose(diseased.copy(), risks.copy(), sensitivity, prevalence))
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise NotYetError("return two numbers, the threshold and the PPV")
        threshold, ppv = (float(attempted(value)) for value in answer)
        _check_threshold(diseased, risks, sensitivity, threshold)
        counts = calls_at(diseased, risks, threshold)
        expected = predictive_values(counts.sensitivity, counts.specificity, prevalence)[0]
        if abs(ppv - counts.precision) < 1e-9 and abs(ppv - expected) > 1e-9:
            raise NotYetError("that is the PPV among the validation patients; the programme has another prevalence")
        if abs(ppv - expected) > 1e-6:
            raise NotYetError(
                f"with sensitivity {counts.sensitivity:.3f}, specificity {counts.specificity:.3f} and prevalence "
                f"{prevalence} the PPV is {expected:.3f} by section 2.3; yours is {ppv:.3f}"
            )


def _check_threshold(diseased: np.ndarray, risks: np.ndarray, sensitivity: float, threshold: float) -> None:
    found = calls_at(diseased, risks, threshold).sensitivity
    if found < sensitivity - 1e-12:
        raise NotYetError(f"your threshold finds {found:.3f} of the diseased where {sensitivity} was asked for")
    best = threshold_for_sensitivity(diseased, risks, sensitivity)
    if calls_at(diseased, risks, threshold).fp > calls_at(diseased, risks, best).fp:
        raise NotYetError("a higher threshold finds enough of the diseased too, and raises fewer false alarms")


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
    "04.4": check_leaks,
}
