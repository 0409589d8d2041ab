"""The audit stays below the accountant's ε for the right code and passes it for wrong code."""

import numpy as np
import pytest

from helpers.lessons.privacy import accounting, audit, dpsgd

NOISE, SHARE, STEPS, DELTA = 5.0, 1.0, 10, 1e-5


def by_image(gradients, patients, bound, noise, rng):
    return dpsgd.private_sum(gradients, np.arange(len(gradients)), bound, noise, rng)


def test_the_bound_is_that_of_the_counts_by_hand():
    """60 of 100 hits and no false alarm in the second halves: Clopper-Pearson .4972 and .0362."""
    without, within = np.zeros(200), np.concatenate([np.ones(100), np.ones(60), -np.ones(40)])
    assert audit.lower_bound(without, within, 0.0) == pytest.approx(np.log(0.49720 / 0.03622), abs=0.01)


def test_samples_of_one_kind_give_nothing():
    rng = np.random.default_rng(1)
    found = [audit.lower_bound(rng.normal(size=200), rng.normal(size=200), DELTA) for _ in range(20)]
    assert np.mean(np.array(found) > 0) <= 0.15
    with pytest.raises(ValueError, match="4 values or more"):
        audit.lower_bound(np.zeros(3), np.zeros(9), DELTA)


def test_the_right_code_passes_and_clipping_by_image_is_caught():
    promised = accounting.epsilon_of(NOISE, SHARE, STEPS)
    right = audit.audit(dpsgd.private_sum, NOISE, SHARE, STEPS, DELTA, trainings=300, seed=1)
    assert right < promised
    assert audit.audit(dpsgd.private_sum, 1.0, SHARE, STEPS, DELTA, trainings=300, seed=1) > 1, "where much leaks"
    wrong = audit.audit(by_image, NOISE, SHARE, STEPS, DELTA, trainings=400, seed=1)
    assert wrong > promised
