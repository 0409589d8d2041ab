"""Growth is read from sizes: its exponent, the pace and the memory at the largest."""

import numpy as np
import pytest

from bench import scaling
from bench.scaling import Point
from helpers.base.paths import CACHE_DIR_VARIABLE


def growth(points, **given):
    return list(scaling._growth("a step", "image", points, **given))


def test_the_exponent_of_time_is_the_slope_over_the_logarithms():
    sizes = (10, 100, 1000)
    linear = growth([Point(n, n, [(0.002 * n, 3.0 * n), (0.004 * n, 3.0 * n)]) for n in sizes])
    assert linear[0].values == pytest.approx((1, 1))
    assert linear[1].values == pytest.approx((500, 250))
    assert linear[2].values == pytest.approx((3e6, 3e6))
    assert linear[2].note == "at the smaller sizes 3,000,000, 3,000,000"
    assert growth([Point(n, n, [(1e-6 * n**2, 1.0)]) for n in sizes])[0].values == pytest.approx((2,))


def test_over_the_pixels_time_is_that_of_one_image():
    points = [Point(side**2, 800 // side, [(1e-6 * side**2 * (800 // side), None)]) for side in (4, 8, 16)]
    slope, _, memory = growth(points, over="pixels of an image")
    assert slope.values == pytest.approx((1,))
    assert "pixels of an image from 16 to 256" in slope.note
    assert (memory.values, memory.note) == ((), "only Linux tells")


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
    given = {"images": (40, 80), "pixels": (28, 56), "pixels_in_all": 50_000, "windows": (30, 2000), "repeats": 1}
    rows = list(scaling.measure(**given))
    assert len(rows) == 3 * 7
    assert all(np.isfinite(row.values).all() for row in rows)
    assert all(row.values for row in rows if row.unit != "bytes/image")
