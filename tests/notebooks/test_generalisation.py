"""Notebook 08 from outside: images, a table, and images from elsewhere of a reader's own go through the same cells."""

import json

import numpy as np
import pandas as pd
import pytest
from sample_notebooks import pictures_and_texts
from sample_tables import HERE

from helpers.base.paths import NOTEBOOKS

NOTEBOOK = NOTEBOOKS / "08_generalisation.ipynb"


def bright(labels: np.ndarray, rng: np.random.Generator, grey: int = 100) -> np.ndarray:
    """Noise, uint8 (n, 28, 28), with a brighter square where the label is 1."""
    images = rng.normal(grey, 25, (len(labels), 28, 28))
    images[labels == 1, 8:14, 10:18] += 40
    return images.clip(0, 255).astype(np.uint8)


@pytest.fixture
def brought(tmp_path) -> dict[str, str]:
    """Files of a reader's own, as values of the three parameters that take a path."""
    rng, content = np.random.default_rng(8), {}
    for split, n in {"train": 260, "val": 90, "test": 90}.items():
        labels = rng.integers(0, 2, n)
        content |= {f"{split}_images": bright(labels, rng), f"{split}_labels": labels[:, np.newaxis].astype(np.uint8)}
    np.savez(tmp_path / "mine.npz", **content)
    labels, patient = rng.integers(0, 2, 80), np.arange(80) // 2
    np.savez(tmp_path / "away.npz", images=bright(labels, rng, 140), labels=labels.astype(np.uint8), patient=patient)
    view = np.where(rng.random(80) < 0.3 + 0.4 * labels, "AP", "PA")
    pd.DataFrame({"label": labels, "patient": patient, "view": view}).to_csv(tmp_path / "metadata.csv", index=False)
    outcome = rng.integers(0, 2, 200)
    table = pd.DataFrame({"site": rng.integers(1, 4, 200), "age": 60 + rng.normal(5 * outcome, 5), "outcome": outcome})
    table.loc[::9, "age"] = np.nan
    table.to_csv(tmp_path / "clinics.csv", index=False)
    names = {"dataset": "mine.npz", "elsewhere": "away.npz", "table": "clinics.csv"}
    return {parameter: str(tmp_path / name) for parameter, name in names.items()}


def test_files_of_ones_own_go_through_and_are_named_as_such(brought, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path / "run", **brought)
    assert run.error is None, f"{run.cell}: {run.error}"
    assert not any(claim.asserted for claim in run.claims), "the text speaks of other patients"
    for name in ("hospital_a_auc", "elsewhere_auc", "elsewhere_view_alone_auc", "elsewhere_within_ap_auc"):
        assert 0 <= run.results[name] <= 1
    assert run.results["elsewhere_people_in_both"] > 0
    shown = json.dumps(pictures_and_texts(run.executed))
    assert "mine.npz" in shown
    assert "hospital 3" in shown


def test_images_of_another_size_end_in_a_sentence(brought, smoke_with, tmp_path):
    np.savez(tmp_path / "small.npz", images=np.zeros((20, 16, 16), np.uint8), labels=np.arange(20, dtype=np.uint8) % 2)
    run = smoke_with(NOTEBOOK, tmp_path / "run", **brought | {"elsewhere": str(tmp_path / "small.npz")})
    assert run.error.startswith("DataError: small.npz: ")
    assert "Resize" in run.error


@pytest.mark.parametrize("folder", HERE, ids=lambda path: path.name)
def test_real_children_adults_and_hospitals_go_through(folder, smoke_with, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    adults = folder / "chest_nih" / "nih_pneumonia_28.npz"
    run = smoke_with(NOTEBOOK, tmp_path, dataset="pneumoniamnist", table="heart", elsewhere=str(adults))
    assert run.error is None, f"{run.cell}: {run.error}"
    assert run.results["elsewhere_people_in_both"] == 21
    assert run.results["flamby_switzerland_healthy"] == 1
    assert run.results["elsewhere_view_alone_auc"] == pytest.approx(0.617, abs=0.001)
