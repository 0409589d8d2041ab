"""Figures of overfitting: scores with their spread over fits, fits of one curve, a grid of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from helpers.plots.style import BLACK, BLUE, COLOURS, SKY, new_figure, readable_on, titled

MARKERS = "os^Dv"


@titled("Mean and range over the fits")
def spread_figure(
    values: Sequence[object],
    panels: Mapping[str, Mapping[str, np.ndarray]],
    *,
    xlabel: str,
) -> Figure:
    """The mean over fits as a line, from the lowest to the highest as a band; one panel per score.

    values: the settings along the axis, evenly spaced whatever they are. panels: score -> name of a line -> shape
    (settings, fits), NaN where a score is not defined.
    Raises ValueError for more lines than can be told apart.
    """
    most = max(len(lines) for lines in panels.values())
    if most > len(MARKERS):
        raise ValueError(f"spread_figure: expected at most {len(MARKERS)} lines, found {most}.")
    figure, axes = new_figure(1, len(panels), width=4.4 * len(panels) + 0.4, height=3.3)
    places = np.arange(len(values))
    for panel, (score, lines) in zip(axes[0], panels.items(), strict=True):
        for colour, marker, (name, fits) in zip(COLOURS, MARKERS, lines.items(), strict=False):
            shown = np.ma.masked_invalid(np.asarray(fits, dtype=float))
            low, high, mean = (part.filled(np.nan) for part in (shown.min(1), shown.max(1), shown.mean(1)))
            panel.fill_between(places, low, high, color=colour, alpha=0.2, lw=0)
            panel.plot(places, mean, marker=marker, ms=5, color=colour, label=name)
        panel.set_xticks(places, [str(value) for value in values])
        panel.set(xlabel=xlabel, title=score)
        panel.margins(x=0.04)
    axes[0, 0].legend(fontsize=9)
    return figure


@titled("Fits to many draws, their mean and the truth")
def many_fits_figure(
    x: np.ndarray, truth: np.ndarray, fits: Mapping[str, np.ndarray], points: tuple[np.ndarray, np.ndarray]
) -> Figure:
    """For each kind of model: its fits to many draws as thin lines, their mean, the truth, and one draw's points.

    x, truth: shape (m,). fits: name -> shape (draws, m), of which the first 25 are drawn.
    """
    figure, axes = new_figure(1, len(fits), width=3.4 * len(fits), height=3.2, sharey=True)
    for panel, (name, lines) in zip(axes[0], fits.items(), strict=True):
        single = panel.plot(x, lines[:25].T, color=SKY, lw=0.6, alpha=0.7)
        single[0].set_label("single fits")
        panel.plot(x, lines.mean(axis=0), color=BLUE, label="mean of all fits")
        panel.plot(x, truth, color=BLACK, ls="--", label="truth")
        panel.plot(*points, "o", color=BLACK, ms=3, label="one draw")
        panel.set(title=name, xlabel="dose", ylim=(truth.min() - 1, truth.max() + 1))
    axes[0, 0].set_ylabel("effect")
    axes[0, 0].legend(fontsize=9, loc="upper left")
    return figure


@titled("Parts of the error")
def stacked_figure(
    parts: Mapping[str, Sequence[float]], names: Sequence[object], *, xlabel: str, ylabel: str
) -> Figure:
    """Parts of a sum on top of each other, one bar per name; a part below zero starts at zero and hangs down.

    parts: name of a part -> its height in each bar. Variance looks the same in every figure.
    """
    figure, axes = new_figure(width=7.5, height=3.2)
    panel = axes[0, 0]
    floor = np.zeros(len(names))
    styles = dict(zip(("noise", "bias²", "variance"), zip(COLOURS, ("", "//", ".."), strict=False), strict=True))
    for part, heights in parts.items():
        colour, hatch = styles.get(part, styles["noise"])
        panel.bar(range(len(names)), heights, bottom=floor, color=colour, hatch=hatch, edgecolor="white", label=part)
        floor += np.maximum(heights, 0)
    panel.set_xticks(range(len(names)), [str(name) for name in names])
    panel.set(xlabel=xlabel, ylabel=ylabel)
    panel.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


@titled("Error by number of patients, extended to a larger study")
def extrapolation_figure(
    sizes: Sequence[int], errors: np.ndarray, line: np.ndarray, interval: tuple[float, float], found: np.ndarray
) -> Figure:
    """A power law through the errors of small studies, extended to a larger one, on logarithmic axes.

    sizes: numbers of patients, the last one that of the larger study. errors: shape (sizes - 1, fits). line: what the
    law says at each size. interval: of its last value. found: errors of the fits with the last size.
    """
    figure, axes = new_figure(width=6.2, height=3.4)
    panel = axes[0, 0]
    panel.plot(sizes[:-1], errors, "o", color=SKY, ms=4)
    panel.plot(sizes[:-1], errors.mean(axis=1), "o", color=BLUE, label="small studies, mean")
    panel.plot(sizes, line, "--", color=BLACK)
    panel.plot([sizes[-1]] * 2, interval, "-", color=BLACK)
    panel.plot(sizes[-1], line[-1], "s", color=BLACK, label="foretold, with interval")
    panel.plot([sizes[-1]] * len(found), found, "^", color=COLOURS[5], label="found")
    panel.set(xscale="log", yscale="log", xlabel="training patients", ylabel="1 − AUC on test")
    panel.minorticks_off()
    panel.set_xticks(sizes, [str(size) for size in sizes])
    ticks = [tick for tick in (0.1, 0.15, 0.2, 0.3, 0.4, 0.5) if panel.get_ylim()[0] <= tick <= panel.get_ylim()[1]]
    panel.set_yticks(ticks, [str(tick) for tick in ticks])
    panel.legend(fontsize=9)
    return figure


@titled("Scores by two settings")
def grid_figure(
    means: Mapping[str, np.ndarray], rows: Sequence[object], columns: Sequence[object], *, ylabel: str, xlabel: str
) -> Figure:
    """Heat maps of scores over two settings, with the numbers; one panel per score.

    means: score -> shape (rows, columns), NaN where it is not defined.
    """
    figure, axes = new_figure(1, len(means), width=4.4 * len(means), height=0.6 * len(rows) + 1.5)
    for panel, (score, table) in zip(axes[0], means.items(), strict=True):
        shown = panel.imshow(table, cmap="cividis", aspect="auto")
        for (i, j), value in np.ndenumerate(table):
            text = "" if np.isnan(value) else f"{value:.3f}"
            panel.text(j, i, text, ha="center", va="center", color=readable_on(shown, value), fontsize=10)
        panel.set_xticks(range(len(columns)), [str(value) for value in columns])
        panel.set_yticks(range(len(rows)), [str(value) for value in rows])
        panel.set(xlabel=xlabel, ylabel=ylabel, title=score)
    return figure


@titled("Learning curves to be diagnosed")
def diagnosis_figure(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], guessing: float) -> Figure:
    """Learning curves to be diagnosed: name -> (training loss, validation loss), each of shape (epochs,).

    guessing: the loss of somebody who knows nothing, a dotted line.
    """
    figure, axes = new_figure(1, len(curves), width=2.8 * len(curves), height=2.7)
    for panel, (name, (training, validation)) in zip(axes[0], curves.items(), strict=True):
        epochs = np.arange(1, len(training) + 1)
        panel.plot(epochs, training, "--", color=BLUE, label="training")
        panel.plot(epochs, validation, "-", color=COLOURS[5], label="validation")
        panel.axhline(guessing, color=BLACK, lw=0.8, ls=":", label="guessing")
        panel.set(title=name, xlabel="epoch", ylim=(0, None))
    axes[0, 0].set_ylabel("loss (nats)")
    axes[0, min(1, len(curves) - 1)].legend(fontsize=9, loc="center")
    return figure
