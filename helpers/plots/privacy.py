"""Figures of privacy: who is remembered, and what a guarantee costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, VERMILION, new_figure, titled


@titled("How much each patient's own membership moves the answer about them")
def exposure_figure(exposure: np.ndarray, miscoded: np.ndarray) -> Figure:
    """Histograms of the exposure, of patients filed rightly and of those filed wrongly, each adding up to 1.

    exposure: log-odds (n,). miscoded: bool (n,).
    """
    figure, axes = new_figure(width=8, height=3.2)
    panel = axes[0, 0]
    bins = np.linspace(exposure.min(), exposure.max(), 31)
    for which, colour, name in ((~miscoded, BLUE, "filed rightly"), (miscoded, VERMILION, "filed wrongly")):
        if which.any():
            shares = np.histogram(exposure[which], bins)[0] / which.sum()
            panel.stairs(shares, bins, color=colour, fill=True, alpha=0.35)
            panel.stairs(shares, bins, color=colour, lw=2)
            top = shares.max()
            place = (bins[shares.argmax()] + bins[shares.argmax() + 1]) / 2
            panel.text(place, top + 0.005, name, color=colour, ha="center", va="bottom", fontsize=10)
    panel.axvline(0, color=BLACK, lw=0.8, ls=":")
    panel.set(xlabel="log-odds of their own class: networks that saw them minus networks that did not")
    panel.set_ylabel("share of patients")
    panel.margins(y=0.15)
    return figure


@titled("What a guarantee costs")
def price_figure(table: pd.DataFrame, panels: dict[str, tuple[list[str], float | None]]) -> Figure:
    """A panel per entry: points over ε with the mean over networks, bars from the lowest to the highest.

    table: columns epsilon (a text, in the order to draw), network, and the scores. panels: ylabel -> (names of columns,
    a level to mark with a dotted line or None).
    """
    figure, axes = new_figure(1, len(panels), width=2.7 * len(panels) + 0.8, height=3.6)
    order = list(dict.fromkeys(table["epsilon"]))
    groups = table.groupby("epsilon", sort=False)
    for panel, (ylabel, (columns, level)) in zip(axes[0], panels.items(), strict=True):
        ends = []
        for k, column in enumerate(columns):
            mean, low, high = (getattr(groups[column], what)().reindex(order) for what in ("mean", "min", "max"))
            places = np.arange(len(order)) + 0.08 * k
            colour = COLOURS[k]
            bars = np.maximum([mean - low, high - mean], 0)  # rounding may put the mean of equal values beside them
            panel.errorbar(places, mean, bars, fmt="o", color=colour, ms=5, lw=1.5, capsize=3)
            ends.append((mean.iloc[-1], column, colour))
        if level is not None:
            panel.axhline(level, color=BLACK, ls=":", lw=1)
        panel.set(xticks=range(len(order)), xlabel="ε", ylabel=ylabel)
        panel.set_xticklabels(order, fontsize=9, rotation=40, ha="right", rotation_mode="anchor")
        if len(columns) > 1:
            label_ends(panel, ends)
    return figure
