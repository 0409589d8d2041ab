"""Figures of explanations: maps side by side, what sanity checks and deletion do to them, columns and readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.images import HEAT, draw_image
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, ORANGE, SKY, VERMILION, new_figure, titled

LINES = (*COLOURS[:4], VERMILION, "#8A5A00", SKY, "#666666", BLACK)


@titled("One row per patient, one column per method")
def maps_figure(
    images: np.ndarray, maps: Mapping[str, np.ndarray], masks: np.ndarray | None = None, *, side: float = 1.25
) -> Figure:
    """A row per image: the image, then each method's map over it, each scaled to its own maximum; lesions outlined.

    images: uint8 (n, height, width, channels). maps: method -> (n, height, width); values below zero are left clear.
    masks: bool (n, height, width) or None. side: inches of a panel.
    """
    figure, axes = new_figure(
        len(images), len(maps) + 1, width=side * (len(maps) + 1), height=(side + 0.15) * len(images)
    )
    for row, image in enumerate(images):
        mask = None if masks is None else masks[row]
        draw_image(axes[row, 0], image, "" if row else "image", mask)
        for panel, (name, every) in zip(axes[row, 1:], maps.items(), strict=True):
            draw_image(panel, image, "" if row else name.replace(" ", "\n"), mask, outline=SKY)
            heat = np.maximum(every[row], 0)
            panel.imshow(heat / (heat.max() or 1), cmap=HEAT, vmin=0, vmax=1)
            panel.title.set_fontsize(8)
    return figure


@titled("What the maps notice when the network forgets")
def sanity_figure(table: pd.DataFrame, floor: float | None, *, apart: int = 1) -> Figure:
    """Likeness to the trained network's map, by size and with signs, and pointing, by stage; a line per method.

    table: columns stage, method, likeness, signed (NaN: a map without signs), hits (NaN: no lesion is known, and there
    is no such panel). floor: hits of always one place, a dotted line. apart: how many of the last stages lead no
    further than those before, and stand as squares beside the line. Lines that coincide are drawn once.
    """
    panels = {
        "likeness": "rank correlation with the map of\nthe trained network: sizes",
        "signed": "the same, with signs",
    }
    if floor is not None:
        panels["hits"] = "share of maps that\npoint at the lesion"
    figure, axes = new_figure(1, len(panels), width=4 * len(panels), height=3.8)
    stages, methods = (list(dict.fromkeys(table[column])) for column in ("stage", "method"))
    colours = dict(zip(methods, LINES, strict=False))
    on_line = len(stages) - apart
    for panel, (column, ylabel) in zip(axes[0], panels.items(), strict=True):
        lines = table.pivot_table(index="stage", columns="method", values=column).reindex(stages)
        lines = lines.round(6).T.drop_duplicates().T
        for method, values in lines.items():
            panel.plot(range(on_line), values[:on_line], "-o", ms=4, color=colours[method])
            panel.plot(range(on_line, len(stages)), values[on_line:], "s", ms=6, color=colours[method])
        if column == "hits":
            panel.axhline(floor, color=BLACK, ls=":", lw=1.2)
            panel.text(on_line - 0.6, floor + 0.01, "always one place", fontsize=8, va="bottom")
        panel.set(xticks=range(len(stages)), ylabel=ylabel, ylim=(min(-0.05, table[column].min() - 0.05), 1.05))
        panel.set_xticklabels(stages, fontsize=8, rotation=35, ha="right")
        label_ends(panel, [(values.iloc[-1], method, colours[method]) for method, values in lines.items()])
    return figure


@titled("The network's answer while pixels go")
def deletion_figure(table: pd.DataFrame, panels: Sequence[tuple[str, str]], orders: Sequence[str]) -> Figure:
    """A panel per (kind, fill): the mean probability by the share of pixels that have gone, a line per order.

    table: columns order, fill, kind, curve, as faithfulness.curves gives them.
    """
    figure, axes = new_figure(1, len(panels), width=3.6 * len(panels) + 1.6, height=3.5, sharey=True)
    for panel, (kind, fill) in zip(axes[0], panels, strict=True):
        chosen = table[(table["kind"] == kind) & (table["fill"] == fill)].set_index("order")["curve"]
        for order, colour in zip(orders, LINES, strict=False):
            panel.plot(np.linspace(0, 1, len(chosen[order])), chosen[order], color=colour, label=order)
        verb = "taken away" if kind == "deletion" else "put in"
        panel.set(title=f"{kind}, {fill}", xlabel=f"share of pixels {verb}", ylim=(0, 1))
    axes[0, 0].set_ylabel("mean probability\nof the disease")
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(names), fontsize=9)
    return figure


@titled("One column moved alone")
def what_if_figure(
    grid: np.ndarray, risks: np.ndarray, features: np.ndarray, *, xlabel: str, other: str, shown: int = 40
) -> Figure:
    """Left each person's risk as one column moves, with the mean; right where that takes two people.

    grid: values of the column, (g,). risks: (n, g). features: (n, 2), the moved column and another that goes with it.
    """
    figure, axes = new_figure(1, 2, width=9.5, height=3.5)
    axes[0, 0].plot(grid, risks[:: max(1, len(risks) // shown)].T, color="#999999", lw=0.8)
    axes[0, 0].plot(grid, risks.mean(axis=0), color=VERMILION, lw=3)
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes[0, 0].text(
        grid[0], 1.08, "thick: mean, the partial dependence", color=VERMILION, fontsize=9, va="bottom", bbox=behind
    )
    axes[0, 0].set(xlabel=xlabel, ylabel="risk by the model", ylim=(0, 1.08))
    axes[0, 1].plot(*features.T, ".", color=BLUE, ms=4)
    for person in features[np.argsort(features[:, 0])[[len(features) // 10, -len(features) // 10]]]:
        axes[0, 1].plot(grid, np.full(len(grid), person[1]), "-", color=VERMILION, lw=1.5)
        axes[0, 1].plot(*person, "o", color=BLACK, ms=7)
    axes[0, 1].set(xlabel=xlabel, ylabel=other)
    return figure


@titled("Two ways to share one risk out")
def shapley_figure(table: pd.DataFrame) -> Figure:
    """Bars of the Shapley values of one person: a row per column of the table, a colour per way to fill in."""
    figure, axes = new_figure(width=7.5, height=0.5 * len(table) + 1.4)
    panel, places = axes[0, 0], np.arange(len(table))[::-1]
    for k, (name, colour) in enumerate(zip(table.columns, (BLUE, ORANGE), strict=True)):
        panel.barh(places + 0.2 - 0.4 * k, table[name], height=0.38, color=colour, label=name)
    panel.axvline(0, color=BLACK, lw=0.8)
    panel.set(yticks=places, yticklabels=table.index, xlabel="share of the log-odds")
    panel.legend(fontsize=9)
    return figure


@titled("Readers, by how much they trust the advice")
def trust_figure(trusts: np.ndarray, shares: Mapping[str, np.ndarray], marks: Mapping[str, float]) -> Figure:
    """The share of calls that are right by the weight of the advice; a line per group of images.

    shares: group -> (len(trusts),). marks: name -> a weight at which a vertical line stands.
    """
    figure, axes = new_figure(width=7.5, height=3.4)
    panel = axes[0, 0]
    colours = (BLUE, VERMILION, BLACK, ORANGE)
    for (_, values), colour in zip(shares.items(), colours, strict=False):
        panel.plot(trusts, values, color=colour)
    for name, weight in marks.items():
        panel.axvline(weight, color="#666666", ls=":", lw=1.2)
        panel.text(weight, 1.02, name, ha="center", va="bottom", fontsize=9)
    panel.set(xlabel="weight of the network's advice", ylabel="share of calls that are right", ylim=(0, 1))
    label_ends(panel, [(v[-1], name, c) for (name, v), c in zip(shares.items(), colours, strict=False)])
    return figure
