"""Checks of the exercises in notebooks/09_privacy.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.checks.verdicts import NotYetError, attempted, check_choices

QUIZ = {1: "c", 2: "b", 3: "c", 4: "c", 5: "a"}


def check_k_and_l(k_and_l: Callable[[pd.DataFrame, Sequence[str], str], tuple[int, int]]) -> None:
    """k_and_l(table, columns, secret): the least group size, and the least number of secrets in a group."""
    one = pd.DataFrame({"age": [3, 3, 3, 4, 4, 5, 5, 5, 5], "sex": list("FFMMMFFFF"), "told": list("aabccabcd")})
    other = pd.DataFrame({"age": [3, 3, 3, 3, 4, 4, 4], "sex": list("FFMMFFF"), "told": list("aabbacb")})
    for table in (one, other):
        found = attempted(k_and_l(table.copy(), ["age", "sex"], "told"))
        if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
            raise NotYetError(f"give two numbers, k and l; found {found!r}")
        if any(part is None or part is ... for part in found):
            attempted(None)
        groups = table.groupby(["age", "sex"])["told"]
        right = int(groups.size().min()), int(groups.nunique().min())
        k = right[0]
        given = tuple(float(part) for part in found)
        slips = {
            "k and l are the other way round: k counts people": right[::-1],
            "the promise is made to everybody: the least group counts, not the mean one": (
                groups.size().mean(),
                groups.nunique().mean(),
            ),
            "the largest group is safe already: take the least": (groups.size().max(), groups.nunique().max()),
            "l counts different values, not people": (k, k),
            "l belongs to groups: count the values inside each, not in the whole table": (k, table["told"].nunique()),
            "group by all columns together, not by the first alone": (
                table.groupby("age").size().min(),
                table.groupby("age")["told"].nunique().min(),
            ),
        }
        if given != right:
            for hint, value in slips.items():
                if np.allclose(given, value):
                    raise NotYetError(hint)
            raise NotYetError(f"for groups of {groups.size().tolist()} people, k and l are not {given}")


def check_hits_at(hits_at: Callable[[np.ndarray, np.ndarray, float], float]) -> None:
    """hits_at(members, others, false_alarms): the share of members above the others' threshold."""
    rng = np.random.default_rng(3)
    cases = [
        (np.array([5.0, 4.0, 3.5, 1.0]), np.array([4.0, 3.0, 2.0, 1.0, 0.0, -1.0, -2.0, -3.0, -4.0, -5.0]), 0.1),
        (rng.normal(1.5, 1, 80), rng.normal(0, 1, 200), 0.01),
        (np.array([2.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0, 2.0]), 0.25),
    ]
    for members, others, rate in cases:
        found = float(attempted(hits_at(members.copy(), others.copy(), rate)))
        ordered = np.sort(others)[::-1]
        right = (members > ordered[int(rate * len(others))]).mean()
        slips = {
            "a tie is no hit: above means above": (members >= ordered[int(rate * len(others))]).mean(),
            "the threshold comes from the others, not from the members": (
                members > np.sort(members)[::-1][int(rate * len(members))]
            ).mean(),
            "that is the share of the others: of whom do you want the hits?": (
                others > ordered[int(rate * len(others))]
            ).mean(),
            "not one false alarm is allowed there: you may have a few": (members > ordered[0]).mean(),
            "high scores are suspicious: sort from the highest": (
                members > np.sort(others)[int(rate * len(others))]
            ).mean(),
        }
        if not np.isclose(found, right):
            for hint, value in slips.items():
                if np.isclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"with {len(others)} others and {rate:g} the share of {len(members)} is not {found:.3f}")


def check_clip_by_patient(clip: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> None:
    """clip_by_patient(gradients, patients, bound): the sum over patients of their clipped gradients."""
    gradients = np.array([[3.0, 4.0], [3.0, 4.0], [0.3, 0.4], [0.0, -6.0], [-0.1, 0.2]])
    for patients in (np.array([1, 1, 1, 2, 3]), np.array([7, 2, 7, 2, 2])):
        given = gradients.copy()
        found = np.asarray(attempted(clip(given, patients.copy(), 2.0)), float)
        if not np.array_equal(given, gradients):
            raise NotYetError("the caller's gradients were changed: work on a copy")
        own = np.stack([gradients[patients == one].sum(axis=0) for one in np.unique(patients)])
        means = np.stack([gradients[patients == one].mean(axis=0) for one in np.unique(patients)])
        right = _clipped(own, 2.0).sum(axis=0)
        if found.shape != right.shape:
            raise NotYetError(f"one sum for each weight, shape {right.shape}; yours has the shape {found.shape}")
        slips = {
            "each image is clipped by itself: a patient with many images still counts many times": _clipped(
                gradients, 2.0
            ).sum(axis=0),
            "what is shorter than the bound stays as it is: divide by max(1, length / bound)": (
                2.0 * own / np.linalg.norm(own, axis=1, keepdims=True)
            ).sum(axis=0),
            "the whole sum is clipped: then one patient can still turn it": _clipped(
                own.sum(axis=0, keepdims=True), 2.0
            )[0],
            "nothing is clipped: shorten what is longer than the bound": own.sum(axis=0),
            "add up a patient's images; yours takes their mean": _clipped(means, 2.0).sum(axis=0),
            "each weight is cut by itself: the length of the whole vector counts": np.clip(own, -2, 2).sum(axis=0),
        }
        if not np.allclose(found, right):
            for hint, value in slips.items():
                if np.allclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"for patients {patients.tolist()} and bound 2 the sum is not {found.round(3).tolist()}")


def _clipped(vectors: np.ndarray, bound: float) -> np.ndarray:
    return vectors / np.maximum(1, np.linalg.norm(vectors, axis=1, keepdims=True) / bound)


def check_follows(told: Mapping[str, bool]) -> None:
    """Five conclusions: does each follow?"""
    reasons = {
        "A": (False, "an attack that fails is a weak attack, or a private network: which?"),
        "B": (True, "what was proved holds for every attack, also for those of tomorrow"),
        "C": (False, "how far can a patient with four images move the sum?"),
        "D": (False, "think of the pixels, of nested elements, and of the columns that are left"),
        "E": (True, "a floor above the ceiling: both cannot be right, but a floor at 95 % is wrong now and then"),
    }
    check_choices(told, reasons, (True, False), "choose True or False")


EXERCISES = {"09.1": check_k_and_l, "09.2": check_hits_at, "09.3": check_clip_by_patient, "09.4": check_follows}
