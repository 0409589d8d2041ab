"""Checks of the exercises in notebooks/01_background.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices
from helpers.from_scratch.dense import neuron

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "b"}


def check_families(families: Mapping[str, str]) -> None:
    """Which family of networks suits which kind of data: "dense", "convolutional" or "recurrent"."""
    reasons = {
        "a photograph of a skin lesion": ("convolutional", "neighbouring pixels belong together, wherever they lie"),
        "twelve laboratory values of one morning": ("dense", "the columns have no neighbours and no order"),
        "blood pressure every hour for three days": (
            {"recurrent", "convolutional"},
            "what does the order of the values carry?",
        ),
        "a slice of a CT scan": ("convolutional", "it is an image"),
    }
    choices = ("dense", "convolutional", "recurrent")
    check_choices(families, reasons, choices, 'choose "dense", "convolutional" or "recurrent"')


def check_neuron(my_neuron: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> None:
    """my_neuron(x, w, b): the probability of class 1 for each of n patients, shape (n,)."""
    rng = np.random.default_rng(3)
    for n, inputs in [(1, 1), (7, 3), (5, 30)]:
        x, w, b = rng.normal(size=(n, inputs)), rng.normal(size=inputs), float(rng.normal())
        given = np.asarray(attempted(my_neuron(x.copy(), w.copy(), b)), dtype=float)
        expected = neuron(x, w, b)
        if given.shape != expected.shape:
            raise NotYetError(f"for {n} patients there should be {n} probabilities; yours has shape {given.shape}")
        if np.allclose(given, x @ w + b):
            raise NotYetError("that is the weighted sum; the activation is missing")
        if np.allclose(given, neuron(x, w, 0.0)):
            raise NotYetError("the bias b is missing")
        if np.allclose(given, 1 - expected):
            raise NotYetError("a large weighted sum should give a probability near 1: look at the sign in the exponent")
        if not np.allclose(given, expected, atol=1e-9):
            raise NotYetError(f"for x of shape {x.shape} the probabilities are not those of the formula")


def check_slopes(my_slopes: Callable[[Callable[[np.ndarray], float], np.ndarray], np.ndarray]) -> None:
    """my_slopes(f, w): the slope of f in each entry of w, by central differences."""
    cases = [
        (lambda w: float((w**2).sum()), lambda w: 2 * w),
        (lambda w: float(np.sin(w).sum() + w[0] * w[-1]), None),
        (lambda w: float(np.exp(0.5 * w).sum()), lambda w: 0.5 * np.exp(0.5 * w)),
    ]
    rng = np.random.default_rng(5)
    for f, exact in cases:
        w = rng.normal(size=4)
        expected = _slopes_of_the_second(w) if exact is None else exact(w)
        before = w.copy()
        given = np.asarray(attempted(my_slopes(f, w)), dtype=float)
        if not np.array_equal(w, before):
            raise NotYetError("your function changes w itself: work on a copy, or put each entry back")
        if given.shape != expected.shape:
            raise NotYetError(f"one slope for each of the {len(w)} entries, please; yours has shape {given.shape}")
        if np.allclose(given, -expected, atol=1e-4):
            raise NotYetError("the signs are turned round: up minus down")
        if np.allclose(given, 2 * expected, atol=1e-4) or np.allclose(given, expected / 2, atol=1e-4):
            raise NotYetError("off by a factor of two: how far is it from down to up?")
        if not np.allclose(given, expected, atol=1e-4):
            raise NotYetError("the slopes are not right to 1e-4: change one entry at a time, by a small step both ways")


def _slopes_of_the_second(w: np.ndarray) -> np.ndarray:
    slopes = np.cos(w)
    slopes[0] += w[-1]
    slopes[-1] += w[0]
    return slopes


def check_penalty(sklearn_c: Callable[[float, int], float]) -> None:
    """sklearn_c(penalty, n): scikit-learn's C for the loss "mean cross-entropy + penalty / 2 · sum of squares"."""
    for penalty, n in [(0.01, 341), (0.5, 10), (1.0, 1), (0.2, 1000)]:
        given = float(attempted(sklearn_c(penalty, n)))
        if not np.isclose(given, 1 / (penalty * n), rtol=1e-9):
            if np.isclose(given, 1 / penalty):
                raise NotYetError("scikit-learn adds the patients' losses up, ours averages them: where does n go?")
            if np.isclose(given, penalty * n):
                raise NotYetError("C multiplies the loss and not the penalty: a larger penalty is a smaller C")
            raise NotYetError(
                f"for penalty {penalty} and {n} patients C is not {given:g}: divide our loss by the penalty, "
                "then compare the two formulas term by term"
            )


def check_symptoms(suspects: Mapping[str, str]) -> None:
    """What each symptom points to first: "start", "bug", "leak" or "rate"."""
    reasons = {
        "after shuffling all labels the AUC is .91": ("leak", "with shuffled labels there is nothing true to find"),
        "the loss jumps from .7 to 15 in the second epoch": ("rate", "which single number makes steps too large?"),
        "the first loss on two balanced classes is 4.1, with inputs scaled and labels checked": (
            "start",
            "how sure may a network be that has seen nothing?",
        ),
        "the loss on one batch of 16 stays at .69, at every learning rate": (
            "bug",
            "what hinders a network from learning 16 rows by heart?",
        ),
    }
    choices = ("start", "bug", "leak", "rate")
    check_choices(suspects, reasons, choices, 'choose "start", "bug", "leak" or "rate"')


EXERCISES = {
    "01.1": check_families,
    "01.2": check_neuron,
    "01.3": check_slopes,
    "01.4": check_penalty,
    "01.5": check_symptoms,
}
