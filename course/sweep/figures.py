"""Figures of a study: a result against what was varied, with the interval over the seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import BLUE, new_figure, readable_on

WRITTEN_CELLS = 100  # more than so many numbers in a heat map cannot be read


def study_figure(
    summary: pd.DataFrame, axes: Sequence[str], result: str, log: Sequence[str] = ()
) -> tuple[Figure, str]:
    """The figure that the number of axes asks for, and its alternative text.

    summary: what course.sweep.results.summarise returns. No axis: the one mean; one: a line (points where the axis
    is no number); two: a heat map of the means; more: one panel per axis with the points of all the others.
    log: axes to draw on a logarithmic scale.
    """
    name = result.replace("_", " ")
    if len(axes) == 2 and not summary.duplicated(list(axes)).any() and _is_full(summary, axes):
        figure = _heat_map(summary, axes, name)
        return (
            figure,
            f"{name}: a heat map of its mean over the seeds, by {axes[0]} and {axes[1]}; {_extremes(summary)}.",
        )
    if len(axes) > 1:
        figure = _panels(summary, axes, name, log)
        return (
            figure,
            f"{name}: its mean at every point of the study, against each of {', '.join(axes)}; {_extremes(summary)}.",
        )
    figure, panels = new_figure(width=6, height=3.4)
    panel = panels[0, 0]
    against = axes[0] if axes else "all runs"
    places = _places(summary[against]) if axes else (np.zeros(len(summary)), ["all runs"])
    _points(panel, places, summary, joined=bool(axes) and places[1] is None)
    panel.set(xlabel=against if axes else "", ylabel=name)
    if against in log:
        panel.set_xscale("log")
    return figure, f"{name} against {against}: mean over the seeds with its interval; {_extremes(summary)}."


def _extremes(summary: pd.DataFrame) -> str:
    return f"means from {summary['mean'].min():.4g} to {summary['mean'].max():.4g}"


def _is_full(summary: pd.DataFrame, axes: Sequence[str]) -> bool:
    return len(summary) == np.prod([summary[axis].nunique() for axis in axes])


def _places(values: pd.Series) -> tuple[np.ndarray, list[str] | None]:
    """Where the values of an axis lie, and their labels where they are no numbers."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.to_numpy(float), None
    codes, names = pd.factorize(values)
    return codes.astype(float), [str(name) for name in names]


def _points(panel, places: tuple[np.ndarray, list[str] | None], summary: pd.DataFrame, joined: bool):
    """Means with their intervals; joined: by a line, in the order of the axis."""
    at, labels = places
    order = np.argsort(at, kind="stable")
    mean = summary["mean"].to_numpy(float)[order]
    spread = np.nan_to_num(summary["high"].to_numpy(float)[order] - mean)
    panel.errorbar(at[order], mean, spread, fmt="-o" if joined else "o", color=BLUE, ms=5, capsize=3, elinewidth=1.2)
    if labels is not None:
        panel.set_xticks(range(len(labels)), labels)
        panel.set_xlim(-0.6, len(labels) - 0.4)


def _panels(summary: pd.DataFrame, axes: Sequence[str], name: str, log: Sequence[str]) -> Figure:
    rows = -(-len(axes) // 3)
    columns = min(3, len(axes))
    figure, panels = new_figure(rows, columns, width=3.2 * columns, height=3 * rows, sharey=True)
    for panel, axis in zip(panels.flat, axes, strict=False):
        _points(panel, _places(summary[axis]), summary, joined=False)
        panel.set_xlabel(axis)
        if axis in log:
            panel.set_xscale("log")
    for panel in panels.flat[len(axes) :]:
        panel.set_visible(False)
    for row in panels:
        row[0].set_ylabel(name)
    return figure


def _heat_map(summary: pd.DataFrame, axes: Sequence[str], name: str) -> Figure:
    grid = summary.pivot_table(index=axes[0], columns=axes[1], values="mean", sort=False)
    grid = grid.loc[summary[axes[0]].unique(), summary[axes[1]].unique()]
    figure, panels = new_figure(width=min(10, 2.6 + 0.8 * grid.shape[1]), height=min(8, 1.4 + 0.5 * grid.shape[0]))
    panel = panels[0, 0]
    shown = panel.imshow(grid.to_numpy(float), cmap="cividis", aspect="auto")
    panel.set(xlabel=axes[1], ylabel=axes[0])
    panel.set_xticks(range(grid.shape[1]), [f"{value}" for value in grid.columns])
    panel.set_yticks(range(grid.shape[0]), [f"{value}" for value in grid.index])
    if grid.size <= WRITTEN_CELLS:
        for (row, column), value in np.ndenumerate(grid.to_numpy(float)):
            panel.text(
                column, row, f"{value:.3g}", ha="center", va="center", color=readable_on(shown, value), fontsize=9
            )
    figure.colorbar(shown, ax=panel, label=f"{name}, mean")
    return figure
