"""The figure of many tests at once: what each gene differs by, against how little chance explains of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from helpers.plots.style import BLUE, VERMILION, new_figure, titled

GREY = "#bbbbbb"


@titled("Each gene: how much it differs, and how surprising that is")
def volcano_figure(tests: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], drivers: np.ndarray) -> Figure:
    """A panel per test: effect against -log10 p, a dot per gene, by whether it is called and whether it is a driver.

    tests: title -> (effect in log2, p value, whether called), each (genes,). drivers: bool (genes,).
    """
    figure, axes = new_figure(1, len(tests), width=9.5, height=3.5, sharex=True, sharey=True)
    surprises = [-np.log10(np.clip(p, np.finfo(float).tiny, 1)) for _, p, _ in tests.values()]
    for panel, (title, (effect, _, called)), surprise in zip(axes[0], tests.items(), surprises, strict=True):
        for rows, colour, marker, name in (
            (~called & ~drivers, GREY, ".", "not called"),
            (~called & drivers, BLUE, "o", "a driver, missed"),
            (called & ~drivers, VERMILION, "x", "called, false"),
            (called & drivers, BLUE, "o", "called, a driver"),
        ):
            face = "none" if "missed" in name else colour
            panel.plot(effect[rows], surprise[rows], marker, color=colour, mfc=face, ms=5, alpha=0.8, label=name)
        heading = f"{title}: {called.sum():,} called, {(called & ~drivers).sum():,} false"
        panel.set(title=heading, xlabel="cases minus controls (log2)")
    axes[0, 0].set(ylabel="-log10 p", ylim=(0, 1.05 * np.max(surprises)))  # of all panels, no dot on the edge
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(names), fontsize=9, frameon=False)
    return figure
