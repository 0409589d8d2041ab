"""Figures in one style, each with a text for those who cannot see it.

Colours: Okabe & Ito's set, told apart with every common kind of colour blindness; grey images in grey, maps in
viridis or cividis, signed values in blue-white-orange.
"""

from __future__ import annotations

import inspect
import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        self.png, self.alt = buffer.getvalue(), alt

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


def show(figure: Figure, alt: str) -> None:
    """Put a figure on the page, with the sentence that tells what it shows.

    Raises ValueError if the description is shorter than 20 characters.
    """
    if len(alt) < 20:
        raise ValueError(f"a figure's description tells what it shows, in a sentence; {alt!r} does not")
    with mpl.rc_context(STYLE):
        display(Picture(figure, alt))


def show_source(function: Callable) -> None:
    """Put the code of a helper on the page, without its docstring, so that the reader sees what runs."""
    source = textwrap.dedent(inspect.getsource(function))
    if function.__doc__:
        source = re.sub(r'\n\s*"""(.|\n)*?"""', "", source, count=1)
    source = re.sub(r"\n\s*\n+(\s*return)", r"\n\1", source)
    display(Markdown(f"```python\n{source.strip()}\n```"))


def draw_image(axes: Axes, image: np.ndarray, title: str = "", mask: np.ndarray | None = None) -> None:
    """One image, grey values 0 (black) to 255 (white), without ticks; the outline of its mask in orange.

    image: uint8, shape (height, width, 1 or 3) or (height, width). mask: bool, shape (height, width), or None.
    """
    axes.imshow(np.squeeze(image), vmin=0, vmax=255, cmap="gray")
    if mask is not None and mask.any():
        axes.contour(mask, levels=[0.5], colors=ORANGE, linewidths=1.5)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=10)


def image_grid(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    columns: int = 6,
    masks: Sequence[np.ndarray] | None = None,
    side: float = 1.5,
) -> Figure:
    """Images in rows of `columns`, each `side` inches wide, with a title above and its mask's outline over it."""
    rows = -(-len(images) // columns)
    figure, axes = new_figure(rows, columns, width=side * columns, height=(side + 0.3) * rows)
    for position, panel in enumerate(axes.flat):
        if position < len(images):
            mask = None if masks is None else masks[position]
            draw_image(panel, images[position], titles[position], mask)
        else:
            panel.axis("off")
    return figure


def draw_signed(axes: Axes, values: np.ndarray, title: str = "", *, numbers: bool = False) -> None:
    """A map of signed values, shape (height, width): purple below zero, white at zero, orange above."""
    limit = float(np.abs(values).max()) or 1.0
    axes.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit)
    if numbers:
        for (i, j), value in np.ndenumerate(values):
            colour = "white" if abs(value) > 0.7 * limit else BLACK
            axes.text(j, i, f"{value:.3g}", ha="center", va="center", color=colour)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=10)


def learning_curves(histories: Mapping[str, pd.DataFrame]) -> Figure:
    """Loss and accuracy by epoch, training dashed and validation solid, one colour per model.

    histories: model name -> table with columns epoch, loss, accuracy, val_loss, val_accuracy.
    """
    figure, axes = new_figure(1, 2, width=9, height=3.4)
    for colour, (name, history) in zip(COLOURS, histories.items(), strict=False):
        for panel, quantity in zip(axes[0], ("loss", "accuracy"), strict=True):
            panel.plot(history["epoch"], history[quantity], "--o", ms=3, color=colour, label=f"{name}, training")
            panel.plot(
                history["epoch"], history[f"val_{quantity}"], "-o", ms=3, color=colour, label=f"{name}, validation"
            )
    axes[0, 0].set(xlabel="epoch", ylabel="cross-entropy (nats)", title="Loss")
    axes[0, 1].set(xlabel="epoch", ylabel="share of images called right", title="Accuracy")
    for panel in axes[0]:
        panel.xaxis.get_major_locator().set_params(integer=True)
    axes[0, 0].legend(fontsize=9)
    return figure


def confusion_figure(table: pd.DataFrame, title: str = "") -> Figure:
    """A confusion table (rows true, columns called) with its counts, coloured by the share of each row."""
    figure, axes = new_figure(width=1.3 * len(table) + 1.6, height=1.0 * len(table) + 1.2)
    panel = axes[0, 0]
    share = table.to_numpy() / np.maximum(table.to_numpy().sum(axis=1, keepdims=True), 1)
    panel.imshow(share, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (i, j), count in np.ndenumerate(table.to_numpy()):
        panel.text(
            j,
            i,
            f"{count}\n{share[i, j]:.0%}",
            ha="center",
            va="center",
            color="white" if share[i, j] < 0.55 else BLACK,
        )
    panel.set(
        xticks=range(len(table)),
        xticklabels=table.columns,
        yticks=range(len(table)),
        yticklabels=table.index,
        xlabel="called by the model",
        ylabel="true class",
        title=title,
    )
    return figure


def interval_figure(scores: pd.DataFrame, column: str, *, floor: float | None = None, xlabel: str = "") -> Figure:
    """Each model's score as a point with its interval, best at the top; a dotted line at `floor`.

    scores: a table of Interval objects, one row per model. column: which of its columns.
    """
    ordered = scores[column].iloc[np.argsort([interval.estimate for interval in scores[column]])]
    figure, axes = new_figure(width=7.5, height=0.45 * len(scores) + 1.0)
    panel = axes[0, 0]
    for row, (_, interval) in enumerate(ordered.items()):
        panel.plot([interval.low, interval.high], [row, row], color=BLUE, lw=3, solid_capstyle="butt")
        panel.plot(interval.estimate, row, "o", color=BLACK, ms=7)
    if floor is not None:
        panel.axvline(floor, color=BLACK, ls=":", lw=1.5)
    panel.set(yticks=range(len(ordered)), yticklabels=ordered.index, xlabel=xlabel or column)
    panel.set_ylim(-0.6, len(ordered) - 0.4)
    return figure
