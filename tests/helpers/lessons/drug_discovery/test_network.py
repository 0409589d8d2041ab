"""The walk is the fixed point of its formula; hubs are what the literature looks at, and flatter."""

import numpy as np
import pytest
from scipy import sparse

from helpers.lessons.drug_discovery import expression, network

PATH = sparse.csr_array(np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], float))


@pytest.fixture(scope="module")
def web():
    return network.simulate_interactions(1000, np.random.default_rng(1), drivers=60, known=20)


def test_the_network_is_what_it_says(web):
    assert (web.adjacency != web.adjacency.T).nnz == 0
    assert web.adjacency.diagonal().sum() == 0
    assert set(web.adjacency.data) == {1.0}
    assert web.drivers.sum() == 60
    assert web.known.sum() == 20
    assert (web.drivers | ~web.known).all(), "the known are drivers"
    assert web.degree.max() > 8 * np.median(web.degree), "there are hubs"


def test_known_drivers_are_studied_more_and_the_others_are_not(web):
    hidden = web.drivers & ~web.known
    assert web.degree[web.known].mean() > 2 * web.degree.mean()
    assert web.degree[hidden].mean() < 1.3 * web.degree.mean()


def test_drivers_are_neighbours(web):
    among = web.adjacency[web.drivers][:, web.drivers].sum(axis=1)
    assert (np.asarray(among).ravel() >= 1).mean() > 0.95


def test_the_walk_solves_its_equation_and_stays_a_share():
    start = np.array([3.0, 1, 0, 0])
    walk = network.random_walk(PATH, start, 0.3)
    degree = np.array([1, 2, 1, 1])
    solved = np.linalg.solve(np.eye(4) - 0.7 * PATH.toarray() / degree, 0.3 * start / 4)
    assert walk == pytest.approx(solved, abs=1e-9)
    assert walk.sum() == pytest.approx(1)
    assert walk[3] == 0, "nobody gets to a gene without neighbours"


@pytest.mark.parametrize("restart", [0.03, 1e-3, 1e-6])
@pytest.mark.parametrize("start", [[1.0, 0, 0, 0], [1.0, 0, 0, 3], [0.0, 0, 0, 1]])
def test_a_walk_that_hardly_ever_returns_is_the_fixed_point_too(start, restart):
    """On a path it goes back and forth for a long time: steps that are counted out would end before it settles."""
    start = np.array(start) / sum(start)
    degree = np.array([1, 2, 1, 1])
    solved = np.linalg.solve(np.eye(4) - (1 - restart) * PATH.toarray() / degree, start)
    assert network.random_walk(PATH, start, restart) == pytest.approx(solved / solved.sum(), abs=1e-6)


def test_a_walker_without_neighbours_returns():
    assert network.random_walk(PATH, np.array([0, 0, 0, 1.0]), 0.3) == pytest.approx([0, 0, 0, 1])


def test_who_always_returns_stays_at_the_start():
    assert network.random_walk(PATH, np.array([2.0, 1, 1, 0]), 1) == pytest.approx([0.5, 0.25, 0.25, 0])


@pytest.mark.parametrize("restart", [0, 1.2])
def test_another_restart_is_refused(restart):
    with pytest.raises(ValueError, match="restart: expected a chance"):
        network.random_walk(PATH, np.ones(4), restart)


@pytest.mark.parametrize("start", [np.zeros(4), np.ones(3), np.array([1, -1, 1, 1]), np.array([1, np.nan, 1, 1])])
def test_another_start_is_refused(start):
    with pytest.raises(ValueError, match="start: expected 4 weights"):
        network.random_walk(PATH, start, 0.5)


def test_a_rare_return_ranks_by_degree(web):
    walk = network.random_walk(web.adjacency, np.ones(1000), 0.01)
    assert np.corrcoef(walk, web.degree)[0, 1] > 0.99


def test_degree_flatters_itself_and_the_walk_is_judged_by_what_it_finds(web):
    people = expression.simulate_cohort(web.drivers, np.random.default_rng(2))
    scores = network.rankings(web, expression.compare_genes(people, batch=True).p, [0.4, 0.9])
    judged = {name: network.judge(score, web) for name, score in scores.items()}
    assert judged["interactions recorded"]["known"] > 0.9
    assert abs(judged["interactions recorded"]["unknown"] - 0.5) < 0.15
    assert judged["hubs taken out"]["unknown"] > judged["own p value"]["unknown"]
    assert list(judged)[2:4] == ["walk, r = 0.4", "walk, r = 0.9"]


def test_a_perfect_ranking_has_an_area_of_one_and_a_full_yield(web):
    assert network.judge(web.drivers.astype(float), web, first=40) == {"known": 1.0, "unknown": 1.0, "yield": 1.0}


def test_a_network_too_small_for_its_drivers_is_refused():
    with pytest.raises(ValueError, match="expected 2 < known < drivers < genes / 4"):
        network.simulate_interactions(100, np.random.default_rng(1))
