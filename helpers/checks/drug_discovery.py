"""Checks of the exercises in notebooks/11_drug_discovery.ipynb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rdkit import rdBase

from helpers.checks.verdicts import NotYetError, attempted

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


EXERCISES = {
    "11.1": check_count_called,
    "11.4": check_count_new,
}
