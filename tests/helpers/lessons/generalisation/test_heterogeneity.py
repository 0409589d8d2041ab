"""Random effects against a worked example, against brute force, and the promise of the interval for the next one."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm, t

from helpers import evaluation
from helpers.lessons.generalisation import heterogeneity

Y = np.array([0.10, 0.30, 0.35, 0.65, 0.45, 0.15])
S = np.sqrt(np.array([0.03, 0.03, 0.05, 0.01, 0.05, 0.02]))


def minus_restricted_likelihood(tau2):
    v = S**2 + tau2
    w = 1 / v
    mean = w @ Y / w.sum()
    return 0.5 * (np.log(v).sum() + math.log(w.sum()) + w @ (Y - mean) ** 2)


@pytest.mark.parametrize("method", ["dl", "reml"])
def test_with_equal_errors_it_is_the_variance_of_the_estimates_less_theirs(method):
    errors = np.full(6, 0.12)
    assert heterogeneity.between_variance(Y, errors, method) == pytest.approx(Y.var(ddof=1) - 0.12**2, abs=1e-8)
    assert heterogeneity.between_variance(Y, np.full(6, 0.5), method) == 0
    found = heterogeneity.pool(Y, errors, method=method)
    assert found.mean == pytest.approx(Y.mean())
    assert found.error == pytest.approx(Y.std(ddof=1) / math.sqrt(6)), "τ² and errors together are the variance seen"
    assert found.q == pytest.approx(5 * Y.var(ddof=1) / 0.12**2)


def test_dersimonian_and_laird_by_moments():
    """Its Q, computed with its own weights, has its expectation: k - 1 + τ² (Σw - Σw² / Σw)."""
    w = 1 / S**2
    expected = 5 + heterogeneity.between_variance(Y, S, "dl") * (w.sum() - (w**2).sum() / w.sum())
    assert heterogeneity.pool(Y, S).q == pytest.approx(expected)


def test_reml_is_the_greatest_restricted_likelihood():
    best = minimize_scalar(minus_restricted_likelihood, bounds=(0, 1), method="bounded", options={"xatol": 1e-10}).x
    assert heterogeneity.between_variance(Y, S) == pytest.approx(best, abs=1e-6)


def test_alike_hospitals_have_no_variance_between_them():
    alike = np.full(5, 0.8)
    found = heterogeneity.pool(alike, np.full(5, 0.2))
    assert (found.tau, found.q, found.p) == pytest.approx((0, 0, 1))


def test_the_two_intervals_by_their_formulas():
    found = heterogeneity.pool(Y, S)
    w = 1 / (S**2 + found.tau**2)
    error = math.sqrt(max(1, w @ (Y - found.mean) ** 2 / 5) / w.sum())
    assert found.error == pytest.approx(error)
    assert found.for_the_mean[1] - found.mean == pytest.approx(t.ppf(0.975, 5) * error)
    assert found.for_the_next[1] - found.mean == pytest.approx(t.ppf(0.975, 4) * math.hypot(found.tau, error))
    assert heterogeneity.pool(Y[:2], S[:2]).for_the_next == (-math.inf, math.inf)


def test_hospitals_that_happen_to_be_alike_get_no_shorter_interval_than_chance_alone_gives():
    found = heterogeneity.pool(np.array([0.8, 0.81, 0.79, 0.8]), np.full(4, 0.2))
    assert found.error == pytest.approx(0.2 / math.sqrt(4))


def test_the_interval_of_tau_on_thirteen_trials_of_a_vaccine():
    """Colditz et al., JAMA 271:698, 1994: log risk ratios and variances; ends as metafor's manual gives them."""
    cases = [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761)]
    cases += [(180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232)]
    cases += [(17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)]
    ill, well, ill_others, well_others = np.array(cases, float).T
    n, others = ill + well, ill_others + well_others
    y, v = np.log(ill / n * others / ill_others), 1 / ill - 1 / n + 1 / ill_others - 1 / others
    assert heterogeneity.between_variance(y, np.sqrt(v)) == pytest.approx(0.3132, abs=1e-4)
    low, high = heterogeneity.tau_interval(y, np.sqrt(v))
    assert (low**2, high**2) == pytest.approx((0.1197, 1.1115), abs=1e-4)
    assert heterogeneity.tau_interval(np.full(5, 0.8), np.full(5, 0.2)) == (0, 0)


def test_bad_input_is_refused():
    for wrong in ((Y[:1], S[:1]), (Y, S[:3]), (Y, -S), (Y * np.nan, S)):
        with pytest.raises(ValueError, match="two or more finite"):
            heterogeneity.pool(*wrong)
    with pytest.raises(ValueError, match="reml or dl"):
        heterogeneity.between_variance(Y, S, "ml")


def test_the_interval_for_the_next_hospital_holds_and_that_of_the_mean_does_not():
    held = heterogeneity.how_often_held(1.5, 0.5, np.array([0.15, 0.25]), hospitals=8, repeats=600, seed=1)
    assert 0.92 < held["interval for the next hospital"] < 0.98
    assert held["interval of the mean"] < 0.75
    alike = heterogeneity.how_often_held(1.5, 0.0, np.array([0.15, 0.25]), hospitals=8, repeats=300, seed=1)
    assert alike["interval of the mean"] > 0.9, "where hospitals are alike, the mean is the next one"


def hospital(n, shift, seed):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.4).astype(np.int64)
    return evaluation.Patients(labels, np.arange(n)), norm.cdf(rng.normal(1.5 * labels - 0.9 + shift, 1))


def test_scores_by_hospital_are_those_of_the_metrics_on_their_scale():
    hospitals = {"one": hospital(300, 0, 1), "two": hospital(200, 0.5, 2)}
    for score, metric in heterogeneity.METRICS.items():
        table = heterogeneity.by_hospital(score, hospitals, draws=60, seed=1)
        rows, risks = hospitals["two"]
        alone = metric(rows.labels, evaluation.two_columns(risks))
        assert heterogeneity.SCALES[score].back(table.loc["two", "estimate"]) == pytest.approx(alone)
        assert table["error"].gt(0).all()
        assert table.loc["one", "patients"] == 300
    auc = heterogeneity.by_hospital("AUC", hospitals, draws=400, seed=1).loc["one"]
    value = auc["score"].estimate
    by_delong = evaluation.delong(hospitals["one"][0].labels, hospitals["one"][1])
    half = (by_delong.high - by_delong.low) / 2 / 1.96
    assert auc["error"] == pytest.approx(half / (value * (1 - value)), rel=0.2)


def test_a_perfect_auc_has_a_finite_logit():
    rows = evaluation.Patients(np.array([0, 0, 0, 1, 1, 1]), np.arange(6))
    table = heterogeneity.by_hospital(
        "AUC", {"all right": (rows, np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9]))}, draws=50, seed=1
    )
    assert np.isfinite(table["estimate"].iloc[0])
    assert table["error"].iloc[0] > 0.5, "six patients tell little"


def test_intervals_come_back_in_the_unit_of_the_score():
    found = heterogeneity.intervals_of(heterogeneity.pool(np.array([1.0, 1.5, 2.0]), np.full(3, 0.2)), "AUC")
    mean, following = found["mean hospital"], found["next hospital"]
    assert 0 < following.low < mean.low < mean.estimate < mean.high < following.high < 1


def test_each_hospital_is_left_out_once():
    sites = np.array(["b", "a", "b", "c"])
    found = {name: (train.tolist(), test.tolist()) for name, train, test in heterogeneity.leave_one_out(sites)}
    assert list(found) == ["b", "a", "c"]
    assert found["b"] == ([False, True, False, True], [True, False, True, False])
