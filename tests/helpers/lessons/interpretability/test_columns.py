"""Shapley values against what is known of them and, where it is installed, the shap library."""

import numpy as np
import pytest
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression

from helpers.lessons.interpretability import columns

RNG = np.random.default_rng(7)
MIX = np.array([[1, 0.9, 0], [0, 0.4, 0], [0, 0, 1.0]])
TABLE = RNG.normal(size=(300, 3)) @ MIX
LABELS = (TABLE[:, 0] + 0.5 * TABLE[:, 2] + RNG.normal(size=300) > 0).astype(np.int64)
WEIGHTS = np.array([1.0, 0.0, -2.0])


def curved(rows):
    return rows[:, 0] * rows[:, 1] + np.maximum(rows[:, 2], 0)


def test_the_glove_game():
    """Player 0 has a left glove, 1 and 2 a right one each; a pair is worth 1 (Shapley and Shubik)."""
    shares = columns.shapley_values(lambda who: float(0 in who and len(who) > 1), 3)
    assert shares == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_shares_add_up_and_a_dummy_gets_nothing():
    value = columns.marginal_value(lambda rows: rows @ WEIGHTS, TABLE[0], TABLE)
    shares = columns.shapley_values(value, 3)
    assert shares == pytest.approx(WEIGHTS * (TABLE[0] - TABLE.mean(axis=0)))
    value = columns.marginal_value(curved, TABLE[3], TABLE)
    assert columns.shapley_values(value, 3).sum() == pytest.approx(curved(TABLE[[3]])[0] - curved(TABLE).mean())


def test_conditional_values_credit_what_goes_with_a_column():
    value = columns.conditional_value(WEIGHTS, 0.5, TABLE[0], TABLE)
    assert value((0, 1, 2)) == pytest.approx(TABLE[0] @ WEIGHTS + 0.5)
    assert value(()) == pytest.approx(TABLE.mean(axis=0) @ WEIGHTS + 0.5)
    toward = np.cov(TABLE.T)[0, 1] / TABLE[:, 1].var(ddof=1)  # the regression of column 0 on column 1
    others = TABLE.mean(axis=0) + np.cov(TABLE.T)[:, 1] / TABLE[:, 1].var(ddof=1) * (TABLE[0, 1] - TABLE[:, 1].mean())
    assert toward > 0.5
    assert value((1,)) == pytest.approx(others @ WEIGHTS + 0.5)
    assert abs(columns.shapley_values(value, 3)[1]) > 0.01  # its weight is zero


def test_equal_to_the_shap_library():
    shap = pytest.importorskip("shap")
    explained = shap.explainers.Exact(curved, shap.maskers.Independent(TABLE[:80], max_samples=80))(TABLE[80:84])
    for row, expected in zip(TABLE[80:84], explained.values, strict=True):
        ours = columns.shapley_values(columns.marginal_value(curved, row, TABLE[:80]), 3)
        assert ours == pytest.approx(expected, abs=1e-8)


def test_shuffling_as_scikit_learn_does_and_in_blocks():
    model = LogisticRegression().fit(TABLE, LABELS)
    risk = columns.logistic(model.coef_[0], model.intercept_[0])
    assert risk(TABLE) == pytest.approx(model.predict_proba(TABLE)[:, 1])
    theirs = permutation_importance(model, TABLE, LABELS, scoring="roc_auc", n_repeats=50, random_state=1)
    for k in range(3):
        ours = columns.shuffled_loss(risk, TABLE, LABELS, [k], repeats=50, seed=1)
        assert ours == pytest.approx(theirs.importances_mean[k], abs=0.02)
    assert columns.shuffled_loss(risk, TABLE, LABELS, [0, 1, 2], repeats=50, seed=1) > 0.2


def test_learning_without_a_column_that_another_stands_for_costs_little():
    halves = (TABLE[:150], LABELS[:150]), (TABLE[150:], LABELS[150:])
    assert abs(columns.retrained_loss(*halves, [1])) < 0.03
    assert columns.retrained_loss(*halves, [0, 1]) > 0.1


def test_moving_a_column_as_scikit_learn_does():
    model = LogisticRegression().fit(TABLE, LABELS)
    grid = np.linspace(-1, 1, 7)
    risks = columns.what_if(columns.logistic(model.coef_[0], model.intercept_[0]), TABLE, 2, grid)
    assert risks.shape == (300, 7)
    theirs = partial_dependence(model, TABLE, [2], custom_values={2: grid}, kind="both")
    assert risks.mean(axis=0) == pytest.approx(theirs["average"][0])
    assert risks == pytest.approx(theirs["individual"][0])


def test_one_column_moved_to_the_line():
    flipped = columns.single_flip(WEIGHTS, 0.3, TABLE[:5], 2)
    assert flipped @ WEIGHTS + 0.3 == pytest.approx(0)
    assert np.array_equal(flipped[:, :2], TABLE[:5, :2])
