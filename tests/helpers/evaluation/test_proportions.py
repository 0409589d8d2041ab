"""Wilson's interval against published examples and its coverage; how many patients a width needs."""

import numpy as np
import pytest
from scipy.stats import binom

from helpers.evaluation import auc, auc_half_width, patients_for, two_columns, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_examples_of_newcombe(hits, n, low, high):
    """Newcombe, Statistics in Medicine 17:857 (1998), table I, method 3 (Wilson's score without correction)."""
    interval = wilson(hits, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


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
    assert patients_for(0.1, 1.0) == 0


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
