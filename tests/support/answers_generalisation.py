"""Answers to the exercises of notebook 08: right ones, blanks, and mistakes with a part of the hint that meets each."""

import math

import numpy as np
from scipy.special import expit, logit

CAUSES = {"A": "fewer ill", "B": "the machine", "C": "another definition", "D": "cannot be told"}


# 08.2: the share of the ill from the share called ill


def share_by_formula(called, sensitivity, specificity):
    false_alarms = 1 - specificity
    return min(max((called - false_alarms) / (sensitivity - false_alarms), 0), 1)


def share_by_equations(called, sensitivity, specificity):
    rates = np.array([[sensitivity, 1 - specificity], [1 - sensitivity, specificity]])
    return float(np.clip(np.linalg.solve(rates, [called, 1 - called])[0], 0, 1))


def share_without_ends(called, sensitivity, specificity):
    return (called - 1 + specificity) / (sensitivity - 1 + specificity)


# 08.3: the limit of a conformal set


def limit_by_sorting(scores, level):
    k = int(np.ceil(round((len(scores) + 1) * level, 9)))
    return 1.0 if k > len(scores) else float(np.sort(scores)[k - 1])


def limit_by_counting(scores, level):
    for candidate in sorted([*scores.tolist(), 1.0]):
        at_most = sum(score <= candidate for score in scores)
        if at_most >= (len(scores) + 1) * level - 1e-9:
            return candidate
    return 1


def limit_in_place(scores, level):
    scores.sort()
    return limit_by_sorting(scores, level)


# 08.4: the interval for the next hospital


def next_by_formula(mean, error, tau, t):
    half = t * np.sqrt(tau**2 + error**2)
    return tuple(1 / (1 + np.exp(-(mean + step))) for step in (-half, half))


def next_by_scipy(mean, error, tau, t):
    return expit(mean + t * math.hypot(error, tau) * np.array([-1, 1]))


RIGHT = {
    "08.1": [CAUSES, dict(reversed(CAUSES.items()))],
    "08.2": [share_by_formula, share_by_equations],
    "08.3": [limit_by_sorting, limit_by_counting],
    "08.4": [next_by_formula, next_by_scipy],
}

STUBS = {
    "08.1": [None, dict.fromkeys(CAUSES), CAUSES | {"B": None}],
    "08.2": [None, ..., lambda called, sensitivity, specificity: ...],
    "08.3": [None, ..., lambda scores, level: ...],
    "08.4": [None, ..., lambda mean, error, tau, t: ...],
}

WRONG = {
    "08.1": [
        (CAUSES | {"A": "the machine"}, "called as at home"),
        (CAUSES | {"B": "fewer ill"}, "the pictures are not"),
        (CAUSES | {"C": "cannot be told"}, "no call has changed"),
        (CAUSES | {"D": "fewer ill"}, "which number beside it"),
        (CAUSES | {"D": "no idea"}, "choose one of"),
    ],
    "08.2": [
        (lambda called, sensitivity, specificity: called, "holds false alarms"),
        (
            lambda called, sensitivity, specificity: (called - specificity) / (sensitivity - specificity),
            "1 - specificity",
        ),
        (lambda called, sensitivity, specificity: called - 1 + specificity, "take the missed"),
        (
            lambda called, sensitivity, specificity: (called - 1 + specificity) / sensitivity,
            "the healthy count as well",
        ),
        (lambda called, sensitivity, specificity: called / sensitivity, "solve the equation"),
        (share_without_ends, "between 0 and 1"),
    ],
    "08.3": [
        (lambda scores, level: np.quantile(scores, level), "n + 1 ranks"),
        (lambda scores, level: np.sort(scores)[math.ceil(round(len(scores) * level, 9)) - 1], "n + 1 ranks"),
        (lambda scores, level: np.sort(scores)[min(math.ceil((len(scores) + 1) * level), len(scores) - 1)], "from 0"),
        (lambda scores, level: np.sort(scores)[int((len(scores) + 1) * level) - 1], "n + 1 ranks"),
        (lambda scores, level: np.quantile(scores, 1 - level), "the other end"),
        (lambda scores, level: scores[min(math.ceil((len(scores) + 1) * level), len(scores)) - 1], "sort them first"),
        (lambda scores, level: math.ceil(round((len(scores) + 1) * level, 9)), "rank k"),
        (
            lambda scores, level: np.sort(scores)[min(math.ceil(len(scores) * level + level - 1e-9), len(scores)) - 1],
            "cannot promise",
        ),
        (limit_in_place, "sort a copy"),
    ],
    "08.4": [
        (lambda mean, error, tau, t: next_by_formula(mean, error, 0, t), "the mean hospital"),
        (lambda mean, error, tau, t: next_by_formula(mean, 0, tau, t), "not known exactly"),
        (lambda mean, error, tau, t: next_by_formula(mean, 0, tau + error, t), "do not add up"),
        (lambda mean, error, tau, t: next_by_formula(mean, error, tau, 1.96), "use t"),
        (lambda mean, error, tau, t: logit(next_by_scipy(mean, error, tau, t)), "log-odds still"),
        (lambda mean, error, tau, t: next_by_formula(mean, error, tau, t)[::-1], "comes first"),
        (lambda mean, error, tau, t: next_by_formula(mean, error, tau, t)[0], "two numbers"),
        (lambda mean, error, tau, t: next_by_formula(mean, 0, tau**2 + error**2, t), "take its root"),
    ],
}
