"""Checks of the exercises in notebooks/01_background.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices
from helpers.from_scratch.dense import Weights, backward, forward, neuron

QUIZ = {1: "d", 2: "b", 3: "a", 4: "c", 5: "a"}


def check_families(families: Mapping[str, str]) -> None:
    """Which family of models suits which kind of data: "dense", "convolutional", "recurrent" or "linear"."""
    reasons = {
        "a photograph of a skin lesion": ("convolutional", "neighbouring pixels belong together, wherever they lie"),
        "twelve laboratory values of one morning, of 30,000 patients": (
            {"dense", "linear"},
            "the columns have no neighbours and no order, and patients are many",
        ),
        "blood pressure every hour for three days": (
            {"recurrent", "convolutional"},
            "what does the order of the values carry?",
        ),
        "a slice of a CT scan, stored as one long row of numbers": (
            "convolutional",
            "it is an image, however it is stored",
        ),
        "500,000 places in the genomes of 400 patients": (
            "linear",
            "far more columns than patients: what comes first?",
        ),
        "age, weight and the number of drugs taken, of 20,000 patients": (
            {"dense", "linear"},
            "the columns have no neighbours and no order, and patients are many",
        ),
    }
    choices = ("dense", "convolutional", "recurrent", "linear")
    check_choices(families, reasons, choices, 'choose "dense", "convolutional", "recurrent" or "linear"')


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
        if not np.allclose(w, before, rtol=0, atol=1e-9):  # to nudge and put back by adding may leave a rounding error
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


def check_backward(my_backward: Callable[..., tuple[float, float, float, float]]) -> None:
    """my_backward(x, y, u1, u2, v1, v2): slopes of one patient's cross-entropy in the four weights, in this order."""
    cases = [(2.0, 1, 0.5, 0.3, -1.0, 0.7), (1.5, 0, 0.4, -0.6, 0.9, 2.0), (-1.0, 1, 0.8, -0.5, 1.2, -0.4)]
    for x, y, u1, u2, v1, v2 in cases:
        given = np.asarray(attempted(my_backward(x, y, u1, u2, v1, v2)), dtype=float).ravel()
        if given.shape != (4,):
            raise NotYetError(f"four slopes, please, in the order u1, u2, v1, v2; yours are {given.size}")
        weights = Weights(np.array([[u1, u2]]), np.zeros(2), np.array([v1, v2]), np.zeros(()))
        slopes = backward(np.array([[x]]), np.array([y]), weights)
        expected = np.concatenate([slopes.w1[0], slopes.w2])
        (h1, h2), error = forward(np.array([[x]]), weights)[0][0], float(slopes.b2)
        if np.allclose(given, expected, atol=1e-4):
            continue
        if np.allclose(given, -expected, atol=1e-4):
            raise NotYetError("the signs are turned round: the error is p - y")
        if np.allclose(given[:2], expected[:2], atol=1e-4):
            raise NotYetError("u1 and u2 are right; the input of v1 is h1, that of v2 is h2")
        if np.allclose(given[:2], error * x * np.array([v1, v2]), atol=1e-4):
            raise NotYetError(
                f"with x = {x:g}, u1 = {u1:g} and u2 = {u2:g} one hidden neuron is silent: what passes it?"
            )
        if np.allclose(given[:2], error * x * (np.array([h1, h2]) > 0), atol=1e-4):
            raise NotYetError("what is handed back to a hidden neuron passes through its weight v")
        raise NotYetError(f"for x = {x:g} and y = {y} the slopes are not right: nudge one weight to see what is")


def check_symptoms(suspects: Mapping[str, str]) -> None:
    """What the checks of a training point to first: "start", "bug", "leak", "rate" or "none"."""
    reasons = {
        "first loss .70, one batch .003, shuffled AUC .91 (SD .06), loss falls": (
            "leak",
            "with shuffled labels there is nothing true to find",
        ),
        "first loss .69, one batch 15 from the second epoch on, shuffled AUC .48 (SD .06)": (
            "rate",
            "which single number makes steps too large?",
        ),
        "first loss 4.1, one batch .002, shuffled AUC .52 (SD .06), loss falls": (
            "start",
            "how sure may a network be that has seen nothing?",
        ),
        "first loss .69, one batch .69 at every learning rate, shuffled AUC .50 (SD .06)": (
            "bug",
            "what hinders a network from learning 16 rows by heart?",
        ),
        "first loss .71, one batch .004, shuffled AUC .55 (SD .06), loss falls": (
            "none",
            "how far from .5 may an AUC fall by chance alone?",
        ),
    }
    choices = ("start", "bug", "leak", "rate", "none")
    check_choices(suspects, reasons, choices, 'choose "start", "bug", "leak", "rate" or "none"')


EXERCISES = {
    "01.1": check_families,
    "01.2": check_neuron,
    "01.3": check_slopes,
    "01.4": check_penalty,
    "01.5": check_backward,
    "01.6": check_symptoms,
}
