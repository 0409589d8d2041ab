"""Figures of brain waves: traces and spectra, a warning light, what it is worth, and seizures by the clock."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, COLOURS, SKY, VERMILION, new_figure, titled

GREY = "#777777"


@titled("Brain waves and what is in them")
def eeg_figure(signals: Mapping[str, np.ndarray], rate: float, spectra: Mapping[str, tuple]) -> Figure:
    """A row per state: its trace on the left, all on one scale, and its spectrum on the right.

    signals: state -> (samples,), mV. rate: samples per second. spectra: state -> (frequencies (f,), Hz; power (f,),
    mV² per Hz).
    """
    figure, axes = new_figure(
        len(signals), 2, width=10, height=1.25 * len(signals) + 0.6, sharex="col", sharey="col", width_ratios=(2.2, 1)
    )
    low, high = (pick([pick(signal) for signal in signals.values()]) for pick in (min, max))
    for k, (row, (state, signal)) in enumerate(zip(axes, signals.items(), strict=True)):
        row[0].plot(np.arange(len(signal)) / rate, signal, color=COLOURS[k], lw=0.8)
        row[0].set(ylabel="mV", ylim=(low - 0.5, high + 0.5), xlim=(0, len(signal) / rate))
        row[0].set_title(state, loc="left", color=COLOURS[k])
        frequencies, power = spectra[state]
        shown = (frequencies > 0) & (frequencies <= 40)
        row[1].semilogy(frequencies[shown], power[shown], color=COLOURS[k], lw=1.2)
        row[1].set(ylabel="mV²/Hz", xlim=(0, 40))
    axes[-1, 0].set_xlabel("seconds")
    axes[-1, 1].set_xlabel("frequency (Hz)")
    return figure


@titled("A warning light, hour by hour")
def light_figure(
    time: np.ndarray, risk: np.ndarray, threshold: float, light: np.ndarray, seizures: np.ndarray
) -> Figure:
    """The risk that a model states, its threshold, when the light is on, and when seizures come.

    time: datetime64 (n,), ascending. risk: (n,). light: bool (n,). seizures: datetime64 (events,); those before the
    first moment are left out.
    """
    hours, seizures = ((moments - time[0]) / np.timedelta64(1, "h") for moments in (time, seizures))
    figure, axes = new_figure(width=10, height=2.9)
    panel = axes[0, 0]
    top = 1.15 * max(risk.max(), threshold)
    panel.fill_between(hours, 0, top, where=light, step="pre", color=SKY, alpha=0.65, lw=0)
    panel.plot(hours, risk, color=COLOURS[0], lw=1)
    panel.axhline(threshold, color=BLACK, ls=":", lw=1.2)
    panel.text(hours[-1], threshold, " threshold", fontsize=9, va="center")
    for seizure in seizures[seizures >= 0]:
        panel.axvline(seizure, color=VERMILION, lw=1.8)
    for k, (name, colour) in enumerate((("risk", COLOURS[0]), ("light on", SKY), ("seizure", VERMILION))):
        panel.text(0.01 + 0.09 * k, 1.03, name, color=colour, fontsize=10, transform=panel.transAxes)
    panel.set(xlabel="hours of the test part", ylabel="stated risk", ylim=(0, top), xlim=(hours[0], hours[-1]))
    return figure


@titled("What a warning light is worth")
def worth_figure(curves: Mapping[str, pd.DataFrame], chosen: Mapping[str, float]) -> Figure:
    """The share of seizures warned of by the share of time with the light on; chance is the diagonal.

    curves: model -> table of `prediction.curve`, with sensitivity and time in warning. chosen: model -> the threshold
    in its index that was chosen, ringed.
    """
    figure, axes = new_figure(width=7.5, height=3.9)
    panel, ends = axes[0, 0], []
    panel.plot([0, 1], [0, 1], ":", color=BLACK, lw=1.5)
    panel.text(0.62, 0.55, "light at random", fontsize=9, rotation=27, ha="center", va="top")
    for k, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[k]
        order = curve.sort_values("time in warning")
        order = order[order["time in warning"] <= 0.8]
        panel.plot(order["time in warning"], order["sensitivity"], "-o", color=colour, ms=3, lw=1.5)
        if name in chosen:
            at = curve.loc[chosen[name]]
            panel.plot(at["time in warning"], at["sensitivity"], "o", mfc="none", mec=colour, ms=13, mew=2)
        ends.append((float(order["sensitivity"].iloc[-1]), name, colour))
    panel.set(xlabel="share of time with the light on", ylabel="share of seizures\nwarned of")
    panel.set(xlim=(0, 0.82), ylim=(0, 1.03))
    label_ends(panel, ends)
    return figure


@titled("Seizures and stated risk by the time of day")
def clock_figure(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """A panel per group: bars, the share of seizures by hours from their mean hour; line, the mean risk; dots: even.

    tables: group -> table of `clock.by_hour`.
    """
    figure, axes = new_figure(1, len(tables), width=4.8 * len(tables), height=3.0, sharey=True)
    for panel, (group, table) in zip(axes[0], tables.items(), strict=True):
        panel.bar(table.index, table["seizures"], color=SKY, width=0.9)
        panel.axhline(1 / 24, color=GREY, ls=":", lw=1.2)
        panel.text(-12.5, 1 / 24, "even: 1/24", color=GREY, fontsize=8, va="bottom")
        risk = panel.twinx()
        risk.plot(table.index, table["risk"], color=VERMILION)
        risk.set_ylim(0, 1.2 * max(each["risk"].max() for each in tables.values()))
        risk.spines["right"].set_visible(True)
        risk.set_ylabel("mean stated risk (line)", color=VERMILION)
        panel.set(title=group, xlabel="hours from the mean hour of the person's seizures", xticks=range(-12, 13, 6))
    axes[0, 0].set_ylabel("share of seizures (bars)")
    return figure
