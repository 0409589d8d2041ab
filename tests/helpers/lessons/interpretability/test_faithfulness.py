"""Deletion and insertion against a score that can be computed by hand."""

import numpy as np
import pytest
from scipy.special import expit

from helpers.lessons.interpretability import faithfulness

IMAGES = np.zeros((2, 2, 5, 1), np.uint8)
IMAGES[:, 0, 0] = 4
ORDER = np.zeros((2, 2, 5))
ORDER[:, 0, 0] = 1


def score(images):
    return images.sum(axis=(1, 2, 3)).astype(float)


def test_the_first_pixel_goes_first():
    deleted = faithfulness.curve(score, IMAGES, ORDER, 0.0)
    assert deleted[0] == pytest.approx(expit(4))
    assert deleted[1:] == pytest.approx(0.5)
    last = faithfulness.curve(score, IMAGES, -ORDER, 0.0)
    assert last[:-1] == pytest.approx(expit(4))
    assert last[-1] == pytest.approx(0.5)


def test_insertion_begins_with_the_fill_and_ends_with_the_image():
    inserted = faithfulness.curve(score, IMAGES, ORDER, 0.0, insert=True)
    assert inserted[0] == pytest.approx(0.5)
    assert inserted[1:] == pytest.approx(expit(4))
    filled = faithfulness.curve(score, IMAGES, ORDER, np.full((2, 5, 1), -1.0))
    assert filled[-1] == pytest.approx(expit(-10))


def test_areas_by_hand():
    assert faithfulness.area(np.ones(11)) == pytest.approx(1)
    assert faithfulness.area(np.linspace(0, 1, 11)) == pytest.approx(0.5)


def test_a_curve_for_each_order_fill_and_kind():
    table = faithfulness.curves(score, IMAGES, {"good": ORDER, "bad": -ORDER}, {"black": 0.0, "grey": 1.0})
    assert len(table) == 8
    areas = faithfulness.areas(table)
    assert list(areas) == ["deletion, black", "insertion, black", "deletion, grey", "insertion, grey"]
    assert areas.loc["good", "deletion, black"] < areas.loc["bad", "deletion, black"]
    assert areas.loc["good", "insertion, black"] > areas.loc["bad", "insertion, black"]
