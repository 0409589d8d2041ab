"""The audit stays below the accountant's ε for the right code and passes it for wrong code."""

import numpy as np
import pytest

from helpers.lessons.privacy import accounting, audit, dpsgd, mechanisms

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


def test_the_ceiling_is_what_a_perfect_attack_says():
    perfect = audit.lower_bound(np.zeros(400), np.ones(400), DELTA)
    assert audit.ceiling(400, DELTA) == pytest.approx(perfect)
    assert perfect == pytest.approx(np.log(0.98172 / 0.01828), abs=1e-3), "200 hits of 200, no alarm of 200"
    assert audit.ceiling(20, DELTA) < 1, "so few trainings catch nobody who promised 1"


def test_a_gaussian_bound_lies_below_the_truth_and_near_it_with_many_trainings():
    rng = np.random.default_rng(1)
    mu = 1.2
    bounds = [audit.gaussian_bound(rng.normal(size=400), mu + rng.normal(size=400), mu / 2, DELTA) for _ in range(60)]
    truth = mechanisms.gauss_epsilon(mu, DELTA)
    assert np.mean(np.array(bounds) > truth) <= 0.1
    many = audit.gaussian_bound(rng.normal(size=100_000), mu + rng.normal(size=100_000), mu / 2, DELTA)
    assert 0.93 * truth < many < truth
    assert audit.gaussian_bound(np.zeros(100), np.zeros(100), 0.5, DELTA) == 0


def test_what_an_audit_can_catch_falls_with_the_number_of_trainings():
    promised = accounting.epsilon_of(NOISE, SHARE, STEPS)
    some, more = (audit.least_caught(promised, trainings, DELTA) for trainings in (400, 2000))
    for how in some:
        assert promised < more[how] < some[how]
    assert some["as Gaussian"] < some["by counting"]
    assert np.isnan(audit.least_caught(promised, 20, DELTA)["by counting"]), "the ceiling lies below the promise"


def test_the_table_puts_the_bounds_beside_the_exact_epsilon():
    def third(gradients, patients, bound, noise, rng):
        return dpsgd.private_sum(gradients, patients, bound, noise / 3, rng)

    versions = {"ours": (dpsgd.private_sum, 1 / NOISE), "a third of the noise": (third, 3 / NOISE)}
    table = audit.audit_table(versions, NOISE, STEPS, DELTA, trainings=400, seed=2)
    assert table.loc["ours", "true ε"] == pytest.approx(accounting.epsilon_of(NOISE, SHARE, STEPS), abs=0.01)
    assert table.loc["ours", "as Gaussian"] < table.loc["ours", "true ε"]
    caught = table.loc["a third of the noise"]
    assert table.loc["ours", "true ε"] < caught["as Gaussian"] < caught["true ε"]
    assert caught["by counting"] < audit.ceiling(400, DELTA)
