"""What notebook 10 calls a rival is what the wrong version gives: each of part b's is run here, small, and outside."""

import numpy as np

from helpers.lessons.genomics import association, risk, scores, structure, world


def test_a_score_of_a_mixture_is_false_and_components_take_it_away():
    left_in, out = (
        structure.score_of(structure.simulate_towns(3_000, 2, fst=0.01, gap=0.4, seed=1), count) for count in (0, 2)
    )
    assert left_in.inflation > 1.6
    assert np.log(left_in.mixed.estimate) > -4.4 > np.log(max(out.mixed.estimate, 1e-6))
    assert out.mixed.estimate < 0.006 < left_in.mixed.estimate


def test_chance_does_not_inflate_and_an_uncorrected_median_would():
    z = np.random.default_rng(1).normal(size=20_000)
    assert 0.7 < association.inflation(z) < 1.3
    assert np.median(z**2) < 0.7


def test_half_a_band_holds_fewer_than_it_promises():
    rng = np.random.default_rng(2)
    part, rest = np.sqrt(0.2) * rng.normal(size=20_000), np.sqrt(0.3) * rng.normal(size=20_000)
    low, high = risk.genetic_interval(part, 0.2, 0.5)
    assert (np.abs(rest) < (high - low) / 4).mean() < 0.88


def test_one_factor_for_all_ages_is_not_what_the_model_gives():
    average = risk.baseline(np.array([50, 80]), 0.1)
    young, old = risk.risk_given(2 * np.sqrt(0.2), 0.2, average) / average
    assert young / old > 1.3


def test_where_nothing_differs_nothing_is_lost():
    home = world.make_world(heritability=0.5, seed=1000)
    ours = home.people(7_000, seed=1010)
    ill = ours.ill(0.1)
    score = scores.ridge(ours.genotypes[:4_000], ill[:4_000], ours.genotypes[4_000:5_000], ill[4_000:5_000])
    here = scores.explained(score(ours.genotypes[5_000:]), ours.liability[5_000:]).estimate
    left = {}
    for differences in ((), world.DIFFERENCES):
        others = home.abroad(differences, fst=0.15, seed=1001).people(3_000, seed=1050)
        left[differences] = scores.explained(score(others.genotypes), others.liability).estimate / here
    assert left[()] > 0.6 > 0.47 > left[world.DIFFERENCES]
