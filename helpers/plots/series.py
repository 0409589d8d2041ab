"""Figures of time series: records, splits, losses, forecasts and their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, HIGH, INSULIN, LOW, EcgRecord, SeriesDataset, SeriesSplits
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, PINK, SKY, VERMILION, new_figure, titled

PART_COLOURS = {"train": BLUE, "validation": SKY, "test": ORANGE}


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


@titled("The beginning of each person's record")
def record_figure(data: SeriesDataset, people: Sequence[str], hours: int = 48) -> Figure:
    """The first hours of each person, one panel each: glucose as a line that breaks where nothing was measured.

    Insulin (units in each step, scale on the right) and carbohydrate (marks with their grams) are drawn where the data
    set has them; the target range of 70 to 180 mg/dL is shaded where the series is glucose.
    """
    figure, axes = new_figure(len(people), 1, width=9, height=2.0 * len(people) + 0.3, sharey=True)
    for panel, person in zip(axes[:, 0], people, strict=True):
        record = data.people[person].rows(slice(0, hours * 60 // data.step_minutes))
        if data.features[0] == GLUCOSE:
            panel.axhspan(LOW, HIGH, color=GREEN, alpha=0.12, lw=0)
        panel.plot(record.time, record.values[:, 0], color=BLUE, lw=1.5)
        if CARBOHYDRATE in data.features:
            _draw_meals(panel, record.time, record.values[:, data.features.index(CARBOHYDRATE)])
        if INSULIN in data.features:
            _draw_insulin(panel, record.time, record.values[:, data.features.index(INSULIN)])
        panel.set_title(person, loc="left", fontsize=10, pad=24 if CARBOHYDRATE in data.features else 6)
        panel.set_ylabel("mg/dL" if data.features[0] == GLUCOSE else data.features[0])
        panel.xaxis.set_major_formatter(ConciseDateFormatter(panel.xaxis.get_major_locator()))
    return figure


def _draw_meals(panel: Axes, time: np.ndarray, grams: np.ndarray) -> None:
    """An upright line at each meal with its grams above, in a second row where the one before is near."""
    raised, before = False, None
    for k in np.flatnonzero(grams > 0):
        raised = before is not None and time[k] - before < np.timedelta64(3, "h") and not raised
        before = time[k]
        panel.axvline(time[k], ymin=0.3, color=ORANGE, lw=1.2)
        panel.annotate(
            f"{grams[k]:.0f} g",
            (time[k], 1.15 if raised else 1.02),
            xycoords=("data", "axes fraction"),
            fontsize=8,
            ha="center",
            va="bottom",
        )


def _draw_insulin(panel: Axes, time: np.ndarray, units: np.ndarray) -> None:
    twin = panel.twinx()
    twin.vlines(time, 0, units, color=PINK, lw=3)
    most = max(1.0, float(np.nanmax(units)))
    twin.set(ylim=(0, 4 * most), yticks=[0, np.floor(most)])
    twin.set_ylabel("insulin (U)", loc="bottom", fontsize=9)
    twin.spines["top"].set_visible(False)


@titled("Loss by epoch; rings mark the weights kept")
def loss_curves(histories: Mapping[str, pd.DataFrame], ylabel: str, floor: tuple[str, float] | None = None) -> Figure:
    """Loss by epoch, training dashed, validation solid, one colour per model; a ring marks the epoch that was kept.

    floor: name and loss of a model without training, a dotted line.
    """
    figure, axes = new_figure(width=8, height=3.2)
    panel, ends = axes[0, 0], []
    for colour, (name, history) in zip(COLOURS, histories.items(), strict=False):
        for column, style, part in (("loss", "--", "training"), ("val_loss", "-", "validation")):
            panel.plot(history["epoch"], history[column], style, color=colour)
            ends.append((history[column].iloc[-1], f"{name}, {part}", colour))
        kept = history[history["kept"]]
        panel.plot(kept["epoch"], kept["val_loss"], "o", mfc="white", mec=colour, ms=9, mew=2)
    if floor is not None:
        panel.axhline(floor[1], color=BLACK, ls=":", lw=1.5)
        ends.append((floor[1], floor[0], BLACK))
    panel.set(xlabel="epoch", ylabel=ylabel)
    panel.xaxis.get_major_locator().set_params(integer=True)
    label_ends(panel, ends)
    return figure


@titled("Glucose measured and foretold")
def forecast_figure(time: np.ndarray, truth: np.ndarray, forecasts: Mapping[str, np.ndarray]) -> Figure:
    """What came, and what each model had said of that moment; mg/dL over time.

    time: datetime64 (n,), the moments foretold. truth: (n,). forecasts: name -> (n,). A dotted line marks a low.
    """
    figure, axes = new_figure(width=9, height=3.4)
    panel = axes[0, 0]
    breaks = np.flatnonzero(np.diff(time) > np.timedelta64(15, "m")) + 1

    def broken(values: np.ndarray) -> np.ndarray:
        return np.insert(np.asarray(values, dtype=float), breaks, np.nan)

    moments = np.insert(time, breaks, time[breaks])
    panel.axhline(LOW, color=BLACK, ls=":", lw=1.2)
    panel.plot(moments, broken(truth), color=BLACK, lw=2, label="measured")
    for k, (name, forecast) in enumerate(forecasts.items()):
        panel.plot(moments, broken(forecast), ("-", "--", "-.")[k % 3], color=COLOURS[k], lw=1.5, label=name)
    panel.set(ylabel="mg/dL")
    panel.xaxis.set_major_formatter(ConciseDateFormatter(panel.xaxis.get_major_locator()))
    lines = [(float(truth[-1]), "measured", BLACK), (float(LOW), f"{LOW:g}: a low", BLACK)]
    lines += [(float(forecast[-1]), name, COLOURS[k]) for k, (name, forecast) in enumerate(forecasts.items())]
    label_ends(panel, lines)
    return figure


@titled("Error of each person")
def person_figure(table: pd.DataFrame) -> Figure:
    """RMSE of each person by model, a row per person, a mark per model.

    table: rows people, columns models, mg/dL; people are sorted by the first column.
    """
    ordered = table.sort_values(table.columns[0])
    figure, axes = new_figure(width=8, height=0.27 * len(table) + 1.1)
    panel = axes[0, 0]
    rows = np.arange(len(ordered))
    panel.hlines(rows, ordered.min(axis=1), ordered.max(axis=1), color="#cccccc", lw=2)
    for k, model in enumerate(ordered.columns):
        panel.plot(ordered[model], rows, "osD^v"[k % 5], color=COLOURS[k % len(COLOURS)], ms=6, label=model)
    panel.set(yticks=rows, yticklabels=ordered.index, xlabel="RMSE (mg/dL)")
    figure.legend(loc="outside lower center", ncols=len(ordered.columns), fontsize=9)
    return figure
