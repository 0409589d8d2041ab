"""Checks of the exercises in notebooks/07_interpretability.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices
from helpers.lessons.interpretability.columns import shapley_values

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "b"}
VERDICTS = ("about the network", "about the image and the architecture", "nothing yet")
COALITIONS = [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]


def check_inside(inside: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """inside(heat, mask): the share of a map's positive values that lies in the lesion."""
    mask = np.array([[True, True, False], [False, False, False]])
    for heat in (np.array([[3.0, 1.0, 2.0], [0.0, -2.0, -6.0]]), np.array([[1.0, -0.5, 1.5], [0.5, 0.0, 2.0]])):
        found = float(attempted(inside(heat.copy(), mask.copy())))
        positive = np.maximum(heat, 0)
        right = positive[mask].sum() / positive.sum()
        slips = {
            "what speaks against the disease is negative: leave it out before you add up": heat[mask].sum()
            / heat.sum(),
            "its size alone is no evidence for the disease: leave negative values out": np.abs(heat)[mask].sum()
            / np.abs(heat).sum(),
            "that is how much lies in the lesion; divide by what lies anywhere": positive[mask].sum(),
            "that is a mean over the lesion: divide by what lies anywhere, not by its pixels": positive[mask].mean(),
            "that is the share outside the lesion": 1 - right,
        }
        if not np.isclose(found, right):
            for hint, value in slips.items():
                if np.isclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"of {heat.tolist()} with the first two pixels as lesion the share is not {found:.3f}")
    if not np.isclose(float(inside(-np.ones((2, 3)), mask)), 0):
        raise NotYetError("a map without anything above zero has a share of 0 in the lesion")


def check_findings(told: Mapping[str, str]) -> None:
    """Four findings about maps: what has been shown?"""
    reasons = {
        "A": ("nothing yet", "what would always one place have scored?"),
        "B": (
            "about the image and the architecture",
            "the network has changed and the map has not: what is left that it can be about?",
        ),
        "C": ("about the network", "one thing was changed, and one thing was asked both times"),
        "D": ("nothing yet", "would the order be the same with another fill, and where would a fixed place stand?"),
    }
    check_choices(told, reasons, VERDICTS, f"choose one of {', '.join(VERDICTS)}")


def check_swap(swap: Callable[[Callable, np.ndarray, Callable], np.ndarray]) -> None:
    """swap(score, images, add): by how much a sign alone moves the score of each image."""
    images = np.array([[[[10.0], [0.0]]], [[[20.0], [5.0]]], [[[0.0], [60.0]]]])

    def add(some: np.ndarray) -> np.ndarray:
        signed = some.copy()
        signed[:, 0, 1, 0] = 50
        return signed

    def score(some: np.ndarray) -> np.ndarray:
        return some[:, 0, 0, 0] + some[:, 0, 1, 0] ** 2 / 100

    given = images.copy()
    found = np.asarray(attempted(swap(score, given, add)), float)
    right = score(add(images)) - score(images)
    if not np.array_equal(given, images):
        raise NotYetError("the caller's images were changed: work on what `add` returns")
    if found.shape != right.shape:
        raise NotYetError(f"one number per image, shape {right.shape}; yours has the shape {found.shape}")
    slips = {
        "with the sign minus without: yours has the other sign": -right,
        "that is the score with the sign: what would it be without?": score(add(images)),
        "compare each image with itself, not with the mean of the others": score(add(images)) - score(images).mean(),
        "how far it moves, and which way: leave the sign of the difference": np.abs(right),
    }
    if not np.allclose(found, right):
        for hint, value in slips.items():
            if np.allclose(found, value):
                raise NotYetError(hint)
        raise NotYetError(f"expected {right.tolist()}, found {found.tolist()}")


def check_first_share(first_share: Callable[[Mapping[frozenset, float]], float]) -> None:
    """first_share(worth): the Shapley value of player 0 of three."""
    for worths in ((2, 5, 3, 1, 9, 6, 3, 13), (1, 1, 5, 0, 2, 8, 6, 7)):
        worth = dict(zip(map(frozenset, COALITIONS), map(float, worths), strict=True))
        found = float(attempted(first_share(dict(worth))))
        right = shapley_values(lambda who, worth=worth: worth[frozenset(who)], 3)[0]
        added = [worth[frozenset({0, *who})] - worth[frozenset(who)] for who in ((), (1,), (2,), (1, 2))]
        slips = {
            "the four coalitions do not weigh alike: nobody and {1, 2} have 1/3, the others 1/6": np.mean(added),
            "that is what 0 earns alone: average over the coalitions that it can join": added[0],
            "that is what is lost without 0: average over the coalitions that it can join": added[3],
            "what 0 adds counts, not what the coalition is worth with it": sum(
                weight * worth[frozenset({0, *who})]
                for weight, who in zip((1 / 3, 1 / 6, 1 / 6, 1 / 3), ((), (1,), (2,), (1, 2)), strict=True)
            ),
            "the weights add up to 1: divide": 6 * right,
        }
        if not np.isclose(found, right):
            for hint, value in slips.items():
                if np.isclose(found, value):
                    raise NotYetError(hint)
            raise NotYetError(f"with worths {worths} of {COALITIONS} the share is not {found:.3f}")


EXERCISES = {"07.1": check_inside, "07.2": check_findings, "07.3": check_swap, "07.4": check_first_share}
