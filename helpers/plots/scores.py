"""Figures of training and of scores: learning curves, confusion, intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, ORANGE, VERMILION, new_figure, readable_on, titled


@titled("Loss and accuracy by epoch")
def learning_curves(histories: Mapping[str, pd.DataFrame]) -> Figure:
    """Loss and accuracy by epoch, training dashed with circles, validation solid with squares.

    Of one model, training and validation have colours of their own, and their names at the end; of several, each model
    has one. histories: model name -> table with columns epoch, loss, accuracy, val_loss, val_accuracy.
    Raises ValueError for more models than there are colours to tell apart.
    """
    if len(histories) > len(COLOURS):
        raise ValueError(f"learning_curves: expected at most {len(COLOURS)} models, found {len(histories)}.")
    alone = len(histories) == 1
    figure, axes = new_figure(1, 2, width=9, height=3.6 if alone else 3.9)
    for colour, (name, history) in zip(COLOURS, histories.items(), strict=False):
        other = ORANGE if alone else colour
        for panel, quantity in zip(axes[0], ("loss", "accuracy"), strict=True):
            seen, held_out = history[quantity], history[f"val_{quantity}"]
            panel.plot(history["epoch"], seen, "--o", ms=3, color=colour, label=f"{name}, training")
            panel.plot(history["epoch"], held_out, "-s", ms=3, color=other, label=f"{name}, validation")
            if alone:
                label_ends(panel, [(seen.iloc[-1], "training", colour), (held_out.iloc[-1], "validation", other)])
    axes[0, 0].set(xlabel="epoch", ylabel="cross-entropy (nats)", title="Loss")
    axes[0, 1].set(xlabel="epoch", ylabel="share of images called right", title="Accuracy")
    for panel in axes[0]:
        panel.xaxis.get_major_locator().set_params(integer=True)
    if not alone:
        lines, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower center", ncols=len(histories), fontsize=9)
    return figure


@titled("True classes and classes called")
def confusion_figure(table: pd.DataFrame) -> Figure:
    """A confusion table (rows true, columns called) with its counts, coloured by the share of each row."""
    figure, axes = new_figure(width=1.3 * len(table) + 1.6, height=1.0 * len(table) + 1.2)
    panel = axes[0, 0]
    share = table.to_numpy() / np.maximum(table.to_numpy().sum(axis=1, keepdims=True), 1)
    shown = panel.imshow(share, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (i, j), count in np.ndenumerate(table.to_numpy()):
        panel.text(
            j,
            i,
            f"{count}\n{share[i, j]:.0%}",
            ha="center",
            va="center",
            color=readable_on(shown, share[i, j]),
        )
    panel.set(
        xticks=range(len(table)),
        xticklabels=table.columns,
        yticks=range(len(table)),
        yticklabels=table.index,
        xlabel="called by the model",
        ylabel="true class",
    )
    return figure


@titled("Scores with their intervals")
def interval_figure(scores: pd.DataFrame, column: str, *, floor: float | None = None, xlabel: str = "") -> Figure:
    """Each model's score as a point with its interval, best at the top; a dotted line at `floor`.

    scores: a table of Interval objects, one row per model. column: which of its columns.
    """
    ordered = scores[column].iloc[np.argsort([interval.estimate for interval in scores[column]])]
    figure, axes = new_figure(width=7.5, height=0.45 * len(scores) + 1.0)
    panel = axes[0, 0]
    for row, (_, interval) in enumerate(ordered.items()):
        panel.plot([interval.low, interval.high], [row, row], color=BLUE, lw=3, solid_capstyle="butt")
        panel.plot(interval.estimate, row, "o", color=BLACK, ms=7)
    if floor is not None:
        panel.axvline(floor, color=BLACK, ls=":", lw=1.5)
    panel.set(yticks=range(len(ordered)), yticklabels=ordered.index, xlabel=xlabel or column)
    panel.set_ylim(-0.6, len(ordered) - 0.4)
    return figure


@titled("Scores of the diseased and of all others")
def threshold_figure(diseased: np.ndarray, scores: np.ndarray, threshold: float) -> Figure:
    """The scores of the diseased above the axis and of all others below it, and a line at the threshold.

    diseased: truth values, shape (n,); scores: probability of the disease, shape (n,). Heights are shares of each
    group. Above the panel stand the sensitivity and the specificity that this threshold has on these rows; one that no
    row defines is left out.
    """
    figure, axes = new_figure(width=7.5, height=3.2)
    panel, bins = axes[0, 0], np.linspace(0, 1, 41)
    reached = {"sensitivity": scores[diseased] >= threshold, "specificity": scores[~diseased] < threshold}
    for sign, name, rows, colour in [(1, "diseased", diseased, VERMILION), (-1, "all others", ~diseased, BLUE)]:
        heights = np.histogram(scores[rows], bins)[0] / max(rows.sum(), 1)
        panel.bar(bins[:-1], sign * heights, width=bins[1], align="edge", color=colour, label=name)
    panel.axvline(threshold, color=BLACK, ls="--", lw=1.5, label="threshold")
    panel.axhline(0, color=BLACK, lw=0.8)
    panel.yaxis.set_major_formatter(lambda height, _: f"{abs(height):.0%}")
    shares = [f"{name} {right.mean():.2f}" for name, right in reached.items() if len(right)]
    panel.set(xlabel="probability of the disease, by the model", ylabel="share of the group", title=", ".join(shares))
    panel.legend(fontsize=9)
    return figure
