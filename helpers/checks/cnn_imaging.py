"""Checks of the exercises in notebooks/02_cnn_imaging.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.thresholds import check_highest_threshold
from helpers.checks.verdicts import NotYetError, attempted, check_choices, check_counts
from helpers.from_scratch.convolution import cross_correlate

QUIZ = {1: "c", 2: "b", 3: "d", 4: "a", 5: "b", 6: "c"}


def check_kernel(kernel: np.ndarray) -> None:
    """A 3×3 kernel, positive where grey values rise from top to bottom, zero on flat areas and on upright edges."""
    kernel = np.asarray(kernel, dtype=float)
    if kernel.shape != (3, 3):
        raise NotYetError(f"the kernel should have shape (3, 3); yours has {kernel.shape}")
    if not np.allclose(_answer(np.full((9, 9), 100.0), kernel), 0, atol=1e-9):
        raise NotYetError("on an area of one grey value the answer should be 0: what must the nine weights add up to?")
    darker_above = np.repeat([[0.0], [100.0]], [4, 5], axis=0) * np.ones((1, 9))
    if not np.allclose(_answer(darker_above.T, kernel), 0, atol=1e-9):
        raise NotYetError("it answers to an upright edge (dark left, bright right); each column should add up to 0")
    response = _answer(darker_above, kernel)
    if response.max() <= 0 or response.min() < -1e-9:
        raise NotYetError("where it is dark above and bright below, the answer should be above 0: look at the signs")


def _answer(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return cross_correlate(image[..., np.newaxis], kernel[..., np.newaxis, np.newaxis], np.zeros(1))[..., 0]


def check_output_size(output_size: Callable[[int, int, int, int], int]) -> None:
    """output_size(n, kernel, stride, padding): pixels along one side of a convolution's output."""
    for n, kernel, stride, padding in [
        (28, 3, 1, 0),
        (28, 3, 1, 1),
        (28, 2, 2, 0),
        (13, 3, 2, 0),
        (224, 7, 2, 3),
        (11, 2, 2, 0),
    ]:
        given = attempted(output_size(n, kernel, stride, padding))
        padded = np.zeros(n + 2 * padding)
        expected = len(np.lib.stride_tricks.sliding_window_view(padded, kernel)[::stride])
        if given != expected:
            raise NotYetError(
                f"for {n} pixels, kernel {kernel}, stride {stride}, padding {padding} there are {expected} positions; "
                f"yours says {given}"
            )
        if not isinstance(given, (int, np.integer)):
            raise NotYetError(f"a number of positions is a whole number; yours is {given!r}")


def check_parameter_count(counts: Mapping[str, int]) -> None:
    """Weights of each layer of: 32×32×3 input, Conv 16 of 5×5, pool 2, Conv 24 of 3×3, pool 2, Flatten, Dense 4."""
    slips = {
        "first convolution": {1200: "the 16 biases", 416: "that a colour image has three channels"},
        "second convolution": {3456: "the 24 biases", 240: "that each kernel spans all 16 maps below it"},
        "dense": {3456: "the 4 biases"},
    }
    right = {
        "first convolution": 5 * 5 * 3 * 16 + 16,
        "second convolution": 3 * 3 * 16 * 24 + 24,
        "dense": 6 * 6 * 24 * 4 + 4,
    }

    def hint(layer: str, given: int) -> str:
        forgotten = slips[layer].get(given)
        return (
            f"{layer}: did you forget {forgotten}?"
            if forgotten
            else f"{layer} is not {given}: start from the shape that comes in, then one output"
        )

    check_counts(counts, right, hint)


def check_threshold(choose_threshold: Callable[[np.ndarray, np.ndarray, float], float]) -> None:
    """choose_threshold(labels, scores, sensitivity): the highest threshold whose sensitivity is at least that asked."""
    rng = np.random.default_rng(20)
    example = np.array([1, 0, 1, 1, 0]), np.array([0.9, 0.8, 0.6, 0.3, 0.2])  # the one in the text
    tries = [(*example, 0.6)]
    # A third of the n people is ill. 55 % of 100 or 20 is a whole number that Python makes a little more; 75 % of 11 is
    # 8.25, which `round` takes down.
    for n, wanted in [(40, 0.9), (200, 0.95), (200, 0.5), (31, 1.0), (300, 0.55), (60, 0.55), (33, 0.75)]:
        labels = rng.permutation(np.arange(n) % 3 == 0).astype(int)
        tries.append((labels, np.round(np.clip(rng.normal(0.4 + 0.2 * labels, 0.2), 0, 1), 2), wanted))
    distinct = rng.permutation(60) / 60  # no two alike, so that one person too many shows
    tries += [(rng.permutation(np.arange(60) % 3 == 0).astype(int), distinct, wanted) for wanted in (0.55, 0.72, 0.9)]
    for labels, scores, wanted in tries:
        threshold = float(attempted(choose_threshold(labels.copy(), scores.copy(), wanted)))
        check_highest_threshold(labels, scores, wanted, threshold)


def check_augmentations(allowed: Mapping[str, bool]) -> None:
    """Which changes of a frontal chest radiograph leave its diagnosis and its anatomy possible."""
    reasons = {
        "shift by 2 pixels": (True, "patients never stand in exactly the same place"),
        "rotation by 5 degrees": (True, "patients lean a little"),
        "flip left to right": (False, "where would the heart point?"),
        "enlarge the right half until it fills the picture": (False, "what if the lesion lies in the other half?"),
        "brightness by 10 %": (True, "exposure differs from one machine to the next"),
        "paste a nodule from another patient": (False, "would the label still be right?"),
    }
    check_choices(allowed, reasons, (True, False), "choose True or False")


EXERCISES = {
    "02.1": check_kernel,
    "02.2": check_output_size,
    "02.3": check_parameter_count,
    "02.4": check_threshold,
    "02.5": check_augmentations,
}
