"""Simulated genotypes follow Hardy and Weinberg, place by place and independently."""

import numpy as np
import pytest

from helpers.datasets.simulators.genotypes import simulate_genotypes


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    first = simulate_genotypes(12, 40, seed=3)
    assert first.shape == (12, 40)
    assert set(np.unique(first)) == {0, 1, 2}
    np.testing.assert_array_equal(first, simulate_genotypes(12, 40, seed=3))
    assert (first != simulate_genotypes(12, 40, seed=4)).any()


def test_copies_have_the_hardy_weinberg_proportions():
    copies = simulate_genotypes(200_000, 3, frequencies=(0.3, 0.3))
    shares = np.stack([(copies == k).mean(axis=0) for k in (0, 1, 2)])
    np.testing.assert_allclose(shares, np.outer([0.49, 0.42, 0.09], np.ones(3)), atol=0.005)


def test_frequencies_spread_evenly_between_their_limits():
    frequency = simulate_genotypes(2_000, 2_000).mean(axis=0) / 2
    assert 0.03 < frequency.min() < 0.07
    assert 0.47 < frequency.max() < 0.53
    assert frequency.mean() == pytest.approx(0.275, abs=0.01)


def test_places_are_independent():
    copies = simulate_genotypes(20_000, 20)
    correlation = np.corrcoef(copies.T)[np.triu_indices(20, 1)]
    assert np.abs(correlation).max() < 0.03


@pytest.mark.parametrize(
    ("argument", "given"), [("people", 0), ("places", 2.5), ("frequencies", (0.2, 0.7)), ("seed", -1)]
)
def test_an_argument_out_of_range_is_named(argument, given):
    arguments = {"people": 5, "places": 5} | {argument: given}
    with pytest.raises(ValueError, match=f"^{argument}"):
        simulate_genotypes(**arguments)
