"""Reliability, Brier score and recalibration against counts by hand, scikit-learn and known truth."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from helpers.evaluation import (
    at_temperature,
    bias_and_variance,
    brier_parts,
    expected_calibration_error,
    fit_isotonic,
    fit_temperature,
    reliability,
)


def calibrated(n, seed):
    rng = np.random.default_rng(seed)
    risks = rng.beta(2, 3, n)
    return rng.uniform(size=n) < risks, risks


def test_the_diagram_is_that_of_scikit_learn():
    diseased, risks = calibrated(500, 1)
    table = reliability(diseased, risks, bins=8)
    observed, predicted = calibration_curve(diseased, risks, n_bins=8)
    np.testing.assert_allclose(table["predicted"], predicted)
    np.testing.assert_allclose(table["observed"], observed)
    assert table["count"].sum() == 500


def test_a_diagram_by_hand():
    """Risks .1 .3 in the lower half, of whom one is ill; .5 (on the edge: upper) and .9, both ill."""
    diseased, risks = np.array([0, 1, 1, 1]), np.array([0.1, 0.3, 0.5, 0.9])
    table = reliability(diseased, risks, bins=2)
    np.testing.assert_allclose(table, [[2, 0.2, 0.5], [2, 0.7, 1.0]])
    assert expected_calibration_error(diseased, risks, bins=2) == pytest.approx(0.3)


def test_empty_bins_are_left_out_and_ends_belong_somewhere():
    table = reliability(np.array([0, 1]), np.array([0.0, 1.0]), bins=10)
    assert table["count"].tolist() == [1, 1]
    assert len(reliability(np.array([0, 1, 1]), np.full(3, 0.4), bins=10)) == 1
    with pytest.raises(ValueError, match="1 or more"):
        reliability(np.array([0, 1]), np.array([0.0, 1.0]), bins=0)


def test_brier_parts_by_hand():
    """Murphy's parts of four forecasts, .2 .2 .8 .8 with outcomes 0 1 1 1, worked out on paper.

    Bins (.2: seen .5) and (.8: seen 1), overall 3/4. Reliability (.09 + .04) / 2 = .065; resolution (1/16 + 1/16) / 2
    = .0625; uncertainty 3/16; score (.04 + .64 + .04 + .04) / 4 = .19.
    """
    parts = brier_parts(np.array([0, 1, 1, 1]), np.array([0.2, 0.2, 0.8, 0.8]))
    assert parts.score == pytest.approx(0.19)
    assert (parts.reliability, parts.resolution) == pytest.approx((0.065, 0.0625))
    assert parts.uncertainty == pytest.approx(3 / 16)
    assert parts.within == pytest.approx(0)


@pytest.mark.parametrize("bins", [1, 3, 50])
def test_brier_parts_add_up(bins):
    diseased, risks = calibrated(300, 2)
    parts = brier_parts(diseased, risks, bins=bins)
    assert parts.score == pytest.approx(np.mean((risks - diseased) ** 2))
    assert parts.reliability - parts.resolution + parts.uncertainty + parts.within == pytest.approx(parts.score)


def test_ece_of_a_calibrated_model_shrinks_with_patients_and_grows_with_bins():
    few, many = calibrated(200, 3), calibrated(20000, 3)
    assert expected_calibration_error(*many) < 0.015 < expected_calibration_error(*few)
    assert expected_calibration_error(*few, bins=100) > 2 * expected_calibration_error(*few, bins=5)


@pytest.mark.parametrize("truth", [0.5, 1.0, 3.0])
def test_the_temperature_that_spoilt_risks_is_found(truth):
    """Risks made too extreme (or too timid) by a temperature of 1/truth are mended by truth; its error is about .02."""
    diseased, risks = calibrated(20000, 4)
    spoilt = at_temperature(risks, 1 / truth)
    found = fit_temperature(diseased, spoilt)
    assert found == pytest.approx(truth, rel=0.06)
    np.testing.assert_allclose(at_temperature(spoilt, truth), risks, atol=1e-4)


@pytest.mark.parametrize("truth", [0.5, 3.0])
def test_the_temperature_of_several_classes_is_found(truth):
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.ones(3), size=20_000)
    labels = (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1)
    spoilt = at_temperature(p, 1 / truth)
    assert fit_temperature(labels, spoilt) == pytest.approx(truth, rel=0.04)
    np.testing.assert_allclose(at_temperature(spoilt, truth), p, atol=1e-4)
    np.testing.assert_allclose(
        at_temperature(p[:, :2] / p[:, :2].sum(axis=1, keepdims=True), truth)[:, 1],
        at_temperature(p[:, 1] / p[:, :2].sum(axis=1), truth),
        atol=1e-6,
    )


def test_temperature_keeps_the_order_and_one_keeps_all():
    _, risks = calibrated(100, 5)
    assert (np.argsort(at_temperature(risks, 2.5)) == np.argsort(risks)).all()
    np.testing.assert_allclose(at_temperature(risks, 1), risks)
    np.testing.assert_allclose(at_temperature(np.array([0.2]), 2), [1 / 3])  # odds 1/4 -> 1/2
    with pytest.raises(ValueError, match="above 0"):
        at_temperature(risks, 0)


def test_isotonic_mends_what_was_squared():
    diseased, risks = calibrated(20000, 6)
    staircase = fit_isotonic(diseased[:10000], risks[:10000] ** 2)
    mended = staircase.predict(risks[10000:] ** 2)
    assert (np.diff(mended[np.argsort(risks[10000:])]) >= 0).all()
    assert np.abs(mended - risks[10000:]).mean() < 0.03
    assert np.abs(risks[10000:] ** 2 - risks[10000:]).mean() > 0.15


def test_one_class_alone_cannot_be_calibrated_on():
    with pytest.raises(ValueError, match="with the disease"):
        fit_temperature(np.zeros(4, int), np.full(4, 0.5))
    with pytest.raises(ValueError, match="from 0 to 1"):
        reliability(np.zeros(4, int), np.full(4, 1.5))


def test_bias_and_variance_add_up_and_are_unbiased():
    """Fits whose bias (.2 on each of two classes) and variance (.01 on each) are known."""
    rng = np.random.default_rng(2)
    shift = 0.2 + 0.1 * rng.standard_normal((4, 20_000))
    said = np.stack([1 - shift, shift], axis=-1)
    labels = np.zeros(20_000, dtype=int)
    bias, variance = bias_and_variance(labels, said)
    assert bias == pytest.approx(2 * 0.04, abs=0.002)
    assert variance == pytest.approx(2 * 0.01, abs=0.001)
    assert bias + variance == pytest.approx(((said - [1, 0]) ** 2).sum(axis=-1).mean())
