"""Labels, probabilities and patients for the tests of evaluation."""

import numpy as np

from helpers.datasets import Split


def rows_of(labels, patients=None) -> Split:
    labels = np.asarray(labels, dtype=np.int64)
    patients = np.arange(len(labels)) if patients is None else np.asarray(patients)
    return Split(np.zeros((len(labels), 1, 1, 1), np.uint8), labels, patients)


def guesses(n: int, classes: int, seed: int, digits: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Labels and better-than-chance probabilities; few digits make ties."""
    rng = np.random.default_rng(seed)
    labels = np.r_[np.arange(classes), rng.integers(0, classes, n - classes)]
    scores = np.round(rng.uniform(0.1, 1, (n, classes)) + 0.5 * np.eye(classes)[labels], digits)
    return labels, scores / scores.sum(axis=1, keepdims=True)


def patients_with_several(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, n // 3, n)
