"""Prediction sets against counts by hand, a slow obvious version, and the promise itself; planted faults break it."""

import math

import numpy as np
import pytest

from helpers import evaluation
from helpers.lessons.generalisation import conformal

RNG = np.random.default_rng(3)


def drawn(n, rng, shift=0.0):
    """Labels and risks of a classifier that is honest where shift is 0."""
    labels = (rng.random(n) < 0.4).astype(np.int64)
    z = rng.normal(2.0 * labels - 1 + shift, 1)
    return labels, 1 / (1 + np.exp(-2 * z - math.log(0.4 / 0.6)))


def slow_limit(scores, level):
    k = math.ceil(round((len(scores) + 1) * level, 9))
    return 1.0 if k > len(scores) else sorted(scores)[k - 1]


def slow_weighted(scores, weights, own, level):
    masses = sorted(zip([*scores, 1.0], [*weights, own], strict=True))
    total, so_far = sum(weights) + own, 0.0
    for score, weight in masses:
        so_far += weight
        if so_far >= level * total * (1 - 1e-12):
            return score
    raise AssertionError


@pytest.mark.parametrize("n", [1, 8, 9, 10, 99, 100])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_the_limit_is_the_right_order_statistic(n, level):
    scores = RNG.uniform(0, 0.9, n)
    assert conformal.limit(scores, level) == pytest.approx(slow_limit(scores.tolist(), level))


def test_nine_scores_hold_ninety_percent_by_the_largest_and_eight_by_no_score():
    scores = np.arange(1, 10) / 10
    assert conformal.limit(scores, 0.9) == 0.9
    assert conformal.limit(scores[:8], 0.9) == conformal.MOST


def test_weighted_limits_against_a_loop():
    scores, weights, own = RNG.uniform(0, 0.9, 30), RNG.uniform(0, 3, 30), np.array([0.0, 0.5, 2.0, 400.0])
    found = conformal.weighted_limits(scores, weights, own, 0.9)
    assert found == pytest.approx([slow_weighted(scores, weights, one, 0.9) for one in own])
    assert found[-1] == conformal.MOST, "a row whose like was not seen gets both classes"
    assert conformal.weighted_limits(scores, np.full(30, 7.0), np.array([7.0]), 0.9) == pytest.approx(
        conformal.limit(scores, 0.9)
    )


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="level between 0 and 1"):
        conformal.limit(np.zeros(3), 1.0)
    with pytest.raises(ValueError, match="one score or more"):
        conformal.limit(np.zeros(0), 0.9)
    with pytest.raises(ValueError, match="none below 0"):
        conformal.weighted_limits(np.zeros(2), np.array([1, -1]), np.ones(1), 0.9)


def covered(rng, repeats, calibrate, test_shift=0.0, n=60):
    hits = []
    for _ in range(repeats):
        labels, risks = drawn(n, rng)
        new, new_risks = drawn(40, rng, test_shift)
        held = conformal.sets(new_risks, calibrate(labels, risks))
        hits.append(held[np.arange(40), new].mean())
    return np.mean(hits)


def test_the_promise_holds_and_the_planted_faults_break_it():
    rng = np.random.default_rng(5)
    honest = covered(rng, 400, lambda y, r: conformal.limit(conformal.nonconformity(y, r), 0.9))
    assert 0.895 < honest < 0.93
    swapped = covered(rng, 100, lambda y, r: conformal.limit(conformal.nonconformity(1 - y, r), 0.9))
    assert swapped > 0.98, "labels turned round: the sets hold nearly everything, and tell nothing"
    too_few = covered(rng, 400, lambda y, r: float(np.quantile(conformal.nonconformity(y, r)[:5], 0.9, method="lower")))
    assert too_few < 0.85, "no + 1: five rows promise more than they can"
    moved = covered(rng, 200, lambda y, r: conformal.limit(conformal.nonconformity(y, r), 0.9), test_shift=1.5)
    assert moved < 0.85, "elsewhere the promise does not hold"


def test_weights_of_the_true_density_ratio_bring_coverage_back():
    """One feature moves (covariate shift), the outcome given the feature stays; the model is bent where the new are."""
    rng, plain, weighted = np.random.default_rng(6), [], []
    for _ in range(150):
        x, new = rng.normal(0, 1, 400), rng.normal(1.2, 1, 100)
        y, new_y = ((rng.random(len(a)) < 1 / (1 + np.exp(-1.5 * a))).astype(np.int64) for a in (x, new))
        risk, new_risk = (1 / (1 + np.exp(-(-1.2 * np.maximum(a, 0) + 1.5 * np.minimum(a, 0)))) for a in (x, new))
        scores = conformal.nonconformity(y, risk)
        ratio, own = (np.exp(1.2 * a - 1.2**2 / 2) for a in (x, new))
        limits = conformal.weighted_limits(scores, ratio, own, 0.9)
        plain.append(conformal.sets(new_risk, conformal.limit(scores, 0.9))[np.arange(100), new_y].mean())
        weighted.append(conformal.sets(new_risk, limits)[np.arange(100), new_y].mean())
    assert np.mean(plain) < 0.87
    assert np.mean(weighted) > 0.89


def test_limits_by_group_hold_in_each_group_where_one_limit_does_not():
    rng, one_limit, own_limits = np.random.default_rng(7), [], []
    for _ in range(200):
        labels, risks = drawn(300, rng)
        scores = conformal.nonconformity(labels, risks)
        group = np.repeat([0, 1], 150)
        scores = np.where(group == 1, np.sqrt(scores), scores)  # the second site has larger ones
        by_site = conformal.limits_by_group(scores[::2], group[::2], 0.9)
        there = group[1::2] == 1
        one_limit.append((scores[1::2][there] <= conformal.limit(scores[::2], 0.9)).mean())
        own_limits.append((scores[1::2][there] <= by_site[1]).mean())
    assert np.mean(one_limit) < 0.88
    assert 0.89 < np.mean(own_limits) < 0.93


def test_sets_take_one_limit_one_per_row_and_one_per_class():
    risks = np.array([0.1, 0.5, 0.95])
    assert conformal.sets(risks, 0.3).tolist() == [[True, False], [False, False], [False, True]]
    assert conformal.sets(risks, np.array([0.05, 0.5, 0.95])).tolist() == [[False, False], [True, True], [True, True]]
    per_class = np.broadcast_to([0.2, 0.6], (3, 2))
    assert conformal.sets(risks, per_class).tolist() == [[True, False], [False, True], [False, True]]


def test_coverage_counts_rows_and_resamples_patients():
    rows = evaluation.Patients(np.array([1, 1, 0, 0, 1, 0]), np.array([1, 1, 2, 2, 3, 4]))
    held = np.array([[1, 1], [0, 1], [0, 1], [1, 0], [0, 0], [1, 0]], bool)
    found = conformal.coverage(held, rows, draws=50, seed=1)
    assert found.covered.estimate == pytest.approx(4 / 6)
    assert (found.of_ill.estimate, found.of_others.estimate) == pytest.approx((2 / 3, 2 / 3))
    assert (found.size, found.single, found.both, found.empty) == pytest.approx((1, 4 / 6, 1 / 6, 1 / 6))
    assert conformal.coverage_table({"a": found}).loc["a", "both"] == "0.17"


def test_one_image_each():
    assert conformal.one_each(np.array([7, 7, 3, 7, 3, 9])).tolist() == [0, 2, 5]


def test_doubtful_people_are_sent_whole_and_more_often():
    people = np.repeat(np.arange(400), 2)
    z = np.repeat(np.linspace(-4, 4, 400), 2)
    sent = conformal.referred(people, z, np.random.default_rng(1))
    assert np.array_equal(sent[::2], sent[1::2])
    assert sent[np.abs(z) < 0.5].mean() > 5 * sent[np.abs(z) > 3].mean()
