"""Answers to the exercises of notebook 09: right ones, blanks, and mistakes with a part of the hint that meets each."""

from collections import Counter, defaultdict

import numpy as np

FOLLOWS = {"A": False, "B": True, "C": False, "D": False, "E": True}


# 09.1: k and l


def k_and_l_by_pandas(table, columns, secret):
    groups = table.groupby(columns)[secret]
    return groups.size().min(), groups.nunique().min()


def k_and_l_by_loop(table, columns, secret):
    people, told = Counter(), defaultdict(set)
    for row in table.to_dict("records"):
        key = tuple(row[column] for column in columns)
        people[key] += 1
        told[key].add(row[secret])
    return [min(people.values()), min(map(len, told.values()))]


# 09.2: hits at few false alarms


def hits_by_sorting(members, others, false_alarms):
    threshold = np.sort(others)[::-1][int(np.floor(false_alarms * len(others)))]
    return (np.asarray(members) > threshold).mean()


def hits_by_trying(members, others, false_alarms):
    allowed = [t for t in sorted(others) if sum(o > t for o in others) <= false_alarms * len(others) + 1e-9]
    return sum(m > min(allowed) for m in members) / len(members)


# 09.3: clipping by patient


def clip_by_loop(gradients, patients, bound):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        own = gradients[patients == patient].sum(axis=0)
        total += own / max(1, np.linalg.norm(own) / bound)
    return total


def clip_by_matrix(gradients, patients, bound):
    own = (np.unique(patients)[:, None] == patients).astype(float) @ gradients
    lengths = np.sqrt((own**2).sum(axis=1, keepdims=True))
    return (own * np.minimum(1, bound / np.where(lengths > 0, lengths, 1))).sum(axis=0)


def shorten(vectors, bound):
    return vectors / np.maximum(1, np.linalg.norm(vectors, axis=1, keepdims=True) / bound)


def sums_of(gradients, patients):
    return np.stack([gradients[patients == one].sum(axis=0) for one in np.unique(patients)])


def means_clipped(gradients, patients, bound):
    return shorten(np.stack([gradients[patients == p].mean(axis=0) for p in np.unique(patients)]), bound).sum(axis=0)


def all_to_the_bound(gradients, patients, bound):
    own = sums_of(gradients, patients)
    return (bound * own / np.linalg.norm(own, axis=1, keepdims=True)).sum(axis=0)


RIGHT = {
    "09.1": [k_and_l_by_pandas, k_and_l_by_loop],
    "09.2": [hits_by_sorting, hits_by_trying],
    "09.3": [clip_by_loop, clip_by_matrix],
    "09.4": [FOLLOWS, dict(reversed(FOLLOWS.items()))],
}

STUBS = {
    "09.1": [None, ..., lambda table, columns, secret: ...],
    "09.2": [None, ..., lambda members, others, false_alarms: ...],
    "09.3": [None, ..., lambda gradients, patients, bound: ...],
    "09.4": [None, dict.fromkeys(FOLLOWS), FOLLOWS | {"C": None}],
}

WRONG = {
    "09.1": [
        (lambda t, c, s: k_and_l_by_pandas(t, c, s)[::-1], "the other way round"),
        (lambda t, c, s: (t.groupby(c).size().mean(), t.groupby(c)[s].nunique().mean()), "not the mean one"),
        (lambda t, c, s: (t.groupby(c).size().max(), t.groupby(c)[s].nunique().max()), "take the least"),
        (lambda t, c, s: (t.groupby(c).size().min(), t[s].nunique()), "inside each"),
        (lambda t, c, s: k_and_l_by_pandas(t, c[:1], s), "all columns together"),
        (lambda t, c, s: t.groupby(c).size().min(), "two numbers"),
    ],
    "09.2": [
        (lambda m, o, f: (m >= np.sort(o)[::-1][int(f * len(o))]).mean(), "a tie is no hit"),
        (lambda m, o, f: (m > np.sort(m)[::-1][int(f * len(m))]).mean(), "not from the members"),
        (lambda m, o, f: (o > np.sort(o)[::-1][int(f * len(o))]).mean(), "of whom"),
        (lambda m, o, f: (m > o.max()).mean(), "you may have a few"),
        (lambda m, o, f: (m > np.sort(o)[int(f * len(o))]).mean(), "from the highest"),
    ],
    "09.3": [
        (lambda g, p, b: shorten(g, b).sum(axis=0), "each image is clipped"),
        (all_to_the_bound, "stays as it is"),
        (lambda g, p, b: shorten(g.sum(axis=0, keepdims=True), b)[0], "the whole sum"),
        (lambda g, p, b: g.sum(axis=0), "nothing is clipped"),
        (means_clipped, "takes their mean"),
        (lambda g, p, b: np.clip(sums_of(g, p), -b, b).sum(axis=0), "each weight is cut"),
    ],
    "09.4": [
        (FOLLOWS | {"A": True}, "a weak attack"),
        (FOLLOWS | {"B": False}, "every attack"),
        (FOLLOWS | {"C": True}, "four images"),
        (FOLLOWS | {"D": True}, "columns that are left"),
        (FOLLOWS | {"E": "yes"}, "choose True or False"),
    ],
}
