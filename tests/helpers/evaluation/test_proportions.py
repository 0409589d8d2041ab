"""Wilson's interval against published examples and its coverage; how many patients a width needs."""

import numpy as np
import pytest
from scipy.stats import binom, poisson

from helpers.evaluation import (
    Interval,
    auc,
    auc_half_width,
    difference_of,
    garwood,
    newcombe,
    patients_for,
    two_columns,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_examples_of_newcombe(hits, n, low, high):
    """Newcombe, Statistics in Medicine 17:857 (1998), table I, method 3 (Wilson's score without correction)."""
    interval = wilson(hits, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_ends_of_a_rate_are_those_at_which_the_count_is_just_not_odd(count):
    """As many or more have a chance of .025 at the lower end, as many or fewer at the upper one."""
    found = garwood(count, 4)
    assert poisson.cdf(count, 4 * found.high) == pytest.approx(0.025)
    assert poisson.sf(count - 1, 4 * found.low) == pytest.approx(0.025) if count else found.low == 0


@pytest.mark.parametrize(("count", "exposure"), [(-1, 5), (0.5, 5), (0, 0)])
def test_no_rate_of_such_counts(count, exposure):
    with pytest.raises(ValueError, match="garwood"):
        garwood(count, exposure)


@pytest.mark.parametrize("truth", [0.05, 0.5, 0.9])
def test_coverage_is_near_what_it_says(truth):
    """The exact coverage over all outcomes of 60 patients."""
    ends = [wilson(hits, 60) for hits in range(61)]
    held = np.array([one.low <= truth <= one.high for one in ends])
    assert 0.92 <= (binom.pmf(np.arange(61), 60, truth) * held).sum() <= 0.98


def test_how_many_patients():
    """The textbook's 385 patients for ± 5 % at a share of one half (Cochran, Sampling Techniques)."""
    assert patients_for(0.05, 0.5) == 385
    assert patients_for(0.02, 0.8) == 1537
    interval = wilson(round(0.9 * patients_for(0.02, 0.9)), patients_for(0.02, 0.9))
    assert (interval.high - interval.low) / 2 == pytest.approx(0.02, abs=2e-4)


@pytest.mark.parametrize("half_width", [0.02, 0.1])
@pytest.mark.parametrize("share", [0, 0.001, 0.999, 1])
def test_perfection_needs_patients_too(share, half_width):
    """As many as make Wilson's interval of all (or none) no wider than asked: of one fewer it is wider."""
    n = patients_for(half_width, share)
    assert wilson(n, n).high - wilson(n, n).low <= 2 * half_width
    assert wilson(n - 1, n - 1).high - wilson(n - 1, n - 1).low > 2 * half_width


def test_an_auc_of_a_small_sample_has_an_interval_at_the_edge():
    """The ends are the areas at a distance of z standard errors, by a grid; none of the others lies inside."""
    for area, ill, well in ((1.0, 8, 8), (0.0, 8, 8), (0.9, 12, 40), (0.5, 30, 5)):
        found = newcombe(area, ill, well)
        theta, half = np.linspace(0, 1, 200_001), (ill + well) / 2 - 1
        more = 1 + half * (1 - theta) / (2 - theta) + half * theta / (1 + theta)
        variance = theta * (1 - theta) * more / (ill * well)
        inside = theta[(theta - area) ** 2 <= 1.959964**2 * variance + 1e-12]
        assert (found.low, found.high) == pytest.approx((inside.min(), inside.max()), abs=1e-5)
    assert newcombe(1, 8, 8).low < 0.8
    with pytest.raises(ValueError, match="newcombe"):
        newcombe(1, 0, 8)


def test_newcombes_interval_covers_the_truth_of_small_studies_with_a_high_auc():
    rng = np.random.default_rng(5)
    labels = np.repeat([1, 0], [10, 15])
    truth, held = 0.9615, 0  # Phi(2.5 / sqrt 2)
    for _ in range(400):
        interval = newcombe(auc(labels, two_columns(rng.normal(2.5 * labels))), 10, 15)
        held += interval.low <= truth <= interval.high
    assert held / 400 > 0.92


def test_a_difference_of_shares_as_newcombe_works_it_out():
    """Newcombe, Statistics in Medicine 17:873 (1998), table II, method 10: 56/70 - 48/80, and 10/10 - 0/10."""
    one = difference_of(wilson(56, 70), wilson(48, 80))
    assert (one.low, one.high) == pytest.approx((0.0524, 0.3339), abs=6e-5)
    edge = difference_of(wilson(10, 10), wilson(0, 10))
    assert (edge.low, edge.high) == pytest.approx((0.6075, 1.0), abs=6e-5)
    assert isinstance(edge, Interval)


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_no_share_of_such_counts(hits, n):
    with pytest.raises(ValueError, match="wilson"):
        wilson(hits, n)


def test_no_width_of_zero():
    with pytest.raises(ValueError, match="patients_for"):
        patients_for(0, 0.5)


def test_the_width_of_an_auc_is_that_of_repeated_samples():
    """Exponential scores, for which the formula is exact; the width at 95 % is 1.96 standard deviations."""
    rng = np.random.default_rng(4)
    labels = np.repeat([1, 0], [39, 23])
    scores = rng.exponential(size=(4000, 62)) * np.where(labels == 1, 9, 1)
    areas = [auc(labels, two_columns(row)) for row in scores]
    assert np.mean(areas) == pytest.approx(0.9, abs=0.003)
    assert auc_half_width(0.9, 39, 23) == pytest.approx(1.96 * np.std(areas), rel=0.05)
    assert auc_half_width(0.9, 23, 39) != pytest.approx(1.96 * np.std(areas), rel=0.05)


@pytest.mark.parametrize("given", [(1.1, 5, 5), (-0.1, 5, 5), (0.9, 0, 5), (0.9, 5, 0)])
def test_the_width_of_an_auc_wants_an_auc_and_two_counts(given):
    with pytest.raises(ValueError, match="an AUC and two counts"):
        auc_half_width(*given)
