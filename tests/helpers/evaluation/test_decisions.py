"""Net benefit by hand, and the curves of the rules that need no model."""

import numpy as np
import pytest

from helpers.evaluation import (
    Patients,
    benefit_at,
    bootstrap,
    calls_at,
    cost,
    cost_at,
    decision_curve,
    net_benefit,
    two_columns,
)


def test_net_benefit_by_hand():
    """Ten patients, three ill. From .2 on, two ill and three others are treated: 2/10 - 3/10 · (.2 / .8) = .125."""
    diseased = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    risks = np.array([0.9, 0.4, 0.1, 0.2, 0.5, 0.3, 0.1, 0.1, 0.0, 0.15])
    assert net_benefit(diseased, risks, 0.2) == pytest.approx(0.125)
    assert net_benefit(diseased, risks, 0) == pytest.approx(0.3)


def test_treat_all_and_none():
    """Vickers & Elkin (2006): treat all is the prevalence less the weighted rest, and crosses 0 at the prevalence."""
    diseased = np.arange(100) < 30
    curves = decision_curve(diseased, {"model": diseased.astype(float)}, np.array([0.1, 0.3, 0.6]))
    np.testing.assert_allclose(curves["treat all"], [0.3 - 0.7 / 9, 0, 0.3 - 0.7 * 1.5], atol=1e-12)
    assert (curves["treat none"] == 0).all()
    np.testing.assert_allclose(curves["model"], 0.3)  # perfect: everybody ill is found, nobody else treated
    assert curves.columns.tolist() == ["model", "treat all", "treat none"]


@pytest.mark.parametrize("threshold", [-0.1, 1.0, np.nan])
def test_a_threshold_probability_is_below_one(threshold):
    with pytest.raises(ValueError, match="from 0 to below 1"):
        net_benefit(np.array([0, 1]), np.array([0.1, 0.9]), threshold)


def test_the_metric_is_the_net_benefit_also_of_resampled_rows():
    rng = np.random.default_rng(1)
    diseased, risks = rng.integers(0, 2, 50), rng.uniform(size=50)
    metric, times = benefit_at(0.3), rng.integers(0, 3, (4, 50))
    assert metric(diseased, two_columns(risks)) == pytest.approx(net_benefit(diseased, risks, 0.3))
    expected = [net_benefit(np.repeat(diseased, w), np.repeat(risks, w), 0.3) for w in times]
    np.testing.assert_allclose(metric(diseased, two_columns(risks), times.astype(float)), expected)
    interval = bootstrap(metric, Patients(diseased, np.arange(50)), two_columns(risks), draws=100)
    assert interval.low < interval.estimate < interval.high
    with pytest.raises(ValueError, match="threshold"):
        benefit_at(1)


def test_the_cost_of_a_draw_is_that_of_its_rows():
    """Of four ill one is missed, of six others two are called: 100 · (2 + 5 · 1) / 10 = 70."""
    diseased = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    risks = np.array([0.9, 0.8, 0.7, 0.1, 0.6, 0.5, 0.1, 0.2, 0.3, 0.4])
    metric, times = cost_at(0.5, 5), np.random.default_rng(1).integers(0, 3, (4, 10))
    assert metric(diseased, two_columns(risks)) == pytest.approx(70)
    expected = [cost(calls_at(np.repeat(diseased, w), np.repeat(risks, w), 0.5), 5) for w in times]
    np.testing.assert_allclose(metric(diseased, two_columns(risks), times.astype(float)), expected)
    with pytest.raises(ValueError, match="missed_cost"):
        cost_at(0.5, -1)
