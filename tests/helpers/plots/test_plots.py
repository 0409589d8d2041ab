"""Every figure of the course is drawn here: small, and the same twice."""

import inspect
import io
import typing

import numpy as np
import pytest
from matplotlib import image as mpl_image
from matplotlib import pyplot
from sample_figures import FIGURES, SENTENCE

from helpers import plots
from helpers.plots.style import DPI, Picture


def test_every_figure_function_is_tried():
    functions = {name: each for name, each in vars(plots).items() if inspect.isfunction(each)}
    returning = {name for name, each in functions.items() if typing.get_type_hints(each).get("return") is Picture}
    assert {name.split(",")[0] for name in FIGURES} == returning - {"dataset_figure"}  # which says itself what it shows


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_renders_small(draw):
    picture = draw()
    assert isinstance(picture, Picture)
    assert picture.alt == SENTENCE
    pixels = mpl_image.imread(io.BytesIO(picture.png))
    width, height = picture.figure.get_size_inches()
    assert DPI <= 100
    np.testing.assert_allclose(pixels.shape[:2], [height * DPI, width * DPI], atol=1)
    assert width <= 12
    assert len(picture.png) < 200_000
    assert pixels[..., :3].std() > 0.01, "an empty page"
    np.testing.assert_array_equal(pixels[0, 0, :3], 1)
    assert pyplot.get_fignums() == [], "a cell would show it twice"


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_title_is_on_the_page_from_the_left_edge_and_over_nothing_else(draw):
    picture = draw()
    assert picture.png
    figure = picture.figure
    title = figure._suptitle.get_window_extent()
    assert figure.get_suptitle().strip()
    assert 0 <= title.x0 < 0.03 * figure.bbox.width
    assert title.x1 <= figure.bbox.width
    assert title.y1 <= figure.bbox.height
    for panel in [*figure.axes, *figure.legends]:
        assert panel.get_tightbbox().y1 <= title.y0


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_the_same_twice(draw):
    assert draw().png == draw().png
