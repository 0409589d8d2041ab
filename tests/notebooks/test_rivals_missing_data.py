"""What notebook 06 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from helpers.datasets import load
from helpers.datasets.windows import split_by_time
from helpers.lessons.missing_data import dropouts, imputation, mechanisms, predictions, studies
from helpers.notebook.reference import real_results

MCAR, MAR, MNAR = mechanisms.MECHANISMS


@pytest.fixture(scope="module")
def bench():
    whole = load("wisconsin")
    columns = [whole.feature_names.index(f"mean {n}") for n in ("radius", "texture", "smoothness", "compactness")]
    features = np.concatenate([rows.features for _, rows in whole.splits()])[:, columns]
    ill = np.concatenate([rows.labels for _, rows in whole.splits()])
    return studies.standardised(features), ill


def off(bench, mechanisms, share=0.4):
    truth = studies.estimates(*bench)[0]
    table = studies.what_breaks(*bench, mechanisms, [share], repeats=8, seed=3, neighbours=5, imputations=5)
    found = table.groupby(["mechanism", "method"])[list(studies.QUANTITIES)].mean() - truth
    return found, 1 + found["coefficient"] / truth[3]


def test_a_gap_that_depends_on_nothing_biases_no_mean(bench):
    found, _ = off(bench, [MCAR])
    assert found.loc[(MCAR, "complete cases"), "mean"] == pytest.approx(0, abs=0.05)
    assert found.loc[(MCAR, "multiple"), "mean"] == pytest.approx(0, abs=0.05)
    assert found.loc[(MCAR, "complete cases"), "SD"] > -0.1


def test_what_the_rivals_of_single_imputation_are(bench):
    found, ratio = off(bench, [MAR, MNAR])
    assert found.loc[(MAR, "complete cases"), "mean"] < -0.17
    assert ratio[MNAR, "kNN"] < 0.75
    assert ratio[MNAR, "complete cases"] > 0.75


def test_hardly_any_gaps_harm_nothing(bench):
    found, ratio = off(bench, [MAR], share=0.005)
    assert ratio[MAR, "kNN"] > 0.9
    assert ratio[MAR, "multiple"] > 0.95
    assert abs(found.loc[(MAR, "regression"), "correlation"]) < 0.02


def test_intervals_hold_the_mean_where_hardly_anything_is_missing(bench):
    few, many = (
        studies.coverage(*bench, share, people=200, repeats=60, seed=1, imputations=5) for share in (0.005, 0.4)
    )
    assert few.loc["mean", "mean"] > 0.85
    assert few.loc["multiple, outcome left out", "coefficient"] > 0.85
    told = [one.loc["regression, outcome read"] - one.loc["no gaps"] for one in (few, many)]
    assert told[0]["median coefficient"] < 0.3
    assert told[1]["median coefficient"] > 0.6
    assert many.loc["mean", "mean"] < 0.3
    assert many.loc["multiple, outcome left out", "coefficient"] < 0.3


def test_an_imputer_without_the_outcome_adds_nothing(bench, monkeypatch):
    features, ill = bench
    told = predictions.leaks(features, ill, 0.4, repeats=20, seed=1).mean()
    assert told["imputed with the outcome"] - told["clean"] > 0.01
    monkeypatch.setattr(predictions, "regression_imputer", predictions.mean_imputer)  # which reads no outcome
    blind = predictions.leaks(features, ill, 0.4, repeats=20, seed=1).mean()
    assert (blind - blind["clean"]).abs().max() < 0.003


def test_an_indicator_of_gaps_that_tell_nothing_gains_nothing(bench, monkeypatch):
    monkeypatch.setattr(predictions, "SUSPICION", 0.0)
    found = (
        predictions.deployments(*bench, 0.4, repeats=15, seed=1).groupby(["deployment", "model"])[["AUC", "O:E"]].mean()
    )
    gain = found.loc[("as before", "mean + indicator"), "AUC"] - found.loc[("as before", "mean"), "AUC"]
    assert abs(gain) < 0.006
    assert found.loc[("for nobody", "mean + indicator"), "O:E"] < 1.15
    for model in ("mean", "mean + indicator"):
        assert found.loc[("as before", model), "O:E"] == pytest.approx(1, abs=0.03)
    assert found.loc[("for everybody", "mean + indicator"), "O:E"] > 0.97


def test_few_gaps_swell_no_coefficient(bench):
    true = imputation.fit_logit(studies.with_ones(bench[0]), bench[1])[0][4]
    found = studies.coefficient_of_sign(*bench, 0.01, repeats=5, seed=1, imputations=2)
    assert found["mean + indicator"].mean() / true < 1.2
    many = studies.coefficient_of_sign(*bench, 0.4, repeats=5, seed=1, imputations=2)
    assert (many["complete cases"] - many["mean"]).mean() < -0.5  # what an indicator that repairs would change


def test_at_the_same_compactness_the_gone_differ_only_where_the_hidden_value_decides(bench):
    radius, sign = bench[0][:, 0], bench[0][:, 3]
    unexplained = radius - np.polyval(np.polyfit(sign, radius, 1), sign)
    apart = {}
    for mechanism in (MAR, MNAR):
        gone = np.isnan(mechanisms.hide(bench[0], mechanism, 0.4, np.random.default_rng(4))[:, 0])
        apart[mechanism] = mechanisms.gone_minus_seen(unexplained, gone).estimate
    assert abs(apart[MAR]) < 0.35
    assert apart[MNAR] > 0.4


def test_without_silences_the_bridge_reads_hardly_anything_and_costs_hardly_anything():
    kept = {}
    for share in (1e-7, 0.4):
        splits = split_by_time(load("glucose"))
        train, test = (
            dropouts.moments_of(getattr(splits, name), share, np.random.default_rng(1)) for name in ("train", "test")
        )
        ridge = Ridge().fit(train.inputs("bridged")[..., 0], train.target)
        promised, delivered = (
            np.sqrt(np.mean((ridge.predict(test.inputs(channel)[..., 0]) - test.target) ** 2))
            for channel in ("bridged", "forward")
        )
        kept[share] = promised / delivered
    assert kept[1e-7] == pytest.approx(0.979, abs=0.005)  # the records have short gaps of their own
    assert kept[0.4] < 0.88


def test_at_random_there_is_nothing_to_tip(bench):
    features, ill = bench
    holed = mechanisms.hide(features, MAR, 0.4, np.random.default_rng(2))
    found = studies.shifted(holed, ill, [0.0], imputations=10, seed=1).loc[0.0]
    assert found["low"] < 0 < found["high"]


def test_on_real_tables_level_lies_outside_the_bands():
    heavy, light = (real_results(f"06_missing_data_{name}") for name in ("support2", "flchain"))
    assert heavy["mean_and_indicators_minus_mean"].min() > 0.003
    assert heavy["complete_cases_minus_mean"].max() < -0.03
    assert light["mean_and_indicators_minus_mean"].max() < 0.005
    assert (light["outcome_where_there"] - light["outcome_where_missing"]).between(0.1, 0.2).all()
