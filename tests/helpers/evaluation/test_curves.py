"""ROC and precision-recall curves by counting, and DeLong's intervals against a slow computation and simulation."""

import numpy as np
import pytest

from helpers.evaluation import (
    average_precision,
    delong,
    delong_covariance,
    delong_difference,
    newcombe,
    pr_points,
    roc_points,
)


def study(n, seed, digits=8, skill=1.0):
    rng = np.random.default_rng(seed)
    diseased = np.r_[0, 0, 1, 1, rng.uniform(size=n - 4) < 0.4].astype(int)
    return diseased, np.round(1 / (1 + np.exp(-rng.normal(skill * diseased, 1))), digits)


@pytest.mark.parametrize("digits", [8, 1])
def test_the_roc_curve_point_by_point(digits):
    diseased, risks = study(60, 1, digits)
    points = roc_points(diseased, risks)
    for row in points.iloc[1:].itertuples():
        assert row.sensitivity == pytest.approx(np.mean(risks[diseased == 1] >= row.threshold))
        assert row.false_positive_rate == pytest.approx(np.mean(risks[diseased == 0] >= row.threshold))
    assert points.iloc[0][["sensitivity", "false_positive_rate"]].tolist() == [0, 0]
    assert len(points) == len(np.unique(risks)) + 1


def test_precision_and_recall_by_hand():
    """Risks .9 .8 .7 .6 of ill, well, ill, well: recall .5 at precision 1, then 1 at 2/3; the mean of both is 5/6."""
    diseased, risks = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.6])
    points = pr_points(diseased, risks)
    assert points["recall"].is_monotonic_increasing
    at = {(row.recall, round(row.precision, 6)) for row in points.itertuples()}
    assert {(0.5, 1.0), (0.5, 0.5), (1.0, 0.666667), (1.0, 0.5)} <= at
    assert average_precision(diseased, risks) == pytest.approx(5 / 6)


def test_precision_at_another_prevalence_is_that_of_so_many_more_rows():
    diseased, risks = study(60, 2)
    more = np.repeat(np.arange(60), np.where(diseased, 1, 9))  # each of the others nine times
    share = diseased[more].mean()
    assert average_precision(diseased, risks, share) == pytest.approx(average_precision(diseased[more], risks[more]))
    there, here = pr_points(diseased, risks, share), pr_points(diseased, risks)
    assert there["precision"].mean() < here["precision"].mean() - 0.1
    with pytest.raises(ValueError, match="prevalence"):
        average_precision(diseased, risks, 1.5)


def slow_covariance(diseased, models):
    """DeLong, DeLong & Clarke-Pearson (1988), equations as printed: structural components by comparing all pairs."""
    ill, well = diseased == 1, diseased == 0
    v10, v01, areas = [], [], []
    for risks in models:
        psi = (risks[ill][:, None] > risks[well]) + 0.5 * (risks[ill][:, None] == risks[well])
        v10.append(psi.mean(axis=1))
        v01.append(psi.mean(axis=0))
        areas.append(psi.mean())
    s10, s01 = (
        np.array([[np.sum((a - m) * (b - k)) for b, k in zip(parts, areas, strict=True)] for a, m in both])
        for parts, both in ((v, list(zip(v, areas, strict=True))) for v in (v10, v01))
    )
    return np.array(areas), s10 / (ill.sum() - 1) / ill.sum() + s01 / (well.sum() - 1) / well.sum()


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("n", [12, 150])
def test_delong_is_that_of_all_pairs(n, digits):
    diseased, risks = study(n, 3, digits)
    other = study(n, 4, digits)[1]
    areas, covariance = delong_covariance(diseased, [risks, other])
    expected = slow_covariance(diseased, [risks, other])
    np.testing.assert_allclose(areas, expected[0], atol=1e-12)
    np.testing.assert_allclose(covariance, expected[1], atol=1e-12)


def test_delong_of_one_model_is_its_part_of_the_covariance():
    diseased, risks = study(80, 5)
    areas, covariance = slow_covariance(diseased, [risks])
    interval = delong(diseased, risks)
    assert interval.estimate == pytest.approx(areas[0])
    assert interval.high - interval.low == pytest.approx(2 * 1.959964 * np.sqrt(covariance[0, 0]), rel=1e-6)


def test_delong_covers_the_truth_as_often_as_it_says():
    """Two normals one standard deviation apart: AUC = Phi(1 / sqrt 2) = .7602. 400 studies; standard error .011."""
    covered = 0
    for seed in range(400):
        interval = delong(*study(120, seed))
        covered += interval.low <= 0.7602499 <= interval.high
    assert 0.915 <= covered / 400 <= 0.98


def test_under_no_difference_small_p_values_are_rare():
    """Two models of the same skill: p is below .05 in about one study of twenty."""
    small = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        diseased = np.arange(100) % 2
        common = rng.normal(size=100)
        one, other = (1 / (1 + np.exp(-diseased - common - rng.normal(size=100))) for _ in range(2))
        small += delong_difference(diseased, one, other)[1] < 0.05
    assert 0.02 <= small / 300 <= 0.09


def test_a_model_does_not_differ_from_itself():
    diseased, risks = study(50, 6)
    difference, p = delong_difference(diseased, risks, risks)
    assert (difference.estimate, p) == (0, 1)
    assert delong_difference(diseased, risks, risks**2)[1] == 1


def test_delong_needs_two_of_each():
    with pytest.raises(ValueError, match="two rows or more"):
        delong(np.array([1, 0, 0]), np.array([0.5, 0.2, 0.1]))
    with pytest.raises(ValueError, match="found 3 of 3"):
        delong(np.array([1, 1, 1]), np.array([0.5, 0.2, 0.1]))
    with pytest.raises(ValueError, match="NaN"):
        roc_points(np.array([1, 0]), np.array([np.nan, 0.1]))


def test_perfect_separation_of_few_is_no_certainty():
    labels, perfect = np.repeat([0, 1], 8), np.arange(16) / 20
    interval = delong(labels, perfect)
    assert (interval.estimate, interval.high) == (1, 1)
    assert interval.low == newcombe(1, 8, 8).low < 0.8
    difference, p = delong_difference(labels, perfect, np.full(16, 0.5))
    assert difference.low < difference.estimate == 0.5 < difference.high
    assert np.isnan(p)
