"""The stored results on real data are complete, recent and summed up rightly."""

import json

import pandas as pd
import pytest

from helpers.datasets.catalogue import read_catalogue
from helpers.parameters import NOTEBOOKS, read_parameters
from helpers.reference import DATA, published, real_results, summary

STORED = [pytest.param(path, id=path.stem) for path in sorted((DATA / "reference").glob("*.json"))]


@pytest.mark.parametrize("path", STORED)
def test_five_seeds_with_the_same_names(path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert list(stored["results"]) == ["1", "2", "3", "4", "5"]
    assert len({tuple(sorted(row)) for row in stored["results"].values()}) == 1
    assert set(stored["parameters"]) <= set(read_parameters(NOTEBOOKS / f"{stored['notebook']}.ipynb"))


def test_seeds_differ_in_what_is_trained_and_not_in_the_floors():
    results = real_results("02_cnn_imaging")
    assert len(set(results["network_test_auc"])) == 5
    assert len(set(results["logistic_regression_test_auc"])) == 1


def test_summary_gives_mean_and_range():
    table = summary(pd.DataFrame({"a_b_test_auc": [0.90, 0.92, 0.97], "a_b_test_accuracy": [0.5, 0.5, 0.5]}))
    assert table.loc["a b", "test AUC"] == ".930 (.900 to .970)"
    assert table.loc["a b", "test accuracy"] == ".500"


def test_published_scores_belong_to_a_catalogued_set_and_are_shares():
    table = published("pneumoniamnist")
    assert "pneumoniamnist" in read_catalogue()
    assert len(table) == 7
    assert table.to_numpy().min() > 0.8
    assert table.to_numpy().max() < 1
