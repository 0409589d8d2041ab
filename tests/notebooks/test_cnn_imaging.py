"""Notebook 02 from outside: real radiographs go through the same cells, and are named as such."""

import json

import numpy as np
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
    assert "simulated" not in shown.lower().replace('"simulated": false', "")  # the recorded fact
    assert run.results["logistic_regression_test_auc"] == pytest.approx(0.927, abs=0.005)
    assert drawn(run.executed) == drawn(NOTEBOOK), "the real ones are drawn where the page shows simulated ones"


def drawn(path) -> list[str]:
    """The cells of a notebook that show a figure, by their names."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell["id"] for cell in cells if any("image/png" in one.get("data", {}) for one in cell.get("outputs", []))]


@pytest.mark.parametrize("seed", [1, 4])
def test_eleven_classes_in_organ_sets_run_through_and_have_eleven_outputs(seed, smoke_with, tmp_path):
    """Noise with a bright square where the class says, in the shares of OrganAMNIST's rarest and commonest classes."""
    rng, content = np.random.default_rng(seed), {}
    shares = np.array([0.06, 0.04, 0.04, 0.04, 0.11, 0.11, 0.18, 0.11, 0.11, 0.12, 0.08])
    for split, n in {"train": 600, "val": 200, "test": 200}.items():
        labels = np.r_[np.arange(11), rng.choice(11, n - 11, p=shares / shares.sum())]
        images = rng.normal(100, 25, (n, 28, 28))
        for image, label in zip(images, labels, strict=True):
            image[2 + 8 * (label // 4) :, 2 + 6 * (label % 4) :][:6, :5] += 90
        content[f"{split}_images"] = np.clip(images, 0, 255).astype(np.uint8)
        content[f"{split}_labels"] = labels[:, np.newaxis].astype(np.uint8)
    path = tmp_path / "organmnist.npz"
    np.savez(path, **content)
    run = smoke_with(NOTEBOOK, tmp_path / "run", dataset=str(path), seed=seed)
    assert run.error is None, f"{run.cell}: {run.error}"
    assert "probability that goes to outputs without a class" in [claim.statement for claim in run.claims]
    shown = json.dumps(pictures_and_texts(run.executed))
    assert "class 10" in shown
    assert run.results["logistic_regression_test_auc"] > 0.95
