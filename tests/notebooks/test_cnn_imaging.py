"""Notebook 02 from outside: real radiographs go through the same cells, and are named as such."""

import json

import pytest
from sample_notebooks import pictures_and_texts

from helpers.base.paths import NOTEBOOKS, ROOT

NOTEBOOK = NOTEBOOKS / "02_cnn_imaging.ipynb"
REAL = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_radiographs_go_through_and_are_named_as_such(path, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset=str(path), train_patients=5000)
    assert run.error is None
    shown = json.dumps(pictures_and_texts(run.executed))
    for said in ("real patients", "PneumoniaMNIST", "CC BY 4.0", "zenodo.org", "4708", "1214", "3494", "390"):
        assert said in shown
    assert "simulated" not in shown.lower()
    assert run.results["logistic_regression_test_auc"] == pytest.approx(0.927, abs=0.005)
