"""Answers to the exercises of notebook 01 for test_checks.py: right ones, blanks, and mistakes with their hints."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

FAMILIES = {
    "a photograph of a skin lesion": "convolutional",
    "twelve laboratory values of one morning": "dense",
    "blood pressure every hour for three days": "recurrent",
    "a slice of a CT scan": "convolutional",
}
SUSPECTS = {
    "the first loss on two balanced classes is 4.1, with inputs scaled and labels checked": "start",
    "the loss on one batch of 16 stays at .69, at every learning rate": "bug",
    "after shuffling all labels the AUC is .91": "leak",
    "the loss jumps from .7 to 15 in the second epoch": "rate",
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


def slopes_that_spoil_w(f, w):
    slopes = []
    for j in range(len(w)):
        before = f(w)
        w[j] += 1e-6
        slopes.append((f(w) - before) / 1e-6)
    return slopes


RIGHT = {
    "01.1": [
        FAMILIES,
        dict(reversed(FAMILIES.items())),
        FAMILIES | {"blood pressure every hour for three days": "convolutional"},
    ],
    "01.2": [lambda x, w, b: expit(x @ w + b), neuron_by_loop, lambda x, w, b: 0.5 * (1 + np.tanh((x @ w + b) / 2))],
    "01.3": [slopes_both_ways, slopes_by_changing_and_putting_back, lambda f, w: slopes_both_ways(f, w, 1e-4)],
    "01.4": [lambda penalty, n: 1 / (penalty * n), lambda penalty, n: 1 / penalty / n],
    "01.5": [SUSPECTS, dict(reversed(SUSPECTS.items()))],
}

STUBS = {
    "01.1": [None, dict.fromkeys(FAMILIES), FAMILIES | {"a slice of a CT scan": None}],
    "01.2": [None, ..., lambda x, w, b: None, lambda x, w, b: ...],
    "01.3": [None, ..., lambda f, w: None],
    "01.4": [None, ..., lambda penalty, n: None],
    "01.5": [
        None,
        dict.fromkeys(SUSPECTS),
        SUSPECTS | {"the loss on one batch of 16 stays at .69, at every learning rate": ...},
    ],
}

WRONG = {
    "01.1": [
        (dict.fromkeys(FAMILIES, "dense"), "neighbouring pixels"),
        (dict.fromkeys(FAMILIES, "convolutional"), "no neighbours and no order"),
        (FAMILIES | {"blood pressure every hour for three days": "dense"}, "order of the values"),
        (FAMILIES | {"a slice of a CT scan": "recurrent"}, "it is an image"),
        (FAMILIES | {"a slice of a CT scan": "CNN"}, 'choose "dense"'),
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
        (dict.fromkeys(SUSPECTS, "rate"), "nothing true to find"),
        (SUSPECTS | {key: "rate" for key in SUSPECTS if "first loss" in key}, "seen nothing"),
        (dict.fromkeys(SUSPECTS, "leak"), "which single number"),
        (SUSPECTS | {"the loss on one batch of 16 stays at .69, at every learning rate": "leak"}, "16 rows by heart"),
        (SUSPECTS | {"after shuffling all labels the AUC is .91": "bug"}, "nothing true to find"),
        (SUSPECTS | {"the loss jumps from .7 to 15 in the second epoch": "bug"}, "which single number"),
        (SUSPECTS | {"the loss on one batch of 16 stays at .69, at every learning rate": "gremlins"}, 'choose "start"'),
        ({"a symptom": "leak"}, "exactly the keys"),
    ],
}
