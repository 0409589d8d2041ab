"""Figures of scores of the genome: what goes with an outcome, what is explained, what is lost elsewhere, and risks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from helpers.evaluation import Interval
from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, ORANGE, SKY, VERMILION, new_figure, titled

GREY = "#777777"
SMALLEST = 1e-300  # of p, so that its logarithm can be drawn


@titled("Each place alone, and all of them together")
def association_figure(
    p: np.ndarray, shuffled: np.ndarray, block: np.ndarray, acting: np.ndarray, limit: float
) -> Figure:
    """Left -log10 p by place (Manhattan plot), blocks in turn dark and light, those with a causal place underlined;
    right the same p in order against those of chance (quantile plot), and those of a shuffled outcome.

    p, shuffled: (places,). block: (places,), the number of each place's block. acting: (places,), whether its block
    holds a causal place. limit: of p, a dotted line.
    """
    figure, axes = new_figure(1, 2, width=11, height=3.6, width_ratios=(2.2, 1))
    left, right = axes[0]
    height, at = -np.log10(np.maximum(p, SMALLEST)), np.arange(len(p))
    for even, colour in ((True, BLUE), (False, SKY)):
        rows = (block % 2 == 0) == even
        left.plot(at[rows], height[rows], "o", ms=3, color=colour)
    left.plot(at[acting], np.full(acting.sum(), -0.02 * height.max()), "s", ms=3, color=VERMILION)
    left.axhline(-np.log10(limit), color=BLACK, ls=":", lw=1.3)
    left.set(
        xlabel=f"place; shades change with the block (red: holds a causal place; dotted: p = {limit:.1g})",
        ylabel="$-\\log_{10}$ p",
    )
    expected = -np.log10((np.arange(len(p)) + 0.5) / len(p))
    ends = []
    for values, name, colour, mark in ((p, "disease", BLUE, "o"), (shuffled, "shuffled", ORANGE, "^")):
        found = np.sort(-np.log10(np.maximum(values, SMALLEST)))[::-1]
        right.plot(expected, found, mark, ms=3, color=colour)
        ends.append((float(found[0]), name, colour))
    right.plot([0, expected[0]], [0, expected[0]], color=GREY, lw=1)
    right.set(xlabel="$-\\log_{10}$ p by chance (grey: as found)", ylabel="$-\\log_{10}$ p found")
    label_ends(right, ends)
    return figure


@titled("What scores explain, by people learned from")
def explained_figure(found: Mapping[str, Mapping[int, Interval]], ceilings: Mapping[str, float]) -> Figure:
    """The share of the liability's variance that each way explains by people (logarithmic), with intervals; ceilings
    dotted.

    found: way -> people -> Interval. ceilings: name -> share.
    """
    figure, axes = new_figure(width=8.5, height=3.8)
    panel, ends = axes[0, 0], []
    for k, (name, by_people) in enumerate(found.items()):
        people = np.array(list(by_people)) * 1.04 ** (k - 1)
        each = list(by_people.values())
        for place, one in zip(people, each, strict=True):
            panel.plot([place, place], [one.low, one.high], color=COLOURS[k], lw=1.2)
        panel.plot(people, [one.estimate for one in each], "-" + "os^"[k % 3], ms=6, color=COLOURS[k])
        ends.append((each[-1].estimate, name, COLOURS[k]))
    for name, share in ceilings.items():
        panel.axhline(share, color=BLACK, ls=":", lw=1.3)
        ends.append((share, name, BLACK))
    panel.set(
        xscale="log",
        xlabel="people learned from (log scale)",
        ylabel="share of the liability's variance\nexplained in new people",
    )
    panel.set_xticks(list(next(iter(found.values()))))
    panel.xaxis.set_major_formatter("{x:,.0f}")
    panel.xaxis.set_minor_formatter("")
    panel.set_ylim(0, 1.1 * max(ceilings.values()))
    label_ends(panel, ends)
    return figure


@titled("What is left of the score in another population")
def loss_figure(left: Mapping[str, np.ndarray], published: Mapping[str, float]) -> Figure:
    """What the score explains there over what it explains at home, a row per difference: each world a dot, the mean a
    bar; published shares as diamonds below.

    left: what differs -> (worlds,). published: name -> share.
    """
    figure, axes = new_figure(width=9, height=0.42 * (len(left) + len(published)) + 1.1)
    panel, names = axes[0, 0], [*left, *published]
    for place, name in zip(range(len(names))[::-1], names, strict=True):
        if name in left:
            panel.barh(place, left[name].mean(), color=SKY, height=0.55)
            panel.plot(left[name], np.full(len(left[name]), place), "o", ms=5, color=BLUE)
        else:
            panel.plot(published[name], place, "D", ms=8, color=VERMILION)
    panel.axvline(1, color=BLACK, ls=":", lw=1.3)
    panel.set(
        yticks=range(len(names)),
        yticklabels=names[::-1],
        xlim=(0, None),
        xlabel="variance explained (home = 1): worlds ●, their mean a bar, published ◆",
    )
    return figure


@titled("Risk by age, of people with different scores")
def age_figure(age: np.ndarray, average: np.ndarray, people: Mapping[str, tuple]) -> Figure:
    """The share who have fallen ill by an age, in %: the average dotted, each person's risk with the range in which it
    would lie if all of their genes' effects were known.

    age: (n,), years. average: (n,). people: name -> (risk, low, high), each (n,).
    """
    figure, axes = new_figure(width=8.5, height=3.8)
    panel, ends = axes[0, 0], []
    for (name, (risk, low, high)), colour in zip(people.items(), (VERMILION, BLUE), strict=False):
        panel.fill_between(age, 100 * low, 100 * high, color=colour, alpha=0.15, lw=0)
        for end in (low, high):
            panel.plot(age, 100 * end, color=colour, lw=0.8, ls="--")
        panel.plot(age, 100 * risk, color=colour)
        ends.append((100 * float(risk[-1]), name, colour))
    panel.plot(age, 100 * average, ":", color=BLACK)
    ends.append((100 * float(average[-1]), "average", BLACK))
    panel.set(
        xlabel="age (years)",
        ylabel="ill by this age (%)\nbands: were all genes known",
        ylim=(0, 100),
        xlim=(age[0], age[-1]),
    )
    label_ends(panel, ends)
    return figure
