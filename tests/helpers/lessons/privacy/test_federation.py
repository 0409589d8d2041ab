"""Federated averaging: one step a round is gradient descent on all rows, many steps drift, sums share a scale."""

import numpy as np
import pytest

from helpers.datasets.tables import TableSplit
from helpers.lessons.privacy import federation


@pytest.fixture(scope="module")
def hospitals():
    return federation.hospitals_of("simulated", seed=1)


@pytest.fixture(scope="module")
def trains(hospitals):
    return {name: one.train for name, one in hospitals.items()}


def test_hospitals_are_unlike_and_share_nobody(hospitals):
    sizes = [len(one.train.labels) for one in hospitals.values()]
    assert sizes == sorted(sizes, reverse=True)
    people = np.concatenate([rows.patients for one in hospitals.values() for rows in vars(one).values()])
    assert len(np.unique(people)) == len(people) == 1400
    shares = [one.train.labels.mean() for one in hospitals.values()]
    assert max(shares) - min(shares) > 0.1
    assert federation.hospitals_of("simulated", seed=1)["county"].test.features == pytest.approx(
        hospitals["county"].test.features
    )


def test_the_shared_scale_is_that_of_the_pooled_table(trains):
    pooled = federation.together(list(trains.values()))
    assert pooled.features.mean(axis=0) == pytest.approx(np.zeros(12), abs=1e-9)
    assert pooled.features.std(axis=0) == pytest.approx(np.ones(12))
    holed = [np.array([[1.0, np.nan], [3.0, 5.0]]), np.array([[5.0, np.nan]])]
    mean, spread = federation.shared_scale(holed)
    assert mean == pytest.approx([3, 5])
    assert spread == pytest.approx([np.sqrt(8 / 3), 1])


def test_the_slope_is_that_of_the_loss(trains):
    rows, rng = trains["village"], np.random.default_rng(1)
    weights = rng.normal(size=13)
    found = federation.slope(weights, rows)

    def whole(w):
        return federation.loss(w, rows) + federation.SHRINK / 2 * w @ w

    for k in range(13):
        step = 1e-5 * np.eye(13)[k]
        assert found[k] == pytest.approx((whole(weights + step) - whole(weights - step)) / 2e-5, abs=1e-6)


def test_one_step_a_round_is_gradient_descent_on_all_rows(trains):
    pooled = federation.together(list(trains.values()))
    shared = federation.federate(trains, rounds=7, steps=1, rate=0.5)
    assert shared[-1] == pytest.approx(federation.at_home(np.zeros(13), pooled, steps=7, rate=0.5))


def test_many_steps_drift_and_a_pull_holds(trains):
    best = federation.fit_central(federation.together(list(trains.values())))
    assert np.linalg.norm(federation.slope(best, federation.together(list(trains.values())))) < 1e-6
    far, held = (
        np.linalg.norm(federation.federate(trains, rounds=60, steps=50, rate=0.5, pull=pull)[-1] - best)
        for pull in (0.0, 1.0)
    )
    assert far > 2 * held > 0


def test_a_hospital_alone_comes_to_its_own_best(trains):
    alone = {"village": trains["village"]}
    assert federation.federate(alone, rounds=40, steps=100, rate=0.5)[-1] == pytest.approx(
        federation.fit_central(trains["village"]), abs=1e-4
    )


def test_risks_are_of_the_weighted_sum():
    rows = TableSplit(np.array([[0.0], [2.0]]), np.array([0, 1]), np.arange(2))
    assert federation.risks(np.array([0.0, 1.0]), rows) == pytest.approx([0.5, 1 / (1 + np.exp(-2))])
