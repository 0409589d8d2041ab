"""Figures can be read without telling red from green, and numbers on them at any brightness."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from sample_figures import SENTENCE
from skimage.color import deltaE_ciede2000, rgb2lab

from helpers import plots
from helpers.plots.style import COLOURS, STYLE, new_figure, readable_on

# Machado, Oliveira & Fernandes (IEEE TVCG 2009), severity 1, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
MIN_DISTANCE = {"usual": 20, "protanopia": 8, "deuteranopia": 8, "tritanopia": 8}


def linear(colour) -> np.ndarray:
    value = np.asarray(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def seen(colour, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with that sight sees it."""
    value = np.clip(np.asarray(SIGHT[sight]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055))


def closest(colours, sight: str) -> float:
    return min(deltaE_ciede2000(seen(one, sight), seen(other, sight)) for one, other in combinations(colours, 2))


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_are_told_apart(sight):
    assert closest(COLOURS, sight) > MIN_DISTANCE[sight]


def test_the_simulation_confuses_what_colour_blind_people_confuse():
    """A red and a green of the same lightness: far apart for most, close for a deuteranope."""
    pair = ("#C23030", "#6B7A12")
    assert closest(pair, "usual") > 40
    assert closest(pair, "deuteranopia") < 8


def contrast(one, other) -> float:
    """WCAG 2 contrast ratio."""
    weights = [0.2126, 0.7152, 0.0722]
    low, high = sorted(linear(colour) @ weights for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", COLOURS[:1] + COLOURS[5:])
def test_the_first_colours_stand_out_from_the_page(colour):
    assert contrast(colour, STYLE["figure.facecolor"]) > 3


@pytest.mark.parametrize("percent", range(0, 101, 5))
def test_numbers_in_a_confusion_table_can_be_read(percent):
    panel = plots.confusion_figure(pd.DataFrame([[percent, 100 - percent], [0, 1]]), alt=SENTENCE).figure.axes[0]
    assert panel.texts[0].get_text() == f"{percent}\n{percent}%"
    assert contrast(panel.texts[0].get_color(), panel.images[0].to_rgba(percent / 100)[:3]) >= 4.5


def test_numbers_in_a_signed_map_and_in_pixels_can_be_read():
    signed = plots.signed_maps([np.linspace(-2, 2, 64).reshape(8, 8)], ["m"], numbers=True, alt=SENTENCE).figure.axes[0]
    pixels = plots.pixel_figure(
        np.arange(0, 256, 4, dtype=np.uint8).reshape(8, 8, 1), 0, 0, 8, alt=SENTENCE
    ).figure.axes[1]
    for panel in (signed, pixels):
        values = panel.images[0].get_array()
        assert len(panel.texts) == 64
        for text in panel.texts:
            column, row = text.get_position()
            assert contrast(text.get_color(), panel.images[0].to_rgba(values[row, column])[:3]) >= 4.5


def test_readable_on_black_and_on_white():
    shown = new_figure()[1][0, 0].imshow([[0.0, 1.0]], cmap="gray")
    assert contrast(readable_on(shown, 0.0), "black") == contrast(readable_on(shown, 1.0), "white") == 21
