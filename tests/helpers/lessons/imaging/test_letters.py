"""Letters painted over and exchanged: only their pixels change, and a network that reads them is found out."""

import numpy as np
import pytest

from helpers.datasets.contract import Split
from helpers.datasets.simulators.chest_render import SITES
from helpers.datasets.simulators.radiography import LETTER_GREY, burn_in, letter_place
from helpers.lessons.imaging.letters import OTHER, effects, painted_over, with_other_letter, with_second_letter

HOSPITALS = np.array(["A", "B", "A", "B"] * 10)


@pytest.fixture
def images():
    """Grey pictures of one value each, with their hospital's letter."""
    made = np.repeat(np.arange(40, 80, dtype=np.uint8), 28 * 28).reshape(40, 28, 28, 1)
    for image, hospital in zip(made[..., 0], HOSPITALS, strict=True):
        burn_in(image, SITES[hospital])
    return made


def test_painting_over_leaves_one_grey_and_the_original_alone(images):
    kept = images.copy()
    flat = painted_over(images, HOSPITALS)
    np.testing.assert_array_equal(images, kept)
    assert (flat == np.arange(40, 80)[:, None, None, None]).all()


def test_painting_over_changes_nothing_but_the_letters_place():
    noise = np.random.default_rng(3).integers(0, 256, (2, 28, 28, 1), dtype=np.uint8)
    for hospital in SITES:
        differs = (painted_over(noise, np.array([hospital] * 2)) != noise)[..., 0].any(axis=0)
        rows, columns, letter = letter_place(SITES[hospital], 28)
        differs[rows, columns] = False
        assert not differs.any()
        assert letter.shape == (4, 3)


def test_a_second_letter_is_as_many_pixels_in_a_third_corner(images):
    twice = with_second_letter(images, HOSPITALS)
    corner = np.zeros((28, 28), bool)
    corner[:8, :8] = True
    assert (images[:, ~corner] == twice[:, ~corner]).all()
    first, second = ((made == LETTER_GREY).sum(axis=(1, 2, 3)) for made in (images, twice))
    np.testing.assert_array_equal(second, 2 * first)


def test_the_other_letter_is_the_other_hospitals(images):
    exchanged = with_other_letter(images, HOSPITALS)
    for image, hospital in zip(exchanged[..., 0], HOSPITALS, strict=True):
        rows, columns, letter = letter_place(SITES[OTHER[hospital]], 28)
        assert (image == LETTER_GREY).sum() == letter.sum()
        assert (image[rows, columns][letter] == LETTER_GREY).all()


def test_who_reads_the_letter_alone_is_found_out_and_who_does_not_is_not(images):
    labels = (HOSPITALS == "A").astype(int)
    rows = Split(images, labels, np.arange(40), None)
    top = letter_place(SITES["A"], 28)
    changes = {
        "letter": painted_over(images, HOSPITALS),
        "empty corner": painted_over(images, np.array([OTHER[hospital] for hospital in HOSPITALS])),
        "other letter": with_other_letter(images, HOSPITALS),
    }

    def reads_the_letter(shown):
        bright = (shown[:, top[0], top[1], 0] == LETTER_GREY).any(axis=(1, 2))
        return np.where(bright[:, None], [0.1, 0.9], [0.9, 0.1])

    found = effects(reads_the_letter, rows, changes, 1, draws=50, seed=3)
    assert found["change in AUC"].map(lambda one: one.estimate).to_dict() == {
        "letter": -0.5,
        "empty corner": 0,
        "other letter": -1,
    }
    moved = found["log-odds move by"].map(lambda one: one.estimate)
    assert moved["letter"] == pytest.approx(np.log(9))  # from .9 to .1 in one half of the images
    assert (moved["empty corner"], moved["other letter"]) == (0, pytest.approx(2 * np.log(9)))

    blind = effects(lambda shown: np.full((len(shown), 2), 0.5), rows, changes, 1, draws=50, seed=3)
    assert all(one.estimate == 0 for one in blind.to_numpy().ravel())


def test_another_hospital_is_refused(images):
    with pytest.raises(KeyError, match="C"):
        painted_over(images, np.array(["C"] * 40))
