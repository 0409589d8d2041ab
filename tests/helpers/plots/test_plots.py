"""Every figure of the course is drawn here: small, and the same twice."""

import inspect
import io
import typing

import numpy as np
import pytest
from matplotlib import image as mpl_image
from matplotlib.figure import Figure
from sample_figures import FIGURES, SENTENCE

from helpers import plots
from helpers.plots.style import DPI, Picture


def test_every_figure_function_is_tried():
    functions = {name for name in dir(plots) if inspect.isfunction(getattr(plots, name))}
    returning = {name for name in functions if typing.get_type_hints(getattr(plots, name)).get("return") is Figure}
    assert {name.split(",")[0] for name in FIGURES} == returning


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_renders_small(draw):
    figure = draw()
    assert isinstance(figure, Figure)
    picture = Picture(figure, SENTENCE)
    pixels = mpl_image.imread(io.BytesIO(picture.png))
    width, height = figure.get_size_inches()
    assert DPI <= 100
    np.testing.assert_allclose(pixels.shape[:2], [height * DPI, width * DPI], atol=1)
    assert width <= 12
    assert len(picture.png) < 200_000
    assert pixels[..., :3].std() > 0.01, "an empty page"
    np.testing.assert_array_equal(pixels[0, 0, :3], 1)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_the_same_twice(draw):
    assert Picture(draw(), SENTENCE).png == Picture(draw(), SENTENCE).png
