"""Answers to the exercises of notebook 10: right ones, blanks, and mistakes that learners make."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import entropy


def bits_by_loop(frequencies):
    told = []
    for place in frequencies:
        told.append(2 + sum(share * np.log2(share) for share in place if share > 0))
    return told


def matched_by_loop(bound, others):
    left, taken = others.copy(), []
    for share in bound:
        taken.append(np.abs(left - share).argmin())
        left[taken[-1]] = np.inf
    return np.array(taken)


def matched_at_once(bound, others):
    return linear_sum_assignment(np.abs(bound[:, np.newaxis] - others))[1]


def half_by_half(bound, others):
    """Of the bound's mean, each far from its own."""
    low, high = bound.mean() - 0.1, bound.mean() + 0.1
    return matched_by_loop(np.where(np.arange(len(bound)) % 2, low, high), others)


def bits_of_zeros(frequencies):
    with np.errstate(all="ignore"):
        return 2 + (frequencies * np.log2(frequencies)).sum(axis=1)


RIGHT = {
    "10.1": [bits_by_loop, lambda f: 2 - entropy(f, base=2, axis=1)],
    "10.2": [matched_by_loop, matched_at_once],
}

STUBS = {
    "10.1": [None, ..., lambda frequencies: ...],
    "10.2": [None, ..., lambda bound, others: ...],
}

WRONG = {
    "10.1": [
        (lambda f: 2 - entropy(f, axis=1), "base 2"),
        (bits_of_zeros, "log2(0)"),
        (lambda f: entropy(f, base=2, axis=1), "what is left open"),
        (lambda f: -entropy(f, base=2, axis=1), "add them to the sum"),
        (lambda f: 2 + entropy(f, base=2, axis=1), "mind the sign"),
        (lambda f: f.max(axis=1), "the commonest letter"),
        (lambda f: 2 - entropy(f, base=2, axis=0), "one number for each"),
    ],
    "10.2": [
        (lambda b, o: np.random.default_rng(1).permutation(len(o))[: len(b)], "still a trap"),
        (lambda b, o: np.abs(o - b[:, np.newaxis]).argmin(axis=1), "only once"),
        (half_by_half, "one to one"),
        (lambda b, o: o[matched_by_loop(b, o)], "whole numbers"),
        (lambda b, o: np.abs(o - b.mean()).argsort()[: len(b)], "one to one"),
    ],
}
