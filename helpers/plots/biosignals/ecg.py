"""Figures of electrocardiograms: traces with their beats, what a filter does, how beats are told apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.datasets.series import EcgRecord
from helpers.evaluation import Interval
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, PINK, VERMILION, new_figure, titled

BEAT_COLOURS = {"N": BLACK, "A": BLUE, "V": VERMILION}
WAVES = {"P": -0.165, "QRS": 0.0, "ST": 0.11, "T": 0.26}  # seconds from R where each is named


@titled("Hearts in and out of rhythm")
def strip_figure(records: Mapping[str, EcgRecord], seconds: float) -> Figure:
    """So many seconds of the first lead of each record, one panel each, from where most beats are not its usual ones.

    The symbol of every beat stands above it.
    """
    figure, axes = new_figure(len(records), 1, width=10, height=1.6 * len(records) + 0.4, sharex=True, sharey=True)
    for panel, (name, record) in zip(axes[:, 0], records.items(), strict=True):
        start = _liveliest(record, seconds)
        first, last = round(start * record.rate), round((start + seconds) * record.rate)
        panel.plot(record.seconds[first:last] - start, record.signal[first:last, 0], color=BLUE, lw=1)
        panel.margins(y=0.25)
        for at, symbol in zip(record.beats, record.symbols, strict=True):
            if first <= at < last:
                colour = BEAT_COLOURS.get(str(symbol), BLACK)
                panel.text(
                    at / record.rate - start,
                    0.98,
                    symbol,
                    transform=panel.get_xaxis_transform(),
                    color=colour,
                    ha="center",
                    va="top",
                    fontsize=10,
                    weight="bold",
                )
        panel.set_title(name, loc="left", fontsize=10)
        panel.set(ylabel="mV")
    axes[-1, 0].set_xlabel("seconds")
    return figure


def _liveliest(record: EcgRecord, seconds: float) -> int:
    """The second from which on most beats are of other kinds than the commonest; the first of several."""
    kinds, counts = np.unique(record.symbols, return_counts=True)
    others = record.beats[record.symbols != kinds[counts.argmax()]] / record.rate
    starts = np.arange(max(1, int(len(record.signal) / record.rate - seconds)))
    inside = (others >= starts[:, None]) & (others < starts[:, None] + seconds)
    return int(starts[inside.sum(axis=1).argmax()])


@titled("The mean beat after each filter")
def filter_figure(beats: Mapping[str, pd.Series], read_at: float) -> Figure:
    """The mean beat of each trace, mV over seconds from the R peak; a dotted line where the ST segment is read.

    beats: name -> voltage with the seconds as index; the first is the truth, in black. The right panel is enlarged.
    """
    figure, axes = new_figure(1, 2, width=10, height=3.2)
    colours = (BLACK, VERMILION, GREEN, PINK)
    for panel, enlarged in zip(axes[0], (False, True), strict=True):
        ends = []
        for colour, (name, beat) in zip(colours, beats.items(), strict=False):
            shown = beat[(beat.index > 0.05) & (beat.index < 0.2)] if enlarged else beat
            panel.plot(shown.index, shown, color=colour, lw=3 if colour == BLACK else 1.5)
            ends.append((shown.iloc[-1], name, colour))
        panel.axvline(read_at, color=BLACK, ls=":", lw=1)
        panel.axhline(0, color=BLACK, lw=0.5)
        panel.set(xlabel="seconds from the R peak", ylabel="mV")
    truth = next(iter(beats.values()))
    for wave, at in WAVES.items():
        height = truth.iloc[np.abs(truth.index.to_numpy() - at).argmin()]
        axes[0, 0].annotate(wave, (at, height), (0, 6), textcoords="offset points", ha="center", fontsize=10)
    axes[0, 0].margins(y=0.15)
    axes[0, 0].set_title("the whole beat", loc="left")
    axes[0, 1].set_title("the ST segment, read at the dotted line", loc="left")
    label_ends(axes[0, 1], ends)
    return figure


@titled("PPV against sensitivity, class by class")
def beat_curve_figure(
    curves: Mapping[str, Mapping[str, pd.DataFrame]],
    points: Mapping[str, Mapping[str, tuple[float, float] | tuple[Interval, Interval]]],
) -> Figure:
    """PPV against sensitivity, a panel per class: a line for each model, and points.

    curves: class -> model -> columns recall and precision. points: class -> name -> (sensitivity, PPV). A point with
    the name of a line is a dot on it (the chosen threshold); others are named, and orange where "ours" begins the name;
    those that are Intervals have bars.
    """
    figure, axes = new_figure(1, len(curves), width=10, height=4.3)
    for panel, (name, models) in zip(axes[0], curves.items(), strict=True):
        for colour, (model, points_of) in zip(COLOURS, models.items(), strict=False):
            panel.plot(points_of["recall"], points_of["precision"], color=colour, lw=1.5, label=model)
        for colour, model in zip(COLOURS, models, strict=False):
            if model in points.get(name, {}):
                panel.plot(*points[name][model], "o", color=colour, ms=8, mec=BLACK)
        others = {label: pair for label, pair in points.get(name, {}).items() if label not in models}
        for mark, (label, (sensitivity, ppv)) in zip("osD^v<*PXhp", others.items(), strict=False):
            colour = VERMILION if label.startswith("ours") else BLACK
            if isinstance(ppv, Interval):
                x, y = sensitivity.estimate, ppv.estimate
                panel.plot([sensitivity.low, sensitivity.high], [y, y], color=colour, lw=1, alpha=0.5)
                panel.plot([x, x], [ppv.low, ppv.high], color=colour, lw=1, alpha=0.5)
                sensitivity, ppv = x, y
            panel.plot(sensitivity, ppv, mark, color=colour, ms=7, label=label, ls="none")
        panel.set(xlabel="sensitivity", ylabel="PPV", xlim=(0, 1.02), ylim=(0, 1.02))
        panel.set_title(name, loc="left")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=9)
    return figure
