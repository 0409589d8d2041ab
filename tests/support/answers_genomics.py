"""Answers to the exercises of notebook 10: right ones, blanks, and mistakes that learners make."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import entropy, norm


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


# 10.3: whose letter

OTHER_STRAND = {"A": "T", "T": "A", "C": "G", "G": "C"}


def copies_by_pairs(effect, other, counted, place_other, count):
    turned = OTHER_STRAND[effect], OTHER_STRAND[other]
    if turned == (other, effect):
        return None
    if (counted, place_other) in ((effect, other), turned):
        return count
    return 2 - count if (place_other, counted) in ((effect, other), turned) else None


def copies_by_sets(effect, other, counted, place_other, count):
    place, same = {counted, place_other}, {effect, other}
    across = {OTHER_STRAND[letter] for letter in same}
    if same == across or place not in (same, across):
        return None
    letter = effect if place == same else OTHER_STRAND[effect]
    return count if letter == counted else 2 - count


def copies_as_they_are(effect, other, counted, place_other, count):
    return count


def copies_of_one_strand(effect, other, counted, place_other, count):
    if OTHER_STRAND[effect] == other:
        return None
    found = {(effect, other): count, (other, effect): 2 - count}
    return found.get((counted, place_other))


def copies_of_ambiguous(effect, other, counted, place_other, count):
    if OTHER_STRAND[effect] == other:
        return count if effect == counted else 2 - count
    return copies_by_pairs(effect, other, counted, place_other, count)


def copies_of_strangers(effect, other, counted, place_other, count):
    if OTHER_STRAND[effect] == other:
        return None
    return count if counted in (effect, OTHER_STRAND[effect]) else 2 - count


# 10.4: a person's risk


def risk_by_norm(z, r2, average):
    return norm.cdf((np.sqrt(r2) * z + norm.ppf(average)) / np.sqrt(1 - r2))


def risk_by_tail(z, r2, average):
    return norm.sf(norm.isf(average), loc=np.sqrt(r2) * z, scale=np.sqrt(1 - r2))


RIGHT = {
    "10.1": [bits_by_loop, lambda f: 2 - entropy(f, base=2, axis=1)],
    "10.2": [matched_by_loop, matched_at_once],
    "10.3": [copies_by_pairs, copies_by_sets],
    "10.4": [risk_by_norm, risk_by_tail],
}

STUBS = {
    "10.1": [None, ..., lambda frequencies: ...],
    "10.2": [None, ..., lambda bound, others: ...],
    "10.3": [None, ..., lambda effect, other, counted, place_other, count: ...],
    "10.4": [None, ..., lambda z, r2, average: ...],
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
    "10.3": [
        (copies_as_they_are, "the other letter was counted"),
        (copies_of_one_strand, "of the other strand"),
        (copies_of_ambiguous, "nobody can tell"),
        (copies_of_strangers, "other letters"),
        (lambda *case: None, "count is the answer"),
    ],
    "10.4": [
        (lambda z, r2, k: norm.cdf(np.sqrt(r2) * z + norm.ppf(k)), "divide by its root"),
        (lambda z, r2, k: norm.cdf((r2 * z + norm.ppf(k)) / np.sqrt(1 - r2)), "by its root"),
        (lambda z, r2, k: norm.sf((np.sqrt(r2) * z + norm.ppf(k)) / np.sqrt(1 - r2)), "staying well"),
        (lambda z, r2, k: k * np.exp(np.sqrt(r2) * z), "do not multiply"),
        (lambda z, r2, k: k, "is not"),
    ],
}
