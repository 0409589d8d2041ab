"""Signs are laid where they should be, as often as they should be, and nothing else changes."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.datasets.contract import Split
from helpers.lessons.interpretability import shortcuts

RNG = np.random.default_rng(6)
N = 400
ROWS = Split(RNG.integers(0, 200, (N, 12, 12, 1), dtype=np.uint8), np.arange(N, dtype=np.int64) % 2, np.arange(N), None)


def test_the_letter_lies_in_its_box_and_nowhere_else():
    marked = shortcuts.with_letter(ROWS.images)
    changed = (marked != ROWS.images)[..., 0]
    assert changed.any(axis=(1, 2)).all()
    assert not (changed & ~shortcuts.letter_box(ROWS.images)).any()
    assert marked[:, 1, 1].min() == 250
    assert ROWS.images.max() < 250  # what was given stays as it was


def test_scatter_changes_every_pixel_in_the_same_way():
    paler = shortcuts.with_scatter(ROWS.images)
    assert paler.dtype == np.uint8
    for grey in (0, 100, 199):
        assert np.unique(paler[ROWS.images == grey]) == pytest.approx(round(0.8 * grey + 30), abs=0.51)


@pytest.mark.parametrize("agree", [0.5, 0.9, 1.0])
def test_the_sign_agrees_as_often_as_asked(agree):
    marked = shortcuts.where_disease_is(ROWS, 1, agree, np.random.default_rng(1))
    assert (marked == (ROWS.labels == 1)).mean() == pytest.approx(agree, abs=0.08)
    laid = shortcuts.at_hospital(ROWS, shortcuts.with_letter, 1, agree, np.random.default_rng(1))
    assert np.array_equal(laid.images[marked], shortcuts.with_letter(ROWS.images[marked]))
    assert np.array_equal(laid.images[~marked], ROWS.images[~marked])


def test_the_effect_is_with_minus_without():
    def brightness(images):
        return images.astype(float).mean(axis=(1, 2, 3))

    moved = shortcuts.effect(brightness, ROWS.images, shortcuts.with_letter)
    assert moved.shape == (N,)
    assert moved.min() > 0


def test_a_network_that_reads_the_letter_fails_elsewhere():
    model = keras.Sequential([keras.Input((12, 12, 1)), layers.Flatten(), layers.Dense(2, activation="softmax")])
    weights = np.zeros((144, 2), np.float32)
    weights[[1 * 12 + 1, 1 * 12 + 2, 1 * 12 + 3], 1] = 0.01  # the upper edge of the letter
    networks = {"reads it": [weights, np.zeros(2, np.float32)], "blind": [0 * weights, np.zeros(2, np.float32)]}
    found = shortcuts.at_home_and_elsewhere(
        model, networks, ROWS, {"letter": shortcuts.with_letter}, 0.95, draws=50, seed=1
    )
    assert list(found) == ["letter, at home", "letter, elsewhere"]
    assert found.loc["reads it", "letter, at home"].estimate > 0.85
    assert found.loc["reads it", "letter, elsewhere"].estimate < 0.65
    assert found.loc["blind", "letter, at home"].estimate == 0.5


def test_maps_beside_those_of_the_first_network():
    heat = RNG.uniform(size=(6, 5, 5))
    masks = np.zeros((6, 5, 5), bool)
    masks[:, 0, 0] = True
    maps = {
        "first": {"gradient": heat, "shares": heat - 0.5},
        "second": {"gradient": 1.0 * masks, "shares": 0.5 - heat},
    }
    table = shortcuts.beside_the_twin(maps, masks, np.arange(6), draws=50, seed=1)
    assert table.loc[("gradient", "first"), "likeness"] == 1
    assert table.loc[("gradient", "second"), "with signs"] == "no signs"
    assert table.loc[("shares", "second"), "likeness"] == 1
    assert table.loc[("shares", "second"), "with signs"] == -1
    assert table.loc[("gradient", "second"), "points at the lesion"].estimate == 1
    unknown = shortcuts.beside_the_twin(maps, None, np.arange(6), draws=50, seed=1)
    assert set(unknown["points at the lesion"]) == {"unknown"}
