"""Imputers learn from training alone, gaps are counted, and what gaps foretell is an interval of shares."""

import numpy as np
import pytest

from helpers import evaluation
from helpers.datasets import load
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
