"""Groups come apart, relatives are found, and a mixture makes a score of nothing that components take away."""

import numpy as np
import pytest

from helpers.lessons.genomics import ancestry, structure


@pytest.fixture(scope="module")
def groups():
    return ancestry.simulate_groups(seed=1)


def test_groups_are_apart_by_the_mean_of_their_drifts(groups):
    table = ancestry.fst_table(groups)
    assert table.loc["north", "south"] == pytest.approx(0.05, abs=0.01)
    assert table.loc["east", "isles"] == pytest.approx(0.145, abs=0.025)
    assert (np.diag(table) == 0).all()
    np.testing.assert_allclose(table, table.T)


def test_components_separate_the_groups(groups):
    at, _ = structure.principal_components(groups.genotypes, 4)
    where = groups.people["super_population"].to_numpy()
    means = {name: at[where == name].mean(axis=0) for name in np.unique(where)}
    nearest = np.array(list(means))[np.argmin([((at - mean) ** 2).sum(axis=1) for mean in means.values()], axis=0)]
    assert (nearest == where).mean() > 0.98


def test_children_are_close_and_the_score_flatters_them(groups):
    children, where = ancestry.relatives(groups, seed=2)
    assert ancestry.close_to(groups, children, where).mean() > 0.95
    assert not ancestry.close_to(groups, children[::-1][:50], np.repeat("south", 50)).any()
    found = ancestry.carried(groups, children[where == "north"], traits=20, causal=100, heritability=0.5, seed=3)
    assert list(found) == [*groups.people.groupby("super_population").indices, "their relatives"]
    assert found["their relatives"].mean() > 1.3 * found["north"].mean()


def test_the_home_group_is_the_europeans_or_the_largest(groups):
    assert ancestry.home_of(groups) == "north"


def test_a_mixture_makes_a_score_of_nothing():
    study = structure.simulate_towns(3_000, 2, fst=0.01, gap=0.4, seed=1)
    mixed, mended = (structure.score_of(study, k) for k in (0, 2))
    assert mixed.mixed.low > 0.02
    assert mixed.within.estimate < 0.01
    assert mixed.inflation > 2
    assert mixed.shuffled_within > 2, "an order within towns keeps what towns do"
    assert mended.mixed.estimate < 0.01
    assert mended.inflation < 1.4
    assert mended.shuffled_within < 1.4
