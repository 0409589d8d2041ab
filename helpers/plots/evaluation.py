"""Figures of evaluation: curves, prevalence, calibration, decisions, coverage, sample size, leaks, subgroups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.evaluation import auc, average_precision, pr_points, predictive_values, roc_points, two_columns, wilson
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, PINK, VERMILION, new_figure, titled

DASHES = ("-", "--", "-.", ":")


@titled("How well each model ranks the diseased above the others")
def roc_and_pr_figure(
    diseased: np.ndarray, models: Mapping[str, np.ndarray], prevalence: float | None = None
) -> Figure:
    """ROC on the left, precision-recall on the right, one line per model, dotted where guessing would lie.

    models: name -> risks of shape (n,). prevalence: the share of the diseased for whom precision is drawn, that of the
    rows where none is given. The area under each line stands beside its name.
    """
    figure, axes = new_figure(1, 2, width=9, height=4)
    roc, pr = axes[0]
    for k, (name, risks) in enumerate(models.items()):
        style = {
            "color": COLOURS[k % len(COLOURS)],
            "ls": DASHES[k % len(DASHES)],
        }
        areas = auc(diseased, two_columns(risks)), average_precision(diseased, risks, prevalence)
        points = roc_points(diseased, risks)
        roc.plot(points["false_positive_rate"], points["sensitivity"], label=f"{name}, area {areas[0]:.2f}", **style)
        points = pr_points(diseased, risks, prevalence)
        pr.step(points["recall"], points["precision"], where="pre", label=f"{name}, {areas[1]:.2f}", **style)
    roc.plot([0, 1], [0, 1], color=BLACK, ls=":", lw=1.5, label="guessing")
    share = np.mean(diseased) if prevalence is None else prevalence
    pr.axhline(share, color=BLACK, ls=":", lw=1.5, label="guessing")
    roc.set(xlabel="1 - specificity (share of those without it called ill)", ylabel="sensitivity", title="ROC")
    pr.set(xlabel="recall (sensitivity)", ylabel="precision (PPV)", ylim=(0, 1.03))
    pr.set_title(f"Precision and recall where {100 * share:.3g} % have it")
    roc.legend(fontsize=9, loc="lower right")
    pr.legend(fontsize=9, loc="upper right", title="average precision", title_fontsize=9)
    return figure


@titled("Predictive values by prevalence")
def prevalence_figure(
    sensitivity: float, specificity: float, marks: Mapping[float, float] | None = None, here: float | None = None
) -> Figure:
    """Positive and negative predictive value by prevalence, on a logarithmic axis.

    marks: prevalence -> PPV measured there, drawn as points. here: a prevalence to mark with a line.
    """
    figure, axes = new_figure(width=7, height=3.6)
    panel = axes[0, 0]
    prevalence = np.geomspace(0.001, 0.99, 300)
    ppv, npv = predictive_values(sensitivity, specificity, prevalence)
    panel.plot(100 * prevalence, ppv, color=BLUE, label="PPV: diseased among those called ill")
    panel.plot(100 * prevalence, npv, color=ORANGE, ls="--", label="NPV: without it among those left alone")
    if marks:
        panel.plot([100 * p for p in marks], list(marks.values()), "o", color=BLACK, ms=7, label="PPV, simulated")
    if here is not None:
        panel.axvline(100 * here, color=BLACK, ls=":", lw=1.5, label=f"prevalence {100 * here:.3g} %")
    panel.set(xscale="log", xlabel="prevalence (%, logarithmic scale)", ylabel="predictive value", ylim=(0, 1.03))
    panel.set_xticks([0.1, 1, 10, 99], ["0.1", "1", "10", "99"])
    panel.legend(fontsize=9, loc="center left")
    return figure


@titled("Cost by threshold")
def cost_figure(costs: Mapping[str, tuple[np.ndarray, np.ndarray]], chosen: float) -> Figure:
    """Cost per 100 patients by threshold, one line per split, the chosen threshold dotted.

    costs: split -> (thresholds, costs), both of shape (m,).
    """
    figure, axes = new_figure(width=7, height=3.4)
    panel = axes[0, 0]
    for k, (name, (thresholds, values)) in enumerate(costs.items()):
        panel.plot(thresholds, values, color=COLOURS[k], ls=DASHES[k], label=name)
    panel.axvline(chosen, color=BLACK, ls=":", lw=1.5, label="chosen on validation")
    panel.set(xlabel="threshold (risk)", ylabel="cost per 100 patients\n(false alarms)", ylim=(0, None))
    ends = [(values[-1], name, COLOURS[k]) for k, (name, (_, values)) in enumerate(costs.items())]
    label_ends(panel, ends)
    panel.text(chosen, panel.get_ylim()[1], " chosen on validation", va="top", fontsize=10)
    return figure


@titled("Calibration: share diseased by risk said")
def reliability_figure(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Share seen against risk said, one line per model; a point's area grows with the count of its bin.

    tables: name -> table of `evaluation.reliability`.
    """
    figure, axes = new_figure(width=5.6, height=4.4)
    panel = axes[0, 0]
    panel.plot([0, 1], [0, 1], color=BLACK, ls=":", lw=1.5, label="said = seen")
    for k, (name, table) in enumerate(tables.items()):
        colour = COLOURS[k % len(COLOURS)]
        panel.plot(table["predicted"], table["observed"], color=colour, ls=DASHES[k % len(DASHES)], lw=1.5, label=name)
        panel.scatter(
            table["predicted"], table["observed"], s=10 + 300 * table["count"] / table["count"].sum(), color=colour
        )
    panel.set(
        xlabel="risk said (mean of the bin)", ylabel="share diseased seen", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03)
    )
    panel.legend(fontsize=9, loc="upper left")
    return figure


@titled("Expected calibration error by number of bins")
def ece_figure(errors: pd.DataFrame) -> Figure:
    """Expected calibration error by number of bins, one line per column."""
    figure, axes = new_figure(width=7, height=3.2)
    panel = axes[0, 0]
    for k, name in enumerate(errors):
        panel.plot(errors.index, errors[name], color=COLOURS[k], ls=DASHES[k], marker="o", ms=4, label=name)
    panel.set(xscale="log", xlabel="number of bins", ylabel="ECE", ylim=(0, None))
    panel.set_xticks(list(errors.index), [str(bins) for bins in errors.index])
    panel.minorticks_off()
    panel.legend(fontsize=9)
    return figure


@titled("Net benefit by threshold probability")
def decision_figure(curves: pd.DataFrame) -> Figure:
    """Net benefit by threshold probability, one line per column; what is far below zero is cut off."""
    figure, axes = new_figure(width=7.5, height=3.8)
    panel = axes[0, 0]
    colours = {"treat all": VERMILION, "treat none": BLACK}
    others = iter((BLUE, ORANGE, GREEN, PINK))
    for k, name in enumerate(curves):
        colour = colours.get(name) or next(others)
        panel.plot(curves.index, curves[name], color=colour, ls=DASHES[k % len(DASHES)], label=name)
    top = max(float(curves.to_numpy().max()), 0.01)
    low = -0.3 * top
    panel.set(xlabel="threshold probability", ylabel="net benefit\n(true positives per patient)", ylim=(low, 1.1 * top))
    ends = []
    for line in panel.get_lines():
        if (seen := line.get_ydata())[-1] >= low:
            ends.append((float(seen[-1]), line.get_label(), line.get_color()))
        else:  # named where it leaves the figure
            out = line.get_xdata()[int(np.argmax(seen < low))]
            panel.text(out, low, f" {line.get_label()}", color=line.get_color(), va="bottom", fontsize=10)
    label_ends(panel, ends)
    return figure


@titled("Intervals of repeated studies around the truth")
def coverage_figure(intervals: Mapping[str, np.ndarray], truth: float, shown: int = 60) -> Figure:
    """The intervals of repeated studies, those that miss the truth in another colour and dashed.

    intervals: unit that was resampled -> shape (studies, 2), low and high; the first `shown` of them are drawn. The
    share that holds the truth, over all of them, has Wilson's interval in parentheses.
    """
    figure, axes = new_figure(1, len(intervals), width=9, height=3.6, sharey=True)
    for panel, (name, ends) in zip(axes[0], intervals.items(), strict=True):
        missed = (ends[:, 0] > truth) | (ends[:, 1] < truth)
        for row, ((low, high), miss) in enumerate(zip(ends[:shown], missed[:shown], strict=True)):
            panel.plot([row, row], [low, high], color=VERMILION if miss else BLUE, ls=":" if miss else "-", lw=2.2)
        panel.axhline(truth, color=BLACK, lw=1.2)
        drawn = f"simulated study, the first {min(shown, len(ends))} of {len(ends)}"
        held = wilson(int((~missed).sum()), len(ends))
        told = f"{100 * held.estimate:.0f} % ({100 * held.low:.0f} to {100 * held.high:.0f})"
        panel.set(xlabel=drawn, title=f"{name} resampled: {told} hold the truth")
    axes[0, 0].set_ylabel("sensitivity")
    return figure


@titled("AUC reported with each leak and without it")
def leak_figure(table: pd.DataFrame) -> Figure:
    """For each leak the AUC that the leaky run reports and the one of the clean run, joined by a line.

    table: indexed by the leak, columns leaky and clean.
    """
    figure, axes = new_figure(width=8, height=0.55 * len(table) + 1.3)
    panel = axes[0, 0]
    for row, (leaky, clean) in enumerate(table[["leaky", "clean"]].to_numpy()[::-1]):
        panel.plot([clean, leaky], [row, row], color="0.6", lw=2, zorder=1)
        panel.plot(leaky, row, "s", color=VERMILION, ms=9, label="leaky run" if row == 0 else None)
        panel.plot(clean, row, "o", color=BLUE, ms=9, label="clean run" if row == 0 else None)
    panel.axvline(0.5, color=BLACK, ls=":", lw=1.5, label="guessing")
    panel.set(yticks=range(len(table)), yticklabels=table.index[::-1], xlabel="AUC reported", xlim=(0.3, 1.03))
    panel.set_ylim(-0.6, len(table) - 0.4)
    panel.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


@titled("How the scores of subgroups differ")
def subgroup_figure(table: pd.DataFrame) -> Figure:
    """One group minus another, a panel per score, each difference with its interval; a line where they are equal.

    table: of `evaluation.subgroup_differences`. Pairs with a group too small for a score are named and left empty.
    """
    scores = [name for name in table.columns if name not in ("attribute", "groups")]
    figure, axes = new_figure(1, len(scores), width=9.5, height=0.42 * max(len(table), 1) + 1.2, sharey=True)
    names = [f"{row.attribute}: {row.groups}" for row in table.itertuples()]
    for panel, score in zip(axes[0], scores, strict=True):
        for row, interval in enumerate(table[score][::-1]):
            if interval is not None:
                panel.plot([interval.low, interval.high], [row, row], color=BLUE, lw=3, solid_capstyle="butt")
                panel.plot(interval.estimate, row, "o", color=BLACK, ms=7)
        panel.axvline(0, color=BLACK, ls=":", lw=1.5)
        panel.set(xlabel=f"difference of {score}", title=score)
    axes[0, 0].set(yticks=range(len(names)), yticklabels=names[::-1], ylim=(-0.6, max(len(names), 1) - 0.4))
    return figure


@titled("Share diseased by risk said, smoothed")
def calibration_figure(curves: Mapping[str, pd.DataFrame], risks: Mapping[str, np.ndarray]) -> Figure:
    """Smoothed calibration curves with their bands above, and how often each risk is said below.

    curves: name -> table of `evaluation.smoothed_calibration`. risks: the same names -> shape (n,).
    """
    figure, axes = new_figure(2, 1, width=6.6, height=5.2, sharex=True, height_ratios=(4, 1))
    above, below = axes[:, 0]
    above.plot([0, 1], [0, 1], color=BLACK, ls=":", lw=1.5)
    ends = [(1.0, "said = seen", BLACK)]
    for k, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[k % len(COLOURS)]
        above.fill_between(curve["predicted"], curve["low"], curve["high"], color=colour, alpha=0.18, lw=0)
        above.plot(curve["predicted"], curve["observed"], color=colour, ls=DASHES[k % len(DASHES)])
        ends.append((float(curve["observed"].iloc[-1]), name, colour))
        below.hist(risks[name], bins=np.linspace(0, 1, 41), histtype="step", color=colour, lw=1.5)
    above.set(ylabel="share diseased seen", xlim=(0, 1), ylim=(0, 1))
    label_ends(above, ends)
    below.set(xlabel="risk said", ylabel="patients")
    return figure


@titled("How many patients make an interval narrow")
def sample_size_figure(widths: pd.DataFrame, needed: Mapping[str, int], aim: float, here: int) -> Figure:
    """The width of each score's interval by the number of patients, all on one scale, and where each is as wanted.

    widths: indexed by patients, a column per score, each over the width wanted. needed: column ->
    the patients with whom it is `aim` times as wide, a point. here: the number at hand, a line.
    """
    figure, axes = new_figure(width=8, height=3.8)
    panel = axes[0, 0]
    panel.axhline(aim, color=BLACK, ls=":", lw=1.5)
    panel.axvline(here, color=VERMILION, ls="--", lw=1.5)
    for k, (name, line) in enumerate(widths.items()):
        panel.plot(line.index, line, ("-", "--", "-.")[k % 3], color=COLOURS[k])
        panel.plot(needed[name], aim, "o", color=COLOURS[k], ms=7)
        panel.annotate(f"{needed[name]:,}", (needed[name], aim), (4, 5), textcoords="offset points", fontsize=10)
    panel.set(xscale="log", yscale="log", xlabel="test patients", ylabel="width over the width wanted")
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter("{x:,g}")
    panel.yaxis.set_minor_formatter("")
    panel.text(here, panel.get_ylim()[1], f" here: {here:,}", color=VERMILION, fontsize=10, va="top")
    label_ends(panel, [(line.iloc[-1], name, COLOURS[k]) for k, (name, line) in enumerate(widths.items())])
    return figure
