"""What a network has to beat at telling bound from unbound DNA: the words that come up, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits

from helpers.datasets.sequences import one_hot
from helpers.lessons.genomics.backgrounds import Sequences

C_VALUES = (1e-4, 1e-3, 1e-2, 1e-1)  # scikit-learn's C, the inverse of the penalty, which validation chooses among


def gc_share(letters: np.ndarray) -> np.ndarray:
    """The share of G and C among the known letters of each sequence, float64 (n,).

    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    x = one_hot(letters)
    return x[:, :, 1:3].sum(axis=(1, 2), dtype=np.float64) / np.maximum(x.sum(axis=(1, 2), dtype=np.float64), 1)


def count_words(letters: np.ndarray, k: int) -> np.ndarray:
    """How often each word of k letters comes up, both strands read, int64 (n, 4^k), in the order AA, AC, ...

    A word with an unknown letter (N) is not counted. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    x = one_hot(letters)
    both = np.concatenate([_words(strand, k) for strand in (x, x[:, ::-1, ::-1])], axis=1)
    return np.stack([np.bincount(row, minlength=4**k + 1)[:-1] for row in both])


def _words(x: np.ndarray, k: int) -> np.ndarray:
    """The number of the word that starts at each place, int64 (n, places); 4^k where a letter is unknown."""
    codes, known = x.argmax(axis=2), x.any(axis=2)
    places = x.shape[1] - k + 1
    number = sum(codes[:, at : at + places] * 4 ** (k - 1 - at) for at in range(k))
    return np.where(np.all([known[:, at : at + places] for at in range(k)], axis=0), number, 4**k)


def fit_words(train: Sequences, validation: Sequences, *, k: int = 6) -> Callable[[np.ndarray], np.ndarray]:
    """Logistic regression on the counts of words of k letters, with the L2 penalty of the least validation loss.

    Counts are not standardised: that would raise the rare words, and was worse. Returns what takes letters (n,) and
    gives scores (n,), the log odds. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    counts, asked = count_words(train.letters, k), count_words(validation.letters, k)
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        fits = [LogisticRegression(C=c, max_iter=500).fit(counts, train.labels) for c in C_VALUES]
        losses = [log_loss(validation.labels, fit.predict_proba(asked)) for fit in fits]
    best = fits[int(np.argmin(losses))]
    return lambda letters: best.decision_function(count_words(letters, k))
