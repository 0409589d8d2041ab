"""Scores against scikit-learn and by hand; what is no score or no risk is refused."""

import numpy as np
import pytest
from sample_scores import guesses
from sklearn.metrics import accuracy_score, log_loss, recall_score, roc_auc_score

from helpers.evaluation import (
    accuracy,
    auc,
    auc_or_nan,
    called_right,
    check_risks,
    class_columns,
    cross_entropy,
    recall_of,
    two_columns,
)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [7, 200])
def test_auc_of_two_classes_is_that_of_scikit_learn(n, seed):
    labels, p = guesses(n, 2, seed)
    assert auc(labels, p) == pytest.approx(roc_auc_score(labels, p[:, 1]), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_auc_with_ties_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    labels, p = np.r_[0, 1, rng.integers(0, 2, 60)], two_columns(rng.integers(0, 4, 62) / 4)
    assert auc(labels, p) == pytest.approx(roc_auc_score(labels, p[:, 1]), abs=1e-12)


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("classes", [3, 5])
def test_auc_of_more_classes_is_that_of_scikit_learn(classes, digits):
    labels, p = guesses(150, classes, 1, digits)
    expected = roc_auc_score(labels, p, multi_class="ovr", average="macro")
    assert auc(labels, p) == pytest.approx(expected, abs=1e-12)


def test_auc_of_known_rankings():
    labels = np.array([0, 0, 1, 1])
    assert auc(labels, two_columns(np.array([0.1, 0.2, 0.3, 0.4]))) == 1
    assert auc(labels, two_columns(np.array([0.4, 0.3, 0.2, 0.1]))) == 0
    assert auc(labels, two_columns(np.full(4, 0.5))) == 0.5
    assert auc(labels, two_columns(np.array([0.1, 0.3, 0.2, 0.4]))) == 0.75


def test_auc_needs_every_class():
    with pytest.raises(ValueError, match="class 2 needs images with and without it"):
        auc(np.array([0, 1, 1]), np.full((3, 3), 1 / 3))


def test_class_columns_leaves_classes_and_rescales():
    p = np.array([[0.2, 0.2, 0.1, 0.5], [0.0, 0.3, 0.3, 0.4]])
    np.testing.assert_allclose(class_columns(p, 3), [[0.4, 0.4, 0.2], [0, 0.5, 0.5]])
    np.testing.assert_allclose(class_columns(p, 4), p)


@pytest.mark.parametrize("classes", [2, 3])
def test_accuracy_and_recall_are_those_of_scikit_learn(classes):
    labels, p = guesses(100, classes, 5)
    called = p.argmax(axis=1)
    assert accuracy(labels, p) == pytest.approx(accuracy_score(labels, called))
    recalls = recall_score(labels, called, average=None)
    assert [recall_of(k)(labels, p) for k in range(classes)] == pytest.approx(recalls.tolist())


def test_weighted_auc_is_that_of_scikit_learn():
    rng = np.random.default_rng(4)
    labels, p = guesses(80, 2, 4, 1)
    weights = rng.integers(0, 4, (5, 80)).astype(float)
    expected = [roc_auc_score(labels, p[:, 1], sample_weight=one) for one in weights]
    np.testing.assert_allclose(auc(labels, p, weights), expected, atol=1e-12)


def test_an_order_need_not_be_probabilities_but_must_be_numbers():
    labels = np.array([0, 1, 1])
    assert auc(labels, np.array([[0, -3.0], [0, 5.0], [0, -1.0]])) == 1
    with pytest.raises(ValueError, match="NaN"):
        auc(labels, np.full((3, 2), np.nan))
    with pytest.raises(ValueError, match="at least one row"):
        auc(np.array([], int), np.empty((0, 2)))


@pytest.mark.parametrize(
    ("diseased", "risks", "said"),
    [
        ([0, 1], [0.2], "one risk per row"),
        ([0, 2], [0.2, 0.3], "expected 0 and 1"),
        ([0, 1], [0.2, np.nan], "NaN"),
        ([0, 1], [0.2, 1.2], "from 0 to 1"),
        ([1, 1], [0.2, 0.4], "found 2 of 2"),
        ([], [], "at least one row"),
    ],
)
def test_what_is_no_risk_is_refused_with_a_sentence(diseased, risks, said):
    with pytest.raises(ValueError, match=said):
        check_risks(np.array(diseased), np.array(risks))


def test_called_right_among_nobody_known():
    with pytest.raises(ValueError, match="diseased, others, all"):
        called_right(1, 0.5, "somebody")


def test_cross_entropy_is_that_of_scikit_learn_and_bounded():
    rng = np.random.default_rng(1)
    p, labels = rng.dirichlet(np.ones(3), size=50), rng.integers(0, 3, 50)
    assert cross_entropy(labels, p) == pytest.approx(log_loss(labels, p, labels=[0, 1, 2]))
    assert cross_entropy(np.array([1]), np.array([[1.0, 0.0]])) == pytest.approx(-np.log(1e-7))


def test_an_auc_without_a_class_is_nothing():
    assert np.isnan(auc_or_nan(np.array([0, 0, 1]), np.full((3, 3), 1 / 3)))
    assert auc_or_nan(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])) == 1
