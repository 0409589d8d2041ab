"""The half width of a split conformal interval: an order statistic that keeps its promise."""

import numpy as np
import pytest

from helpers.evaluation import conformal_half_width


def test_the_half_width_is_an_order_statistic():
    residuals = np.array([-9.0, 1, -2, 3, -4, 5, -6, 7, -8])
    assert conformal_half_width(residuals, 0.9) == 9
    assert conformal_half_width(residuals, 0.8) == 8
    assert conformal_half_width(residuals, 0.5) == 5
    with pytest.raises(ValueError, match="at least 9, got 8"):
        conformal_half_width(residuals[:8], 0.9)


def test_intervals_keep_their_promise_where_order_is_random():
    """2,000 times 19 residuals and a new one: coverage .90 within three standard errors of the exact 18/20."""
    rng = np.random.default_rng(1)
    draws = rng.standard_t(3, (2000, 20))
    held = [abs(row[19]) <= conformal_half_width(row[:19], 0.9) for row in draws]
    assert np.mean(held) == pytest.approx(0.9, abs=0.02)
