"""Checks of the exercises in notebooks/11_drug_discovery.ipynb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rdkit import rdBase

from helpers.checks.verdicts import NotYetError, attempted

QUIZ = {1: "b", 2: "c", 3: "a", 4: "b", 5: "d"}

# 11.1 and 11.4: a target, and a molecule

TESTS = (  # p values and q; in the first each usual slip gives another number
    ((0.2, 0.0295, 0.5, 0.009, 0.9, 0.0155, 0.024, 0.004, 0.0205, 0.04), 0.05),
    ((0.2, 0.001, 0.04, 0.03, 0.008, 0.7, 0.02, 0.5, 0.06, 0.9), 0.1),
    ((0.5, 0.3, 0.9, 0.03, 0.07), 0.2),
)


def check_count_called(count_called: Callable[[np.ndarray, float], int]) -> None:
    """count_called(p, q): how many genes Benjamini and Hochberg call."""
    for values, q in TESTS:
        p = np.array(values)
        given = p.copy()
        found = attempted(count_called(given, q))
        if not np.array_equal(given, p):
            raise NotYetError("the caller's p values were changed: sort a copy")
        n, ordered = len(p), np.sort(p)
        line = q * np.arange(1, n + 1) / n
        right = int(np.max(np.flatnonzero(ordered <= line) + 1, initial=0))
        slips = {
            "that calls each p below q, as if there were one test: the line rises from q / n to q": (p <= q).sum(),
            "that divides by the number of tests for all (Bonferroni): the k-th smallest is held against q k / n": (
                p <= q / n
            ).sum(),
            "the first p above the line does not end it: a later one may lie below, and the largest k counts": (
                np.argmin(ordered <= line)
            ),
            "that counts those below the line: all up to the largest k are called, those above the line, too": (
                ordered <= line
            ).sum(),
            "sort the p values first": np.max(np.flatnonzero(p <= line) + 1, initial=0),
            "that is the place from 0: the largest k is one more": right - 1,
        }
        if np.shape(found) != () or found != right:
            for hint, value in slips.items():
                if np.shape(found) == () and found == value:
                    raise NotYetError(hint)
            raise NotYetError(f"of the p values {list(values)} at q = {q} it is not {found}")
    if count_called(np.array([0.9, 0.8, 0.7]), 0.05) != 0:
        raise NotYetError("where no p lies below the line nothing is called: 0")


NO_MOLECULES = ["C1CC", "CC(C)(C)(C)C", "(", "c1ccc", "C)C"]
LINES = ["OCC", "CCO", "c1ccccc1", "C1=CC=CC=C1", "c1ccccc1", "NCC", "CC(=O)O", "OC(C)=O", "CCC", "CCC", "CO"]
LEARNED = ["C(O)C", "OC", "CCN", "CCCC"]
NEW = 3  # benzene, acetic acid and propane


def check_count_new(count_new: Callable[[list[str], list[str]], int]) -> None:
    """count_new(lines, learned): how many different molecules among the lines are not among the learned."""
    given = [*NO_MOLECULES, *LINES]
    lines, learned = list(given), list(LEARNED)
    with rdBase.BlockLogs():  # RDKit prints a line for each that it cannot read
        found = attempted(count_new(lines, learned))
    if lines != given or learned != LEARNED:
        raise NotYetError("the caller's lists were changed: work on a copy")
    slips = {
        "those are lines, not molecules: one molecule has many spellings; compare what MolToSmiles writes": (9, 14),
        "the learned have other spellings, too: bring both lists to one spelling before you compare": (5,),
        "each molecule counts once, however often and however it is written": (7,),
        "lines that are no molecules do not count": (4, 8),
        "those among the learned are not new": (6,),
    }
    if found != NEW:
        for hint, values in slips.items():
            if found in values:
                raise NotYetError(hint)
        raise NotYetError(f"of the lines {', '.join(given)} with {', '.join(LEARNED)} learned it is not {found}")
    with rdBase.BlockLogs():
        if count_new(["C1CC", "("], learned) != 0:
            raise NotYetError("where no line is a molecule nothing is new: 0")


# 11.2 and 11.3: a screen

BITS = 1024


def check_tanimoto(tanimoto: Callable[[set[int], set[int]], float]) -> None:
    """tanimoto(a, b): of two sets of bits, what both have by what either has; 0 for two empty ones."""
    rng = np.random.default_rng(2)
    pairs = [({0, 1, 2, 3, 4, 5}, {4, 5, 6})]
    pairs += [(set(rng.integers(0, 64, 15).tolist()), set(rng.integers(0, 64, 25).tolist())) for _ in range(3)]
    for a, b in pairs:
        found = attempted(tanimoto(set(a), set(b)))
        both, either, each = len(a & b), len(a | b), len(a) + len(b)
        slips = {
            "divide by the bits that at least one has: the other bits of the 1,024 are no likeness": (
                both / BITS,
                (BITS - either + both) / BITS,
            ),
            "bits that both have count once below, not twice: that is a + b - both": (both / each,),
            "that is Dice's similarity, 2 both / (a + b): Tanimoto divides by the union": (2 * both / each,),
            "that is the distance: 1 minus it": (1 - both / either,),
            "divide by all bits that at least one has, not by those of one molecule": (both / len(a), both / len(b)),
            "that counts the bits that both have: divide": (both,),
        }
        if not _near(found, both / either):
            for hint, values in slips.items():
                if any(_near(found, value) for value in values):
                    raise NotYetError(hint)
            raise NotYetError(f"of {a} and {b} it is not {found!r}")
    try:
        empty = tanimoto(set(), set())
    except ZeroDivisionError:
        empty = np.nan
    if not _near(empty, 0):
        raise NotYetError("two empty fingerprints have similarity 0, not 0 divided by 0")


def check_enrichment(enrichment: Callable[[np.ndarray, np.ndarray, float], float]) -> None:
    """enrichment(scores, active, share): the actives' share in the best-scored part, by their share in all."""
    rng = np.random.default_rng(5)
    for n, share in ((200, 0.05), (1000, 0.01), (30, 0.01)):
        active = np.zeros(n, int)
        active[rng.permutation(n)[: n // 8]] = 1
        scores = rng.permutation(n) / n + 0.6 * active
        found = attempted(enrichment(scores.copy(), active.copy(), share))
        first, order = max(1, round(share * n)), np.argsort(scores)
        best, worst = active[order[::-1][:first]], active[order[:first]]
        slips = {
            "the best have the highest scores: sort from the top": worst.mean() / active.mean(),
            "that is the share of actives among the first: divide by their share in all": best.mean(),
            "that is the share of all actives that was found: a draw would find the share of the list": (
                best.sum() / active.sum()
            ),
            "that counts the actives: divide by how many a draw would find": best.sum(),
            "divide by the share of actives in the whole list, not in the rest": (
                best.mean() / active[order[::-1][first:]].mean()
            ),
        }
        if not _near(found, best.mean() / active.mean()):
            for hint, value in slips.items():
                if _near(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"with {n} molecules and a share of {share} it is not {found!r}")


def _near(found: object, value: float) -> bool:
    return isinstance(found, int | float | np.number) and bool(np.isclose(float(found), value, rtol=1e-6, atol=1e-9))


EXERCISES = {
    "11.1": check_count_called,
    "11.2": check_tanimoto,
    "11.3": check_enrichment,
    "11.4": check_count_new,
}
