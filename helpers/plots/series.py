"""Figures of time series: records, splits, forecasts, alarms, and what happens inside a recurrent layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, HIGH, INSULIN, LOW, EcgRecord, SeriesDataset, SeriesSplits
from helpers.lessons.forecasting.clarke import BORDERS, EDGE, clarke_zones
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, PINK, SKY, VERMILION, new_figure, titled

GREY = "#777777"
PART_COLOURS = {"train": BLUE, "validation": SKY, "test": ORANGE}
ZONE_COLOURS = {"A": GREEN, "B": SKY, "C": ORANGE, "D": PINK, "E": VERMILION}


@titled("The beginning of each person's record")
def record_figure(data: SeriesDataset, people: Sequence[str], hours: int = 48) -> Figure:
    """The first hours of each person, one panel each: glucose as a line that breaks where nothing was measured.

    Insulin (units in each step) and carbohydrate (marks with their grams) are drawn where the data set has them; the
    target range of 70 to 180 mg/dL is shaded where the series is glucose.
    """
    figure, axes = new_figure(len(people), 1, width=9, height=1.9 * len(people) + 0.3, sharey=True)
    for panel, person in zip(axes[:, 0], people, strict=True):
        record = data.people[person].rows(slice(0, hours * 60 // data.step_minutes))
        if data.features[0] == GLUCOSE:
            panel.axhspan(LOW, HIGH, color=GREEN, alpha=0.12, lw=0)
        panel.plot(record.time, record.values[:, 0], color=BLUE, lw=1.5)
        if CARBOHYDRATE in data.features:
            eaten = record.values[:, data.features.index(CARBOHYDRATE)]
            for k in np.flatnonzero(eaten > 0):
                panel.annotate(
                    f"{eaten[k]:.0f} g",
                    (record.time[k], 1.01),
                    xycoords=("data", "axes fraction"),
                    fontsize=8,
                    ha="center",
                    va="bottom",
                    color=BLACK,
                )
                panel.axvline(record.time[k], color=ORANGE, lw=1.2)
        if INSULIN in data.features:
            twin = panel.twinx()
            twin.fill_between(record.time, record.values[:, data.features.index(INSULIN)], step="pre", color=PINK, lw=0)
            twin.set_ylim(0, 4 * max(1.0, float(np.nanmax(record.values[:, data.features.index(INSULIN)]))))
            twin.set_yticks([])
            twin.spines[:].set_visible(False)
        panel.set_title(person, loc="left")
        panel.set_ylabel("mg/dL" if data.features[0] == GLUCOSE else data.features[0])
        panel.xaxis.set_major_formatter(ConciseDateFormatter(panel.xaxis.get_major_locator()))
    return figure


@titled("An electrocardiogram with its beats marked")
def ecg_figure(record: EcgRecord, seconds: float = 5) -> Figure:
    """The first seconds of one lead of an electrocardiogram, its beats marked."""
    n = int(seconds * record.rate)
    beats = record.beats[record.beats < n]
    figure, axes = new_figure(width=9, height=2.2)
    panel = axes[0, 0]
    panel.plot(record.seconds[:n], record.signal[:n, 0], color=BLUE, lw=1)
    panel.plot(record.seconds[beats], record.signal[beats, 0], "o", color=VERMILION, ms=5)
    panel.set(xlabel="seconds", ylabel="millivolt", title=f"{record.title}, lead: {record.leads[0]}")
    return figure


@titled("A recurrent layer, and the same unrolled over time")
def unrolled_figure(steps: int = 4) -> Figure:
    """A recurrent layer drawn once with its loop, and unrolled over a few steps with the same weights in each."""
    figure, axes = new_figure(width=9, height=2.9)
    panel = axes[0, 0]

    def box(x: float, y: float, text: str, colour: str):
        patch = FancyBboxPatch(
            (x - 0.34, y - 0.24), 0.68, 0.48, boxstyle="round,pad=0.05", fc=colour, ec=BLACK, alpha=0.45
        )
        panel.add_patch(patch)
        panel.text(x, y, text, ha="center", va="center")

    def arrow(
        start: tuple[float, float], end: tuple[float, float], text: str = "", curve: float = 0.0, lift: float = 0.13
    ):
        style = f"arc3,rad={curve}"
        panel.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, color=BLACK, connectionstyle=style)
        )
        if text:
            panel.text((start[0] + end[0]) / 2 + 0.04, (start[1] + end[1]) / 2 + lift, text, ha="center", fontsize=10)

    box(0, 1, "$h$", BLUE)
    box(0, 0, "$x$", ORANGE)
    arrow((0, 0.3), (0, 0.7))
    panel.text(0.3, 0.44, "$W_{xh}$", ha="center", fontsize=10)
    arrow((0.3, 1.3), (-0.3, 1.3), curve=1.3)
    panel.text(0, 1.85, "$W_{hh}$", ha="center", fontsize=10)
    panel.text(1.15, 0.95, "=", ha="center", fontsize=18)
    names = [str(t) for t in range(1, steps)] + ["T"]
    panel.text(1.72, 0.93, "$h_0$", ha="center")
    for k, name in enumerate(names):
        x = 3 + 1.7 * k
        box(x, 1, f"$h_{{{name}}}$", BLUE)
        box(x, 0, f"$x_{{{name}}}$", ORANGE)
        arrow((x, 0.3), (x, 0.7))
        panel.text(x + 0.3, 0.44, "$W_{xh}$", ha="center", fontsize=10)
        arrow((x - 1.3 if k else 1.95, 1), (x - 0.4, 1), "…" if name == "T" else "$W_{hh}$")
    last = 3 + 1.7 * (steps - 1)
    arrow((last + 0.4, 1), (last + 1.2, 1))
    panel.text(last + 1.3, 0.93, "forecast", ha="left")
    panel.set(xlim=(-0.7, last + 2.3), ylim=(-0.4, 2.1))
    panel.axis("off")
    return figure


@titled("Size of the gradient by steps back")
def gradient_figure(curves: Mapping[str, np.ndarray]) -> Figure:
    """How strongly the last state depends on an input, by how many steps back it lies; both axes tell orders of size.

    curves: name -> array (steps,), the first for the last input; each is drawn relative to its first value.
    """
    figure, axes = new_figure(width=8, height=3.4)
    panel = axes[0, 0]
    styles = ("-", "--", "-.", ":")
    for k, (name, curve) in enumerate(curves.items()):
        panel.plot(np.arange(len(curve)), curve / curve[0], styles[k % 4], color=COLOURS[k % len(COLOURS)], label=name)
    panel.axhline(1, color=BLACK, lw=0.8)
    panel.set(yscale="log", xlabel="steps back in time", ylabel="size of the gradient\n(last step = 1)")
    panel.set_ylim(1e-14, 1e6)
    panel.legend(fontsize=9, loc="lower left")
    return figure


@titled("One sequence: what came in, the gates, the answers")
def memory_figure(inputs: np.ndarray, gates: Mapping[str, np.ndarray], outputs: Mapping[str, np.ndarray]) -> Figure:
    """One sequence of the memory task: what came in, how far each gate opened, and what each network would answer.

    inputs: (steps,). gates: name -> (steps,) between 0 and 1. outputs: network -> (steps,).
    """
    figure, axes = new_figure(3, 1, width=8, height=5.2, sharex=True)
    steps = np.arange(1, len(inputs) + 1)
    top, middle, bottom = axes[:, 0]
    top.bar(steps, inputs, color=GREY, width=0.7)
    top.bar(steps[:1], inputs[:1], color=VERMILION, width=0.7)
    top.set(ylabel="input", title="only the first value counts; the rest is noise")
    for colour, (style, (name, gate)) in zip(COLOURS, zip(("-", "--", ":"), gates.items(), strict=True), strict=False):
        middle.plot(steps, gate, style, color=colour, label=name)
    middle.set(ylabel="gate opens", ylim=(-0.05, 1.05))
    middle.legend(fontsize=9, loc="center right")
    for colour, style, (name, output) in zip(COLOURS, ("-", "--"), outputs.items(), strict=False):
        bottom.plot(steps, output, style, color=colour, label=name)
    bottom.axhline(inputs[0], color=VERMILION, lw=1, ls=":")
    bottom.set(ylabel="answer so far", xlabel="step")
    bottom.legend(fontsize=9, loc="lower right")
    return figure


@titled("Parts of the data along the days of each person")
def split_figure(splits: Mapping[str, SeriesSplits]) -> Figure:
    """Who is in which part, and when: one panel per way of splitting, a bar per person, days from the first reading."""
    people = {name: list(split.train.people) for name, split in splits.items()}
    first = next(iter(splits.values()))
    everybody = list(dict.fromkeys([*first.train.people, *[p for ps in people.values() for p in ps]]))
    figure, axes = new_figure(1, len(splits), width=9.5, height=0.26 * len(everybody) + 1.2, sharey=True)
    for panel, (name, split) in zip(axes[0], splits.items(), strict=True):
        for part in ("train", "validation", "test"):
            for person, record in getattr(split, part).people.items():
                origin = min(getattr(first, each).people[person].time[0] for each in ("train", "validation", "test"))
                start, end = (record.time[[0, -1]] - origin) / np.timedelta64(1, "D")
                panel.barh(everybody.index(person), end - start, left=start, height=0.7, color=PART_COLOURS[part])
        panel.set(title=name, xlabel="days", yticks=range(len(everybody)), yticklabels=everybody)
    axes[0, 0].invert_yaxis()  # the axis is shared
    handles = [panel.barh([0], [0], color=colour, label=part) for part, colour in PART_COLOURS.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=9)
    return figure


@titled("Error by minutes ahead")
def horizon_figure(table: pd.DataFrame) -> Figure:
    """RMSE by horizon, a line per model. table: rows minutes ahead, columns models, mg/dL."""
    figure, axes = new_figure(width=7, height=3.2)
    panel = axes[0, 0]
    markers = "osD^v"
    for k, model in enumerate(table.columns):
        panel.plot(table.index, table[model], f"-{markers[k % 5]}", color=COLOURS[k % len(COLOURS)], label=model)
    panel.set(xlabel="minutes ahead", ylabel="RMSE (mg/dL)", xticks=list(table.index))
    panel.set_ylim(bottom=0)
    panel.legend(fontsize=9)
    return figure


@titled("Loss by epoch; rings mark the weights kept")
def loss_curves(histories: Mapping[str, pd.DataFrame], ylabel: str) -> Figure:
    """Loss by epoch, training dashed, validation solid, one colour per model; a ring marks the epoch that was kept."""
    figure, axes = new_figure(width=8, height=3.3)
    panel = axes[0, 0]
    for colour, (name, history) in zip(COLOURS, histories.items(), strict=False):
        panel.plot(history["epoch"], history["loss"], "--", color=colour, label=f"{name}, training")
        panel.plot(history["epoch"], history["val_loss"], "-", color=colour, label=f"{name}, validation")
        kept = history[history["kept"]]
        panel.plot(kept["epoch"], kept["val_loss"], "o", mfc="white", mec=colour, ms=9, mew=2)
    panel.set(xlabel="epoch", ylabel=ylabel)
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.legend(fontsize=9)
    return figure


@titled("Glucose measured and foretold")
def forecast_figure(
    time: np.ndarray,
    truth: np.ndarray,
    forecasts: Mapping[str, np.ndarray],
    half_width: float | None = None,
    alarms: np.ndarray = (),
    low: float = LOW,
) -> Figure:
    """What came, and what each model had said of that moment; mg/dL over time.

    time: datetime64 (n,), the moments foretold. truth: (n,). forecasts: name -> (n,); with a half width the first gets
    a band around it. alarms: the moments at which an alarm sounded. low: where the dotted line is drawn.
    """
    figure, axes = new_figure(width=9, height=3.4)
    panel = axes[0, 0]
    breaks = np.flatnonzero(np.diff(time) > np.timedelta64(15, "m")) + 1

    def broken(values: np.ndarray) -> np.ndarray:
        return np.insert(np.asarray(values, dtype=float), breaks, np.nan)

    moments = np.insert(time, breaks, time[breaks])
    panel.axhline(low, color=BLACK, ls=":", lw=1.2)
    panel.plot(moments, broken(truth), color=BLACK, lw=2, label="measured")
    for k, (name, forecast) in enumerate(forecasts.items()):
        panel.plot(moments, broken(forecast), ("-", "--", "-.")[k % 3], color=COLOURS[k], lw=1.5, label=name)
    if half_width is not None:
        first = broken(next(iter(forecasts.values())))
        panel.fill_between(moments, first - half_width, first + half_width, color=COLOURS[0], alpha=0.18, lw=0)
    for alarm in alarms:
        panel.plot([alarm], [panel.get_ylim()[0] + 4], "^", color=VERMILION, ms=10, clip_on=False)
    panel.set(ylabel="mg/dL")
    panel.xaxis.set_major_formatter(ConciseDateFormatter(panel.xaxis.get_major_locator()))
    panel.legend(fontsize=9, loc="upper right")
    return figure


@titled("Events warned of by false alarms a day")
def alarm_figure(curves: Mapping[str, pd.DataFrame], most_false: float, chosen: Mapping[str, float]) -> Figure:
    """Share of events warned of against false alarms a day, one line per model, the chosen thresholds ringed.

    curves: model -> table of helpers.lessons.forecasting.alarms.alarm_curve. chosen: model -> one of its thresholds.
    """
    figure, axes = new_figure(width=7, height=3.8)
    panel = axes[0, 0]
    for k, (name, curve) in enumerate(curves.items()):
        x, y = curve["false alarms a day"], curve["sensitivity"]
        panel.plot(x, y, f"-{'os^D'[k % 4]}", color=COLOURS[k], ms=4, label=name)
        if name in chosen:
            at = curve.loc[chosen[name]]
            panel.plot(at["false alarms a day"], at["sensitivity"], "o", mfc="none", mec=VERMILION, ms=15, mew=2)
    panel.axvline(most_false, color=BLACK, ls=":", lw=1.2)
    panel.set(xlabel="false alarms per person and day", ylabel="share of events warned of", ylim=(-0.03, 1.05))
    panel.legend(fontsize=9, loc="lower right")
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
