"""Figures of not being sure: coverage by hospital, errors by coverage, teams, and how hospitals scatter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.evaluation import Interval
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, ORANGE, VERMILION, new_figure, titled

GREY = "#666666"
FLOORS = (GREY, BLACK)


@titled("How often prediction sets hold the truth")
def set_coverage_figure(found: Mapping[str, Mapping[str, Interval]], level: float) -> Figure:
    """A panel per hospital: coverage with its interval, a row per way of making sets; a dotted line at the promise.

    found: hospital -> way -> Interval. level: what was promised.
    """
    figure, axes = new_figure(1, len(found), width=4.2 * len(found) + 1.4, height=3.2, sharey=True, sharex=True)
    ways = list(next(iter(found.values())))
    for panel, (hospital, lines) in zip(axes[0], found.items(), strict=True):
        for place, way in enumerate(reversed(ways)):
            one = lines[way]
            missed = one.high < level
            panel.plot([one.low, one.high], [place, place], color=VERMILION if missed else BLUE, lw=3)
            panel.plot(one.estimate, place, "s" if missed else "o", color=BLACK, ms=6)
        panel.axvline(level, color=BLACK, ls=":", lw=1.5)
        panel.set(title=hospital, xlabel="share of sets that hold the true class")
    axes[0, 0].set(yticks=range(len(ways)), yticklabels=ways[::-1], ylim=(-0.6, len(ways) - 0.4))
    return figure


@titled("Errors among the cases that are answered")
def risk_coverage_figure(curves: Mapping[str, np.ndarray], floors: Mapping[str, np.ndarray]) -> Figure:
    """The share of errors by the share of cases that the network answers; floors dotted.

    curves, floors: name -> (n,), the share of errors among the k surest, k = 1 to n. The first twentieth is not drawn.
    """
    figure, axes = new_figure(width=7.5, height=3.6)
    panel, ends = axes[0, 0], []
    for k, (name, curve) in enumerate({**curves, **floors}.items()):
        colour = FLOORS[k - len(curves)] if name in floors else COLOURS[k]
        style = ":" if name in floors else ("-", "--", "-.")[k % 3]
        covered = np.arange(1, len(curve) + 1) / len(curve)
        shown = covered >= 0.05
        panel.plot(covered[shown], curve[shown], style, color=colour)
        ends.append((float(curve[shown][0]), name, colour))
    panel.set(
        xlabel="share of cases answered, the surest first", ylabel="share of errors\namong the answered", xlim=(1, 0.05)
    )
    panel.set_ylim(0, None)
    label_ends(panel, ends)
    return figure


@titled("Machine and reader together")
def team_figure(by_share: Mapping[str, pd.DataFrame], columns: Mapping[str, str], alone: Mapping[str, float]) -> Figure:
    """A panel per score of the team by the share of cases that go to the reader; a line per kind of team.

    by_share: team -> table indexed by share, as `deferral.team_by_share` gives it. columns: column -> its label. alone:
    column -> the reader's own, for all cases, a dotted line.
    """
    figure, axes = new_figure(1, len(columns), width=4.6 * len(columns) + 1.5, height=3.4)
    for panel, (column, label) in zip(axes[0], columns.items(), strict=True):
        for k, (name, table) in enumerate(by_share.items()):
            panel.plot(100 * table.index, table[column], ("-", "--", "-.")[k % 3], color=COLOURS[k], label=name)
        if column in alone:
            panel.axhline(alone[column], color=BLACK, ls=":", lw=1.5, label="reader without the machine")
        panel.set(xlabel="cases that the reader decides (%)", ylabel=label)
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=2, fontsize=9)
    return figure


@titled("What the next hospital may see")
def forest_figure(
    panels: Mapping[str, tuple[pd.DataFrame, Mapping[str, Interval]]], marks: Mapping[str, float] | None = None
) -> Figure:
    """A panel per score: each hospital with its interval, below them the mean hospital and the next one.

    panels: score -> (table indexed by hospital with the column score, the Intervals of `heterogeneity.intervals_of`).
    marks: score -> where a perfect or a worthless one lies, a dotted line.
    """
    hospitals = list(next(iter(panels.values()))[0].index)
    figure, axes = new_figure(
        1, len(panels), width=4.2 * len(panels) + 1.4, height=0.34 * len(hospitals) + 1.9, sharey=True
    )
    for panel, (score, (table, pooled)) in zip(axes[0], panels.items(), strict=True):
        for place, one in enumerate(table["score"].iloc[::-1], start=2):
            _bar(panel, place, one, BLUE, 2.5)
        for place, (_, one) in enumerate(reversed(pooled.items())):
            _bar(panel, place, one, (VERMILION, ORANGE)[place], 5)
        panel.axhline(1.5, color=GREY, lw=0.8)
        if marks and score in marks:
            panel.axvline(marks[score], color=BLACK, ls=":", lw=1.5)
        panel.set(xlabel=score)
        if score == "O:E":  # twice as many and half as many are equally far from 1
            panel.set_xscale("log")
            panel.xaxis.set_major_formatter("{x:g}")
            panel.xaxis.set_minor_formatter("")
            panel.set_xticks(
                [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if panel.get_xlim()[0] <= tick <= panel.get_xlim()[1]]
            )
    names = [*list(next(iter(panels.values()))[1])[::-1], *hospitals[::-1]]
    axes[0, 0].set(yticks=range(len(names)), yticklabels=names, ylim=(-0.6, len(names) - 0.4))
    return figure


def _bar(panel: Axes, place: float, one: Interval, colour: str, width: float) -> None:
    panel.plot([one.low, one.high], [place, place], color=colour, lw=width, solid_capstyle="butt")
    panel.plot(one.estimate, place, "o", color=BLACK, ms=6)


@titled("Each hospital, foretold by the others")
def left_out_figure(
    found: Mapping[str, pd.DataFrame], columns: Mapping[str, str], ideal: Mapping[str, float]
) -> Figure:
    """A panel per score, a row per hospital, a colour per way of validating; dotted: ideal, or worthless.

    found: way -> table indexed by hospital, with Interval objects. columns: score -> its label. ideal: score -> a line.
    """
    hospitals = list(next(iter(found.values())).index)
    figure, axes = new_figure(
        1, len(columns), width=3.6 * len(columns) + 1.4, height=0.6 * len(hospitals) + 1.6, sharey=True
    )
    for panel, (column, label) in zip(axes[0], columns.items(), strict=True):
        for k, (way, table) in enumerate(found.items()):
            for place, one in enumerate(table[column].iloc[::-1]):
                at, name = place + 0.15 - 0.3 * k, way if place == 0 else None
                panel.plot([one.low, one.high], [at, at], color=COLOURS[k], lw=3, label=name, solid_capstyle="butt")
                panel.plot(one.estimate, at, ("o", "s")[k % 2], color=BLACK, ms=5)
        if column in ideal:
            panel.axvline(ideal[column], color=BLACK, ls=":", lw=1.5)
        panel.set(xlabel=label)
    axes[0, 0].set(yticks=range(len(hospitals)), yticklabels=hospitals[::-1], ylim=(-0.6, len(hospitals) - 0.4))
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(found), fontsize=9)
    return figure
