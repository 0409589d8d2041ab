"""Answers to the exercises of notebook 07: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np

FINDINGS = {
    "A": "nothing yet",
    "B": "about the image and the architecture",
    "C": "about the network",
    "D": "nothing yet",
}
WEIGHTS = {(): 1 / 3, (1,): 1 / 6, (2,): 1 / 6, (1, 2): 1 / 3}


# 07.1: the share of a map that lies in the lesion


def inside_by_arrays(heat, mask):
    positive = np.maximum(heat, 0)
    return positive[mask].sum() / positive.sum() if positive.any() else 0.0


def inside_by_loop(heat, mask):
    within = everywhere = 0.0
    for value, lesion in zip(heat.ravel(), mask.ravel(), strict=True):
        if value > 0:
            everywhere += value
            within += value * bool(lesion)
    return within / everywhere if everywhere else 0


# 07.3: what a sign alone does to a score


def swap_at_once(score, images, add):
    return score(add(images)) - score(images)


def swap_one_by_one(score, images, add):
    singles = [images[k : k + 1] for k in range(len(images))]
    return [float(score(add(one))[0] - score(one)[0]) for one in singles]


def swap_in_place(score, images, add):
    before = score(images)
    images[:] = add(images)
    return score(images) - before


# 07.4: the Shapley value of one player of three


def share_by_weights(worth):
    return sum(weight * (worth[frozenset({0, *who})] - worth[frozenset(who)]) for who, weight in WEIGHTS.items())


def share_by_orders(worth):
    added = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)):
        before = frozenset(order[: order.index(0)])
        added.append(worth[before | {0}] - worth[before])
    return sum(added) / 6


def share_alike(worth):
    return np.mean([worth[frozenset({0, *who})] - worth[frozenset(who)] for who in WEIGHTS])


RIGHT = {
    "07.1": [inside_by_arrays, inside_by_loop],
    "07.2": [FINDINGS, dict(reversed(FINDINGS.items()))],
    "07.3": [swap_at_once, swap_one_by_one],
    "07.4": [share_by_weights, share_by_orders],
}

STUBS = {
    "07.1": [None, ..., lambda heat, mask: ...],
    "07.2": [None, dict.fromkeys(FINDINGS), FINDINGS | {"B": None}],
    "07.3": [None, ..., lambda score, images, add: ...],
    "07.4": [None, ..., lambda worth: ...],
}

WRONG = {
    "07.1": [
        (lambda heat, mask: heat[mask].sum() / heat.sum(), "leave it out before you add up"),
        (lambda heat, mask: np.abs(heat)[mask].sum() / np.abs(heat).sum(), "leave negative values out"),
        (lambda heat, mask: np.maximum(heat, 0)[mask].sum(), "divide by what lies anywhere"),
        (lambda heat, mask: np.maximum(heat, 0)[mask].mean(), "not by its pixels"),
        (lambda heat, mask: 1 - inside_by_arrays(heat, mask), "outside the lesion"),
        (lambda heat, mask: 1 / (1 - heat.min()) if heat.max() < 0 else inside_by_arrays(heat, mask), "share of 0"),
    ],
    "07.2": [
        (FINDINGS | {"A": "about the network"}, "always one place"),
        (FINDINGS | {"B": "about the network"}, "the map has not"),
        (FINDINGS | {"D": "about the network"}, "another fill"),
        (FINDINGS | {"C": "nothing yet"}, "one thing was changed"),
        (FINDINGS | {"C": "yes"}, "choose one of"),
    ],
    "07.3": [
        (lambda score, images, add: score(images) - score(add(images)), "yours has the other sign"),
        (lambda score, images, add: score(add(images)), "without"),
        (lambda score, images, add: score(add(images)) - score(images).mean(), "with itself"),
        (lambda score, images, add: np.abs(score(add(images)) - score(images)), "which way"),
        (lambda score, images, add: np.mean(score(add(images)) - score(images)), "one number per image"),
        (swap_in_place, "were changed"),
    ],
    "07.4": [
        (share_alike, "do not weigh alike"),
        (lambda worth: worth[frozenset({0})] - worth[frozenset()], "alone"),
        (lambda worth: worth[frozenset({0, 1, 2})] - worth[frozenset({1, 2})], "lost without 0"),
        (lambda worth: sum(w * worth[frozenset({0, *who})] for who, w in WEIGHTS.items()), "with it"),
        (lambda worth: 6 * share_by_weights(worth), "divide"),
    ],
}
