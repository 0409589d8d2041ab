"""Notebook 02 from outside: the same seed gives the same bits, and real radiographs go through the same cells."""

import json
from pathlib import Path

import pytest
from sample_notebooks import assert_the_same_bits

from helpers.parameters import profile_values
from helpers.paths import NOTEBOOKS, ROOT
from helpers.runs import course_metadata, run_notebook

NOTEBOOK = NOTEBOOKS / "02_cnn_imaging.ipynb"
SMOKE = profile_values(NOTEBOOK, "smoke")
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


def outputs(path: Path) -> str:
    """Everything that the executed notebook shows, as text; its sources are left out."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return json.dumps([cell.get("outputs", []) for cell in cells])


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    return run_notebook(NOTEBOOK, SMOKE, tmp_path_factory.mktemp("first"))


def test_the_same_seed_gives_the_same_bits(first_run, tmp_path):
    assert_the_same_bits(first_run, tmp_path)


def test_another_seed_gives_other_numbers(first_run, tmp_path):
    other = run_notebook(NOTEBOOK, SMOKE | {"seed": 2}, tmp_path)
    assert other.error is None
    for name in ("network_test_auc", "better_network_test_auc", "logistic_regression_test_auc"):
        assert other.results[name] != first_run.results[name]


def test_the_kernel_keeps_to_its_memory(first_run):
    assert 200 < first_run.peak_mb < course_metadata(NOTEBOOK)["memory_mb"]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_radiographs_go_through_and_are_named_as_such(path, tmp_path):
    run = run_notebook(NOTEBOOK, SMOKE | {"dataset": str(path), "train_patients": 5000}, tmp_path)
    assert run.error is None
    shown = outputs(run.executed)
    for said in ("real patients", "PneumoniaMNIST", "CC BY 4.0", "zenodo.org", "4708", "1214", "3494", "390"):
        assert said in shown
    assert "simulated" not in shown.lower()
    assert run.results["logistic_regression_test_auc"] == pytest.approx(0.927, abs=0.005)
