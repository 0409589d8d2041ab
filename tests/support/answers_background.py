"""Answers to the exercises of notebook 01 for test_checks.py: right ones, blanks, and mistakes with their hints."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

CT = "a slice of a CT scan, stored as one long row of numbers"
LABORATORY = "twelve laboratory values of one morning, of 30,000 patients"
FEW_COLUMNS = "age, weight and the number of drugs taken, of 20,000 patients"
FAMILIES = {
    "a photograph of a skin lesion": "convolutional",
    LABORATORY: "dense",
    "blood pressure every hour for three days": "recurrent",
    CT: "convolutional",
    "500,000 places in the genomes of 400 patients": "linear",
    FEW_COLUMNS: "dense",
}
LEAKS, JUMPS, STARTS, STICKS, SOUND = SUSPECTS = {
    "first loss .70, one batch .003, shuffled AUC .91 (SD .06), loss falls": "leak",
    "first loss .69, one batch 15 from the second epoch on, shuffled AUC .48 (SD .06)": "rate",
    "first loss 4.1, one batch .002, shuffled AUC .52 (SD .06), loss falls": "start",
    "first loss .69, one batch .69 at every learning rate, shuffled AUC .50 (SD .06)": "bug",
    "first loss .71, one batch .004, shuffled AUC .55 (SD .06), loss falls": "none",
}


def neuron_by_loop(x, w, b):
    return [1 / (1 + math.exp(-(sum(a * c for a, c in zip(row, w, strict=True)) + b))) for row in x]


def slopes_both_ways(f, w, step=1e-5):
    return np.array([(f(w + step * unit) - f(w - step * unit)) / (2 * step) for unit in np.eye(len(w))])


def slopes_by_changing_and_putting_back(f, w):
    slopes = []
    for j, value in enumerate(w.copy()):
        w[j] = value + 1e-6
        up = f(w)
        w[j] = value - 1e-6
        slopes.append((up - f(w)) / 2e-6)
        w[j] = value
    return slopes


def slopes_by_adding_and_taking_away(f, w):
    slopes = np.empty(len(w))
    for j in range(len(w)):
        w[j] += 1e-6
        up = f(w)
        w[j] -= 2e-6
        slopes[j] = (up - f(w)) / 2e-6
        w[j] += 1e-6
    return slopes


def slopes_that_spoil_w(f, w):
    slopes = []
    for j in range(len(w)):
        before = f(w)
        w[j] += 1e-6
        slopes.append((f(w) - before) / 1e-6)
    return slopes


def back_by_hand(x, y, u1, u2, v1, v2):
    h1, h2 = max(u1 * x, 0), max(u2 * x, 0)
    error = 1 / (1 + math.exp(-(v1 * h1 + v2 * h2))) - y
    return [error * v1 * (h1 > 0) * x, error * v2 * (h2 > 0) * x, error * h1, error * h2]


def back_by_nudging(x, y, *weights):
    def loss(w):
        p = expit(w[2] * max(w[0] * x, 0) + w[3] * max(w[1] * x, 0))
        return -math.log(p if y else 1 - p)

    return slopes_both_ways(loss, np.array(weights))


def back_without_the_silence(x, y, u1, u2, v1, v2):
    h1, h2 = max(u1 * x, 0), max(u2 * x, 0)
    error = expit(v1 * h1 + v2 * h2) - y
    return error * v1 * x, error * v2 * x, error * h1, error * h2


def back_without_the_weights(x, y, u1, u2, v1, v2):
    h1, h2 = max(u1 * x, 0), max(u2 * x, 0)
    error = expit(v1 * h1 + v2 * h2) - y
    return error * (h1 > 0) * x, error * (h2 > 0) * x, error * h1, error * h2


def back_with_the_input_everywhere(x, y, *weights):
    u1, u2, *_ = back_by_hand(x, y, *weights)
    error = expit(weights[2] * max(weights[0] * x, 0) + weights[3] * max(weights[1] * x, 0)) - y
    return u1, u2, error * x, error * x


RIGHT = {
    "01.1": [
        FAMILIES,
        dict(reversed(FAMILIES.items())),
        FAMILIES | {"blood pressure every hour for three days": "convolutional"},
        FAMILIES | {LABORATORY: "linear", FEW_COLUMNS: "linear"},
    ],
    "01.2": [lambda x, w, b: expit(x @ w + b), neuron_by_loop, lambda x, w, b: 0.5 * (1 + np.tanh((x @ w + b) / 2))],
    "01.3": [
        slopes_both_ways,
        slopes_by_changing_and_putting_back,
        slopes_by_adding_and_taking_away,
        lambda f, w: slopes_both_ways(f, w, 1e-4),
    ],
    "01.4": [lambda penalty, n: 1 / (penalty * n), lambda penalty, n: 1 / penalty / n],
    "01.5": [back_by_hand, back_by_nudging],
    "01.6": [SUSPECTS, dict(reversed(SUSPECTS.items()))],
}

STUBS = {
    "01.1": [None, dict.fromkeys(FAMILIES), FAMILIES | {CT: None}],
    "01.2": [None, ..., lambda x, w, b: None, lambda x, w, b: ...],
    "01.3": [None, ..., lambda f, w: None],
    "01.4": [None, ..., lambda penalty, n: None],
    "01.5": [None, ..., lambda x, y, u1, u2, v1, v2: None],
    "01.6": [None, dict.fromkeys(SUSPECTS), SUSPECTS | {STICKS: ...}],
}

WRONG = {
    "01.1": [
        (dict.fromkeys(FAMILIES, "dense"), "neighbouring pixels"),
        (dict.fromkeys(FAMILIES, "convolutional"), "no neighbours and no order"),
        (FAMILIES | {"blood pressure every hour for three days": "dense"}, "order of the values"),
        (FAMILIES | {CT: "dense"}, "however it is stored"),
        (FAMILIES | {"500,000 places in the genomes of 400 patients": "dense"}, "more columns than patients"),
        (FAMILIES | {FEW_COLUMNS: "recurrent"}, "no neighbours and no order"),
        (FAMILIES | {CT: "CNN"}, 'choose "dense"'),
        ({"an image": "convolutional"}, "exactly the keys"),
    ],
    "01.2": [
        (lambda x, w, b: x @ w + b, "activation is missing"),
        (lambda x, w, b: expit(x @ w), "bias b is missing"),
        (lambda x, w, b: expit(-(x @ w + b)), "sign in the exponent"),
        (lambda x, w, b: np.tanh(x @ w + b), "not those of the formula"),
        (lambda x, w, b: expit(x * w + b), "probabilities; yours has shape"),
        (lambda x, w, b: expit(x @ w + b)[:, np.newaxis], "yours has shape (1, 1)"),
        (lambda x, w: expit(x @ w), "TypeError"),
    ],
    "01.3": [
        (lambda f, w: -slopes_both_ways(f, w), "up minus down"),
        (lambda f, w: 2 * slopes_both_ways(f, w), "factor of two"),
        (lambda f, w: 1e-5 * slopes_both_ways(f, w), "not right to 1e-4"),
        (lambda f, w: slopes_both_ways(f, w).sum(), "one slope for each"),
        (lambda f, w: np.array([f(w + 0.1 * u) - f(w) for u in np.eye(len(w))]) / 0.1, "small step both ways"),
        (slopes_that_spoil_w, "changes w itself"),
    ],
    "01.4": [
        (lambda penalty, n: 1 / penalty, "where does n go"),
        (lambda penalty, n: penalty * n, "larger penalty is a smaller C"),
        (lambda penalty, n: n / penalty, "term by term"),
        (lambda penalty, n: 2 / (penalty * n), "term by term"),
        (lambda penalty: 1 / penalty, "TypeError"),
    ],
    "01.5": [
        (back_without_the_silence, "one hidden neuron is silent"),
        (back_without_the_weights, "passes through its weight v"),
        (back_with_the_input_everywhere, "the input of v1 is h1"),
        (lambda *given: -np.array(back_by_hand(*given)), "the error is p - y"),
        (lambda *given: back_by_hand(*given)[2:], "four slopes"),
        (lambda *given: back_by_hand(*given)[::-1], "nudge one weight"),
    ],
    "01.6": [
        (SUSPECTS | {SOUND: "leak"}, "by chance alone"),
        (dict.fromkeys(SUSPECTS, "rate"), "nothing true to find"),
        (SUSPECTS | {STARTS: "rate"}, "seen nothing"),
        (SUSPECTS | {JUMPS: "leak"}, "which single number"),
        (SUSPECTS | {STICKS: "leak"}, "16 rows by heart"),
        (SUSPECTS | {LEAKS: "none"}, "nothing true to find"),
        (SUSPECTS | {STICKS: "gremlins"}, 'choose "start"'),
        ({"a symptom": "leak"}, "exactly the keys"),
    ],
}
