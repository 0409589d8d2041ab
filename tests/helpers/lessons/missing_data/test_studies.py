"""Methods are scikit-learn's where it has them, and each study sees the harm that it is about, and only there."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer

from helpers.lessons.missing_data import studies
from helpers.lessons.missing_data.imputation import fit_logit
from helpers.lessons.missing_data.mechanisms import GAP, SIGN, hide


def test_every_method_completes_the_table_and_keeps_what_is_seen(bench):
    features, ill = bench
    holed = hide(features, "at random", 0.4, np.random.default_rng(1))
    seen = ~np.isnan(holed[:, GAP])
    for method in studies.METHODS:
        tables = studies.completions(method, holed, ill, np.random.default_rng(1), imputations=3)
        assert len(tables) == (3 if method == "multiple" else 1)
        for table, outcome in tables:
            assert not np.isnan(table).any()
            kept = table if method == "complete cases" else table[seen]
            assert np.array_equal(kept, holed[seen])
            assert len(outcome) == len(table)
    mean = studies.completions("mean", holed, ill, None)[0][0]
    assert mean == pytest.approx(SimpleImputer().fit_transform(holed))
    with pytest.raises(ValueError, match="method: expected one of"):
        studies.completions("median", holed, ill, None)


def test_estimates_of_a_known_table(bench):
    features, ill = bench
    found, variances = studies.estimates(features, ill)
    assert found[0] == pytest.approx(0, abs=1e-12)
    assert found[1] == pytest.approx(features[:, 0].std(ddof=1))
    assert variances[0] == pytest.approx(found[1] ** 2 / 400)


def test_a_shift_moves_the_pooled_mean_by_its_share_of_gaps(bench):
    features, ill = bench
    holed = hide(features, "not at random", 0.25, np.random.default_rng(3))
    found = studies.shifted(holed, ill, (0.0, 1.0), imputations=5, seed=1)
    share = np.isnan(holed[:, GAP]).mean()
    assert found.loc[1.0, "mean"] - found.loc[0.0, "mean"] == pytest.approx(share)
    assert (found["low"] < found["mean"]).all()


def test_an_indicator_repairs_no_coefficient(bench):
    features, ill = bench
    true = fit_logit(studies.with_ones(features), ill)[0][1 + SIGN]
    found = studies.coefficient_of_sign(features, ill, 0.4, repeats=10, seed=1, imputations=3).mean()
    assert found["mean"] > true + 0.1
    assert found["mean + indicator"] == pytest.approx(found["mean"], abs=0.05)
    assert abs(found["complete cases"] - true) < 0.1
    assert abs(found["multiple"] - true) < 0.1


def test_intervals_without_gaps_hold_what_they_promise(bench):
    found = studies.coverage(*bench, 0.4, people=200, repeats=100, seed=1, imputations=5)
    assert found.loc["no gaps", ["mean", "coefficient"]].min() > 0.89
    assert found.loc["mean", "mean"] < 0.5
    assert found.loc["regression, outcome read", "median coefficient"] > found.loc["no gaps", "median coefficient"]
    assert found.loc["multiple, outcome left out", "median coefficient"] < found.loc["no gaps", "median coefficient"]


def test_distances_from_the_truth_have_a_row_per_mechanism_and_method(bench):
    truth = studies.estimates(*bench)[0]
    table = studies.what_breaks(*bench, ["at random"], [0.3], repeats=2, seed=1, neighbours=5, imputations=2)
    found = studies.against_truth(table, truth)
    assert list(found.index) == [("at random", method) for method in studies.METHODS]
    assert found.loc[("at random", "mean"), "SD"].estimate < -0.1
