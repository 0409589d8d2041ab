"""Growth is read from sizes: its exponent, the pace and the memory at the largest."""

import pytest

from bench.growth import Point, growth


def rows(points, **given):
    return list(growth("a step", "image", points, **given))


def test_the_exponent_of_time_is_the_slope_over_the_logarithms():
    sizes = (10, 100, 1000)
    linear = rows([Point(n, n, [(0.002 * n, 3.0 * n), (0.004 * n, 3.0 * n)]) for n in sizes])
    assert linear[0].values == pytest.approx((1, 1))
    assert linear[1].values == pytest.approx((500, 250))
    assert linear[2].values == pytest.approx((3e6, 3e6))
    assert linear[2].note == "at the smaller sizes 3,000,000, 3,000,000"
    assert rows([Point(n, n, [(1e-6 * n**2, 1.0)]) for n in sizes])[0].values == pytest.approx((2,))


def test_over_the_pixels_time_is_that_of_one_image():
    points = [Point(side**2, 800 // side, [(1e-6 * side**2 * (800 // side), None)]) for side in (4, 8, 16)]
    slope, _, memory = rows(points, over="pixels of an image")
    assert slope.values == pytest.approx((1,))
    assert "pixels of an image from 16 to 256" in slope.note
    assert (memory.values, memory.note) == ((), "only Linux tells")
