"""Weights are dealt out anew from the last layer to the first and come back; likeness by hand."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from scipy.stats import spearmanr

from helpers.datasets.contract import Split
from helpers.lessons.interpretability import sanity
from helpers.lessons.interpretability.attribution import Maps

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (4, 8, 8, 1), dtype=np.uint8)
MASKS = np.zeros((4, 8, 8), bool)
MASKS[:, 2:5, 2:5] = True
COLUMNS = ["stage", "method", "likeness", "signed", "hits"]
QUICK = ("gradient", "signed gradient", "HiResCAM")


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


def test_likeness_with_signs_is_spearmans_of_values():
    a, b = RNG.normal(size=(2, 3, 6, 6))
    expected = [spearmanr(x.ravel(), y.ravel())[0] for x, y in zip(a, b, strict=True)]
    assert sanity.likeness(a, b, signed=True) == pytest.approx(expected)
    assert sanity.likeness(a, -a, signed=True) == pytest.approx(-1)
    assert sanity.likeness(a, a + 5, signed=True) == pytest.approx(1)


def test_stages_begin_with_the_trained_network(maps):
    before = maps(IMAGES, QUICK)
    table = sanity.stages(maps, before, IMAGES, MASKS, repeats=2, seed=1)
    assert list(dict.fromkeys(table["stage"])) == ["trained", "answer", "conv"]
    assert table[table["stage"] == "trained"]["likeness"].to_numpy() == pytest.approx(1)
    assert (table[table["stage"] == "conv"]["likeness"] < 0.999).all()
    assert table["hits"].between(0, 1).all()
    assert set(table[table["signed"].isna()]["method"]) == {"gradient", "HiResCAM"}


def test_without_lesions_nothing_is_pointed_at(maps):
    before = maps(IMAGES, QUICK)
    same = sanity.beside("same", before, before, None)
    assert list(same["method"]) == list(QUICK)
    assert same["likeness"].to_numpy() == pytest.approx(1)
    assert same["hits"].isna().all()


def test_a_map_turned_round_is_noticed_with_signs_alone():
    heat = RNG.normal(size=(4, 8, 8))
    turned = sanity.beside("turned", {"shares": heat}, {"shares": -heat}, MASKS).iloc[0]
    assert turned["likeness"] == pytest.approx(1)
    assert turned["signed"] == pytest.approx(-1)


def test_draws_of_a_stage_are_averaged_and_stages_keep_their_order():
    first, second = (
        pd.DataFrame([("late", "m", like, 0, 0), ("early", "m", 1, 0, 0)], columns=COLUMNS) for like in (0, 1)
    )
    table = sanity.mean_by_stage([first, second])
    assert table["stage"].tolist() == ["late", "early"]
    assert table["likeness"].tolist() == [0.5, 1]


def test_labels_are_dealt_out_among_a_handful():
    rows = Split(IMAGES, np.array([0, 1, 2, 3]), np.arange(4), MASKS)
    dealt = [sanity.dealt_labels(rows, 3, np.random.default_rng(k)) for k in range(20)]
    own = [one.patients for one in dealt]  # here each row's own label
    assert all(len(one) == 3 and sorted(one.labels) == sorted(who) for one, who in zip(dealt, own, strict=True))
    assert all(np.array_equal(one.images, IMAGES[who]) for one, who in zip(dealt, own, strict=True))
    assert any(not np.array_equal(one.labels, who) for one, who in zip(dealt, own, strict=True))
    assert len(sanity.dealt_labels(rows, 99, np.random.default_rng(1))) == 4
