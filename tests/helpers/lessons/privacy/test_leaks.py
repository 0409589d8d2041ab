"""An image comes out of a gradient exactly; a match is sought among images with what they share taken off."""

import numpy as np
import pytest

from helpers.datasets import Split
from helpers.lessons.privacy import dpsgd, leaks, price


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


@pytest.fixture(scope="module")
def smooth():
    """Pictures of 600 people: a common shape, and smooth blobs of their own."""
    rng = np.random.default_rng(2)
    grid = np.arange(28)
    shapes = np.exp(-((grid[:, None] - grid[[5, 14, 22]]) ** 2) / 40)
    own = np.einsum("hi,nij,wj->nhw", shapes, rng.normal(0, 40, (600, 3, 3)), shapes)
    images = (110 + 30 * shapes[:, 1][:, None] + own).clip(0, 255).astype(np.uint8)[..., None]
    return Split(images, np.arange(600) % 2, np.arange(600))


def test_a_filter_gives_back_what_noise_seemed_to_hide(smooth):
    cases = {
        "one": leaks.Case(1),
        "noise": leaks.Case(1, 0.1),
        "filtered": leaks.Case(1, 0.1, denoise=True),
        "much noise": leaks.Case(1, 3.0, denoise=True),
    }
    table = leaks.leak_table(price.Trainer((28, 28, 1)), smooth, cases, repeats=10, seed=1)
    assert table.loc["one", "likeness"] == pytest.approx(1, abs=1e-4)
    assert table.loc["filtered", "likeness"] > table.loc["noise", "likeness"] + 0.2
    assert table.loc["much noise", "likeness"] < 0.5
    assert np.isinf(table.loc["one", "ε of the step"])
    assert table.loc["noise", "ε of the step"] > 50 > table.loc["much noise", "ε of the step"]
    assert (table["floor"] < 0.9).all()
