"""Populations drift as Balding and Nichols say, and neighbours in a block go together as far as their links say."""

import numpy as np
import pytest

from helpers.datasets.genotypes import kinship
from helpers.datasets.simulators.genetics.populations import ancestors, draw_children, draw_people, drift, part
from helpers.lessons.genomics.ancestry import hudson


def test_drift_keeps_the_mean_and_has_the_variance_of_its_fst():
    old = np.full(200_000, 0.3)
    new = drift(old, 0.1, seed=1)
    assert new.mean() == pytest.approx(0.3, abs=0.002)
    assert new.var() == pytest.approx(0.1 * 0.3 * 0.7, rel=0.03)
    np.testing.assert_array_equal(drift(old, 0, seed=1), old)


def test_two_populations_are_apart_by_their_fst():
    past = ancestors(4_000, 1, seed=1)
    one, other = (draw_people(part(past, 0.1, seed=k), 400, seed=10 + k) for k in (2, 3))
    assert hudson(one, other) == pytest.approx(0.1, abs=0.01)
    assert hudson(one[:200], one[200:]) == pytest.approx(0, abs=0.003)


def test_people_have_their_frequencies_and_their_blocks():
    past = ancestors(2, 8, seed=1)
    people = draw_people(past, 60_000, seed=2)
    assert people.dtype == np.int8
    np.testing.assert_allclose(people.mean(axis=0) / 2, past.frequencies, atol=0.006)
    together = np.corrcoef(people.T)
    assert all(together[k, k + 1] > 0.1 for k in range(7))
    assert np.abs(together[:8, 8:]).max() < 0.02
    np.testing.assert_array_equal(people[:3], draw_people(past, 60_000, seed=2)[:3])


def test_an_older_population_has_weaker_links_and_no_other_frequencies():
    past = ancestors(50, 8, seed=1)
    older = part(past, 0, older=3, seed=2)
    np.testing.assert_array_equal(older.frequencies, past.frequencies)
    young, old = (np.corrcoef(draw_people(one, 4_000, seed=3).T) for one in (past, older))
    inside = [8 * block + k for block in range(50) for k in range(7)]
    assert np.mean([young[k, k + 1] - old[k, k + 1] for k in inside]) > 0.05


def test_a_child_is_kin_of_both_parents_and_of_nobody_else():
    parents = draw_people(ancestors(3_000, 1, seed=1), 40, seed=2)
    children = draw_children(parents, seed=3)
    related = kinship(np.concatenate([parents, children]).astype(np.int64))[:40, 40:]
    own = np.array([[row // 2 == child for child in range(20)] for row in range(40)])
    assert related[own].min() > 0.2
    assert related[~own].max() < 0.1


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ancestors(0, 8, seed=1), "blocks"),
        (lambda: drift(np.array([0.5]), 1.0, seed=1), "fst"),
        (lambda: drift(np.array([1.5]), 0.1, seed=1), "frequencies"),
        (lambda: part(ancestors(1, 1, seed=1), 0.1, older=0.5, seed=1), "older"),
        (lambda: draw_people(ancestors(1, 1, seed=1), 0, seed=1), "people"),
    ],
)
def test_what_is_not_allowed_is_named(call, argument):
    with pytest.raises(ValueError, match=f"^{argument}: expected"):
        call()
