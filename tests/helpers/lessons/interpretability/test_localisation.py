"""Scores of maps against lesions that are known by construction."""

import numpy as np
import pytest

from helpers.datasets import load
from helpers.lessons.interpretability import localisation

MASKS = np.zeros((2, 4, 5), bool)
MASKS[:, 1:3, 1:3] = True


def test_a_map_that_is_the_lesion_scores_one_and_its_opposite_nothing():
    assert localisation.overlap(1.0 * MASKS, MASKS, 4 / 20) == pytest.approx([1, 1])
    assert localisation.energy(1.0 * MASKS, MASKS) == pytest.approx([1, 1])
    assert localisation.overlap(1.0 * ~MASKS, MASKS, 4 / 20) == pytest.approx([0, 0])
    assert localisation.energy(1.0 * ~MASKS, MASKS) == pytest.approx([0, 0])


def test_overlap_by_hand():
    heat = np.zeros((2, 4, 5))
    heat[:, 1, 1:4] = 3, 2, 1  # two in the lesion, one beside it
    assert localisation.overlap(heat, MASKS, 3 / 20) == pytest.approx([2 / 5, 2 / 5])
    assert localisation.overlap(heat, MASKS, 0.001) == pytest.approx([1 / 4, 1 / 4])  # at least one pixel is marked


def test_energy_leaves_negative_values_out_and_knows_empty_maps():
    heat = np.full((2, 4, 5), -1.0)
    heat[0, 1, 1], heat[0, 0, 0] = 3, 1
    assert localisation.energy(heat, MASKS) == pytest.approx([0.75, 0])


def test_the_board_has_a_line_per_map_and_intervals():
    maps = {"lesion": 1.0 * MASKS, "elsewhere": 1.0 * ~MASKS}
    board = localisation.scoreboard(maps, MASKS, np.arange(2), share=0.2, draws=50, seed=1)
    assert list(board.index) == list(maps)
    assert list(board) == ["points at it", "overlap", "inside it", "inside, by size"]
    assert [one.estimate for one in board.loc["lesion"]] == [1, 1, 1, 1]
    assert [one.estimate for one in board.loc["elsewhere"]] == [0, 0, 0, 0]


def test_by_size_counts_what_speaks_against_too():
    against = {"shares": np.where(MASKS, 1.0, -1.0)}  # 4 pixels of 20 for, 16 against
    board = localisation.scoreboard(against, MASKS, np.arange(2), share=0.2, draws=50, seed=1)
    assert board.loc["shares", "inside it"].estimate == 1
    assert board.loc["shares", "inside, by size"].estimate == pytest.approx(0.2)


def test_the_account_adds_up_and_knows_the_air():
    air = np.zeros((2, 4, 5), bool)
    air[:, 0], air[:, 1, 1] = True, True  # one dark pixel of the lesion counts as lesion
    heat = np.ones((2, 4, 5))
    heat[:, 0] = -2
    places = localisation.account(heat, air, MASKS)
    assert places == {"in all": 5, "in the lesion": 4, "elsewhere in the body": 11, "beside the body": -10}
    unknown = localisation.account(heat, air, None)
    assert unknown == {"in all": 5, "in the body": 14, "beside the body": -9}


def test_air_is_dark_on_the_simulated_radiographs():
    images = load("chest").test.images[:300]
    air = localisation.beside_the_body(images)
    assert 0.03 < air.mean() < 0.2
    assert air[:, :, [0, -1]].mean() > 0.2  # at the left and right border
    assert air[:, 8:, 8:20].mean() < 0.001  # in the middle of the chest
