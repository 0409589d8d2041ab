"""Simulated readers against the normal distribution, and maps that look right."""

import numpy as np
import pytest
from scipy.stats import norm

from helpers.lessons.interpretability import readers

LABELS = np.arange(4000) % 2
RIGHT = np.where(LABELS == 1, 2.0, -2.0)


def test_a_reader_alone_is_as_good_as_the_separation_says():
    alone = readers.read(LABELS, RIGHT, 0.0, seed=1)
    assert alone.mean() == pytest.approx(norm.cdf(readers.SEPARATION / 2), abs=0.01)


def test_advice_helps_where_it_is_right_and_harms_where_it_is_wrong():
    alone, helped, misled = (
        readers.read(LABELS, *how, seed=1).mean() for how in ((RIGHT, 0.0), (RIGHT, 1.0), (-RIGHT, 1.0))
    )
    assert misled < alone < helped


def test_rare_disease_makes_readers_careful():
    rare = (np.arange(4000) % 20 == 0).astype(int)
    called = readers.read(rare, 0.0 * rare, 0.0, seed=1)
    assert called[rare == 0].mean() > 0.9 > called[rare == 1].mean()


def test_likely_places_are_where_most_lesions_lay():
    masks = np.zeros((3, 4, 4), bool)
    masks[:, 1, 1], masks[:2, 1, 2], masks[0, 3, 3] = True, True, True
    likely = readers.likely_places(masks, share=2 / 16)
    assert likely.sum() == 2
    assert likely[1, 1]
    assert likely[1, 2]
    heat = np.zeros((2, 4, 4))
    heat[0, 1, 2], heat[1, 3, 3] = 1, 1
    assert readers.looks_right(heat, likely).tolist() == [True, False]


def test_a_map_that_looks_wrong_ends_the_trust():
    found = readers.conditions(LABELS, -RIGHT, np.zeros(4000, bool), seed=1)
    assert found["with advice and map"] == pytest.approx(found["alone"])
    believed = readers.conditions(LABELS, -RIGHT, np.ones(4000, bool), seed=1)
    assert believed["with advice and map"].mean() < believed["with advice"].mean()


def test_who_obeys_is_right_where_the_network_is_and_never_else():
    advice = np.where(np.arange(4000) % 3, RIGHT, -RIGHT)
    found = readers.conditions(LABELS, advice, np.ones(4000, bool), seed=1)
    assert list(found) == ["alone", "with advice", "with advice and map", "obeying"]
    assert np.array_equal(found["obeying"], (np.arange(4000) % 3 > 0).astype(float))
    certain = readers.read(LABELS, 1000 * advice, 1.0, seed=1)  # eyes no longer count
    assert np.array_equal(certain, found["obeying"])
