"""The one door: of each form in which people hand over labels and scores, the right number or a sentence comes back."""

import inspect
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import evaluation
from helpers.datasets import Split
from helpers.evaluation import Patients, calls_at, threshold_for_cost, two_columns
from helpers.evaluation.inputs import check_forecast, check_labels, check_number, check_risks
from helpers.lessons.forecasting import forecasts
from helpers.lessons.overfitting import cross_validation
from helpers.models import candidates
from helpers.models.floors import fit_floors, fit_logistic

RNG = np.random.default_rng(1)
LABELS = (RNG.random(400) < 0.4).astype(np.int64)
RISKS = np.clip(RNG.normal(0.35 + 0.3 * LABELS, 0.2), 0.01, 0.99)
PROBABILITIES = two_columns(RISKS)
ROWS = Patients(LABELS, np.arange(400))
# Of labels (n,) and probabilities (n, 2): every public function that takes both.
SCORES = {
    "auc": evaluation.auc,
    "auc_or_nan": evaluation.auc_or_nan,
    "accuracy": evaluation.accuracy,
    "cross_entropy": evaluation.cross_entropy,
    "recall": evaluation.recall_of(1),
    "sensitivity": evaluation.called_right(1, 0.5, "diseased"),
    "confusion": lambda y, p: evaluation.confusion(y, p, ("well", "ill")).to_numpy().tolist(),
    "temperature": lambda y, p: round(evaluation.fit_temperature(y, p), 9),
    "bootstrap": lambda y, p: evaluation.bootstrap(evaluation.auc, Patients(y, np.arange(len(y))), p, draws=20),
    "difference": lambda y, p: evaluation.bootstrap_difference(
        evaluation.accuracy, Patients(y, np.arange(len(y))), p, PROBABILITIES[: len(y)], draws=20
    ),
    "brier": evaluation.brier,
    "net benefit": evaluation.benefit_at(0.3),
    "likelihood ratio": evaluation.likelihood_ratio(0.5, called=True),
    "observed_to_expected": evaluation.observed_to_expected,
    "calibration_intercept": lambda y, p: round(evaluation.calibration_intercept(y, p), 9),
    "calibration_slope": lambda y, p: round(evaluation.calibration_slope(y, p), 9),
    "table": lambda y, p: (
        evaluation.score_table({"it": p}, Patients(y, np.arange(len(y))), draws=20).to_numpy().tolist()
    ),
    "recalls": lambda y, p: evaluation.recall_table(p, Patients(y, np.arange(len(y))), ("well", "ill"), draws=20)[
        "recall"
    ].tolist(),
}
# Of diseased (n,) and risks (n,).
RISK_SCORES = {
    "calls": lambda y, r: calls_at(y, r, 0.5),
    "reliability": lambda y, r: evaluation.reliability(y, r).to_numpy().tolist(),
    "ece": evaluation.expected_calibration_error,
    "brier": evaluation.brier_parts,
    "temperature": evaluation.fit_temperature,
    "recalibration": lambda y, r: round(evaluation.fit_recalibration(y, r).slope, 9),
    "smoothed": lambda y, r: (
        evaluation.smoothed_calibration(Patients(y, np.arange(400)), r, draws=5).to_numpy().tolist()
    ),
    "by_patient": lambda y, r: evaluation.by_patient(Patients(y, np.arange(400)), r)[1].tolist(),
    "isotonic": lambda y, r: evaluation.fit_isotonic(y, r).X_thresholds_.tolist(),
    "roc": lambda y, r: evaluation.roc_points(y, r).to_numpy().tolist(),
    "pr": lambda y, r: evaluation.pr_points(y, r).to_numpy().tolist(),
    "average precision": evaluation.average_precision,
    "delong": evaluation.delong,
    "delong_difference": lambda y, r: evaluation.delong_difference(y, r, RISKS[: len(r)]),
    "benefit": lambda y, r: evaluation.net_benefit(y, r, 0.3),
    "threshold for sensitivity": lambda y, r: evaluation.threshold_for_sensitivity(y, r, 0.9),
    "threshold for cost": lambda y, r: threshold_for_cost(y, r, 5),
}
SAME = {
    "one column": (LABELS, PROBABILITIES[:, 1:]),
    "one number a row": (LABELS, RISKS),
    "labels in a column": (LABELS[:, np.newaxis], PROBABILITIES),
    "truth values": (LABELS == 1, PROBABILITIES),
    "whole numbers as floats": (LABELS.astype(float), PROBABILITIES),
    "small integers": (LABELS.astype(np.uint8), PROBABILITIES),
    "lists": (LABELS.tolist(), PROBABILITIES.tolist()),
    "columns of a table": (pd.Series(LABELS, index=RNG.permutation(400)), pd.DataFrame(PROBABILITIES)),
}
WITH_NAN = np.where(np.arange(400) < 40, np.nan, LABELS.astype(float))
REFUSED = {
    "counted from 1": (LABELS + 1, PROBABILITIES, "counted from 1: pass labels - 1"),
    "-1 and 1": (2 * LABELS - 1, PROBABILITIES, "pass labels > 0"),
    "NaN among the labels": (WITH_NAN, PROBABILITIES, "40 are NaN"),
    "text": (np.where(LABELS == 1, "ill", "well"), PROBABILITIES, "numpy.unique"),
    "three classes, two columns": (np.arange(400) % 3, PROBABILITIES, "labels: expected 0 to 1"),
    "0 and 5": (5 * LABELS, PROBABILITIES, "found 0 to 5"),
    "one-hot": (np.eye(2)[LABELS], PROBABILITIES, "argmax"),
    "fractions": (LABELS + 0.5, PROBABILITIES, "found 0.5|found 1.5"),
    "NaN among the probabilities": (LABELS, np.where(PROBABILITIES > 0.9, np.nan, PROBABILITIES), "the model failed"),
    "another length": (LABELS[:-1], PROBABILITIES, "one row per label|found"),
    "nobody": (LABELS[:0], PROBABILITIES[:0], "at least one row"),
}


@pytest.mark.parametrize("form", SAME)
@pytest.mark.parametrize("name", SCORES)
def test_a_form_that_can_be_understood_gives_the_right_number(name, form):
    labels, probabilities = SAME[form]
    assert repr(SCORES[name](labels, probabilities)) == repr(SCORES[name](LABELS, PROBABILITIES))


@pytest.mark.parametrize("form", REFUSED)
@pytest.mark.parametrize("name", SCORES)
def test_a_form_that_means_something_else_is_refused_by_name(name, form):
    labels, probabilities, said = REFUSED[form]
    with pytest.raises(ValueError, match=said):
        SCORES[name](labels, probabilities)


@pytest.mark.parametrize("name", ["cross_entropy", "confusion", "temperature", "table", "recalls"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (100 * PROBABILITIES, "percent"),
        (np.log(PROBABILITIES), "logits or log-odds"),
        (PROBABILITIES * [1, 0.5], "rows whose sum is 1"),
    ],
    ids=["percent", "logits", "sums"],
)
def test_what_are_no_probabilities_is_said(name, wrong, said):
    with pytest.raises(ValueError, match=said):
        SCORES[name](LABELS, wrong)


@pytest.mark.parametrize("metric", [evaluation.accuracy, evaluation.recall_of(1)])
@pytest.mark.parametrize("wrong", [100 * RISKS, np.log(RISKS / (1 - RISKS))], ids=["percent", "logits"])
def test_one_column_of_other_numbers_is_not_cut_at_one_half(metric, wrong):
    with pytest.raises(ValueError, match="scores: expected values from 0 to 1"):
        metric(LABELS, wrong)
    of_classes = np.stack([np.zeros(len(LABELS)), np.log(RISKS / (1 - RISKS))], axis=1)
    assert metric(LABELS, of_classes) == metric(LABELS, RISKS)


@pytest.mark.parametrize("name", RISK_SCORES)
@pytest.mark.parametrize(
    ("diseased", "risks", "said"),
    [
        (LABELS + 1, RISKS, "expected 0 and 1"),
        (2 * LABELS - 1, RISKS, "pass labels > 0"),
        (WITH_NAN, RISKS, "40 are NaN"),
        (np.where(LABELS == 1, "ill", "well"), RISKS, "numpy.unique"),
        (LABELS, np.where(RISKS > 0.9, np.nan, RISKS), "the model failed"),
        (LABELS, 100 * RISKS, "percent"),
        (LABELS, np.log(RISKS), "log-odds"),
        (LABELS, RISKS[:-1], "one risk per row"),
    ],
    ids=["from 1", "-1 and 1", "NaN labels", "text", "NaN risks", "percent", "logits", "lengths"],
)
def test_risks_are_held_to_the_same(name, diseased, risks, said):
    with pytest.raises(ValueError, match=said):
        RISK_SCORES[name](diseased, risks)


@pytest.mark.parametrize("name", RISK_SCORES)
def test_a_column_of_risks_is_understood(name):
    right = repr(RISK_SCORES[name](LABELS, RISKS))
    assert repr(RISK_SCORES[name](LABELS == 1, RISKS[:, np.newaxis])) == right
    assert repr(RISK_SCORES[name](LABELS.tolist(), RISKS.tolist())) == right


@pytest.mark.parametrize("value", [np.nan, -1.0])
def test_a_number_that_is_none_or_outside_is_refused(value):
    for fails in (
        lambda: threshold_for_cost(LABELS, RISKS, value),
        lambda: evaluation.cost(calls_at(LABELS, RISKS, 0.5), value),
        lambda: evaluation.threshold_for_sensitivity(LABELS, RISKS, value),
        lambda: evaluation.at_temperature(RISKS, value),
        lambda: evaluation.bootstrap(evaluation.auc, ROWS, PROBABILITIES, level=value, draws=10),
    ):
        with pytest.raises(ValueError, match=r"expected"):
            fails()
    with pytest.raises(ValueError, match="threshold"):
        calls_at(LABELS, RISKS, np.nan)
    with pytest.raises(ValueError, match="draws"):
        evaluation.bootstrap(evaluation.auc, ROWS, PROBABILITIES, draws=0)


def test_risks_that_are_all_alike_stay_as_they_are():
    """As those of a network that a strong penalty has emptied; no temperature can be told from them."""
    assert evaluation.fit_temperature(LABELS, np.full(400, 0.3)) == 1
    assert evaluation.fit_temperature(LABELS, np.full((400, 2), 0.5)) == 1


def test_columns_of_classes_are_those_of_probabilities():
    with pytest.raises(ValueError, match=r"expected shape \(n, 2\)"):
        evaluation.class_columns(RISKS[:, np.newaxis], 2)
    with pytest.raises(ValueError, match="above 0"):
        evaluation.class_columns(np.array([[0.0, 0.0, 1.0]]), 2)


anything = st.one_of(
    arrays(np.float64, st.tuples(st.integers(0, 6)), elements=st.floats(allow_nan=True, allow_infinity=True)),
    arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(0, 3)), elements=st.floats(-1, 2)),
    arrays(np.int64, st.tuples(st.integers(0, 6)), elements=st.integers(-2, 4)),
    arrays(np.bool_, st.tuples(st.integers(0, 6))),
    st.lists(st.one_of(st.text(max_size=2), st.none(), st.integers(0, 1)), max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(labels=anything, scores=anything)
def test_whatever_comes_in_there_is_a_finite_number_or_a_sentence(labels, scores):
    for score in (evaluation.auc, evaluation.accuracy, evaluation.cross_entropy):
        with suppress(ValueError):  # the sentence; any other error is a fault
            assert np.isfinite(score(labels, scores))
    with suppress(ValueError):
        diseased, risks = check_risks(labels, scores)
        assert diseased.dtype == bool
        assert ((risks >= 0) & (risks <= 1)).all()


@settings(max_examples=100, deadline=None)
@given(
    labels=arrays(np.int64, 12, elements=st.integers(0, 1)).filter(lambda y: 0 < y.sum() < 12),
    scores=arrays(np.float64, 12, elements=st.floats(0, 1)),
)
def test_the_area_turns_round_with_the_scores_and_ignores_how_they_are_stretched(labels, scores):
    area = evaluation.auc(labels, two_columns(scores))
    assert evaluation.auc(labels, two_columns(1 - np.round(scores, 6))) == pytest.approx(
        1 - evaluation.auc(labels, two_columns(np.round(scores, 6)))
    )
    assert evaluation.auc(1 - labels, two_columns(scores)) == pytest.approx(1 - area)
    assert 0 <= area <= 1


EMPTY_OR_FOREIGN = {
    "nothing": [],
    "text": ["a", "b"],
    "None": [None, None],
    "NaN": [np.nan, 0.5],
    "infinite": [np.inf, 0.5],
    "rows of two lengths": [[0.1, 0.9], [0.2]],
}
# Of numbers alone, without labels: what is refused above has to be refused here in a sentence of the course too.
ALONE = {
    "two_columns": two_columns,
    "at_temperature": lambda p: evaluation.at_temperature(p, 2.0),
    "class_columns": lambda p: evaluation.class_columns(p, 2),
    "share_table": lambda p: evaluation.share_table({"hits": p}, np.arange(2), draws=10),
    "check_risks": lambda p: check_risks([0, 1], p),
    "bias_and_variance": lambda p: evaluation.bias_and_variance([0, 1], [p, p]),
    "forecast": lambda p: check_forecast([100.0, 110.0], p),
}


@pytest.mark.parametrize("form", EMPTY_OR_FOREIGN)
@pytest.mark.parametrize("name", ALONE)
def test_numbers_that_are_none_are_refused_in_the_courses_words(name, form):
    with pytest.raises(ValueError, match=r"expected|are NaN or infinite"):
        ALONE[name](EMPTY_OR_FOREIGN[form])


def test_risks_in_a_column_make_two_columns():
    np.testing.assert_array_equal(two_columns(RISKS[:, np.newaxis]), PROBABILITIES)
    np.testing.assert_array_equal(two_columns(RISKS.tolist()), PROBABILITIES)
    with pytest.raises(ValueError, match="pass the column of the disease"):
        two_columns(PROBABILITIES)


@pytest.mark.parametrize("draws", [0, -3, 2.5, True, np.nan, "100", None])
def test_draws_that_are_no_number_of_draws_are_refused(draws):
    fits = np.stack([PROBABILITIES, PROBABILITIES])
    for fails in (
        lambda: evaluation.bootstrap(evaluation.auc, ROWS, PROBABILITIES, draws=draws),
        lambda: evaluation.bootstrap_difference(evaluation.auc, ROWS, PROBABILITIES, PROBABILITIES, draws=draws),
        lambda: evaluation.bootstrap_statistic(np.mean, np.arange(5), draws=draws),
        lambda: evaluation.paired_gains(evaluation.auc, ROWS, fits, {"it": fits}, draws=draws, seed=1),
        lambda: evaluation.share_table({"hits": LABELS}, np.arange(400), draws=draws),
        lambda: evaluation.subgroup_table(ROWS, RISKS, pd.DataFrame(index=np.arange(400)), 0.5, draws=draws),
    ):
        with pytest.raises(ValueError, match=r"draws: expected a whole number of 1 or more, found"):
            fails()


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, np.nan])
def test_levels_that_no_interval_has_are_refused(level):
    for fails in (
        lambda: evaluation.delong(LABELS, RISKS, level=level),
        lambda: evaluation.delong_difference(LABELS, RISKS, 1 - RISKS, level=level),
        lambda: evaluation.wilson(3, 10, level=level),
        lambda: evaluation.patients_for(0.1, 0.5, level=level),
        lambda: evaluation.auc_half_width(0.8, 10, 10, level=level),
    ):
        with pytest.raises(ValueError, match=r"level: expected a number above 0 and below 1, found"):
            fails()


def test_a_subgroup_takes_labels_and_risks_in_each_form_that_is_understood():
    sites = pd.DataFrame({"site": np.where(np.arange(400) % 2, "A", "B")})
    rows = Split(np.zeros((400, 1, 1, 1), np.uint8), LABELS, np.arange(400))
    right = evaluation.subgroup_table(rows, RISKS, sites, 0.5, draws=50)
    for form in (RISKS[:, np.newaxis], RISKS.tolist()):
        assert repr(evaluation.subgroup_table(rows, form, sites, 0.5, draws=50)) == repr(right)
    truth = Split(rows.images, LABELS == 1, rows.patients)
    assert repr(evaluation.subgroup_table(truth, RISKS, sites, 0.5, draws=50)) == repr(right)


def test_labels_of_other_forms_are_the_same_cases():
    """A hospital of another prevalence: 160 of 400 are ill or thereabouts, whatever they are called."""
    drawn = evaluation.at_prevalence(LABELS, 0.1, 50, seed=1)
    assert LABELS[drawn].sum() == 5
    for form in (LABELS == 1, LABELS.astype(float), LABELS[:, np.newaxis], LABELS.tolist()):
        np.testing.assert_array_equal(evaluation.at_prevalence(form, 0.1, 50, seed=1), drawn)
    for wrong in (LABELS + 1, np.arange(400) % 3):
        with pytest.raises(ValueError, match="expected 0 and 1"):
            evaluation.at_prevalence(wrong, 0.1, 50, seed=1)


def test_a_class_without_a_name_is_not_left_out_of_a_table():
    labels, three = np.arange(30) % 3, np.eye(3)[np.arange(30) % 3]
    rows = Patients(labels, np.arange(30))
    for fails in (
        lambda: evaluation.confusion(labels, three, ("well", "ill")),
        lambda: evaluation.recall_table(three, rows, ("well", "ill"), draws=10),
    ):
        with pytest.raises(ValueError, match="a name for each of 3 columns, found 2"):
            fails()


def test_the_recall_of_a_class_that_nobody_has_is_not_defined(recwarn):
    assert np.isnan(evaluation.recall_of(1)(np.zeros(5, int), two_columns(np.full(5, 0.4))))
    assert not recwarn.list


def test_patients_that_do_not_fit_the_labels_are_refused():
    with pytest.raises(ValueError, match="patients: expected one for each of 400 labels"):
        evaluation.bootstrap(evaluation.auc, Patients(LABELS, np.arange(399)), PROBABILITIES, draws=10)


@pytest.mark.parametrize("wrong", [LABELS + 2, np.where(LABELS == 1, -1, 0), np.where(LABELS == 1, "ill", "well")])
def test_floors_and_models_take_labels_through_the_same_door(wrong):
    images = np.random.default_rng(2).integers(0, 256, (400, 4, 4, 1), dtype=np.uint8)
    train, good = Split(images, wrong, np.arange(400)), Split(images, LABELS, np.arange(400))
    for fails in (
        lambda: fit_floors(train, good),
        lambda: fit_logistic(train, good),
        lambda: fit_logistic(good, train),
        lambda: candidates.fit_linear(train, good),
        lambda: candidates.fit_network(train, epochs=1, seed=1),
        lambda: cross_validation.ridge_scores(train, good, 1.0, 2),
        lambda: cross_validation.cross_validated(train, 1.0, 2, folds=2, by_patient=True, seed=1),
    ):
        with pytest.raises(ValueError, match=r"(labels|train): expected|numpy\.unique"):
            fails()


def test_floors_name_the_class_that_they_cannot_learn():
    images = np.random.default_rng(2).integers(0, 256, (9, 4, 4, 1), dtype=np.uint8)
    one, two, three = (Split(images, np.arange(9) % k, np.arange(9)) for k in (1, 2, 3))
    with pytest.raises(ValueError, match="rows of two classes or more, found only class 0"):
        fit_floors(one, two)
    with pytest.raises(ValueError, match=r"each class that validation has, found none of \[2\]"):
        fit_floors(two, three)


TRUE = np.random.default_rng(3).normal(140, 30, 50)
FORECASTS = {
    "rmse": evaluation.rmse,
    "mae": forecasts.mae,
    "aggregations": lambda y, p: forecasts.aggregations(y, p, np.arange(50) % 5).tolist(),
}


@pytest.mark.parametrize("name", FORECASTS)
def test_a_column_of_forecasts_is_not_taken_from_every_target(name):
    """As Keras gives it: by broadcasting, 50 forecasts that are 5 mg/dL too high would be off by about 43."""
    right = FORECASTS[name](TRUE, TRUE + 5)
    assert np.allclose(right, 5)
    assert FORECASTS[name](TRUE, (TRUE + 5)[:, np.newaxis]) == right
    assert FORECASTS[name](TRUE, (TRUE + 5).tolist()) == right
    for wrong in (TRUE[:-1], TRUE[:1], np.stack([TRUE, TRUE], axis=1), np.where(TRUE > 150, np.nan, TRUE)):
        with pytest.raises(ValueError, match=r"expected the shape of the targets|are NaN"):
            FORECASTS[name](TRUE, wrong)


def test_a_way_of_one_step_stays_a_way():
    one = TRUE[:, np.newaxis]
    assert forecasts.path_errors(one, one + 3) == pytest.approx({"path_rmse": 3, "path_mae": 3, "path_mean_rmse": 3})


def test_every_public_score_is_tried_here():
    """A new function of labels and probabilities, or of diseased and risks, belongs into one of the tables above."""
    tried = inspect.getsource(inspect.getmodule(test_labels_and_numbers_are_checked_alone_too))
    for name in dir(evaluation):
        function = getattr(evaluation, name)
        if inspect.isfunction(function) and not name.startswith("check_"):
            takes = {"labels", "diseased"} & set(inspect.signature(function).parameters)
            others = {"probabilities", "risks"} & set(inspect.signature(function).parameters)
            if takes and others:
                assert name in tried, name


def test_bias_and_variance_take_the_same_labels():
    fits = np.stack([PROBABILITIES, PROBABILITIES[::-1]])
    assert evaluation.bias_and_variance(LABELS == 1, fits) == evaluation.bias_and_variance(LABELS, fits)
    with pytest.raises(ValueError, match="numpy"):
        evaluation.bias_and_variance(np.where(LABELS == 1, "ill", "well"), fits)


def test_labels_and_numbers_are_checked_alone_too():
    np.testing.assert_array_equal(check_labels([True, False]), [1, 0])
    with pytest.raises(ValueError, match=r"share: expected a number from 0 to 1, found nan"):
        check_number(np.nan, "share", low=0, high=1)
    with pytest.raises(ValueError, match=r"cost: expected 0 or more, found -1"):
        check_number(-1, "cost", low=0)
