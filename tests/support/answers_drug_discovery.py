"""Answers to the exercises of notebook 11: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np
from rdkit import Chem
from scipy.stats import false_discovery_control

# 11.1: how many genes Benjamini and Hochberg call


def called_by_line(p, q):
    below = np.flatnonzero(np.sort(p) <= q * np.arange(1, len(p) + 1) / len(p))
    return 0 if len(below) == 0 else int(below[-1]) + 1


def called_by_scipy(p, q):
    return (false_discovery_control(p) <= q).sum()


def called_from_behind(p, q):
    ordered = sorted(p)
    for k in range(len(p), 0, -1):
        if ordered[k - 1] <= q * k / len(p):
            return k
    return 0


def called_until_the_first(p, q):
    count = 0
    for k, value in enumerate(np.sort(p), start=1):
        if value > q * k / len(p):
            break
        count = k
    return count


def called_unsorted(p, q):
    return int(np.max(np.flatnonzero(p <= q * np.arange(1, len(p) + 1) / len(p)) + 1, initial=0))


def called_in_place(p, q):
    p.sort()
    return called_by_line(p, q)


# 11.4: how many molecules are new


def molecules_of(lines):
    found = (Chem.MolFromSmiles(line) for line in lines)
    return {Chem.MolToSmiles(one) for one in found if one is not None}


def new_by_spelling(lines, learned):
    return len(molecules_of(lines) - molecules_of(learned))


def new_by_key(lines, learned):
    def keys(several):
        return [Chem.MolToInchiKey(one) for one in map(Chem.MolFromSmiles, several) if one]

    return len({key for key in keys(lines) if key not in keys(learned)})


def new_each_time(lines, learned):
    known = molecules_of(learned)
    return sum(Chem.MolToSmiles(one) not in known for one in map(Chem.MolFromSmiles, lines) if one)


def new_with_none(lines, learned):
    found = {Chem.MolToSmiles(one) if one else None for one in map(Chem.MolFromSmiles, lines)}
    return len(found - molecules_of(learned))


# 11.2: Tanimoto


def tanimoto_by_sets(a, b):
    return len(a & b) / len(a | b) if a | b else 0.0


def tanimoto_by_counting(a, b):
    both = sum(bit in b for bit in a)
    return both / max(len(a) + len(b) - both, 1)


# 11.3: enrichment


def enrichment_by_sorting(scores, active, share):
    first = max(1, round(share * len(scores)))
    best = np.argsort(scores)[::-1][:first]
    return np.mean(active[best]) / np.mean(active)


def enrichment_by_counting(scores, active, share):
    first = max(1, round(share * len(scores)))
    limit = sorted(scores, reverse=True)[first - 1]
    found = sum(a for s, a in zip(scores, active, strict=True) if s >= limit)
    return found / (first * sum(active) / len(active))


RIGHT = {
    "11.1": [called_by_line, called_by_scipy, called_from_behind],
    "11.2": [tanimoto_by_sets, tanimoto_by_counting],
    "11.3": [enrichment_by_sorting, enrichment_by_counting],
    "11.4": [new_by_spelling, new_by_key],
}

STUBS = {
    "11.1": [None, ..., lambda p, q: ...],
    "11.2": [None, ..., lambda a, b: ...],
    "11.3": [None, ..., lambda scores, active, share: ...],
    "11.4": [None, ..., lambda lines, learned: None],
}

WRONG = {
    "11.1": [
        (lambda p, q: (p <= q).sum(), "as if there were one test"),
        (lambda p, q: (p <= q / len(p)).sum(), "Bonferroni"),
        (called_until_the_first, "does not end it"),
        (lambda p, q: (np.sort(p) <= q * np.arange(1, len(p) + 1) / len(p)).sum(), "those above the line, too"),
        (called_unsorted, "sort the p values first"),
        (lambda p, q: called_by_line(p, q) - 1, "the place from 0"),
        (called_in_place, "sort a copy"),
        (lambda p, q: max(called_by_line(p, q), 1), "nothing is called"),
        (lambda p, q: np.sort(p), "it is not"),
    ],
    "11.2": [
        (lambda a, b: len(a & b) / 1024, "no likeness"),
        (lambda a, b: (1024 - len(a ^ b)) / 1024, "no likeness"),
        (lambda a, b: len(a & b) / max(len(a) + len(b), 1), "count once"),
        (lambda a, b: 2 * len(a & b) / max(len(a) + len(b), 1), "Dice"),
        (lambda a, b: 1 - tanimoto_by_sets(a, b), "the distance"),
        (lambda a, b: len(a & b) / max(len(a), 1), "not by those of one"),
        (lambda a, b: len(a & b), "divide"),
        (lambda a, b: len(a & b) / len(a | b), "two empty"),
        (lambda a, b: a, "it is not"),
    ],
    "11.3": [
        (lambda s, a, p: enrichment_by_sorting(s, a, p) * np.mean(a), "their share in all"),
        (lambda s, a, p: enrichment_by_sorting(-s, a, p), "sort from the top"),
        (lambda s, a, p: enrichment_by_sorting(s, a, p) * max(1, round(p * len(s))) / len(s), "a draw would find"),
        (lambda s, a, p: a[np.argsort(s)[::-1][: max(1, round(p * len(s)))]].sum(), "counts the actives"),
        (lambda s, a, p: 0.123, "it is not"),
    ],
    "11.4": [
        (lambda lines, learned: len(set(lines) - set(learned)), "many spellings"),
        (lambda lines, learned: len(molecules_of(lines) - set(learned)), "bring both lists"),
        (new_each_time, "counts once"),
        (new_with_none, "no molecules do not count"),
        (lambda lines, learned: len(molecules_of(lines)), "not new"),
        (lambda lines, learned: [len(molecules_of(lines))], "it is not"),
    ],
}
