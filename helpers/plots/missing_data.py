"""Figures of missing data: who is missing, what is put in their place, what that does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, VERMILION, new_figure, titled

METHODS = {  # a colour and a marker for each way to fill a gap, the same in every figure
    "complete cases": (BLUE, "o"),
    "mean": (ORANGE, "s"),
    "kNN": (GREEN, "^"),
    "regression": (VERMILION, "D"),
    "multiple": (BLACK, "v"),
}
REPEATS = "points: mean of the repeats; bars: where 95 % of them lay; set apart to be seen"


@titled("The values that are seen and those that are gone")
def mechanism_figure(values: np.ndarray, gone: Mapping[str, np.ndarray], *, xlabel: str) -> Figure:
    """A histogram per mechanism: seen values above the axis, hidden below, with the mean of all and of the seen.

    values: true values, shape (n,). gone: mechanism -> truth values, shape (n,).
    """
    figure, axes = new_figure(1, len(gone), width=3.3 * len(gone), height=3.1, sharey=True)
    bins = np.linspace(values.min(), values.max(), 26)
    for panel, (name, hidden) in zip(axes[0], gone.items(), strict=True):
        for sign, who, colour in ((1, ~hidden, BLUE), (-1, hidden, ORANGE)):
            panel.bar(bins[:-1], sign * np.histogram(values[who], bins)[0], np.diff(bins), align="edge", color=colour)
        panel.axvline(values.mean(), color=BLACK, lw=1.5)
        panel.axvline(values[~hidden].mean(), color=BLACK, lw=1.5, ls=":")
        panel.axhline(0, color=BLACK, lw=0.8)
        panel.set(title=name, xlabel=xlabel)
        panel.text(0.97, 0.93, "seen", transform=panel.transAxes, color=BLUE, ha="right")
        panel.text(0.97, 0.04, "gone", transform=panel.transAxes, color="#8A5A00", ha="right")
        panel.yaxis.set_major_formatter(lambda height, _: f"{abs(height):.0f}")
    axes[0, 0].set_ylabel("patients")
    return figure


@titled("What each method puts into the gaps")
def imputed_figure(
    sign: np.ndarray, completed: Mapping[str, np.ndarray], gone: np.ndarray, *, xlabel: str, ylabel: str
) -> Figure:
    """One panel per method: the seen values as grey points, the imputed ones as vermilion diamonds.

    sign: what is always seen, (n,). completed: method -> the column without gaps (n,). gone: truth values (n,).
    """
    figure, axes = new_figure(1, len(completed), width=2.7 * len(completed), height=3.0, sharex=True, sharey=True)
    for panel, (name, column) in zip(axes[0], completed.items(), strict=True):
        panel.plot(sign[~gone], column[~gone], ".", color="#999999", ms=3)
        panel.plot(sign[gone], column[gone], "D", color=VERMILION, ms=3)
        panel.set(title=name, xlabel=xlabel)
    axes[0, 0].set_ylabel(ylabel)
    axes[0, 0].text(0.04, 0.95, "seen", transform=axes[0, 0].transAxes, color="#666666", va="top")
    axes[0, 0].text(0.04, 0.87, "put in", transform=axes[0, 0].transAxes, color=VERMILION, va="top")
    return figure


@titled("Many imputations, and what they say together")
def pooled_figure(
    estimates: np.ndarray, errors: np.ndarray, pooled: tuple[float, float, float], truth: float, *, xlabel: str
) -> Figure:
    """The estimate of each imputation with ± 1.96 standard errors, the pooled one below, and a line at the truth.

    estimates, errors: shape (m,). pooled: estimate, lower and upper end.
    """
    figure, axes = new_figure(width=7, height=0.16 * len(estimates) + 1.6)
    panel, places = axes[0, 0], np.arange(len(estimates)) + 2
    panel.hlines(places, estimates - 1.96 * errors, estimates + 1.96 * errors, color=COLOURS[4], lw=2)
    panel.plot(estimates, places, "o", color=BLUE, ms=4)
    panel.plot(pooled[1:], [0, 0], color=BLACK, lw=3)
    panel.plot(pooled[0], 0, "s", color=BLACK)
    panel.axvline(truth, color=VERMILION, ls="--", lw=1.5)
    panel.text(truth, places[-1] + 1.2, " complete table", color=VERMILION, fontsize=9, va="bottom")
    panel.set(yticks=[0, places.mean()], yticklabels=["pooled", "single\nimputations"], xlabel=xlabel)
    panel.set_ylim(-1, places[-1] + 3)
    return figure


@titled("What breaks as more goes missing")
def breaks_figure(table: pd.DataFrame, truths: Mapping[str, float], ylabels: Mapping[str, str]) -> Figure:
    """One panel per quantity: its mean over the repeats by share of gaps and method, with the range of 95 % of them.

    table: columns share, method, repeat and one per quantity. truths: quantity -> value without gaps (NaN for none).
    ylabels: quantity -> what stands beside its axis.
    """
    figure, axes = new_figure(1, len(truths), width=3.0 * len(truths) + 1.2, height=3.3)
    methods = list(dict.fromkeys(table["method"]))
    for panel, (name, truth) in zip(axes[0], truths.items(), strict=True):
        by = table.groupby(["method", "share"])[name]
        for k, method in enumerate(methods):
            colour, marker = METHODS[method]
            mean = by.mean().loc[method]
            low, high = (by.quantile(q).loc[method] for q in (0.025, 0.975))
            places = 100 * mean.index.to_numpy() + 0.9 * (k - len(methods) / 2)
            panel.vlines(places, low, high, color=colour, alpha=0.45, lw=2)
            panel.plot(places, mean, "-", marker=marker, ms=4, lw=1.5, color=colour, label=method)
        if np.isfinite(truth):
            panel.axhline(truth, color=BLACK, ls="--", lw=1.2)
        panel.set(title=name, xlabel="% missing", ylabel=ylabels[name])
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(
        lines, names, loc="outside lower center", ncols=len(names), fontsize=9, title=REPEATS, title_fontsize=9
    )
    return figure


@titled("When the ordering of the test changes")
def deployment_figure(table: pd.DataFrame) -> Figure:
    """AUC and O:E of each model by deployment: the mean over the repeats and the range of 95 % of them.

    table: columns deployment, model, repeat, AUC, O:E.
    """
    figure, axes = new_figure(1, 2, width=9.5, height=3.4, sharey=True)
    deployments, models = (list(dict.fromkeys(table[column])) for column in ("deployment", "model"))
    for panel, score in zip(axes[0], ("AUC", "O:E"), strict=True):
        by = table.groupby(["model", "deployment"])[score]
        for k, model in enumerate(models):
            colour, marker = METHODS[model.removesuffix(" + indicator")]
            face = colour if model in METHODS else "white"
            places = np.arange(len(deployments))[::-1] + 0.3 - 0.2 * k
            low, high = (by.quantile(q).loc[model][deployments] for q in (0.025, 0.975))
            panel.hlines(places, low, high, color=colour, alpha=0.45, lw=2)
            panel.plot(by.mean().loc[model][deployments], places, marker, color=colour, mfc=face, label=model)
        panel.set(xlabel=score, yticks=np.arange(len(deployments))[::-1], yticklabels=deployments)
    axes[0, 0].set_ylabel("test ordered")
    axes[0, 1].axvline(1, color=BLACK, ls=":", lw=1.2)
    lines, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(
        lines, names, loc="outside lower center", ncols=len(names), fontsize=9, title=REPEATS, title_fontsize=9
    )
    return figure


@titled("A silent sensor, and two ways to fill its silence")
def silence_figure(hours: np.ndarray, lines: Mapping[str, np.ndarray], silent: np.ndarray, *, now: int) -> Figure:
    """Glucose over some hours: the truth and what is put into the silences, shaded; a line at one moment of a forecast.

    hours, silent: shape (n,). lines: name -> mg/dL, shape (n,), the truth first. now: index of the moment.
    """
    figure, axes = new_figure(width=8.5, height=3.2)
    panel = axes[0, 0]
    low, high = min(map(np.min, lines.values())), max(map(np.max, lines.values()))
    panel.fill_between(hours, low - 10, high + 10, where=silent, color="#DDDDDD", step="mid", lw=0)
    for (_, values), colour, style in zip(lines.items(), (BLACK, BLUE, VERMILION), ("-", "--", ":"), strict=False):
        panel.plot(hours, values, style, color=colour, lw=2)
    panel.axvline(hours[now], color=BLACK, lw=1)
    panel.text(hours[now], high + 12, "now", ha="center", fontsize=9)
    panel.set(xlabel="hours", ylabel="glucose (mg/dL)", ylim=(low - 10, high + 10), xlim=(hours[0], hours[-1]))
    colours = (BLACK, BLUE, VERMILION)
    label_ends(panel, [(v[-1], name, c) for (name, v), c in zip(lines.items(), colours, strict=False)])
    return figure


@titled("The tipping point")
def tipping_figure(table: pd.DataFrame, norm: float, truth: float, *, xlabel: str, ylabel: str) -> Figure:
    """A pooled mean with its interval by the shift of the imputed values, the norm, and the truth that nobody knows.

    table: columns mean, low, high, the shift as index.
    """
    figure, axes = new_figure(width=7, height=3.4)
    panel, shifts = axes[0, 0], table.index.to_numpy()
    panel.fill_between(shifts, table["low"], table["high"], color=BLUE, alpha=0.2, lw=0)
    panel.plot(shifts, table["mean"], color=BLUE)
    panel.axhline(norm, color=BLACK, ls="--", lw=1.5)
    panel.axhline(truth, color=VERMILION, ls=":", lw=1.5)
    panel.set(xlabel=xlabel, ylabel=ylabel, xlim=(shifts[0], shifts[-1]))
    ends = [(table["mean"].iloc[-1], "pooled mean", BLUE), (norm, "norm", BLACK), (truth, "truth", VERMILION)]
    label_ends(panel, ends)
    return figure
