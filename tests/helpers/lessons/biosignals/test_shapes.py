"""What the shape of a beat says against its person's usual one."""

import numpy as np
import pytest

from helpers.lessons.biosignals import shapes

SECONDS = np.arange(78) / 120 - 0.25


def beat(width=0.012, height=1.0):
    return height * np.exp(-0.5 * (SECONDS / width) ** 2) + 0.2 * np.exp(-0.5 * ((SECONDS - 0.25) / 0.05) ** 2)


@pytest.fixture
def channels():
    windows = np.stack([beat()] * 20 + [beat(0.04, 1.5)]).astype(np.float32)
    return shapes.against_the_usual(windows, np.full(21, "r"))


def test_a_usual_beat_differs_by_nothing(channels):
    assert np.allclose(channels[0, :, 1], 0)
    assert np.ptp(channels[0, :, 0]) == pytest.approx(1, abs=0.01)


def test_the_scale_and_the_level_of_a_record_do_not_matter():
    windows = np.stack([beat()] * 5 + [beat(0.04)]).astype(np.float32)
    one = shapes.against_the_usual(windows, np.full(6, "r"))
    other = shapes.against_the_usual(3 * windows + 0.5, np.full(6, "r"))
    assert np.allclose(one, other, atol=1e-5)


def test_a_wide_high_beat_is_told_by_each_number_that_should(channels):
    usual, wide = (dict(zip(shapes.UNLIKE, row, strict=True)) for row in shapes.unlikeness(channels, SECONDS)[[0, -1]])
    assert wide["QRS unlike"] > usual["QRS unlike"] + 2
    assert wide["width"] > 0.5 > abs(usual["width"])
    assert wide["height"] > 0.3 > abs(usual["height"])
    assert wide["area"] > 0.1 > abs(usual["area"])
    assert usual["QRS alike"] == pytest.approx(1, abs=0.01)


def test_thinning_keeps_the_mean_of_neighbours():
    thin = shapes.thinned(np.arange(12.0)[None], 360)
    assert thin.tolist() == [[1.0, 4.0, 7.0, 10.0]]
