"""Imputers learn where they are told to, and each study sees the harm that it is about, and only there."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (makes IterativeImputer known)
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.linear_model import LinearRegression

from helpers.lessons.missing_data import predictions
from helpers.lessons.missing_data.mechanisms import GAP, hide


def test_imputers_learn_from_the_table_they_are_given_alone(bench):
    features, _ = bench
    holed = hide(features, "completely at random", 0.3, np.random.default_rng(2))
    for imputer in (predictions.mean_imputer, predictions.regression_imputer):
        fill = imputer(holed[:200])
        assert np.array_equal(fill(holed[200:210]), fill(holed[200:])[:10])
        assert not np.isnan(fill(holed)).any()


def test_the_outcome_leaks_and_the_split_hardly_does(bench):
    found = predictions.leaks(*bench, 0.5, repeats=20, seed=1).mean()
    assert found["imputed with the outcome"] - found["clean"] > 0.03
    assert abs(found["imputed before the split"] - found["clean"]) < 0.02


def test_an_indicator_helps_while_ordering_stays(bench):
    found = predictions.deployments(*bench, 0.5, repeats=10, seed=1).groupby(["deployment", "model"])["AUC"].mean()
    assert found["as before", "mean + indicator"] > found["as before", "mean"] + 0.01
    assert found["completely at random", "mean + indicator"] < found["completely at random", "mean"] + 0.005
    assert len(found) == 16


def test_imputers_are_those_of_scikit_learn(bench):
    features, _ = bench
    holed = hide(features, "at random", 0.3, np.random.default_rng(2))
    one, other = holed[:200], holed[200:]
    line = IterativeImputer(estimator=LinearRegression()).fit(one).transform(other)
    assert predictions.regression_imputer(one)(other) == pytest.approx(line)
    assert predictions.mean_imputer(one)(other) == pytest.approx(SimpleImputer().fit(one).transform(other))


def test_tests_are_left_out_for_the_healthy(bench):
    features, ill = bench
    holed = predictions.ordered_on_suspicion(features, ill, 0.4, np.random.default_rng(3))
    gone = np.isnan(holed[:, GAP])
    assert gone[ill == 0].mean() > gone[ill == 1].mean() + 0.2
    assert gone.mean() == pytest.approx(0.4, abs=0.06)


def test_too_low_risks_have_more_observed_than_expected():
    rng = np.random.default_rng(4)
    features = rng.normal(size=(4000, 4))
    level = np.where(np.arange(4000) < 2000, 0.0, 1.0)  # the second half is ill more often
    ill = (rng.uniform(size=4000) < expit(level + features[:, GAP])).astype(int)
    found = predictions.scores_of(features[:2000], ill[:2000], features[2000:], ill[2000:], predictions.as_is)
    assert found["O:E"] > 1.2
    assert found["slope"] == pytest.approx(1, abs=0.2)


def test_where_everybody_is_tested_no_indicator_is_set_and_where_nobody_is_all_are(bench):
    found = predictions.deployments(*bench, 0.5, repeats=10, seed=1).groupby(["deployment", "model"])["O:E"].mean()
    assert found["for everybody", "mean + indicator"] < 1 < found["for nobody", "mean + indicator"]
    assert found["for everybody", "mean"] > found["for nobody", "mean"]


def test_complete_cases_are_asked_about_complete_rows_alone(bench, monkeypatch):
    asked = []
    truly = predictions.scores_of
    monkeypatch.setattr(
        predictions, "scores_of", lambda *given, **kind: asked.append(np.isnan(given[2]).any()) or truly(*given, **kind)
    )
    found = predictions.score_by_share(*bench, [0.4], repeats=2, seed=1)
    assert list(found["method"]) == ["mean", "regression", "complete cases"] * 2
    assert asked == [True, True, False] * 2
