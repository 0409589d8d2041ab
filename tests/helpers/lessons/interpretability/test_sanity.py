"""Weights are dealt out anew from the last layer to the first and come back; likeness by hand."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.stats import spearmanr

from helpers.lessons.interpretability import sanity
from helpers.lessons.interpretability.attribution import Maps

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (4, 8, 8, 1), dtype=np.uint8)
MASKS = np.zeros((4, 8, 8), bool)
MASKS[:, 2:5, 2:5] = True
QUICK = ("gradient", "HiResCAM")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax", name="answer"),
        ]
    )


@pytest.fixture(scope="module")
def maps(model):
    return Maps(model, 1, layer="conv", baseline=np.zeros((8, 8, 1)))


def test_layers_forget_from_the_last_to_the_first_and_remember_afterwards(model):
    learned = model.get_weights()
    seen, changed = [], []
    for layer in sanity.cascade(model, np.random.default_rng(1)):
        seen.append(layer)
        changed.append([not np.array_equal(a, b) for a, b in zip(learned, model.get_weights(), strict=True)])
        for a, b in zip(learned, model.get_weights(), strict=True):
            assert np.sort(a.ravel()) == pytest.approx(np.sort(b.ravel()))  # the same values in other places
    assert seen == ["answer", "conv"]
    assert changed[0] == [False, False, True, False]  # biases are all zero
    assert changed[1] == [True, False, True, False]
    for a, b in zip(learned, model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_weights_come_back_also_where_somebody_stops_halfway(model):
    learned = model.get_weights()
    forgetting = sanity.cascade(model, np.random.default_rng(1))
    next(forgetting)
    forgetting.close()
    for a, b in zip(learned, model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_likeness_is_spearmans_of_sizes():
    a, b = RNG.normal(size=(2, 3, 6, 6))
    expected = [spearmanr(np.abs(x).ravel(), np.abs(y).ravel())[0] for x, y in zip(a, b, strict=True)]
    assert sanity.likeness(a, b) == pytest.approx(expected)
    assert sanity.likeness(a, -a) == pytest.approx(1)
    assert sanity.likeness(a, np.ones_like(a)) == pytest.approx(0)


def test_stages_begin_with_the_trained_network(maps):
    table = sanity.stages(maps, IMAGES, MASKS, QUICK, repeats=2, seed=1)
    assert list(dict.fromkeys(table["stage"])) == ["trained", "answer", "conv"]
    assert table[table["stage"] == "trained"]["likeness"].to_numpy() == pytest.approx(1)
    assert (table[table["stage"] == "conv"]["likeness"] < 0.999).all()
    assert table["hits"].between(0, 1).all()


def test_without_lesions_nothing_is_pointed_at(maps):
    trained = maps(IMAGES, QUICK)
    same = sanity.of_another(maps, trained, IMAGES, None, "same")
    assert list(same["method"]) == list(QUICK)
    assert same["likeness"].to_numpy() == pytest.approx(1)
    assert same["hits"].isna().all()
