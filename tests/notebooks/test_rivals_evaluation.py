"""The rivals of notebook 04's claims are what the wrong versions really give, on made-up cases."""

import numpy as np
import pytest
from scipy.special import expit, logit

from helpers import evaluation
from helpers.datasets import Split
from helpers.models import candidates
from helpers.notebook.reference import real_results


def cases(seed: int, n: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """Risks that mean what they say, and who turned out ill."""
    rng = np.random.default_rng(seed)
    risks = expit(rng.normal(-1.2, 2, n))
    return rng.uniform(size=n) < risks, risks


def ratio_after_doubling(fit, ill, risks) -> float:
    return fit(ill, evaluation.at_temperature(risks, 0.5)) / fit(ill, risks)


def test_a_temperature_that_is_not_fitted_does_not_follow_the_risks_and_one_upside_down_follows_the_wrong_way():
    ill, risks = cases(1)
    assert ratio_after_doubling(evaluation.fit_temperature, ill, risks) == pytest.approx(2, abs=0.01)
    assert ratio_after_doubling(lambda y, r: 1.0, ill, risks) == 1
    assert ratio_after_doubling(lambda y, r: 1 / evaluation.fit_temperature(y, r), ill, risks) == pytest.approx(
        0.5, abs=0.01
    )


def test_a_staircase_ties_patients_and_the_identity_ties_none():
    ill, risks = cases(2)
    steps = len(np.unique(evaluation.fit_isotonic(ill, risks).predict(risks)))
    assert steps / len(np.unique(risks)) < 0.25
    assert len(np.unique(risks.copy())) / len(np.unique(risks)) == 1


def test_a_temperature_leaves_the_level_and_a_logistic_recalibration_mends_it():
    ill, risks = cases(3)
    raised = expit(logit(risks) + 1)  # what oversampling does to them

    def level_off(mended) -> float:
        return mended.mean() - ill.mean()

    assert abs(level_off(evaluation.fit_recalibration(ill, raised).predict(raised))) < 0.001
    assert level_off(evaluation.at_temperature(raised, evaluation.fit_temperature(ill, raised))) > 0.03
    assert level_off(raised) > 0.03


def test_averaging_helps_images_of_strangers_and_not_images_that_are_alike():
    ill, risks = cases(4, 1200)
    rng = np.random.default_rng(4)
    y, patients = np.repeat(ill[:400], 3).astype(int), np.repeat(np.arange(400), 3)
    alike = expit(logit(np.repeat(risks[:400], 3)) + rng.normal(0, 0.2, 1200))
    unlike = alike.copy()
    for label in (0, 1):
        unlike[y == label] = rng.permutation(unlike[y == label])

    def added(r) -> float:
        people, means = evaluation.by_patient(evaluation.Patients(y, patients), r)
        one, other = ((evaluation.two_columns(x), labels) for x, labels in ((means, people.labels), (r, y)))
        return evaluation.auc(one[1], one[0]) - evaluation.auc(other[1], other[0])

    assert abs(added(alike)) < 0.01
    assert added(unlike) > 0.04


def test_the_slope_asks_for_several_times_the_patients_of_the_auc():
    _, risks = cases(11)
    needed = evaluation.patients_to_validate({"calibration slope": 0.2, "AUC": 0.1}, risks, 0.88)
    assert needed["calibration slope"] > 3 * needed["AUC"]


def test_the_ppv_falls_with_the_prevalence_and_travels_only_where_that_does():
    ill, risks = cases(5)
    here = evaluation.calls_at(ill, risks, 0.3)
    counted = ill.sum(), (~ill).sum()
    there, at_home = (evaluation.carried_over(here, *counted, share, 5) for share in (0.02, ill.mean()))
    assert there["PPV"].estimate - here.precision < -0.3
    assert there["PPV"].high < 0.3
    assert at_home["PPV"].estimate == pytest.approx(here.precision)


def test_a_ppv_without_prevalence_is_none_of_the_three():
    left_out = 0.95 / (0.95 + 1 - 0.70)
    for prevalence in (0.625, 0.10, 0.02):
        assert abs(evaluation.predictive_values(0.95, 0.70, prevalence)[0] - left_out) > 0.05


def test_delong_of_rows_that_repeat_patients_is_too_narrow_and_of_single_rows_it_is_not():
    ill, risks = cases(6, 400)
    rng = np.random.default_rng(6)

    def ratio(images: int) -> float:
        y = np.repeat(ill, images)
        r = expit(logit(np.repeat(risks, images)) + rng.normal(0, 0.3, len(y)))
        rows = Split(np.zeros((len(y), 1, 1, 1), np.uint8), y.astype(int), np.repeat(np.arange(len(ill)), images))
        patients = evaluation.bootstrap(evaluation.auc, rows, evaluation.two_columns(r), draws=400, seed=6)
        by_rows = evaluation.delong(y, r)
        return (by_rows.high - by_rows.low) / (patients.high - patients.low)

    assert ratio(2) < 0.85
    assert ratio(1) == pytest.approx(1, abs=0.12)


def test_bins_share_out_few_rows_so_that_a_perfect_model_has_an_error_which_many_rows_do_not_have():
    def growth(n: int) -> float:
        ill, risks = cases(7, n)
        fine, coarse = (evaluation.expected_calibration_error(ill, risks, bins=bins) for bins in (100, 5))
        return fine - coarse

    assert growth(800) > 0.03
    assert growth(200_000) < 0.02


def test_oversampling_raises_the_mean_risk_and_does_nothing_where_classes_are_equally_many():
    rng = np.random.default_rng(8)

    def raised(share: float) -> float:
        labels = (np.arange(600) < 600 * share).astype(np.int64)
        images = rng.integers(0, 120, (600, 3, 3, 1)).astype(np.uint8)
        images[labels == 1] += 20
        rows = Split(images, labels, np.arange(600))
        as_it_is, more = (candidates.fit_linear(r, rows) for r in (rows, candidates.oversampled(rows, seed=8)))
        return more(images).mean() - as_it_is(images).mean()

    assert raised(0.3) > 0.1
    assert raised(0.5) == 0


def test_intervals_over_images_keep_their_promise_only_where_images_are_patients():
    def covered(images: int) -> float:
        rng, held = np.random.default_rng(9), []
        for _ in range(200):
            hit = np.repeat(rng.uniform(size=60) < 0.7, images)
            drawn = hit[rng.integers(len(hit), size=(200, len(hit)))].mean(axis=1)
            low, high = np.quantile(drawn, [0.025, 0.975])
            held.append(low <= 0.7 <= high)
        return np.mean(held)

    assert covered(6) < 0.7
    assert covered(1) > 0.85


def test_the_best_of_ten_looks_gains_and_a_single_look_does_not():
    scores = np.random.default_rng(10).normal(size=(2, 300, 10, 60))
    scores[..., 30:] += 0.9
    first, new = (scores[..., 30:, np.newaxis] > scores[..., np.newaxis, :30]).mean(axis=(-1, -2))
    best = new[np.arange(300), first.argmax(axis=1)]
    assert first.max(axis=1).mean() - best.mean() > 0.05
    assert first[:, 0].mean() - new[:, 0].mean() == pytest.approx(0, abs=0.02)


def test_on_real_images_the_network_is_behind_with_every_seed():
    behind = -real_results("04_evaluation")["network_minus_logistic_regression_auc"]
    assert behind.min() > 0.001  # level would be 0


def test_a_threshold_saves_against_the_cheaper_default_only_where_the_risks_tell_anything():
    ill, risks = cases(12, 4000)
    before, after = slice(0, 2000), slice(2000, 4000)

    def saved(r) -> float:
        threshold = evaluation.threshold_for_cost(ill[before], r[before], 5)
        calls = evaluation.calls_at(ill[after], r[after], threshold)
        defaults = (evaluation.calls_at(ill[after], np.full(2000, x), 0.5) for x in (0.0, 1.0))
        return min(evaluation.cost(c, 5) for c in defaults) - evaluation.cost(calls, 5)

    assert saved(risks) > 15
    assert saved(np.random.default_rng(12).permutation(risks)) < 1


def test_risks_that_are_right_and_moved_cost_less_there_than_calling_nobody_and_their_old_threshold_costs_more():
    ill, risks = cases(13, 4000)
    factor = 0.02 / 0.98 / (ill.mean() / (1 - ill.mean()))

    def cost_there(r, threshold) -> float:
        calls = evaluation.calls_at(ill, r, threshold)
        return evaluation.carried_over(calls, ill.sum(), (~ill).sum(), 0.02, 5)["cost"].estimate

    assert cost_there(risks, 1 / (1 + 5 * factor)) < 9
    assert cost_there(risks, 2) == pytest.approx(10)  # nobody
    assert cost_there(risks, 1 / 6) > 10


def test_net_benefit_over_treat_all_needs_skill_and_over_the_same_order_a_right_level():
    ill, risks = cases(14, 4000)
    labels, raised = ill.astype(int), expit(logit(risks) + 1)
    worth = evaluation.benefit_at(1 / 3.5)

    def ahead(r, other) -> float:
        return worth(labels, evaluation.two_columns(r)) - worth(labels, evaluation.two_columns(other))

    assert ahead(risks, np.ones(4000)) > 0.05
    assert ahead(np.full(4000, ill.mean()), np.ones(4000)) == pytest.approx(0, abs=1e-9)
    assert ahead(risks, raised) > 0.005
    assert ahead(risks, evaluation.fit_recalibration(ill, raised).predict(raised)) == pytest.approx(0, abs=0.002)


def test_others_who_are_alike_are_called_alike():
    rng = np.random.default_rng(15)
    apart = [np.mean(rng.uniform(size=160) < 0.2) - np.mean(rng.uniform(size=100) < 0.2) for _ in range(400)]
    assert np.mean(apart) == pytest.approx(0, abs=0.01)
    assert np.mean(np.array(apart) > 0.07) < 0.15


def test_on_real_images_the_specificity_does_not_travel_from_validation_to_test():
    real = real_results("04_evaluation")
    lost = real["network_at_threshold_validation_specificity"] - real["network_at_threshold_test_specificity"]
    assert lost.min() > 0.1  # it travels would be 0
