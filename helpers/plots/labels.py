"""Names that stand beside what they name, instead of in a legend over the lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

POINTS_PER_LINE = 12.5  # height of a label and the gap to the next


def label_ends(panel: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write names to the right of a panel, each level with the end of its line and apart from the others.

    ends: (y in the panel's unit, name, colour) of each line. Call it when the limits of the panel are final.
    """
    low, high = panel.get_ylim()
    to_axes = panel.transScale.transform
    (_, bottom), (_, top) = to_axes((1, low)), to_axes((1, high))
    heights = np.array([(to_axes((1, min(max(y, low), high)))[1] - bottom) / (top - bottom) for y, *_ in ends])
    gap = POINTS_PER_LINE / (72 * panel.figure.get_figheight() * panel.get_position().height)
    for height, (_, name, colour) in zip(_apart(heights, gap), ends, strict=True):
        panel.text(1.015, height, name, transform=panel.transAxes, color=colour, va="center", fontsize=9)


def _apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Heights as near to the given ones as may be, in their order, no two nearer than the gap.

    >>> _apart(np.array([0.5, 0.5]), 0.2).tolist()
    [0.4, 0.6]
    """
    order = np.argsort(heights, kind="stable")
    offsets = gap * np.arange(len(heights))
    wanted = heights[order] - offsets
    blocks: list[tuple[float, int]] = []  # mean and size of runs that have to move together
    for value in wanted:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    placed = np.empty(len(heights))
    placed[order] = np.concatenate([np.full(size, mean) for mean, size in blocks]) + offsets if len(heights) else []
    return placed.round(12)
