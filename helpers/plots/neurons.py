"""Figures of neurons and small networks: activations, one feature, regions in a plane, wiring, kinds of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from helpers.plots.images import draw_image
from helpers.plots.style import BLACK, BLUE, COLOURS, ORANGE, SIGNED, VERMILION, new_figure, titled

DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))


@titled()
def curves_figure(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
    level: tuple[float, str] | None = None,
    log: str = "",
) -> Figure:
    """Curves in one panel, each with a colour and a dash of its own.

    curves: name -> (x, y). level: a height to mark with a dotted line, and its name. log: which axes
    are logarithmic, "x", "y" or "xy".
    Raises ValueError for more curves than there are dashes to tell apart.
    """
    if len(curves) > len(DASHES):
        raise ValueError(f"curves_figure: expected at most {len(DASHES)} curves, found {len(curves)}.")
    figure, axes = new_figure(width=7.5, height=3.4)
    panel = axes[0, 0]
    for colour, dash, (name, (x, y)) in zip(COLOURS, DASHES, curves.items(), strict=False):
        panel.plot(x, y, color=colour, ls=dash, marker="o" if len(x) < 4 else None, label=name)
    if level is not None:
        panel.axhline(level[0], color=BLACK, ls=":", lw=1)
        panel.annotate(
            level[1],
            (1, level[0]),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right",
            fontsize=9,
        )
    panel.set(xlabel=xlabel, ylabel=ylabel)
    panel.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear")
    if len(curves) > 1:
        panel.legend(fontsize=9)
    return figure


@titled("Activations and their slopes")
def activation_figure(functions: Mapping[str, tuple[np.ndarray, np.ndarray]], z: np.ndarray) -> Figure:
    """Each activation over z as a solid line, its slope dashed, between heights of -1.1 and 2.1.

    functions: name -> (values, slopes), each of z's shape.
    """
    figure, axes = new_figure(1, len(functions), width=3 * len(functions), height=2.8, sharey=True)
    for panel, (name, (values, slopes)) in zip(axes[0], functions.items(), strict=True):
        panel.plot(z, values, color=BLUE, label="value")
        panel.plot(z, slopes, color=ORANGE, ls="--", label="slope")
        panel.set(title=name, xlabel="weighted sum z", ylim=(-1.1, 2.1))
    axes[0, 0].legend(fontsize=9)
    return figure


@titled("Patients by one feature, and the neuron's probability")
def one_feature_figure(
    feature: np.ndarray, labels: np.ndarray, grid: np.ndarray, p: np.ndarray, *, xlabel: str, class_names: Sequence[str]
) -> Figure:
    """Patients by one feature, those of class 0 below and those of class 1 above, with a curve of probability.

    feature, labels: shape (n,). grid, p: the curve.
    """
    figure, axes = new_figure(width=7.5, height=3.2)
    panel = axes[0, 0]
    spread = np.random.default_rng(0).uniform(-0.04, 0.04, len(labels))  # so that dots do not hide each other
    for k, (marker, colour) in enumerate(zip("ox", (BLUE, VERMILION), strict=True)):
        shown = labels == k
        panel.plot(
            feature[shown], labels[shown] + spread[shown], marker, color=colour, ms=4, alpha=0.6, label=class_names[k]
        )
    panel.plot(grid, p, color=BLACK, label="the neuron")
    panel.set(xlabel=xlabel, ylabel=f"probability of {class_names[1]}")
    panel.legend(fontsize=9, loc="center right")
    return figure


@titled("What each model says of every place")
def region_figure(
    points: np.ndarray, labels: np.ndarray, regions: Mapping[str, np.ndarray], axis: np.ndarray, names: tuple[str, str]
) -> Figure:
    """Points in a plane, once for each model, over the probability that the model gives to each place.

    points: shape (n, 2). labels: 0 (circles) or 1 (crosses). axis: the places, shape (m,), along both sides; regions:
    model -> probabilities, shape (m, m), rows from bottom to top; points beyond them are not shown. names: of the two
    axes.
    """
    figure, axes = new_figure(1, len(regions), width=4.2 * len(regions), height=3.8, sharey=True)
    extent = (axis[0], axis[-1], axis[0], axis[-1])
    for panel, (name, p) in zip(axes[0], regions.items(), strict=True):
        shown = panel.imshow(p, origin="lower", extent=extent, cmap=SIGNED, vmin=0, vmax=1, alpha=0.6)
        if p.min() < 0.5 < p.max():
            panel.contour(axis, axis, p, levels=[0.5], colors=BLACK, linewidths=1.5)
        for k, (marker, face) in enumerate(zip("ox", ("white", BLACK), strict=True)):
            panel.scatter(
                *points[labels == k].T, s=16, marker=marker, c=face, edgecolors=BLACK if k == 0 else None, lw=0.8
            )
        panel.set(title=name, xlabel=names[0], xlim=extent[:2], ylim=extent[2:])
    axes[0, 0].set_ylabel(names[1])
    figure.colorbar(shown, ax=axes[0, -1], label="probability of ill", shrink=0.8)
    return figure


@titled("The network and its weights")
def wiring_figure(w1: np.ndarray, w2: np.ndarray, inputs: Sequence[str], output: str) -> Figure:
    """A network of two layers as circles and lines: orange for positive weights, purple for negative, wide for large.

    w1: shape (inputs, hidden). w2: shape (hidden,).
    """
    hidden = len(w2)
    figure, axes = new_figure(width=6.5, height=max(2.6, 0.42 * hidden))
    panel = axes[0, 0]
    heights = [_places(len(inputs)), _places(hidden), _places(1)]
    largest = max(np.abs(w1).max(), np.abs(w2).max(), 1e-12)
    for layer, weights in enumerate((w1, w2[:, np.newaxis])):
        for (i, j), weight in np.ndenumerate(weights):
            colour = "#B35806" if weight > 0 else "#542788"
            ends = heights[layer][i], heights[layer + 1][j]
            panel.plot([layer, layer + 1], ends, color=colour, lw=0.3 + 4 * abs(weight) / largest, zorder=1)
    for layer, places in enumerate(heights):
        panel.scatter([layer] * len(places), places, s=160, c="white", edgecolors=BLACK, zorder=2)
    for place, name in zip(heights[0], inputs, strict=True):
        panel.text(-0.08, place, name, ha="right", va="center")
    panel.text(2.08, heights[2][0], output, ha="left", va="center")
    panel.set_title(f"{len(inputs)} inputs, {hidden} hidden neurons, one output")
    panel.set(xlim=(-0.9, 2.9))
    panel.axis("off")
    return figure


def _places(count: int) -> np.ndarray:
    """Heights of so many circles, centred on 0."""
    return (count - 1) / 2 - np.arange(count)


@titled("Four kinds of data")
def kinds_figure(
    image: np.ndarray, record: Mapping[str, float], genome: np.ndarray, signal: tuple[np.ndarray, np.ndarray]
) -> Figure:
    """Four kinds of data: an image, a record as bars (in standard deviations), genotypes as squares, a signal.

    image: uint8 (height, width, channels). record: feature -> value. genome: 0, 1 or 2, shape (people, variants).
    signal: seconds and millivolts.
    """
    figure, axes = new_figure(2, 2, width=9, height=5.6)
    draw_image(axes[0, 0], image, "image: grey values")
    panel = axes[0, 1]
    panel.barh(list(record), list(record.values()), color=BLUE)
    panel.axvline(0, color=BLACK, lw=1)
    panel.invert_yaxis()
    panel.tick_params(axis="y", labelsize=8)
    panel.set(title="record: measurements of one patient", xlabel="standard deviations from the average")
    panel = axes[1, 0]
    panel.imshow(genome, cmap="cividis", vmin=0, vmax=2, aspect="auto")
    panel.set(title="genome: copies of the rarer letter (0, 1, 2)", xlabel="place in the genome", ylabel="person")
    panel = axes[1, 1]
    panel.plot(*signal, color=BLUE, lw=1.2)
    panel.set(title="signal: an electrocardiogram", xlabel="seconds", ylabel="millivolts")
    return figure
