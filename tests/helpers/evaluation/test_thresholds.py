"""Counts, thresholds and predictive values against scikit-learn, exhaustive search and published examples."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from helpers.evaluation import (
    Calls,
    calls_at,
    carried_over,
    cost,
    predictive_values,
    threshold_for_cost,
    threshold_for_sensitivity,
    wilson,
)


def study(n, seed, digits=2):
    rng = np.random.default_rng(seed)
    diseased = np.r_[0, 1, rng.uniform(size=n - 2) < 0.3].astype(int)
    return diseased, np.round(np.clip(rng.normal(0.4 + 0.2 * diseased, 0.2), 0, 1), digits)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.61])
def test_scores_are_those_of_scikit_learn(threshold):
    diseased, risks = study(200, 1)
    calls, called = calls_at(diseased, risks, threshold), risks >= threshold
    assert calls.sensitivity == pytest.approx(recall_score(diseased, called))
    assert calls.specificity == pytest.approx(recall_score(1 - diseased, ~called))
    assert calls.precision == pytest.approx(precision_score(diseased, called))
    assert calls.f1 == pytest.approx(f1_score(diseased, called))
    assert calls.accuracy == pytest.approx(np.mean(called == diseased))
    assert calls.table("flu").to_numpy().tolist() == [[calls.tn, calls.fp], [calls.fn, calls.tp]]
    assert calls.table("flu").loc["flu", "not flu"] == calls.fn


def test_a_rate_of_nobody_is_not_a_number():
    nobody = calls_at(np.array([0, 0]), np.array([0.1, 0.2]), 0.9)
    assert np.isnan([nobody.sensitivity, nobody.precision, nobody.f1]).all()
    assert (nobody.specificity, nobody.accuracy) == (1, 1)


@pytest.mark.parametrize("sensitivity", [0.0, 0.3, 0.9, 1.0])
def test_the_threshold_for_a_sensitivity_is_the_highest(sensitivity):
    diseased, risks = study(90, 2)
    threshold = threshold_for_sensitivity(diseased, risks, sensitivity)
    assert calls_at(diseased, risks, threshold).sensitivity >= sensitivity
    higher = np.unique(risks[(diseased == 1) & (risks > threshold)])
    assert all(calls_at(diseased, risks, t).sensitivity < max(sensitivity, 1e-9) or sensitivity == 0 for t in higher)


@pytest.mark.parametrize("missed_cost", [0.0, 0.3, 1, 5, 80])
@pytest.mark.parametrize("seed", [3, 4])
def test_the_cheapest_threshold_is_that_of_trying_all(missed_cost, seed):
    diseased, risks = study(120, seed)
    every = [*np.unique(risks), 1.1]
    costs = [cost(calls_at(diseased, risks, t), missed_cost) for t in every]
    threshold = threshold_for_cost(diseased, risks, missed_cost)
    assert cost(calls_at(diseased, risks, threshold), missed_cost) == pytest.approx(min(costs))
    cheapest = [t for t, c in zip(every, costs, strict=True) if c < min(costs) + 1e-9]
    assert threshold == max(cheapest) or threshold > max(risks)


def test_a_cost_by_hand():
    assert cost(Calls(tp=3, fp=4, fn=2, tn=11), 5) == 100 * (4 + 10) / 20


def test_a_cost_cannot_be_negative():
    with pytest.raises(ValueError, match="0 or more"):
        threshold_for_cost(*study(20, 1), -1)


@pytest.mark.parametrize(("prevalence", "ppv"), [(0.625, 0.841), (0.10, 0.260), (0.02, 0.061)])
def test_ppv_of_the_lesson(prevalence, ppv):
    assert predictive_values(0.95, 0.70, prevalence)[0] == pytest.approx(ppv, abs=5e-4)


def test_the_mammography_problem():
    """Eddy 1982, as told by Gigerenzer & Hoffrage (Psychol. Rev. 102:684, 1995): 1 % ill, 80 % found, 9.6 % falsely
    alarmed; the probability of cancer given a positive mammogram is 7.8 %.
    """
    assert predictive_values(0.8, 1 - 0.096, 0.01)[0] == pytest.approx(0.078, abs=5e-4)


def test_calls_carried_to_another_prevalence_follow_bayes_and_their_ends_those_of_both_rates():
    calls = Calls(tp=80, fp=30, fn=20, tn=270)
    found = carried_over(calls, 50, 150, 0.02, 5)  # two rows of each patient
    se, sp = wilson(40, 50), wilson(135, 150)
    assert (found["sensitivity"], found["specificity"]) == (se, sp)
    ppv = found["PPV"]
    ends = [predictive_values(getattr(se, end), getattr(sp, end), 0.02)[0] for end in ("estimate", "low", "high")]
    assert (ppv.estimate, ppv.low, ppv.high) == tuple(ends)
    at_home = carried_over(calls, 50, 150, 0.25, 5)
    assert at_home["PPV"].estimate == pytest.approx(calls.precision)
    assert at_home["cost"].estimate == pytest.approx(cost(calls, 5))
    assert at_home["cost"].low < at_home["cost"].estimate < at_home["cost"].high


def test_no_false_alarm_among_few_is_worth_little_where_a_disease_is_rare_and_no_call_has_no_ppv():
    lucky = carried_over(Calls(tp=40, fp=0, fn=60, tn=530), 100, 265, 0.02, 5)
    assert (lucky["specificity"].estimate, lucky["PPV"].estimate) == (1, 1)
    assert lucky["PPV"].low < 0.4
    assert np.isnan(carried_over(Calls(tp=0, fp=0, fn=100, tn=530), 100, 265, 0.02, 5)["PPV"].estimate)


def test_predictive_values_of_many_prevalences_and_at_the_ends():
    ppv, npv = predictive_values(0.9, 0.8, np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(ppv, [0, 0.45 / 0.55, 1])
    np.testing.assert_allclose(npv, [1, 0.4 / 0.45, 0])
    assert np.isnan(predictive_values(0, 1, 0.3)[0])
    with pytest.raises(ValueError, match="prevalence: expected a share"):
        predictive_values(0.9, 0.8, 1.2)
