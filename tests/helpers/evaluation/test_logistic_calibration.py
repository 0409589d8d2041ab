"""Level, slope and curve of risks against scikit-learn, least squares by hand, and a known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from helpers.evaluation import (
    Patients,
    bootstrap,
    calibration_intercept,
    calibration_slope,
    calibration_table,
    fit_recalibration,
    observed_to_expected,
    seen_at,
    smoothed_calibration,
    two_columns,
)


def study(n, seed, level=0.0, slope=1.0):
    """Risks and outcomes whose log-odds are level + slope times those of the risks."""
    rng = np.random.default_rng(seed)
    risks = expit(rng.normal(-1, 1.5, n))
    return (rng.uniform(size=n) < expit(level + slope * logit(risks))).astype(int), two_columns(risks)


def by_scikit_learn(ill, risks, weights=None):
    """Intercept and slope of the logistic regression of the outcome on the log-odds, without a penalty."""
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit(risks)[:, np.newaxis], ill, weights)
    return fitted.intercept_[0], fitted.coef_[0, 0]


@pytest.mark.parametrize(("level", "slope"), [(0, 1), (-1, 0.5), (0.7, 2)])
def test_slope_and_recalibration_are_those_of_scikit_learn(level, slope):
    labels, pair = study(500, 1, level, slope)
    expected = by_scikit_learn(labels, pair[:, 1])
    assert calibration_slope(labels, pair) == pytest.approx(expected[1], rel=1e-4)
    found = fit_recalibration(labels, pair[:, 1])
    assert (found.intercept, found.slope) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_many_patients_give_back_the_level_and_the_slope_that_were_put_in():
    labels, pair = study(200_000, 2, -0.8, 1.5)
    found = fit_recalibration(labels, pair[:, 1])
    assert (found.intercept, found.slope) == pytest.approx((-0.8, 1.5), abs=0.03)
    labels, pair = study(200_000, 3, -0.8)
    assert calibration_intercept(labels, pair) == pytest.approx(-0.8, abs=0.02)
    mended = fit_recalibration(labels, pair[:, 1]).predict(pair[:, 1])
    assert observed_to_expected(labels, two_columns(mended)) == pytest.approx(1, abs=1e-4)


def test_the_intercept_makes_the_risks_sum_to_the_ill():
    labels, pair = study(300, 4, 1.2)
    a = calibration_intercept(labels, pair)
    assert expit(a + logit(pair[:, 1])).sum() == pytest.approx(labels.sum())


def test_observed_to_expected_by_hand():
    """Two ill where .5 + .9 + .2 = 1.6 were expected."""
    assert observed_to_expected(np.array([1, 1, 0]), two_columns(np.array([0.5, 0.9, 0.2]))) == pytest.approx(1.25)


@pytest.mark.parametrize("score", [observed_to_expected, calibration_intercept, calibration_slope])
def test_a_weight_is_a_row_that_counts_so_often(score):
    labels, pair = study(60, 5)
    times = np.random.default_rng(5).integers(0, 4, (3, 60))
    repeated = [score(np.repeat(labels, w), np.repeat(pair, w, axis=0)) for w in times]
    np.testing.assert_allclose(score(labels, pair, times.astype(float)), repeated, rtol=1e-6, atol=1e-8)


def test_without_a_fault_or_a_difference_there_is_no_slope():
    labels = np.arange(20) // 10
    assert np.isnan(calibration_slope(labels, two_columns(np.linspace(0.1, 0.9, 20))))
    assert np.isnan(calibration_slope(labels, two_columns(np.full(20, 0.3))))
    assert fit_recalibration(labels, np.linspace(0.1, 0.9, 20)).slope > 3
    with pytest.raises(ValueError, match="all alike"):
        fit_recalibration(labels, np.full(20, 0.3))


@pytest.mark.parametrize("seed", range(40))
def test_few_ill_whom_hardly_a_fault_hides_still_get_a_level_and_a_slope(seed):
    """One to three ill among the highest risks of some fifty people: Newton's steps do not always arrive."""
    rng = np.random.default_rng(seed)
    z, ill = rng.normal(0, 1, 50 + seed), np.zeros(50 + seed, int)
    ill[rng.permutation(np.argsort(-z)[: 3 + seed % 9])[: 1 + seed % 3]] = 1
    found = fit_recalibration(ill, expit(z))
    x = (z - z.mean()) / z.std()
    off = ill - expit(found.intercept + found.slope * z)
    assert off.sum() == pytest.approx(0, abs=1e-3), "the gradient of the penalised likelihood is 0 there"
    assert off @ x - 1e-3 * found.slope * z.std() == pytest.approx(0, abs=1e-3)


def test_intervals_hold_the_truth_of_a_calibrated_model():
    """Forty studies of 300 patients with two images each: 95 % of intervals should hold 1; fewer than 33 is rare."""
    held = 0
    for seed in range(40):
        labels, pair = study(300, seed)
        rows = Patients(np.repeat(labels, 2), np.repeat(np.arange(300), 2))
        interval = bootstrap(calibration_slope, rows, np.repeat(pair, 2, axis=0), draws=200)
        held += interval.low <= 1 <= interval.high
    assert held >= 33


def test_the_table_holds_them_all():
    labels, pair = study(200, 6)
    table = calibration_table({"m": pair[:, 1]}, Patients(labels, np.arange(200)), draws=50)
    assert table.columns.tolist() == ["O:E", "intercept", "slope", "Brier"]
    assert table.loc["m", "slope"].estimate == calibration_slope(labels, pair)
    assert table.loc["m", "Brier"].estimate == pytest.approx(np.mean((labels - pair[:, 1]) ** 2))


def test_the_curve_is_a_weighted_line_at_each_point():
    labels, pair = study(150, 7)
    risks = pair[:, 1]
    curve = smoothed_calibration(Patients(labels, np.arange(150)), risks, span=0.6, points=7, draws=20)
    for point, observed in curve[["predicted", "observed"]].to_numpy():
        apart = np.abs(risks - point)
        near = np.clip(1 - (apart / np.sort(apart)[89]) ** 3, 0, None) ** 3  # 90 of 150 rows are the nearest .6
        line = np.polynomial.Polynomial.fit(risks, labels, 1, w=np.sqrt(near))
        assert observed == pytest.approx(np.clip(line(point), 0, 1), abs=1e-9)


def test_the_curve_of_a_calibrated_model_is_the_diagonal_and_its_band_holds_it():
    labels, pair = study(3000, 8)
    curve = smoothed_calibration(Patients(labels, np.arange(3000)), pair[:, 1], span=0.3, draws=200)
    assert (curve["observed"] - curve["predicted"]).abs().max() < 0.08
    inside = (curve["low"] <= curve["predicted"]) & (curve["predicted"] <= curve["high"])
    assert inside.mean() > 0.7
    assert isinstance(curve, pd.DataFrame)
    assert ((curve["low"] <= curve["observed"]) & (curve["observed"] <= curve["high"])).all()


def test_the_curve_of_risks_that_are_all_alike_is_the_share_of_the_ill():
    labels = np.arange(40) % 4 == 0
    curve = smoothed_calibration(Patients(labels.astype(int), np.arange(40)), np.full(40, 0.3), draws=20)
    np.testing.assert_allclose(curve["observed"], 0.25)


def test_what_is_seen_at_a_risk_lies_on_the_curve():
    curve = pd.DataFrame({"predicted": [0.2, 0.4], "observed": [0.1, 0.3], "low": [0.0, 0.2], "high": [0.2, 0.6]})
    seen = seen_at(curve, 0.3)
    assert (seen.estimate, seen.low, seen.high) == pytest.approx((0.2, 0.1, 0.4))
    assert all(np.isnan([seen_at(curve, said).estimate for said in (0.1, 0.5)]))
