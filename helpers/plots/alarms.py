"""Figures of alarms and of what an error would do: thresholds, leads, Clarke's grid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.lessons.forecasting.clarke import BORDERS, EDGE, clarke_zones
from helpers.plots.style import BLACK, COLOURS, GREEN, ORANGE, PINK, SKY, VERMILION, new_figure, titled

GREY = "#bbbbbb"
ZONE_COLOURS = {"A": GREEN, "B": SKY, "C": ORANGE, "D": PINK, "E": VERMILION}


@titled("Events warned of by false alarms a day, one panel per model")
def alarm_figure(curves: Mapping[str, pd.DataFrame], most_false: float, chosen: Mapping[str, float]) -> Figure:
    """Share of events warned of against false alarms a day, one panel per model with the others in grey, the chosen
    thresholds ringed, and the limit named.

    curves: model -> table of helpers.lessons.forecasting.alarms.alarm_curve. chosen: model -> one of its thresholds.
    """
    figure, axes = new_figure(1, len(curves), width=2.5 * len(curves), height=2.8, sharey=True, sharex=True)
    for k, (panel, (name, curve)) in enumerate(zip(axes[0], curves.items(), strict=True)):
        for other in curves.values():
            panel.plot(other["false alarms a day"], other["sensitivity"], color=GREY, lw=1)
        colour = COLOURS[k % len(COLOURS)]
        panel.plot(curve["false alarms a day"], curve["sensitivity"], "-o", color=colour, ms=4)
        if name in chosen:
            at = curve.loc[chosen[name]]
            panel.plot(at["false alarms a day"], at["sensitivity"], "o", mfc="none", mec=VERMILION, ms=15, mew=2)
        panel.axvline(most_false, color=BLACK, ls=":", lw=1.2)
        panel.text(most_false, 0.02, " limit", fontsize=9, va="bottom")
        panel.set_title(name, color=colour)
        panel.set(ylim=(-0.03, 1.05))
    axes[0, 0].set_ylabel("share of events warned of")
    figure.supxlabel("false alarms per person and day", fontsize=11)
    return figure


@titled("How long before each event the alarm was on")
def lead_figure(leads: Mapping[str, np.ndarray], minimum_minutes: float, reach_minutes: float = 60) -> Figure:
    """One mark per event and model at its lead, and left of 0 the events without an alarm in reach.

    leads: model -> minutes before the event (events,), NaN where no alarm sounded. minimum_minutes: the least lead that
    counts, a line.
    """
    figure, axes = new_figure(width=8, height=0.6 * len(leads) + 1.2)
    panel = axes[0, 0]
    panel.axvspan(-14, 0, color=GREY, alpha=0.35, lw=0)
    for row, minutes in enumerate(reversed(leads.values())):
        colour = COLOURS[(len(leads) - 1 - row) % len(COLOURS)]
        places = np.where(np.isnan(minutes), -7, minutes)
        for place, many in zip(*np.unique(places, return_counts=True), strict=True):
            heights = row + 0.13 * (np.arange(many) - (many - 1) / 2)
            panel.plot(np.full(many, place), heights, "o", color=colour, ms=6, mec="white", mew=0.5)
    panel.axvline(minimum_minutes, color=BLACK, ls=":", lw=1.5)
    panel.text(minimum_minutes + 0.6, len(leads) - 0.45, f"{minimum_minutes:g} min: the least that counts", fontsize=9)
    panel.text(-7, len(leads) - 0.45, "no alarm", ha="center", fontsize=9)
    panel.set(yticks=range(len(leads)), yticklabels=list(reversed(leads)), xlim=(-14, reach_minutes + 2))
    panel.set(ylim=(-0.6, len(leads) - 0.1), xticks=range(0, int(reach_minutes) + 1, 15))
    panel.set_xlabel("minutes from the first moment in reach with the alarm on, each event a point")
    return figure


@titled("Clarke's error grid")
def clarke_figure(true: np.ndarray, forecast: np.ndarray) -> Figure:
    """Clarke's error grid: every pair as a point in its zone's colour, with borders and letters of the zones."""
    figure, axes = new_figure(width=5.6, height=5.2)
    panel = axes[0, 0]
    zones = clarke_zones(true, forecast)
    for zone, colour in ZONE_COLOURS.items():
        inside = zones == zone
        panel.scatter(true[inside], forecast[inside], s=5, color=colour, lw=0)
    for (x0, y0), (x1, y1) in BORDERS:
        panel.plot([x0, x1], [y0, y1], color=BLACK, lw=1)
    panel.plot([0, EDGE], [0, EDGE], ":", color=BLACK, lw=1)
    for letter, x, y in [
        *[("A", 30, 15), ("A", 330, 350), ("B", 370, 260), ("B", 240, 340), ("C", 150, 340), ("C", 163, 20)],
        *[("D", 25, 120), ("D", 370, 120), ("E", 25, 340), ("E", 370, 25)],
    ]:
        panel.text(x, y, letter, ha="center", va="center", fontsize=14, weight="bold")
    panel.set(xlabel="measured (mg/dL)", ylabel="forecast (mg/dL)", xlim=(0, EDGE), ylim=(0, EDGE), aspect="equal")
    return figure
