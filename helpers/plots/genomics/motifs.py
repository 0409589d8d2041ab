"""Figures of motifs: logos, what a network attends to letter by letter, and the letters of what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from helpers.datasets.sequences import LETTERS
from helpers.lessons.genomics.motifs import information
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, VERMILION, new_figure, titled

INK = dict(zip(LETTERS, (GREEN, BLUE, ORANGE, VERMILION), strict=True))
BITS = 2.0  # what a place with one letter alone tells
_BOLD = FontProperties(family="DejaVu Sans", weight="bold")
_SHAPES = {letter: TextPath((0, 0), letter, size=1, prop=_BOLD) for letter in LETTERS}


class Looked(NamedTuple):
    """A stretch to draw. title: of its panel. letters: text. falls: (length,), as motif_network.mutate_all gives them.
    start, width: of its site. first: the number of its first letter in the whole sequence."""

    title: str
    letters: str
    falls: np.ndarray
    start: int
    width: int
    first: int = 0


def looked_at(title: str, letters: str, falls: np.ndarray, start: int, width: int, *, around: int = 25) -> Looked:
    """The part of a whole stretch around its site, with as many letters on either side as there are up to `around`."""
    first, end = max(0, start - around), min(len(letters), start + width + around)
    return Looked(title, letters[first:end], falls[first:end], start, width, first)


def draw_logo(panel: Axes, heights: np.ndarray, first: int = 0) -> None:
    """Letters stacked at each place, the tallest on top; heights: (width, 4), what is below 0 hangs below the axis."""
    for place, row in enumerate(heights):
        up = down = 0.0
        for letter in np.argsort(np.abs(row)):
            if row[letter] > 0:
                _draw_letter(panel, LETTERS[letter], first + place, up, row[letter])
                up += row[letter]
            elif row[letter] < 0:
                _draw_letter(panel, LETTERS[letter], first + place, down, row[letter])
                down += row[letter]
    panel.set_xlim(first - 0.5, first + len(heights) - 0.5)


def _draw_letter(panel: Axes, letter: str, place: float, bottom: float, height: float):
    shape = _SHAPES[letter]
    box = shape.get_extents()
    moved = Affine2D().translate(-box.x0, -box.y0).scale(0.9 / box.width, height / box.height)
    path = moved.translate(place - 0.45, bottom).transform_path(shape)
    panel.add_patch(PathPatch(path, facecolor=INK[letter], edgecolor="none"))


@titled()
def logo_figure(motifs: Mapping[str, np.ndarray]) -> Figure:
    """A logo per matrix, one below the other, on one axis: a letter is as high as its share of the place's bits.

    motifs: title -> frequencies (width, 4).
    """
    figure, axes = new_figure(len(motifs), 1, width=7.5, height=1.3 * len(motifs) + 0.6, sharex=True)
    for panel, (title, frequencies) in zip(axes[:, 0], motifs.items(), strict=True):
        draw_logo(panel, frequencies * information(frequencies)[:, np.newaxis], first=1)
        panel.set(ylim=(0, BITS), yticks=[0, 1, 2], ylabel="bits")
        panel.set_title(title, loc="left", fontsize=10)
    axes[-1, 0].set(xlabel="place in the site", xticks=range(1, max(map(len, motifs.values())) + 1, 2))
    return figure


@titled()
def attention_figure(stretches: Sequence[Looked]) -> Figure:
    """A panel per stretch: each letter as high as the score falls where it is changed, with the site shaded."""
    figure, axes = new_figure(len(stretches), 1, width=11, height=1.9 * len(stretches) + 0.3)
    for panel, one in zip(axes[:, 0], stretches, strict=True):
        heights = np.array([[letter == of for of in LETTERS] for letter in one.letters]) * one.falls[:, np.newaxis]
        panel.axvspan(one.start - 0.5, one.start + one.width - 0.5, color="#dddddd", lw=0)
        draw_logo(panel, heights, one.first)
        reach = max(np.abs(one.falls).max(), 1e-6)
        panel.axhline(0, color=BLACK, lw=0.6)
        panel.set(ylim=(min(one.falls.min() * 1.1, -0.1 * reach), reach * 1.1), ylabel="fall of\nthe score")
        panel.set_title(one.title, loc="left", fontsize=10)
    axes[-1, 0].set_xlabel("letter of the sequence (shaded: the site)")
    return figure


@titled()
def shares_figure(groups: Mapping[str, np.ndarray], xlabel: str) -> Figure:
    """How a share is spread in each group, as lines over one axis; groups: name -> values from 0 to 1, (n,)."""
    figure, axes = new_figure(1, 1, width=7.5, height=2.8)
    panel, bins = axes[0, 0], np.arange(-0.0125, 1.05, 0.05)  # no edge falls on a whole number of letters in 200
    for style, (name, values), colour in zip(
        ("-", "--", "-"), groups.items(), COLOURS[:1] + COLOURS[1:3], strict=False
    ):
        heights, _ = np.histogram(values, bins)
        panel.stairs(heights / len(values), bins, color=colour, ls=style, lw=2, label=name)
    panel.set(xlabel=xlabel, ylabel="share of stretches\n(in steps of .05)", xlim=(0.15, 0.95))
    panel.legend(fontsize=9, loc="upper right")
    return figure
