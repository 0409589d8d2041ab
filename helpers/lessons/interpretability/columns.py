"""Which column of a table matters, asked in four ways, and what columns that move together do to each answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from helpers import evaluation

Value = Callable[[tuple[int, ...]], float]


def shapley_values(value: Value, players: int) -> np.ndarray:
    """Shapley values by enumeration: shape (players,), 2^players calls of `value` (Shapley, 1953).

    value: what a coalition is worth, a tuple of players in ascending order. Player i gets what it adds to a coalition S
    of the others, averaged with weights |S|! (players - |S| - 1)! / players!. The values add up to what all are worth
    together minus what nobody is worth. In earnest use the shap library: exact for linear models and trees, sampled
    elsewhere.

    >>> shapley_values(lambda who: 12.0 if len(who) == 2 else 0.0, 2).tolist()
    [6.0, 6.0]

    Taught in notebooks/07_interpretability.ipynb, section 6.3.
    """
    everybody = range(players)
    worth = {who: value(who) for size in range(players + 1) for who in combinations(everybody, size)}
    shares = np.zeros(players)
    for who, without in worth.items():
        weight = math.factorial(len(who)) * math.factorial(players - len(who) - 1) if len(who) < players else 0
        for i in set(everybody) - set(who):
            shares[i] += weight * (worth[tuple(sorted((*who, i)))] - without)
    return shares / math.factorial(players)


def marginal_value(model: Callable[[np.ndarray], np.ndarray], row: np.ndarray, background: np.ndarray) -> Value:
    """What the columns of a coalition tell, the others filled in from other people: the mean answer over a background.

    model: rows (n, columns) to answers (n,). row: (columns,). background: (m, columns). This breaks every tie between
    columns: it may ask the model about people who cannot exist.

    Taught in notebooks/07_interpretability.ipynb, section 6.3.
    """

    def value(who: tuple[int, ...]) -> float:
        asked = background.copy()
        asked[:, list(who)] = row[list(who)]
        return float(model(asked).mean())

    return value


def conditional_value(weights: np.ndarray, intercept: float, row: np.ndarray, background: np.ndarray) -> Value:
    """What the columns of a coalition tell of a linear score, the others being what they usually are in such people.

    weights, intercept: of the score, linear in the columns. The others are expected from those of the coalition as in
    a normal distribution with the background's mean and covariance: exact for it, an approximation for real tables.

    Taught in notebooks/07_interpretability.ipynb, section 6.3.
    """
    mean, covariance = background.mean(axis=0), np.cov(background.T)

    def value(who: tuple[int, ...]) -> float:
        known, expected = list(who), mean.copy()
        if known:
            toward = np.linalg.solve(covariance[np.ix_(known, known)], row[known] - mean[known])
            expected = mean + covariance[:, known] @ toward
            expected[known] = row[known]
        return float(expected @ weights + intercept)

    return value


def shuffled_loss(
    risk: Callable[[np.ndarray], np.ndarray],
    features: np.ndarray,
    labels: np.ndarray,
    columns: Sequence[int],
    *,
    repeats: int,
    seed: int,
) -> float:
    """The AUC lost when columns are shuffled together between people, mean over repeats: permutation importance.

    risk: rows (n, columns) to risks (n,). columns: which are shuffled, as one block (Breiman, 2001).

    Taught in notebooks/07_interpretability.ipynb, section 6.1.
    """
    rng, columns = np.random.default_rng(seed), list(columns)

    def area(rows: np.ndarray) -> float:
        return evaluation.auc(labels, evaluation.two_columns(risk(rows)))

    lost = []
    for _ in range(repeats):
        mixed = features.copy()
        mixed[:, columns] = features[rng.permutation(len(features))][:, columns]
        lost.append(area(features) - area(mixed))
    return float(np.mean(lost))


def retrained_loss(
    train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray], columns: Sequence[int]
) -> float:
    """The AUC lost when a logistic regression has to learn without some columns.

    Taught in notebooks/07_interpretability.ipynb, section 6.1.
    """
    kept = [c for c in range(train[0].shape[1]) if c not in columns]
    areas = []
    for these in (range(train[0].shape[1]), kept):
        model = LogisticRegression().fit(train[0][:, list(these)], train[1])
        areas.append(evaluation.auc(test[1], model.predict_proba(test[0][:, list(these)])))
    return areas[0] - areas[1]


def what_if(
    risk: Callable[[np.ndarray], np.ndarray], features: np.ndarray, column: int, grid: np.ndarray
) -> np.ndarray:
    """Each person's risk with one column set to each value of a grid and all others left: shape (n, len(grid)).

    A row is the person's ICE curve (Goldstein et al., 2015), the mean over the people the partial dependence (Friedman,
    2001).

    Taught in notebooks/07_interpretability.ipynb, section 6.2.
    """
    answers = []
    for value in grid:
        asked = features.copy()
        asked[:, column] = value
        answers.append(risk(asked))
    return np.stack(answers, axis=1)


def single_flip(weights: np.ndarray, intercept: float, rows: np.ndarray, column: int) -> np.ndarray:
    """The rows with one column moved until a linear score is 0, and everything else left: the shortest "what if".

    rows: (n, columns), as the weights are scaled. Returns rows of the same shape. The weight of the column is not 0.

    Taught in notebooks/07_interpretability.ipynb, section 6.4.
    """
    flipped = rows.copy()
    flipped[:, column] -= (rows @ weights + intercept) / weights[column]
    return flipped


def logistic(weights: np.ndarray, intercept: float) -> Callable[[np.ndarray], np.ndarray]:
    """The risk of a logistic regression as a function of rows (n, columns)."""
    return lambda rows: expit(rows @ weights + intercept)
