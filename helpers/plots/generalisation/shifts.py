"""Figures of shifts: scores by hospital and by remedy, how often tests alarm, and a monitor over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, VERMILION, new_figure, titled


@titled()
def shift_figure(table: pd.DataFrame, xlabels: Mapping[str, str], best: Mapping[str, float] | None = None) -> Figure:
    """A panel per column, a row per line of the table: each score with its interval, the first row dotted through.

    table: of Interval objects, the row to compare with first. xlabels: column -> its label, with what is good. best: a
    value of a column that a line marks, as 0 of an intercept.
    """
    columns = list(xlabels)
    figure, axes = new_figure(1, len(columns), width=9.5, height=0.36 * len(table) + 1.3, sharey=True)
    places = np.arange(len(table))[::-1]
    for panel, column in zip(axes[0], columns, strict=True):
        ends = np.array([(one.estimate, one.low, one.high) for one in table[column]])
        panel.axvline(ends[0, 0], color="#999999", ls=":", lw=1.4)
        if best and column in best:
            panel.axvline(best[column], color=BLACK, lw=0.8)
        for place, (estimate, low, high) in zip(places, ends, strict=True):
            colour = BLUE if place == places[0] else VERMILION
            panel.plot([low, high], [place, place], color=colour, lw=2)
            panel.plot(estimate, place, "o", ms=6, color=colour)
        panel.set(xlabel=xlabels[column], ylim=(-0.6, len(table) - 0.4))
    axes[0, 0].set(yticks=places, yticklabels=table.index)
    return figure


@titled("How often each test alarms")
def alarm_rate_figure(panels: Mapping[str, pd.DataFrame], level: float) -> Figure:
    """A panel per table: the share of samples at which each test alarms, a group per sample, with Wilson's interval.

    panels: title -> table of Interval objects, a row per sample, a column per test. level: the promised share of false
    alarms, a dotted line.
    """
    figure, axes = new_figure(1, len(panels), width=4.9 * len(panels), height=3.4, sharey=True)
    for panel, (title, table) in zip(axes[0], panels.items(), strict=True):
        for k, (test, colour) in enumerate(zip(table.columns, COLOURS, strict=False)):
            for place, one in enumerate(table[test]):
                at = place + 0.22 * (k - (len(table.columns) - 1) / 2)
                panel.plot([at, at], [one.low, one.high], color=colour, lw=2)
                panel.plot(at, one.estimate, "os^"[k % 3], ms=7, color=colour, label=None if place else test)
        panel.axhline(level, color=BLACK, ls=":", lw=1.2)
        panel.set(title=title, ylim=(-0.03, 1.03), xticks=range(len(table)))
        panel.set_xticklabels([name.replace(" ", "\n", 1) for name in table.index], fontsize=9)
    axes[0, 0].set_ylabel("share of samples with an alarm")
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(names), fontsize=9)
    return figure


@titled("A monitor: when it alarms, and what sooner alarms cost")
def monitor_figure(sums: np.ndarray, height: float, change: int, table: pd.DataFrame, changes: Sequence[str]) -> Figure:
    """Left the two sums of one stream of people, with the change; right mean delays against mean false-alarm distance.

    sums: (2, n). height: where it alarms. change: how many people came before it. table: as monitoring.delays gives it.
    changes: its columns to draw.
    """
    figure, axes = new_figure(1, 2, width=10, height=3.4)
    left, right = axes[0]
    shown = sums[:, : min(sums.shape[1], change + 200)]
    for line, name, colour in zip(shown, ("above", "below"), (BLUE, VERMILION), strict=True):
        left.plot(np.arange(1, len(line) + 1), line, color=colour, lw=1.5, label=f"sum {name} the mean")
    left.axhline(height, color=BLACK, ls=":", lw=1.2)
    left.axvline(change, color="#666666", lw=1)
    left.set(xlabel="people, in the order in which they come", ylabel="cumulative sum (SD)", ylim=(0, height * 2))
    left.text(change, height * 1.98, "another machine ", ha="right", va="top", fontsize=9)
    left.text(1, height * 1.03, "alarm", fontsize=9, va="bottom")
    left.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, 0.92))
    for name, colour in zip(changes, COLOURS, strict=False):
        right.plot(table["at home"], table[name], "-o", ms=4, color=colour)
    right.set(xscale="log", yscale="log", xlabel="people per false alarm", ylabel="people until a true alarm")
    for axis in (right.xaxis, right.yaxis):  # 1, 2, 5, 10, ... as they are written, and nothing between them
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    label_ends(right, [(table[name].iloc[-1], name, c) for name, c in zip(changes, COLOURS, strict=False)])
    return figure
