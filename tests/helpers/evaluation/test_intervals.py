"""Intervals against a count by hand, against studies of known truth, and against the slow way of drawing."""

import time

import numpy as np
import pytest
from sample_scores import guesses, patients_with_several, rows_of

from helpers.evaluation import (
    Interval,
    accuracy,
    auc,
    bootstrap,
    bootstrap_difference,
    bootstrap_statistic,
    called_right,
    paired_gains,
    recall_of,
    two_columns,
)


def test_an_interval_is_written_without_leading_zeros():
    assert str(Interval(1.0, 0.5, 1.0)) == "1.000 (.500 to 1.000)"
    assert str(Interval(0.0, 0.0, 0.0416)) == ".000 (.000 to .042)"


def one_by_one(metric, rows, probabilities, **options):
    """The same interval from the labels and probabilities of the drawn rows, one draw at a time."""
    present = len(np.unique(rows.labels))
    return bootstrap_statistic(
        lambda index: metric(rows.labels[index], probabilities[index]),
        rows.patients,
        accept=lambda index: len(np.unique(rows.labels[index])) == present,
        **options,
    )


def test_bootstrap_by_hand():
    """Two patients with values (1, 1, 1) and (0): the draws AA, AB or BA, BB have the means 1, 3/4, 0."""
    values_of_rows = np.array([1.0, 1.0, 0.0, 1.0])
    seen = []

    def mean(index):
        seen.append(float(values_of_rows[index].mean()))
        return seen[-1]

    interval = bootstrap_statistic(mean, np.array(["A", "A", "B", "A"]), draws=4000)
    *drawn, estimate = seen
    assert estimate == interval.estimate == 0.75
    values, share = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0, 0.75, 1]
    np.testing.assert_allclose(share / 4000, [1 / 4, 1 / 2, 1 / 4], atol=0.04)
    assert (interval.low, interval.high) == (0, 1)


def test_bootstrap_draws_are_whole_patients():
    """Whatever is drawn, a patient's images come together, and as many patients as there are."""
    patients = np.array([4, 9, 4, 7, 9, 9, 7])
    seen = []

    def draw(times):
        for person in (4, 7, 9):
            assert len(set(times[patients == person])) == 1
        seen.append(sum(times[patients == person][0] for person in (4, 7, 9)))
        return 0.0

    def metric(labels, p, weights=None):
        return 0.0 if weights is None else np.array([draw(times) for times in weights])

    bootstrap(metric, rows_of(np.arange(7) % 2, patients), np.zeros((7, 2)), draws=50)
    bootstrap_statistic(lambda index: draw(np.bincount(index, minlength=7)), patients, draws=50)
    assert set(seen) == {3}
    assert len(seen) == 50 + 51  # the second draws and, for the estimate, takes every row once


def test_bootstrap_ends_are_the_quantiles_of_the_level():
    rng = np.random.default_rng(0)
    values = rng.uniform(size=50)
    seen = []

    def mean(index):
        seen.append(float(values[index].mean()))
        return seen[-1]

    for level, ends in ((0.95, (0.025, 0.975)), (0.8, (0.1, 0.9))):
        seen.clear()
        interval = bootstrap_statistic(mean, np.arange(50), draws=200, level=level)
        assert (interval.low, interval.high) == pytest.approx(np.quantile(seen[:-1], ends))


def test_copies_of_an_image_tell_nothing_new():
    """Four copies per patient: the interval over patients stays that of one image each, that over images halves."""
    labels, p = guesses(80, 2, 3)
    copies = np.repeat(np.arange(80), 4)
    once = bootstrap(accuracy, rows_of(labels), p)
    patients = bootstrap(accuracy, rows_of(labels[copies], copies), p[copies])
    images = bootstrap(accuracy, rows_of(labels[copies]), p[copies])
    assert patients.high - patients.low == pytest.approx(once.high - once.low, rel=0.01)
    assert (images.high - images.low) / (patients.high - patients.low) == pytest.approx(0.5, abs=0.1)


def test_intervals_cover_the_truth_as_often_as_they_say():
    """200 studies of 60 patients, 1 to 4 images each, whose calls agree within a patient; the truth is .70.

    The share of 95 % intervals that hold it should be .95, a little less for the percentile method; with 200 studies
    its standard error is .015. Intervals over images, which take each image for a person, hold it less often.
    """
    rng = np.random.default_rng(7)
    covered = {"patients": 0, "images": 0}
    for study in range(200):
        right = rng.uniform(size=60) < 0.7
        patients = np.repeat(np.arange(60), rng.integers(1, 5, 60))
        p = two_columns(np.where(right[patients], 0.9, 0.1))
        for unit, people in (("patients", patients), ("images", None)):
            interval = bootstrap(accuracy, rows_of(np.ones(len(patients)), people), p, draws=120, seed=study)
            covered[unit] += interval.low <= 0.7 <= interval.high
    assert 0.90 <= covered["patients"] / 200 <= 0.98
    assert covered["images"] / 200 < 0.88


def test_draws_that_lack_a_class_are_drawn_again():
    """One diseased among six: about a third of all draws lack her, and an AUC of those would be an error."""
    rows, p = rows_of([1, 0, 0, 0, 0, 0]), two_columns(np.array([0.6, 0.1, 0.7, 0.3, 0.2, 0.5]))
    seen = []

    def metric(labels, probabilities):
        seen.append(len(np.unique(labels)))
        return auc(labels, probabilities)

    interval = one_by_one(metric, rows, p, draws=100)
    assert seen == [2] * 101
    assert interval.estimate == 0.8
    assert bootstrap(auc, rows, p, draws=100) == interval


def test_bootstrap_is_the_same_by_seed():
    labels, p = guesses(60, 3, 2)
    one, again, other = (bootstrap(auc, rows_of(labels), p, draws=50, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.estimate == other.estimate


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("classes", [2, 3])
def test_many_draws_at_once_are_the_draws_one_by_one(classes, digits):
    """The fast way by weights and the slow one, which scores the drawn rows of each draw, give the same bits."""
    labels, p = guesses(90, classes, 6, digits)
    rows = rows_of(labels, patients_with_several(90, 1))
    for metric in (auc, accuracy, recall_of(1), called_right(1, 0.4, "diseased"), called_right(1, 0.4, "others")):
        fast = bootstrap(metric, rows, p, draws=150, seed=3)
        if fast.estimate == 1:  # on every draw: the interval is no bootstrap's
            assert fast.low < fast.high == 1
            continue
        assert fast == one_by_one(metric, rows, p, draws=150, seed=3)


def test_a_metric_without_weights_is_refused_not_computed_in_a_slower_way():
    labels, p = guesses(60, 2, 3)
    with pytest.raises(TypeError, match="positional argument"):
        bootstrap(lambda y, q: auc(y, q), rows_of(labels), p, draws=50)


def test_the_draws_are_those_of_the_recorded_results():
    """The numbers that the course has recorded hang on these draws: seed, patients, classes, then fits."""
    labels, p = guesses(40, 2, 5)
    rows = rows_of(labels, patients_with_several(40, 3))
    expected = pytest.approx((0.9722222222222222, 0.9194739057239057, 1.0), abs=1e-12)
    for way in (bootstrap, one_by_one):
        interval = way(auc, rows, p, draws=60, seed=2)
        assert (interval.estimate, interval.low, interval.high) == expected
    fits = np.stack([p, p[::-1], p**2])
    gain = paired_gains(accuracy, rows, fits, {"a": fits[[0, 0, 2]]}, draws=60, seed=2)["a"]
    assert (gain.estimate, gain.low, gain.high) == pytest.approx((0.1, 0.0, 0.27803030303030307), abs=1e-12)


def test_a_difference_is_paired():
    """The same draws for both models: of a model with itself it is exactly zero, and it is narrower than unpaired."""
    labels, p = guesses(150, 2, 8)
    other = two_columns(np.clip(p[:, 1] + np.random.default_rng(1).normal(0, 0.02, 150), 0, 1))
    rows = rows_of(labels, patients_with_several(150, 2))
    assert bootstrap_difference(auc, rows, p, p, draws=50) == Interval(0, 0, 0)
    paired = bootstrap_difference(auc, rows, p, other, draws=300)
    both = np.stack([p, other], axis=-1)
    slow = one_by_one(lambda y, q: auc(y, q[..., 0]) - auc(y, q[..., 1]), rows, both, draws=300)
    assert paired == slow
    alone = bootstrap(auc, rows, p, draws=300)
    assert paired.high - paired.low < 0.5 * (alone.high - alone.low)


def test_two_thousand_resamples_of_five_thousand_rows_take_less_than_two_seconds():
    labels, p = guesses(5000, 2, 1)
    rows = rows_of(labels)
    start = time.process_time()
    bootstrap(auc, rows, p, draws=2000)
    assert time.process_time() - start < 2  # measured: 0.5 s


def test_groups_of_one_row_are_rows():
    values = np.arange(20.0)
    interval = bootstrap_statistic(lambda index: float(values[index].mean()), np.arange(20), draws=400)
    assert interval.estimate == 9.5
    # the standard error of the mean is sd / sqrt(n) = 5.77 / 4.47 = 1.29
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 1.29, rel=0.12)


def test_a_negative_difference_keeps_its_sign():
    assert str(Interval(-0.012, -0.3, 0.02)) == "-.012 (-.300 to .020)"


def mean_of_first(_, p):
    return float(p[:, 0].mean())


def test_gains_are_paired():
    """The same errors on both sides cancel: with a constant gain the interval has no width, whatever the rows do."""
    rng = np.random.default_rng(3)
    rows = rows_of(rng.integers(0, 2, 60), np.arange(60) // 2)
    without = rng.dirichlet(np.ones(2), size=(3, 60))
    gains = paired_gains(mean_of_first, rows, without, {"a": without + 0.5, "b": without}, draws=50, seed=1)
    assert (gains["a"].estimate, gains["a"].low, gains["a"].high) == pytest.approx((0.5, 0.5, 0.5))
    assert (gains["b"].low, gains["b"].high) == (0, 0)


def test_gains_vary_with_the_patients_as_a_difference_does_and_with_the_fits():
    rng = np.random.default_rng(4)
    rows = rows_of(np.arange(200) % 2, np.arange(200) // 2)
    both = rng.dirichlet(np.ones(2), size=(2, 200))
    gain = paired_gains(auc, rows, both[:1], {"a": both[1:]}, draws=400, seed=1)["a"]
    expected = bootstrap_difference(auc, rows, both[1], both[0], draws=400, seed=2)
    assert gain.estimate == pytest.approx(expected.estimate)
    assert (gain.low, gain.high) == pytest.approx((expected.low, expected.high), abs=0.025)
    fits = np.zeros((2, 200, 2))
    gain = paired_gains(mean_of_first, rows, fits, {"a": fits + np.array([0.0, 1.0])[:, None, None]}, draws=200, seed=1)
    assert (gain["a"].low, gain["a"].estimate, gain["a"].high) == (0, 0.5, 1), "of two fits both may be the same one"
