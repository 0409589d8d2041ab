"""Notebook 04 from outside: images and tables go through the same cells."""

from pathlib import Path

import pytest

from helpers.base.paths import NOTEBOOKS, ROOT
from helpers.notebook.report_card import read_card

NOTEBOOK = NOTEBOOKS / "04_evaluation.ipynb"
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


def test_a_table_goes_through_the_same_cells(smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset="wisconsin", seed=2)
    assert run.error is None
    assert run.results["logistic_regression_test_auc"] > 0.97
    card = read_card(run.executed)
    assert card["data"].endswith("(real patients)")
    assert card["subgroups"].startswith("0 of 0 groups scored")


@pytest.mark.parametrize("values", [{"missed_cost": 0.1, "prevalence": 0.999}, {"bins": 50, "missed_cost": 100.0}])
def test_values_at_the_ends_of_their_ranges_go_through(values, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset="wisconsin", **values)
    assert run.error is None


@pytest.mark.parametrize("path", REAL, ids=lambda path: Path(path).name)
def test_real_radiographs_go_through_and_are_named_as_such(path, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset=str(path), train_patients=5000)
    assert run.error is None
    assert run.results["logistic_regression_test_auc"] == pytest.approx(0.927, abs=0.005)
    card = read_card(run.executed)
    assert card["data"].startswith("PneumoniaMNIST")
    assert card["disjoint"] == "none shared, but the source does not identify patients"
    assert "test 624 patients, 390 with the disease" in card["patients"]
