"""Answers to the exercises of notebook 02: right ones, blanks, and mistakes with a part of the hint that meets each."""

import math
from fractions import Fraction

import numpy as np
from sklearn.metrics import roc_curve

PREWITT = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])


# 02.2: the size of a convolution's output


def size_by_formula(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride + 1


def size_by_counting(n, kernel, stride, padding):
    return sum(1 for start in range(0, n + 2 * padding, stride) if start + kernel <= n + 2 * padding)


def size_by_floor(n, kernel, stride, padding):
    return np.int64(math.floor(Fraction(n + 2 * padding - kernel, stride)) + 1)


# 02.4: the highest threshold with enough sensitivity


def threshold_by_sorting(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[math.ceil(round(sensitivity * len(ill), 9)) - 1]


def threshold_by_trying(labels, scores, sensitivity):
    for threshold in sorted(set(scores.tolist()), reverse=True):
        found = sum(1 for label, score in zip(labels, scores, strict=True) if label == 1 and score >= threshold)
        if found / labels.sum() >= sensitivity:
            return threshold
    return None


def threshold_of_scikit_learn(labels, scores, sensitivity):
    _, found, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    return thresholds[np.argmax(found >= sensitivity)]


def threshold_between_scores(labels, scores, sensitivity):
    """Half way down to the next score: the same people are called ill."""
    best = threshold_by_sorting(labels, scores, sensitivity)
    below = scores[scores < best]
    return best if len(below) == 0 else (best + below.max()) / 2


def threshold_on_everybody(labels, scores, sensitivity):
    return np.quantile(scores, 1 - sensitivity)


def threshold_on_the_healthy(labels, scores, sensitivity):
    return np.quantile(scores[labels == 0], sensitivity)


def threshold_one_too_high(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[min(int(sensitivity * len(ill)), len(ill) - 1)] + 0.01


def threshold_with_the_share_turned_round(labels, scores, sensitivity):
    return np.quantile(scores[labels == 1], sensitivity, method="lower")


def threshold_of_the_interpolated_quantile(labels, scores, sensitivity):
    return np.quantile(scores[labels == 1], 1 - sensitivity)


def threshold_that_rounds_to_the_nearest(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[max(round(sensitivity * len(ill)), 1) - 1]


def threshold_that_always_adds_one(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[min(int(sensitivity * len(ill)) + 1, len(ill)) - 1]


def threshold_that_rounds_up_what_python_makes_too_much(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[math.ceil(sensitivity * len(ill)) - 1]


def threshold_of_the_lower_quantile(labels, scores, sensitivity):
    return np.quantile(scores[labels == 1], 1 - sensitivity, method="lower")


def threshold_that_is_the_first_in_ascending_order(labels, scores, sensitivity):
    return next(t for t in np.unique(scores) if (scores[labels == 1] >= t).mean() >= sensitivity)


def threshold_of_scikit_learns_first_entry(labels, scores, sensitivity):
    return roc_curve(labels, scores)[2][0]


def counts(first, second, dense) -> dict:
    return {"first convolution": first, "second convolution": second, "dense": dense}


AUGMENTATIONS = {
    "shift by 2 pixels": True,
    "rotation by 5 degrees": True,
    "flip left to right": False,
    "enlarge the right half until it fills the picture": False,
    "brightness by 10 %": True,
    "paste a nodule from another patient": False,
}


RIGHT = {
    "02.1": [PREWITT, SOBEL.tolist(), np.array([[0, -0.1, 0], [0, 0, 0], [0, 0.1, 0]]), SOBEL.astype(np.float32)],
    "02.2": [size_by_formula, size_by_counting, size_by_floor],
    "02.3": [
        counts(1216, 3480, 3460),
        counts(np.int64(16 * (5 * 5 * 3 + 1)), 24 * (9 * 16 + 1), 4 * (6 * 6 * 24 + 1)),
    ],
    "02.4": [threshold_by_sorting, threshold_by_trying, threshold_of_scikit_learn, threshold_between_scores],
    "02.5": [AUGMENTATIONS, {change: np.bool_(allowed) for change, allowed in reversed(AUGMENTATIONS.items())}],
}

STUBS = {
    "02.1": [None, ...],
    "02.2": [None, ..., lambda n, kernel, stride, padding: None, lambda n, kernel, stride, padding: ...],
    "02.3": [None, counts(None, None, None), counts(..., ..., ...), counts(1216, None, None)],
    "02.4": [None, ..., lambda labels, scores, sensitivity: None],
    "02.5": [None, dict.fromkeys(AUGMENTATIONS), AUGMENTATIONS | {"flip left to right": None}],
}

WRONG = {
    "02.1": [
        (-PREWITT, "signs"),
        (PREWITT.T, "upright edge"),
        (np.eye(3), "nine weights"),
        (np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), "upright edge"),
        (np.array([[-1, 0, 0], [0, 0, 0], [0, 0, 1]]), "upright edge"),
        (np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1]]), "nine weights"),
        (np.zeros((3, 3)), "signs"),
        (np.array([-1, 0, 1]), "shape (3, 3)"),
        (PREWITT[..., np.newaxis, np.newaxis], "shape (3, 3)"),
        (np.full((3, 3), np.nan), "nine weights"),
    ],
    "02.2": [
        (lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride, "26 positions"),
        (lambda n, kernel, stride, padding: n - kernel + 1, "padding 1"),
        (lambda n, kernel, stride, padding: (n + padding - kernel) // stride + 1, "padding 1"),
        (lambda n, kernel, stride, padding: (n - kernel) // stride + 1, "padding 1"),
        (lambda n, kernel, stride, padding: n + 2 * padding - kernel + 1, "stride 2"),
        (lambda n, kernel, stride, padding: -(-(n + 2 * padding - kernel) // stride) + 1, "stride 2"),
        (lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride + 1, "whole number"),
        (lambda n, kernel, stride, padding: round((n + 2 * padding - kernel) / stride) + 1, "stride 2"),
        (lambda n, kernel, stride, padding: n // stride, "28 pixels, kernel 3"),
        (lambda n, kernel: n - kernel + 1, "TypeError"),
    ],
    "02.3": [
        (counts(1200, 3480, 3460), "first convolution: did you forget the 16 biases"),
        (counts(416, 3480, 3460), "three channels"),
        (counts(1216, 3456, 3460), "24 biases"),
        (counts(1216, 240, 3460), "16 maps"),
        (counts(1216, 3480, 3456), "4 biases"),
        (counts(1216, 3480, 8 * 8 * 24 * 4 + 4), "dense is not 6148"),
        (counts(28 * 28 * 16, 3480, 3460), "first convolution is not 12544"),
        ({"conv": 1216, "conv2": 3480, "dense": 3460}, "exactly the keys"),
        (counts("1216", 3480, 3460), "first convolution is not 1216"),
    ],
    "02.4": [
        (lambda labels, scores, sensitivity: 0.5, "was asked for"),
        (lambda labels, scores, sensitivity: 0.0, "a higher threshold"),
        (lambda labels, scores, sensitivity: sensitivity, "was asked for"),
        (threshold_on_everybody, "threshold"),
        (threshold_on_the_healthy, "threshold"),
        (threshold_one_too_high, "was asked for"),
        (threshold_with_the_share_turned_round, "was asked for"),
        (threshold_of_the_interpolated_quantile, "was asked for"),
        (threshold_that_rounds_to_the_nearest, "was asked for"),
        (threshold_that_always_adds_one, "a higher threshold"),
        (threshold_that_rounds_up_what_python_makes_too_much, "a higher threshold"),
        (threshold_of_the_lower_quantile, "a higher threshold"),
        (threshold_that_is_the_first_in_ascending_order, "a higher threshold"),
        (threshold_of_scikit_learns_first_entry, "calls nobody ill"),
        (lambda labels, scores, sensitivity: scores[labels == 1] >= 0.5, "TypeError"),
    ],
    "02.5": [
        (dict.fromkeys(AUGMENTATIONS, True), "where would the heart point"),
        (dict.fromkeys(AUGMENTATIONS, False), "never stand in exactly the same place"),
        (AUGMENTATIONS | {"flip left to right": True}, "heart"),
        (AUGMENTATIONS | {"enlarge the right half until it fills the picture": True}, "other half"),
        (AUGMENTATIONS | {"brightness by 10 %": False}, "exposure"),
        (AUGMENTATIONS | {"paste a nodule from another patient": True}, "label still be right"),
        (AUGMENTATIONS | {"rotation by 5 degrees": "yes"}, "True or False"),
        (dict(list(AUGMENTATIONS.items())[:-1]), "exactly the keys"),
    ],
}
