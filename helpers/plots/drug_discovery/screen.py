"""Figures of a screen: errors by what was held out, errors by likeness to what was learned, and rankings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import BLACK, BLUE, COLOURS, VERMILION, new_figure, titled

SPREAD = 0.12  # between the models of a kind of split


@titled("The error depends on which molecules are held out")
def held_out_figure(table: pd.DataFrame, unit: str) -> Figure:
    """A group of lines per kind of split: RMSE with its interval, a colour per model, named at the first group.

    table: intervals, a row per model, a column per kind. unit: of the target.
    """
    figure, axes = new_figure(width=9, height=3.8)
    panel = axes[0, 0]
    middle = (len(table) - 1) / 2
    for k, (model, row) in enumerate(table.iterrows()):
        colour = (BLACK, *COLOURS)[k % (len(COLOURS) + 1)]
        for place, one in enumerate(row):
            x = place + SPREAD * (k - middle)
            panel.plot([x, x], [one.low, one.high], color=colour, lw=2.5)
            panel.plot(x, one.estimate, "os^Dv"[k % 5], color=colour, ms=7, label=model if not place else None)
    panel.set(ylim=(0, None), ylabel=f"RMSE, {unit}", xticks=range(table.shape[1]), xticklabels=list(table.columns))
    panel.set_xlabel("what is held out together")
    figure.legend(loc="outside right center", fontsize=9)
    return figure


@titled("The error, by how alike the nearest learned molecule is")
def likeness_figure(tested: pd.DataFrame, unit: str) -> Figure:
    """A panel per split: size of the error of each molecule by its similarity to the nearest learned one.

    tested: a row per molecule with the columns split, alike, error and width, half that of its interval; their mean is
    dotted. Fifths of the molecules, from the least to the most alike, have a bar at their mean error.
    """
    splits = tested.groupby("split", sort=False)
    figure, axes = new_figure(1, len(splits), width=9.5, height=3.4, sharex=True, sharey=True)
    for panel, (split, rows) in zip(axes[0], splits, strict=True):
        panel.plot(rows["alike"], rows["error"], ".", color=BLUE, alpha=0.35, ms=5, label="a molecule")
        for k, part in enumerate(np.array_split(np.argsort(rows["alike"].to_numpy(), kind="stable"), 5)):
            fifth = rows.iloc[part]
            ends, height = [fifth["alike"].min(), fifth["alike"].max()], [fifth["error"].mean()] * 2
            panel.plot(ends, height, color=VERMILION, lw=3, label=None if k else "mean of a fifth")
        panel.axhline(rows["width"].mean(), color=BLACK, ls=":", lw=1.5, label="half width of the interval")
        panel.set(title=f"{split} split", xlabel="similarity to the nearest learned")
    axes[0, 0].set_ylim(0, 1.05 * tested["error"].max())  # so that no dot lies on the edge
    axes[0, 0].set_ylabel(f"size of the error,\n{unit}")
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(names), fontsize=9)
    return figure


@titled("Who finds the active molecules, and against which decoys")
def ranking_figure(tables: Mapping[str, pd.DataFrame], marks: Mapping[str, tuple[float, float]]) -> Figure:
    """A panel per score: each ranking's score with its interval, one colour per kind of decoys.

    tables: name of the score -> intervals, a row per ranking, a column per kind of decoys. marks: name of the score ->
    what a draw is expected to reach (dotted) and the best there can be (full line).
    """
    figure, axes = new_figure(1, len(tables), width=10, height=3.4, sharey=True)
    for panel, (score, table) in zip(axes[0], tables.items(), strict=True):
        for k, kind in enumerate(table.columns):
            for place, one in enumerate(table[kind][::-1]):
                y = place + 0.16 * (1 - 2 * k)
                panel.plot([one.low, one.high], [y, y], color=COLOURS[k], lw=3)
                panel.plot(one.estimate, y, "os"[k], color=COLOURS[k], ms=7, label=None if place else kind)
        for x, style in zip(marks[score], ":-", strict=True):
            panel.axvline(x, color=BLACK, ls=style, lw=1)
        panel.set(xlabel=f"{score} (dotted: a draw)", xlim=(-0.04 * marks[score][1], None))
    axes[0, 0].set(yticks=range(len(table)), yticklabels=list(table.index[::-1]), ylim=(-0.5, len(table) - 0.5))
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=2, fontsize=9)
    return figure
