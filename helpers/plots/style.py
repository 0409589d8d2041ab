"""One style for every figure of the course, and the way a figure or a helper's source gets onto the page.

Colours: Okabe & Ito's set, told apart with every common kind of colour blindness; grey images in grey, signed
values in purple-white-orange.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from IPython.display import Markdown, display
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image

from helpers.base.source_code import code_of

BLUE, ORANGE, GREEN, PINK, SKY, VERMILION, YELLOW, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#000000",
)
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION)
SIGNED = "PuOr_r"
DPI = 80
PALETTE = 128  # colours kept in a picture: a third of the bytes, and nobody sees it

STYLE = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "font.size": 11,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
    "lines.linewidth": 2,
    "legend.frameon": False,
}


class Picture:
    """A rendered figure: PNG for the page, its description for a screen reader and for the tests."""

    def __init__(self, figure: Figure, alt: str):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI)
        small = io.BytesIO()
        Image.open(buffer).convert("RGB").quantize(PALETTE).save(small, format="png", optimize=True)
        self.png, self.alt = small.getvalue(), alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/png": self.png, "text/plain": f"Figure: {self.alt}"}, {"image/png": {"alt": self.alt}}


def new_figure(
    rows: int = 1, columns: int = 1, *, width: float = 8.0, height: float = 3.0, **subplots
) -> tuple[Figure, np.ndarray]:
    """A figure in the course's style, width × height inches in all, and its axes as an array (rows, columns).

    Further keywords go to matplotlib's Figure.subplots.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **subplots)
    return figure, axes


def readable_on(shown: AxesImage, value: float) -> str:
    """Black or white, whichever has the greater contrast (WCAG 2) with the colour that an image gives a value."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shown.to_rgba(value)[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return BLACK if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


def show(figure: Figure, alt: str) -> None:
    """Put a figure on the page, with the sentence that tells what it shows.

    Raises ValueError if the description is shorter than 20 characters.
    """
    if len(alt) < 20:
        raise ValueError(f"a figure's description tells what it shows, in a sentence; {alt!r} does not")
    with mpl.rc_context(STYLE):
        display(Picture(figure, alt))


def save(figure: Figure, alt: str, path: Path) -> None:
    """Write a figure to a PNG as `show` puts it on the page; alt: the sentence that tells what it shows.

    Raises OSError where the file cannot be written.
    """
    with mpl.rc_context(STYLE):
        path.write_bytes(Picture(figure, alt).png)


def show_source(function: Callable) -> None:
    """Put the code of a helper on the page, without its docstring, so that the reader sees what runs."""
    display(Markdown("\n".join(["```python", *code_of(function), "```"])))
