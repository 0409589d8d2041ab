"""Masks cancel in the sum, and what one hospital sends is uniform whatever it means."""

import numpy as np
import pytest
from scipy.stats import kstest

from helpers.lessons.privacy import secure


@pytest.mark.parametrize("hospitals", [1, 2, 3, 7])
def test_the_sum_is_that_of_the_updates(hospitals):
    rng = np.random.default_rng(hospitals)
    updates = rng.normal(0, 3, (hospitals, 50))
    sent = secure.masked(updates, rng)
    assert sent.dtype == np.uint32
    assert secure.unmasked_sum(sent) == pytest.approx(updates.sum(axis=0), abs=hospitals / secure.SCALE)


def test_what_is_sent_is_uniform_and_unrelated():
    rng = np.random.default_rng(1)
    updates = np.stack([np.full(20_000, 0.25), np.linspace(-1, 1, 20_000)])
    sent = secure.masked(updates, rng)
    for one in sent:
        assert kstest(one / 2**32, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(sent[1], updates[1])[0, 1]) < 0.03
    again = secure.masked(updates, rng)
    assert (again[0] != sent[0]).mean() > 0.99
