"""Imputers learn from training alone, gaps are counted, and what gaps foretell is an interval of shares."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers import evaluation
from helpers.datasets import load
from helpers.datasets.tables import TableSplit
from helpers.lessons.missing_data import own_gaps


@pytest.fixture(scope="module")
def data():
    return load("wisconsin")


@pytest.fixture(scope="module")
def splits(data):
    return own_gaps.with_gaps(data, share=0.3, seed=1)


def test_a_complete_table_gets_gaps_in_three_columns_and_one_with_gaps_keeps_its_own(data, splits):
    for name, rows in data.splits():
        gone = np.isnan(splits[name].features)
        assert gone[:, 3:].sum() == 0
        assert (gone[:, 0] == gone[:, 2]).all()
        assert np.array_equal(splits[name].features[~gone], rows.features[~gone])
    shares = own_gaps.shares_missing(data, splits)
    assert list(shares.index) == ["train", "validation", "test"]
    assert shares.shape[1] == 3
    assert shares.to_numpy().mean() == pytest.approx(0.3, abs=0.06)


def test_what_a_gap_foretells(data, splits):
    found = own_gaps.outcome_by_gap(splits, data.disease_class, 0)
    gone = np.concatenate([np.isnan(rows.features[:, 0]) for rows in splits.values()])
    ill = np.concatenate([rows.labels for rows in splits.values()]) == 1
    assert found["value missing"].estimate == pytest.approx(ill[gone].mean())
    assert found["value there"].estimate == pytest.approx(ill[~gone].mean())


def test_models_learn_from_training_alone_and_score_every_test_row(splits):
    models = own_gaps.fit_all(splits["train"], neighbours=5, seed=1)
    assert set(models) == {*own_gaps.candidates(5, 1), "complete cases"}
    before = own_gaps.risks_of(models, splits["test"].rows(np.arange(10)))
    after = own_gaps.risks_of(models, splits["test"])
    for name, risks in before.items():
        assert after[name][:10] == pytest.approx(risks, abs=1e-9), name
    table, ahead = own_gaps.scored(after, splits["test"], draws=50, seed=1)
    assert table.loc["base rate", "AUC"].estimate == 0.5
    assert "mean" not in ahead
    own = evaluation.auc(splits["test"].labels, evaluation.two_columns(after["mean"]))
    assert table.loc["mean", "AUC"].estimate == pytest.approx(own)


def test_too_few_complete_rows_leave_complete_cases_out(splits):
    train = splits["train"]
    holed = train.features.copy()
    holed[5:, 4] = np.nan
    models = own_gaps.fit_all(type(train)(holed, train.target, train.patients), neighbours=2, seed=1)
    assert "complete cases" not in models


def test_made_gaps_come_more_often_where_the_last_column_is_high(data, splits):
    gone = np.concatenate([np.isnan(rows.features[:, 0]) for rows in splits.values()])
    last = np.concatenate([rows.features[:, -1] for rows in splits.values()])
    assert last[gone].mean() > last[~gone].mean() + 0.3 * last.std()


def test_shares_by_group_with_the_emptiest_column_first():
    features = np.array([[1, np.nan, 1], [1, np.nan, np.nan], [1, np.nan, 2], [1, 1, 3]], float)
    rows = TableSplit(features, np.array([0, 1, 0, 1]), np.array([7, 8, 9, 5]))
    people = pd.DataFrame({"site": ["a", "a", "b", "b"]}, index=[7, 8, 9, 5])
    table = SimpleNamespace(feature_names=("x", "y", "z"), patient_table=people)
    found = own_gaps.shares_missing(table, {"all": rows}, by="site")
    assert list(found.columns) == ["y", "z"]
    assert found.loc["a"].tolist() == [1.0, 0.5]
    assert found.loc["b"].tolist() == [0.5, 0.0]


def gap_tells(n=600):
    """Rows whose gap alone knows the outcome, and a value that knows nothing."""
    rng = np.random.default_rng(6)
    ill = rng.integers(2, size=n)
    value = rng.normal(size=(n, 2))
    value[rng.uniform(size=n) < np.where(ill == 1, 0.8, 0.1), 0] = np.nan
    return TableSplit(value, ill, np.arange(n))


def test_indicators_and_gaps_alone_read_gaps_and_nothing_else_does():
    rows = gap_tells()
    models = own_gaps.fit_all(rows.rows(np.arange(300)), neighbours=5, seed=1)
    other = rows.rows(np.arange(300, 600))
    found = {
        name: evaluation.auc(other.labels, evaluation.two_columns(risks))
        for name, risks in own_gaps.risks_of(models, other).items()
    }
    for name in ("gaps alone", "mean + indicators", "iterative + indicators", "trees that read gaps"):
        assert found[name] > 0.8, name
    for name in ("base rate", "mean", "kNN", "iterative", "complete cases"):
        assert found[name] < 0.7, name
    same = other.features.copy()
    same[:, 1] += 5
    moved = own_gaps.risks_of(models, TableSplit(same, other.target, other.patients))["gaps alone"]
    assert np.array_equal(moved, own_gaps.risks_of(models, other)["gaps alone"])
    table, ahead = own_gaps.scored(own_gaps.risks_of(models, other), other, draws=50, seed=1)
    assert ahead["gaps alone"].low > 0
    assert table.loc["base rate", "O:E"].estimate == pytest.approx(
        other.labels.mean() / rows.labels[:300].mean(), rel=1e-6
    )
