"""Associations equal a regression with covariates; scores find what was planted; worlds differ where they should."""

import numpy as np
import pytest
from scipy import stats

from helpers.datasets.simulators.genetics.populations import ancestors, draw_people
from helpers.lessons.genomics import association, scores, world


@pytest.fixture(scope="module")
def places():
    """3,000 people, 20 blocks of 8 places, an outcome that the first block makes in part."""
    genotypes = draw_people(ancestors(20, 8, seed=3), 3_000, seed=4)
    rng = np.random.default_rng(5)
    return genotypes, 1.0 * genotypes[:, 3] + rng.normal(size=3_000), rng.normal(size=(3_000, 2))


def test_association_is_linear_regression(places):
    genotypes, outcome, covariates = places
    alone = association.associate(genotypes, outcome)
    right = stats.linregress(association.standardised(genotypes)[:, 5].astype(float), outcome)
    assert alone.loc[5, "slope"] == pytest.approx(right.slope, rel=1e-3)
    assert alone.loc[5, "p"] == pytest.approx(right.pvalue, rel=0.05)
    found = association.associate(genotypes, outcome, covariates)
    columns = np.column_stack([association.standardised(genotypes)[:, 5], np.ones(3_000), covariates])
    assert found.loc[5, "slope"] == pytest.approx(np.linalg.lstsq(columns, outcome)[0][0], rel=1e-3)


def test_a_place_without_variation_goes_with_nothing(places):
    genotypes, outcome, _ = places
    flat = genotypes.copy()
    flat[:, 0] = 1
    found = association.associate(flat, outcome).loc[0]
    assert (found["slope"], found["z"], found["p"]) == (0, 0, 1)


def test_inflation_is_one_by_chance():
    assert association.inflation(np.random.default_rng(1).normal(size=100_000)) == pytest.approx(1, abs=0.03)
    assert association.inflation(2 * np.random.default_rng(1).normal(size=100_000)) == pytest.approx(4, abs=0.12)


def test_clumping_keeps_the_place_that_goes_best_and_not_its_neighbours(places):
    genotypes, outcome, _ = places
    table = association.associate(genotypes, outcome)
    kept = association.clump(table["p"].to_numpy(), association.linked(genotypes, 8), limit=1e-5)
    assert kept[3]
    assert kept.sum() < (table["p"] < 1e-5).sum()
    assert not kept[8:].any()


@pytest.mark.parametrize("way", [scores.clumped, scores.ridge])
def test_a_score_finds_what_was_planted_in_people_it_did_not_see(places, way):
    genotypes, outcome, _ = places
    score = way(genotypes[:1_500], outcome[:1_500], genotypes[1_500:2_000], outcome[1_500:2_000])
    assert scores.explained(score(genotypes[2_000:]), outcome[2_000:]).low > 0.05


def test_the_network_begins_anew_with_each_fit(places):
    genotypes, outcome, _ = places
    network = scores.Network(genotypes.shape[1], seed=1)
    parts = genotypes[:1_000], outcome[:1_000], genotypes[1_000:2_000], outcome[1_000:2_000]
    first = network.fit(*parts, epochs=8)(genotypes[2_000:])
    network.fit(genotypes[1_000:2_000], outcome[1_000:2_000], *parts[:2], epochs=1)
    assert scores.explained(first, outcome[2_000:]).low > 0
    again = network.fit(*parts, epochs=8)(genotypes[2_000:])
    assert np.corrcoef(first, again)[0, 1] > 0.9


def test_explained_is_a_squared_correlation_with_an_interval():
    rng = np.random.default_rng(1)
    x = rng.normal(size=5_000)
    found = scores.explained(x, x + 1.5 * rng.normal(size=5_000))
    assert found.low - 0.01 < 1 / 3.25 < found.high + 0.01
    assert scores.explained(np.zeros(10), x[:10]).high == 0
    assert scores.explained(x, np.tile([1.0, -1.0], 2_500)).low == 0


def test_the_liability_scale_by_simulation():
    rng = np.random.default_rng(2)
    score = rng.normal(size=400_000)
    liability = np.sqrt(0.2) * score + np.sqrt(0.8) * rng.normal(size=400_000)
    r2 = np.corrcoef(score, liability > stats.norm.isf(0.1))[0, 1] ** 2
    assert scores.on_liability(r2, 0.1) == pytest.approx(0.2, abs=0.015)


def test_abroad_only_what_is_named_differs():
    home = world.make_world(heritability=0.5, seed=1)
    same = home.abroad((), fst=0.15, seed=2)
    np.testing.assert_array_equal(same.home.frequencies, home.home.frequencies)
    np.testing.assert_array_equal(same.home.links, home.home.links)
    assert same.trait is home.trait
    linked = home.abroad(("linkage",), fst=0.15, seed=2)
    np.testing.assert_array_equal(linked.home.frequencies, home.home.frequencies)
    assert (linked.home.links <= home.home.links).all()
    other = home.abroad(("effects",), fst=0.15, seed=2).trait
    spread = home.trait.spread
    assert 0.5 < np.corrcoef(other.effects * spread, home.trait.effects * spread)[0, 1] < 0.98
    with pytest.raises(ValueError, match="differences: expected some of frequencies, linkage, effects"):
        home.abroad(("climate",), fst=0.15, seed=2)


def test_people_have_the_heritability_and_the_chip_lacks_the_causal_places():
    home = world.make_world(heritability=0.3, seed=1)
    people = home.people(20_000, seed=2)
    assert people.genotypes.shape[1] == 120 * 8 - 40
    assert people.liability.var() == pytest.approx(1, abs=0.04)
    assert people.genetic.var() == pytest.approx(0.3, abs=0.001)
    assert people.ill(0.1).mean() == pytest.approx(0.1, abs=0.01)
