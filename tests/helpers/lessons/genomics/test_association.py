"""One place at a time: the numbers of an ordinary regression, without copies of the genotypes in floating point."""

import numpy as np
import pytest
from scipy import stats

from helpers.lessons.genomics import association


@pytest.fixture(scope="module")
def genotypes():
    return np.random.default_rng(1).binomial(2, [0.1, 0.3, 0.5, 0.0], (500, 4)).astype(np.int8)


def test_mean_and_sd_are_those_of_numpy(genotypes):
    mean, sd = association.mean_and_sd(genotypes)
    np.testing.assert_allclose(mean, genotypes.mean(axis=0))
    np.testing.assert_allclose(sd, genotypes.std(axis=0), atol=1e-12)


def test_standardised_places_have_mean_0_and_sd_1_and_those_without_variation_are_0(genotypes):
    places = association.standardised(genotypes)
    assert places.dtype == np.float32
    np.testing.assert_allclose(places[:, :3].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(places[:, :3].std(axis=0), 1, atol=1e-5)
    assert not places[:, 3].any()


def test_one_place_is_an_ordinary_regression(genotypes):
    outcome = genotypes[:, 1] + np.random.default_rng(2).normal(size=500)
    table = association.associate(genotypes, outcome)
    plain = stats.linregress(genotypes[:, 1], outcome)
    assert table["slope"][1] == pytest.approx(plain.slope * genotypes[:, 1].std(), rel=1e-4)
    assert table["p"][1] == pytest.approx(plain.pvalue, rel=1e-2)
    assert (table["slope"][3], table["z"][3], table["p"][3]) == (0, 0, 1)


def test_what_follows_a_covariate_is_taken_out():
    rng = np.random.default_rng(3)
    town = rng.integers(0, 2, 4_000)
    genotypes = rng.binomial(2, np.where(town, 0.6, 0.3)[:, None], (4_000, 1)).astype(np.int8)
    outcome = town + rng.normal(size=4_000)
    assert association.associate(genotypes, outcome)["z"][0] > 8
    assert abs(association.associate(genotypes, outcome, town[:, None])["z"][0]) < 4
