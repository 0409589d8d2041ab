"""The figure of a writer that is led by a score: what two opinions say of it, and what becomes of it meanwhile."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, GREEN, VERMILION, new_figure, titled


@titled("A writer led by a guide, round by round")
def rounds_figure(followed: pd.DataFrame, unit: str) -> Figure:
    """Left what guide and judge say of the best so far; right which share of the lines is valid, and how diverse it is.

    followed: a row per round with the columns guide, judge, valid and diverse, and rule where the truth is known. unit:
    of the target.
    """
    figure, axes = new_figure(1, 2, width=10, height=3.4)
    left, right = axes[0]
    number = np.arange(1, len(followed) + 1)
    kinds = (
        (left, {"guide": (VERMILION, "guide"), "judge": (BLUE, "judge"), "rule": (BLACK, "rule")}),
        (right, {"valid": (BLACK, "valid"), "diverse": (GREEN, "diversity")}),
    )
    for panel, lines in kinds:
        lines = {column: style for column, style in lines.items() if column in followed}
        for column, (colour, _) in lines.items():
            panel.plot(number, followed[column], "-o", ms=4, color=colour)
        panel.set(xlabel="round", xticks=number)
        ends = [(float(followed[column].iloc[-1]), name, colour) for column, (colour, name) in lines.items()]
        label_ends(panel, [end for end in ends if np.isfinite(end[0])])
    left.set_ylabel(f"of the best so far,\nmean, {unit}")
    right.set(ylabel="share valid; diversity", ylim=(0, 1))
    return figure
