"""Two models for images and tables: they learn, repeat by seed, and give risks."""

import numpy as np
import pytest

from helpers.datasets import Split, load
from helpers.evaluation import auc, one_against_rest, two_columns
from helpers.models.candidates import fit_linear, fit_network, fit_networks, oversampled
from helpers.models.floors import flat


def pictures(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(0, 60, (n, 12, 12, 1)).astype(np.uint8)
    images[labels == 1, 3:7, 3:7] += 60
    return Split(images, labels.astype(np.int64), np.arange(n))


def splits(kind):
    if kind == "images":
        return [pictures(n, n) for n in (300, 80, 81)]
    return [one_against_rest(rows, 1) for _, rows in load("wisconsin").splits()]


@pytest.mark.parametrize("kind", ["images", "table"])
def test_both_models_learn_and_give_risks(kind):
    train, validation, test = splits(kind)
    for model in (fit_linear(train, validation), fit_network(train, epochs=4, seed=1)):
        risks = model(test.inputs)
        assert risks.shape == test.labels.shape
        assert risks.dtype == np.float64
        assert 0 <= risks.min() <= risks.max() <= 1
        assert auc(test.labels, two_columns(risks)) > 0.9


@pytest.mark.parametrize("kind", ["images", "table"])
def test_the_same_seed_gives_the_same_network(kind):
    train, _, test = splits(kind)
    one, again, other = (fit_network(train, epochs=1, seed=s)(test.inputs) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize("kind", ["images", "table"])
def test_networks_of_several_seeds_are_those_trained_one_by_one(kind):
    train, _, test = splits(kind)
    together = fit_networks(train, epochs=1, seeds=[4, 5])
    for seed, risk_of in zip((4, 5), together, strict=True):
        assert (risk_of(test.inputs) == fit_network(train, epochs=1, seed=seed)(test.inputs)).all()


def test_oversampling_draws_the_rarer_class_again():
    train = pictures(90, 5).rows(np.arange(90) < 60)
    more = oversampled(train, seed=2)
    counts = np.bincount(train.labels)
    assert np.bincount(more.labels).tolist() == [counts.max()] * 2
    assert (more.images[: len(train)] == train.images).all()
    assert set(more.patients[len(train) :]) <= set(train.patients[train.labels == counts.argmin()])
    three = train.rows(np.arange(len(train)))
    three.labels[:4] = 2
    assert np.bincount(oversampled(three, seed=1).labels).tolist() == [np.bincount(three.labels).max()] * 3
    with pytest.raises(ValueError, match="with and without"):
        oversampled(train.rows(train.labels == 1), seed=1)


def test_flat_is_a_table():
    assert flat(np.zeros((3, 2, 4, 1), np.uint8)).shape == (3, 8)
    assert flat(np.zeros((3, 5))).dtype == np.float32
