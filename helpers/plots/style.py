"""One style for every figure of the course, and the way a figure or a helper's source gets onto the page.

Colours: Okabe & Ito's set, told apart with every common kind of colour blindness; grey images in grey, signed
values in purple-white-orange.
"""

from __future__ import annotations

import functools
import inspect
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
SHORTEST_ALT = 20  # characters
TITLE_SIZE, TITLE_GAP = 12, 0.08  # points, and inches between the title and what is below it
ABOUT_KEYWORDS = "alt: what the figure shows, in a sentence, for those who cannot see it. title: the line above it."

mpl.rcdefaults()  # a figure looks the same, and can be drawn, whatever the user's own matplotlibrc asks for

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
    """A figure that a cell shows as its last expression: a PNG, and a text for a screen reader and for the tests.

    figure: what is drawn, once, when it is first shown (pyplot does not know it); None from then on, because IPython
    keeps what cells end with, and figures hold much memory. alt: the sentence that tells what it shows. title: a line
    above all panels, for which the figure grows; None for none.
    Raises ValueError if the description is shorter than 20 characters.
    """

    def __init__(self, figure: Figure, alt: str, title: str | None = None):
        if len(alt.strip()) < SHORTEST_ALT:
            raise ValueError(f"a figure's description tells what it shows, in a sentence; {alt!r} does not")
        self.figure: Figure | None = figure
        self.alt = alt
        if title:
            _draw_title(figure, title)

    @functools.cached_property
    def png(self) -> bytes:
        """The figure as it is when this is first asked for, with few colours."""
        buffer, small = io.BytesIO(), io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(buffer, format="png", dpi=DPI)
        Image.open(buffer).convert("RGB").quantize(PALETTE).save(small, format="png", optimize=True)
        return small.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = {"image/png": self.png, "text/plain": f"Figure: {self.alt}"}
        self.figure = None
        return shown, {"image/png": {"alt": self.alt}}


def _draw_title(figure: Figure, title: str) -> None:
    """A line over all panels from the left edge, broken where it is wider than the figure."""
    with mpl.rc_context(STYLE):
        line = figure.suptitle(title, x=0.01, ha="left", fontsize=TITLE_SIZE, fontweight="bold", wrap=True)
        height = line.get_window_extent().height / figure.dpi
    figure.set_figheight(figure.get_figheight() + height + TITLE_GAP)


def titled(title: str | None = None) -> Callable[[Callable[..., Figure]], Callable[..., Picture]]:
    """A decorator: what a function draws becomes a Picture, so that a cell shows it as its last expression.

    The function then takes two keywords more. alt: the sentence for those who cannot see the figure, always. title:
    what it shows, in a few words; where the decorator has one, a call gives another only where that says more.
    """

    def decorate(draw: Callable[..., Figure]) -> Callable[..., Picture]:
        @functools.wraps(draw)
        def shown(*args, alt: str, title: str | None = title, **options) -> Picture:
            if not title:
                raise ValueError(f"{draw.__name__}: expected title=, a few words that say what the figure shows")
            return Picture(draw(*args, **options), alt, title)

        keyword = functools.partial(inspect.Parameter, kind=inspect.Parameter.KEYWORD_ONLY, annotation=str)
        more = [keyword("alt"), keyword("title", default=title or inspect.Parameter.empty)]
        own = inspect.signature(draw)
        shown.__signature__ = own.replace(parameters=[*own.parameters.values(), *more], return_annotation=Picture)
        shown.__annotations__ = draw.__annotations__ | {"alt": str, "title": str, "return": Picture}
        shown.__doc__ = f"{inspect.cleandoc(draw.__doc__)}\n\n{ABOUT_KEYWORDS}"
        return shown

    return decorate


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


def save(picture: Picture, path: Path) -> None:
    """Write a picture to a PNG as a cell shows it. Raises OSError where the file cannot be written."""
    path.write_bytes(picture.png)


def show_source(function: Callable) -> None:
    """Put the code of a helper on the page, without its docstring, so that the reader sees what runs."""
    display(Markdown("\n".join(["```python", *code_of(function), "```"])))
