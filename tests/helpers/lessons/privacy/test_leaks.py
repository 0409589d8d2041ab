"""An image comes out of a gradient exactly; a match is sought among images with what they share taken off."""

import numpy as np
import pytest

from helpers.lessons.privacy import dpsgd, leaks


def test_one_image_comes_out_exactly_and_two_mix():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (2, 8, 8, 1)).astype(np.uint8)
    model = dpsgd.build_small((8, 8, 1))
    each = dpsgd.gradients_of_each(model)(images, np.array([1, 0]))
    small = leaks.averaged(images)
    assert leaks.image_behind(each[0], 4) == pytest.approx(small[0], abs=1e-4)
    unlike = np.array([[1.0], [0.5]]) * each  # as two patients with unlike errors
    errors = unlike[:, -1]
    mixture = (errors[:, None, None] * small).sum(axis=0) / errors.sum()
    assert leaks.image_behind(unlike.sum(axis=0), 4) == pytest.approx(mixture, abs=1e-4)


def test_the_average_is_what_the_network_sees():
    image = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    assert leaks.averaged(image)[0, 0, 0] == pytest.approx((0 + 1 + 4 + 5) / 4 / 64 - 2)


def test_the_best_match_is_found_and_is_one_for_the_image_itself():
    rng = np.random.default_rng(1)
    usual, images = rng.normal(size=(6, 6)), rng.normal(size=(5, 6, 6))
    alike, which = leaks.best_match(2 * (images[3] - usual) + usual + 0.3, images, usual)
    assert alike == pytest.approx(1)
    assert which == 3
    assert leaks.best_match(usual, images, usual)[0] == pytest.approx(0, abs=1e-6)
