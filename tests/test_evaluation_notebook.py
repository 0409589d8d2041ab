"""Notebook 04 from outside: the same seed gives the same bits, and images and tables go through the same cells."""

from pathlib import Path

import pytest
from sample_notebooks import assert_the_same_bits

from helpers.parameters import profile_values
from helpers.paths import NOTEBOOKS, ROOT
from helpers.report_card import read_card
from helpers.runs import course_metadata, run_notebook

NOTEBOOK = NOTEBOOKS / "04_evaluation.ipynb"
SMOKE = profile_values(NOTEBOOK, "smoke")
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    return run_notebook(NOTEBOOK, SMOKE, tmp_path_factory.mktemp("first"))


def test_the_same_seed_gives_the_same_bits(first_run, tmp_path):
    assert_the_same_bits(first_run, tmp_path)


def test_the_kernel_keeps_to_its_memory(first_run):
    assert 200 < first_run.peak_mb < course_metadata(NOTEBOOK)["memory_mb"]


def test_a_table_goes_through_the_same_cells(tmp_path):
    run = run_notebook(NOTEBOOK, SMOKE | {"dataset": "wisconsin", "seed": 2}, tmp_path)
    assert run.error is None
    assert run.results["logistic_regression_test_auc"] > 0.97
    card = read_card(run.executed)
    assert card["data"].endswith("(real patients)")
    assert card["subgroups"].startswith("0 of 0 groups scored")


@pytest.mark.parametrize("values", [{"missed_cost": 0.1, "prevalence": 0.999}, {"bins": 50, "missed_cost": 100.0}])
def test_values_at_the_ends_of_their_ranges_go_through(values, tmp_path):
    run = run_notebook(NOTEBOOK, SMOKE | {"dataset": "wisconsin"} | values, tmp_path)
    assert run.error is None


@pytest.mark.parametrize("path", REAL, ids=lambda path: Path(path).name)
def test_real_radiographs_go_through_and_are_named_as_such(path, tmp_path):
    run = run_notebook(NOTEBOOK, SMOKE | {"dataset": str(path), "train_patients": 5000}, tmp_path)
    assert run.error is None
    assert run.results["logistic_regression_test_auc"] == pytest.approx(0.927, abs=0.005)
    card = read_card(run.executed)
    assert card["data"].startswith("PneumoniaMNIST")
    assert card["disjoint"] == "none shared, but the source does not identify patients"
    assert "test 624 patients, 390 with the disease" in card["patients"]
