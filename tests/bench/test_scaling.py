"""Each step does what its name says, at the size that it is told."""

import numpy as np
import pytest

from bench import scaling
from helpers.base.paths import CACHE_DIR_VARIABLE


@pytest.mark.parametrize("name", ["simulate", "load", "limit"])
def test_each_step_does_what_its_name_says(name, tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_DIR_VARIABLE, str(tmp_path))
    made = scaling.IMAGE_STEPS[name](60, 28)()
    assert made.image_shape == (28, 28, 1)
    train = len(made.train)
    assert train + len(made.validation) + len(made.test) == (60 if name != "limit" else 39)
    assert train == (21 if name == "limit" else 42)


def test_a_pass_trains_on_all_images():
    assert len(scaling.fit_a_pass(64, 28)()) == 1


@pytest.mark.parametrize("windows", [20, 985, 2500])
def test_so_many_windows_are_cut_and_scaled(windows):
    scaled = scaling.cut_windows(windows)()
    assert scaled.shape == (windows, scaling.HISTORY, 5)
    np.testing.assert_allclose(scaled.mean(axis=(0, 1)), 0, atol=1e-3)


@pytest.mark.thorough
def test_every_step_is_measured_at_every_size():
    given = {
        "images": (40, 80),
        "simulated": (40, 80),
        "pixels": (28, 56),
        "pixels_in_all": 50_000,
        "windows": (30, 2000),
        "repeats": 1,
    }
    rows = list(scaling.measure(**given))
    assert len(rows) == 3 * 7
    assert all(np.isfinite(row.values).all() for row in rows)
    assert all(row.values for row in rows if not row.unit.startswith("bytes/"))
