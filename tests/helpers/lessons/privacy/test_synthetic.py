"""A copying generator is nearer to what it learned from; one that invents is not, and a few copies show at the edge."""

import numpy as np
import pytest

from helpers.lessons.privacy import synthetic


@pytest.fixture(scope="module")
def real():
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(10, 10))
    return rng.normal(size=(2, 400, 10)) @ mixing


def test_invented_rows_have_the_mean_and_covariance(real):
    made = synthetic.invent(real[0], 40_000, np.random.default_rng(2))
    assert made.mean(axis=0) == pytest.approx(real[0].mean(axis=0), abs=0.1)
    assert np.cov(made.T) == pytest.approx(np.cov(real[0].T), abs=0.6)


def test_distances_are_those_of_a_loop(real):
    made = real[0][:5] + 1
    by_hand = [min(np.linalg.norm(row - other) for other in real[1]) for row in made]
    assert synthetic.nearest(made, real[1]) == pytest.approx(by_hand)


def test_copies_are_caught_and_inventions_are_not(real):
    rng = np.random.default_rng(3)
    generators = {
        "invented": synthetic.invent(real[0], 400, rng),
        "copied": synthetic.copy(real[0], 400, rng),
        "one in twenty": synthetic.mixed(real[0], 400, 0.05, rng),
    }
    table = synthetic.distance_table(generators, *real)
    shares = table["nearer to the learned"]
    assert shares["copied"].low > 0.9
    assert abs(shares["invented"].estimate - 0.5) < 0.1
    assert abs(shares["one in twenty"].estimate - 0.5) < 0.12
    edge, fair = table["lowest hundredth"], table["roles exchanged"]
    assert edge["one in twenty"] < 0.5 * edge["invented"]
    assert edge["one in twenty"] < 0.5 * fair["one in twenty"]
    assert edge["invented"] == pytest.approx(fair["invented"], rel=0.15), "by chance both are alike"
    with pytest.raises(ValueError, match="as many strangers"):
        synthetic.distance_table(generators, real[0], real[1][:7])
