"""Checks of the exercises in notebooks/08_generalisation.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices

QUIZ = {1: "c", 2: "b", 3: "b", 4: "a", 5: "d"}
CAUSES = ("the machine", "fewer ill", "another definition", "cannot be told")


def check_causes(told: Mapping[str, str]) -> None:
    """Four hospitals and what they report: what has changed?"""
    reasons = {
        "A": ("fewer ill", "the ill and the healthy are each called as at home: only how many there are can differ"),
        "B": ("the machine", "the share of the ill is the same, and the pictures are not"),
        "C": ("another definition", "no picture and no call has changed: what is left is what they are compared with"),
        "D": ("cannot be told", "each of the three moves the intercept: which number beside it would tell them apart?"),
    }
    check_choices(told, reasons, CAUSES, f"choose one of {', '.join(CAUSES)}")


def check_true_share(true_share: Callable[[float, float, float], float]) -> None:
    """true_share(called, sensitivity, specificity): the share of the ill from the share that is called ill."""
    for called, sensitivity, specificity in ((0.3, 0.9, 0.85), (0.46, 0.8, 0.7), (0.6, 0.95, 0.6)):
        found = float(attempted(true_share(called, sensitivity, specificity)))
        false = 1 - specificity
        right = (called - false) / (sensitivity - false)
        slips = {
            "that is the share called ill: it holds false alarms, and lacks the ill who are missed": called,
            "false alarms are 1 - specificity": (called - specificity) / (sensitivity - specificity),
            "take the missed into account, too: divide by sensitivity minus false alarms": called - false,
            "among the called ill the healthy count as well: divide by sensitivity minus false alarms": (called - false)
            / sensitivity,
            "false alarms come from the healthy alone: solve the equation for both": called / sensitivity,
        }
        if not np.isclose(found, right):
            for hint, value in slips.items():
                if np.isclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"of {called} called ill at {sensitivity} and {specificity} the share is not {found:.3f}")
    for called, end in ((0.05, 0), (0.97, 1)):
        if not np.isclose(float(true_share(called, 0.9, 0.8)), end):
            raise NotYetError(f"a share lies between 0 and 1: with {called} called ill at .9 and .8 it is {end}")


def check_limit_of(limit_of: Callable[[np.ndarray, float], float]) -> None:
    """limit_of(scores, level): the ⌈(n + 1) · level⌉-th smallest score, 1 where there are too few."""
    rng = np.random.default_rng(8)
    for n, level in ((30, 0.9), (45, 0.8), (19, 0.9)):
        scores = rng.permutation(np.arange(1, n + 1) ** 2) / (n + 1) ** 2  # no two steps between them are alike
        given = scores.copy()
        found = float(attempted(limit_of(given, level)))
        ordered, exact = np.sort(scores), round((n + 1) * level, 9)
        right = ordered[int(np.ceil(exact)) - 1]
        if not np.array_equal(given, scores):
            raise NotYetError("the caller's scores were changed: sort a copy")
        slips = {
            "the new patient counts, too: there are n + 1 ranks, not n": (
                ordered[int(np.ceil(round(n * level, 9))) - 1],
                np.quantile(scores, level),
                np.quantile(scores, level, method="higher"),
                np.quantile(scores, level, method="lower"),
            ),
            "k counts from 1, and Python from 0": (ordered[min(int(np.ceil(exact)), n - 1)],),
            "that is the other end: most scores must lie at or below the limit": (
                ordered[int(np.ceil(round((n + 1) * (1 - level), 9))) - 1],
                np.quantile(scores, 1 - level),
            ),
            "the scores are not in order: sort them first": (scores[int(np.ceil(exact)) - 1],),
            "that is the rank k: return the score that stands there": (np.ceil(exact),),
        }
        if not np.isclose(found, right, atol=1e-9, rtol=0):
            for hint, values in slips.items():
                if np.isclose(found, values, atol=1e-9, rtol=0).any():
                    raise NotYetError(hint)
            raise NotYetError(f"of {n} scores at a level of {level} the limit is not {found:.4f}")
    few = float(limit_of(np.array([0.3, 0.1, 0.2]), 0.9))
    if not np.isclose(few, 1):
        raise NotYetError(
            f"three patients cannot promise 90 %: the limit is 1, and every set holds both; not {few:.3f}"
        )


def check_next_hospital(next_hospital: Callable[[float, float, float, float], tuple[float, float]]) -> None:
    """next_hospital(mean, error, tau, t): both ends of the prediction interval of the AUC."""
    for mean, error, tau, t in ((1.5, 0.2, 0.5, 2.4), (2.2, 0.3, 0.35, 2.1)):
        answer = attempted(next_hospital(mean, error, tau, t))
        if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != 2:
            raise NotYetError("return two numbers, the low and the high end")
        found = np.array([float(attempted(end)) for end in answer])

        def ends(half: float, mean: float = mean) -> np.ndarray:
            return 1 / (1 + np.exp(-np.array([mean - half, mean + half])))

        whole = t * np.hypot(tau, error)
        slips = {
            "that is where the mean hospital lies: the next one differs from it by τ besides": ends(t * error),
            "the mean is not known exactly either: its error belongs in": ends(t * tau),
            "standard deviations do not add up, variances do": ends(t * (tau + error)),
            "that is the variance: take its root": ends(t * (tau**2 + error**2)),
            "1.96 belongs to a τ that is known: use t": ends(1.96 * np.hypot(tau, error)),
            "these are log-odds still: back to AUCs with 1 / (1 + e^-z)": np.array([mean - whole, mean + whole]),
            "the low end comes first": ends(whole)[::-1],
            "bring the ends back to the scale of the AUC, and not the width": 1 / (1 + np.exp(-mean))
            + np.array([-1, 1]) * whole,
        }
        if not np.allclose(found, ends(whole)):
            for hint, values in slips.items():
                if np.allclose(found, values):
                    raise NotYetError(hint)
            raise NotYetError(
                f"of mean {mean}, error {error}, τ {tau} and t {t} the ends are not {found.round(3).tolist()}"
            )


EXERCISES = {
    "08.1": check_causes,
    "08.2": check_true_share,
    "08.3": check_limit_of,
    "08.4": check_next_hospital,
}
