"""Noise keeps its promise: the coin's odds, Laplace's and Gauss's worst ratio."""

import math

import numpy as np
import pytest
from scipy.stats import laplace, norm

from helpers.lessons.privacy import mechanisms


def test_the_coin_gives_three_to_one():
    rng = np.random.default_rng(1)
    yes, no = (mechanisms.answer_by_coin(np.full(40_000, truth), rng) for truth in (True, False))
    assert yes.mean() == pytest.approx(0.75, abs=0.01)
    assert no.mean() == pytest.approx(0.25, abs=0.01)
    found = mechanisms.measured_epsilon((int(yes.sum()), len(yes)), (int(no.sum()), len(no)))
    assert found.low < math.log(3) < found.high
    assert found.high - found.low < 0.1


def test_the_share_behind_the_answers_is_the_true_one():
    rng = np.random.default_rng(2)
    truths = rng.random(100_000) < 0.1
    assert mechanisms.share_behind(mechanisms.answer_by_coin(truths, rng)) == pytest.approx(0.1, abs=0.015)


def test_the_interval_of_a_log_ratio_covers():
    rng, inside = np.random.default_rng(3), 0
    for _ in range(400):
        a, b = rng.binomial(500, 0.3), rng.binomial(500, 0.1)
        one = mechanisms.measured_epsilon((a, 500), (b, 500))
        inside += one.low <= math.log(3) <= one.high
    assert 0.92 <= inside / 400 <= 0.98


def test_laplace_noise_has_the_stated_scale():
    counts = mechanisms.laplace_count(10, 0.5, np.random.default_rng(1), times=50_000)
    assert counts.mean() == pytest.approx(10, abs=0.05)
    assert np.abs(counts - 10).mean() == pytest.approx(2, rel=0.02)
    grid = np.linspace(-30, 30, 601)
    worst = np.abs(laplace.logpdf(grid, 0, 2) - laplace.logpdf(grid, 1, 2)).max()
    assert worst == pytest.approx(0.5)


@pytest.mark.parametrize("epsilon", [0.2, 1.0, 4.0])
def test_gaussian_noise_is_the_least_that_keeps_the_promise(epsilon):
    def excess(sd):
        grid = np.linspace(-40 * sd, 40 * sd, 400_001)
        p, q = norm.pdf(grid, 1, sd), norm.pdf(grid, 0, sd)
        return np.sum(np.maximum(p - math.exp(epsilon) * q, 0)) * (grid[1] - grid[0])

    sd = mechanisms.gauss_scale(epsilon, 1e-3)
    assert excess(sd) == pytest.approx(1e-3, rel=0.02)
    assert excess(0.9 * sd) > 1.2e-3


@pytest.mark.parametrize("epsilon", [0.3, 1.0, 4.0])
def test_the_exact_epsilon_undoes_the_least_scale(epsilon):
    assert mechanisms.gauss_epsilon(1 / mechanisms.gauss_scale(epsilon, 1e-5), 1e-5) == pytest.approx(epsilon, abs=1e-4)


def test_the_exact_epsilon_at_its_ends():
    assert mechanisms.gauss_epsilon(0.0, 1e-5) == 0
    assert mechanisms.gauss_epsilon(1e-6, 1e-5) == 0, "δ covers it"
    assert mechanisms.gauss_epsilon(7.59, 1e-5) == pytest.approx(60.4, abs=0.2)
