"""Net benefit by hand, and the curves of the rules that need no model."""

import numpy as np
import pytest

from helpers.evaluation import decision_curve, net_benefit


def test_net_benefit_by_hand():
    """Ten patients, three ill. From .2 on, two ill and three healthy are treated: 2/10 - 3/10 · (.2 / .8) = .125."""
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
