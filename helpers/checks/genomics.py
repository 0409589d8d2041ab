"""Checks of the exercises in notebooks/10_genomics.ipynb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from helpers.checks.verdicts import NotYetError, attempted
from helpers.lessons.genomics.motifs import information


def check_information(bits_of: Callable[[np.ndarray], np.ndarray]) -> None:
    """bits_of(frequencies): what each place of a matrix tells, in bits."""
    sure = np.array([[0.7, 0.1, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25]])
    zeros = np.array([[0.5, 0.5, 0, 0], [1.0, 0, 0, 0], [0, 0.2, 0.5, 0.3], [0.1, 0.6, 0.3, 0]])
    for frequencies in (sure, zeros):
        given = frequencies.copy()
        found = np.asarray(attempted(bits_of(given)), float)
        if not np.array_equal(given, frequencies):
            raise NotYetError("the caller's matrix was changed: work on a copy")
        right = information(frequencies)
        if found.shape != right.shape:
            raise NotYetError(f"one number for each of {len(right)} places; yours has the shape {found.shape}")
        if np.isnan(found).any():
            raise NotYetError("a letter that never comes up adds nothing; log2(0) has no value, so leave it out")
        slips = {
            "bits ask for the logarithm to base 2": 2 + (right - 2) * np.log(2),
            "that is what is left open (the entropy); information is 2 bits minus that": 2 - right,
            "four letters are 2 bits: add them to the sum": right - 2,
            "mind the sign: logarithms of shares are below 0": 4 - right,
            "that is the share of the commonest letter": frequencies.max(axis=1),
        }
        if not np.allclose(found, right, atol=1e-3):
            for hint, value in slips.items():
                if np.allclose(found, value, atol=1e-3):
                    raise NotYetError(hint)
            raise NotYetError(f"for the place {frequencies[0].tolist()} it is {right[0]:.3f} bits, not {found[0]:.3f}")


def check_matched(matched: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """matched(bound, others): for each bound sequence the number of another of like share of G and C, none twice."""
    rng = np.random.default_rng(7)
    for centre, n in ((0.41, 60), (0.5, 40)):
        bound, others = rng.normal(0.57, 0.05, n), rng.normal(centre, 0.12, 1500)
        found = np.asarray(attempted(matched(bound.copy(), others.copy())))
        if found.shape != (n,) or found.dtype.kind not in "iu":
            raise NotYetError(f"{n} whole numbers, one for each bound sequence; found {found.dtype} {found.shape}")
        if found.min() < 0 or found.max() >= len(others):
            raise NotYetError("give numbers of rows of others, which begin at 0")
        if len(np.unique(found)) < n:
            raise NotYetError("one of the others stands for two: take each only once")
        off = np.abs(others[found] - bound).mean()
        if abs(others[found].mean() - bound.mean()) > 0.02:
            raise NotYetError(
                f"share of G and C: {others[found].mean():.2f} in yours, {bound.mean():.2f} in the bound: still a trap"
            )
        if off > 0.02:
            raise NotYetError("the means agree, the single shares do not: match one to one, not the mean alone")


def check_copies(copies: Callable[[str, str, str, str, int], int | None]) -> None:
    """copies(effect, other, counted, place_other, count): copies of the effect letter, None where it cannot be told."""
    cases = {
        ("A", "G", "A", "G", 2): (2, "the letters are as they are: count is the answer"),
        ("A", "G", "G", "A", 2): (0, "the other letter was counted: of two letters, count are not the effect's"),
        ("A", "G", "T", "C", 0): (0, "T and C are A and G of the other strand: the variant fits"),
        ("A", "C", "G", "T", 2): (0, "on the other strand A and C are T and G, and here G was counted"),
        ("C", "T", "A", "G", 0): (2, "on the other strand C and T are G and A, and here A was counted"),
        ("A", "T", "A", "T", 1): (None, "A/T reads the same on both strands: nobody can tell whose letter it is"),
        ("G", "C", "C", "G", 0): (None, "C/G reads the same on both strands: nobody can tell whose letter it is"),
        ("A", "G", "A", "C", 1): (None, "these are other letters: another variant"),
        ("A", "G", "T", "G", 2): (None, "these are other letters: one letter turned and one not is no strand"),
    }
    found = {case: copies(*case) for case in cases}
    attempted(None if all(value is ... for value in found.values()) else 1)
    for case, (right, hint) in cases.items():
        value = found[case]
        if (value is None) != (right is None) or (right is not None and value != right):
            effect, other, counted, place_other, count = case
            raise NotYetError(f"effect {effect} against {other}, {count} of {counted}, other {place_other}: {hint}")


def check_risk_of(risk_of: Callable[[float, float, float], float]) -> None:
    """risk_of(z, r2, average): the risk of a person with score z, by the threshold model."""
    for z, r2, average in ((2.0, 0.2, 0.1), (-1.0, 0.2, 0.1), (1.5, 0.45, 0.03), (0.8, 0.0, 0.2)):
        found = float(attempted(risk_of(z, r2, average)))
        t, known = norm.ppf(average), np.sqrt(r2) * z
        right = norm.cdf((known + t) / np.sqrt(1 - r2))
        slips = {
            "the rest has variance 1 - R², not 1: divide by its root": norm.cdf(known + t),
            "divide by the root of 1 - R²: that is the variance": norm.cdf((known + t) / (1 - r2)),
            "a score explains R², so it moves you by its root": norm.cdf((r2 * z + t) / np.sqrt(1 - r2)),
            "z is in SDs of the score: the liability moves by √R² of it": norm.cdf((z + t) / np.sqrt(1 - r2)),
            "that is the risk of staying well": 1 - right,
            "a higher score means more risk": norm.cdf((t - known) / np.sqrt(1 - r2)),
            "do not multiply the average: risks do not grow by one factor": average * np.exp(known),
        }
        if not np.isclose(found, right, atol=1e-6):
            for hint, value in slips.items():
                if np.isclose(found, value, atol=1e-6):
                    raise NotYetError(hint)
            raise NotYetError(f"with z {z}, R² {r2} and average {average} the risk is not {found:.4f}")


QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "a"}
EXERCISES = {"10.1": check_information, "10.2": check_matched, "10.3": check_copies, "10.4": check_risk_of}
