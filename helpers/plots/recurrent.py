"""Figures of recurrent layers: a layer unrolled, an LSTM drawn, what passes back through time, gates at work."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from helpers.plots.labels import label_ends
from helpers.plots.style import BLACK, BLUE, COLOURS, GREEN, ORANGE, PINK, VERMILION, new_figure, titled

GREY = "#777777"


@titled("A recurrent layer, and the same unrolled over time")
def unrolled_figure(steps: int = 4) -> Figure:
    """A recurrent layer drawn once with its loop, and unrolled over a few steps with the same weights in each."""
    figure, axes = new_figure(width=9, height=2.9)
    panel = axes[0, 0]

    def arrow(
        start: tuple[float, float], end: tuple[float, float], text: str = "", curve: float = 0.0, lift: float = 0.13
    ):
        style = f"arc3,rad={curve}"
        panel.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, color=BLACK, connectionstyle=style)
        )
        if text:
            panel.text((start[0] + end[0]) / 2 + 0.04, (start[1] + end[1]) / 2 + lift, text, ha="center", fontsize=10)

    _box(panel, 0, 1, "$h$", BLUE)
    _box(panel, 0, 0, "$x$", ORANGE)
    arrow((0, 0.3), (0, 0.7))
    panel.text(0.3, 0.44, "$W$", ha="center", fontsize=10)
    arrow((0.3, 1.3), (-0.3, 1.3), curve=1.3)
    panel.text(0, 1.85, "$U$", ha="center", fontsize=10)
    panel.text(1.15, 0.95, "=", ha="center", fontsize=18)
    names = [str(t) for t in range(1, steps)] + ["T"]
    panel.text(1.72, 0.93, "$h_0$", ha="center")
    for k, name in enumerate(names):
        x = 3 + 1.7 * k
        _box(panel, x, 1, f"$h_{{{name}}}$", BLUE)
        _box(panel, x, 0, f"$x_{{{name}}}$", ORANGE)
        arrow((x, 0.3), (x, 0.7))
        panel.text(x + 0.3, 0.44, "$W$", ha="center", fontsize=10)
        arrow((x - 1.3 if k else 1.95, 1), (x - 0.4, 1), "…" if name == "T" else "$U$")
    last = 3 + 1.7 * (steps - 1)
    arrow((last + 0.4, 1), (last + 1.2, 1))
    panel.text(last + 1.3, 0.93, "forecast", ha="left")
    panel.set(xlim=(-0.7, last + 2.3), ylim=(-0.4, 2.1))
    panel.axis("off")
    return figure


@titled("One step of an LSTM: a belt that carries the cell, and three gates")
def lstm_figure() -> Figure:
    """One LSTM layer at one step: the cell along the top, the gates that multiply it, and the state it shows."""
    figure, axes = new_figure(width=9, height=4.3)
    panel = axes[0, 0]

    def arrow(*points: tuple[float, float], colour: str = BLACK, width: float = 1.6):
        if len(points) > 2:
            panel.plot(*zip(*points[:-1], strict=True), color=colour, lw=width, solid_capstyle="butt")
        panel.add_patch(
            FancyArrowPatch(*points[-2:], arrowstyle="-|>", mutation_scale=13, color=colour, lw=width, shrinkA=0)
        )

    arrow((-0.6, 3), (10.4, 3), width=4, colour=BLUE)
    _texts(panel, [(-0.7, 3, "$c_{t-1}$", "right"), (10.5, 3, "$c_t$", "left"), (-0.7, 0.2, "$h_{t-1}$", "right")])
    arrow((-0.6, 0.2), (8.2, 0.2))
    arrow((0.4, -0.6), (0.4, 0.17))
    _texts(panel, [(0.55, -0.55, "$x_t$", "left")])
    gates = [(1.8, "forget gate $f$", VERMILION), (3.9, "input gate $i$", GREEN), (8.2, "output gate $o$", PINK)]
    for x, name, colour in gates:
        _box(panel, x, 1.1, "σ", colour)
        panel.text(x, -0.1, name, ha="center", va="center", fontsize=10)
        arrow((x, 0.2), (x, 0.8))
    _box(panel, 5.6, 1.1, "tanh", ORANGE)
    panel.text(5.6, -0.1, "candidate $g$", ha="center", va="center", fontsize=10)
    arrow((5.6, 0.2), (5.6, 0.8))
    arrow((1.8, 1.4), (1.8, 2.76))
    arrow((3.9, 1.4), (3.9, 2.1), (4.5, 2.1))
    arrow((5.6, 1.4), (5.6, 2.1), (5.0, 2.1))
    arrow((4.75, 2.34), (4.75, 2.76))
    for x, y, sign in [(1.8, 3, "×"), (4.75, 2.1, "×"), (4.75, 3, "+"), (9.3, 1.1, "×")]:
        panel.add_patch(Circle((x, y), 0.23, fc="white", ec=BLACK, lw=1.4, zorder=3))
        panel.text(x, y - 0.02, sign, ha="center", va="center", fontsize=13, zorder=4)
    arrow((8.5, 1.1), (9.05, 1.1))
    _box(panel, 9.3, 2.1, "tanh", ORANGE)
    arrow((9.3, 3), (9.3, 2.4))
    arrow((9.3, 1.8), (9.3, 1.34))
    arrow((9.3, 0.86), (9.3, 0.2), (10.4, 0.2))
    _texts(panel, [(10.5, 0.2, "$h_t$", "left"), (1.8, 3.4, "keep?", "center"), (4.75, 3.4, "add", "center")])
    _texts(panel, [(9.45, 0.55, "show?", "left"), (4.75, 1.62, "let in?", "center")])
    panel.set(xlim=(-1.6, 11.2), ylim=(-0.8, 3.7))
    panel.axis("off")
    return figure


def _box(panel: Axes, x: float, y: float, text: str, colour: str) -> None:
    patch = FancyBboxPatch((x - 0.34, y - 0.24), 0.68, 0.48, boxstyle="round,pad=0.05", fc=colour, ec=BLACK, alpha=0.45)
    panel.add_patch(patch)
    panel.text(x, y, text, ha="center", va="center")


def _texts(panel: Axes, texts: list[tuple[float, float, str, str]]) -> None:
    for x, y, text, side in texts:
        panel.text(x, y, text, ha=side, va="center")


@titled("Size of the gradient by steps back")
def gradient_figure(curves: Mapping[str, np.ndarray]) -> Figure:
    """How strongly the last state depends on an input, by how many steps back it lies, each curve named at its end.

    curves: name -> array (steps,), the first for the last input; each is drawn relative to its first value. The
    vertical axis tells orders of size.
    """
    figure, axes = new_figure(width=8, height=3.4)
    panel = axes[0, 0]
    styles, ends = ("-", "--", "-.", ":"), []
    for k, (name, curve) in enumerate(curves.items()):
        relative = curve / curve[0]
        panel.plot(np.arange(len(curve)), relative, styles[k % 4], color=COLOURS[k % len(COLOURS)])
        ends.append((float(relative[-1]), name, COLOURS[k % len(COLOURS)]))
    panel.axhline(1, color=BLACK, lw=0.8)
    panel.set(yscale="log", xlabel="steps back in time", ylabel="size of the gradient\n(last step = 1)")
    panel.set_ylim(1e-14, 1e6)
    label_ends(panel, ends)
    return figure


@titled("Gates at work: they act where a number is marked")
def memory_figure(
    inputs: np.ndarray, marks: np.ndarray, gates: Mapping[str, np.ndarray], outputs: Mapping[str, np.ndarray]
) -> Figure:
    """One sequence of a memory task: what came in, how far each gate opened, and what each network answers.

    inputs: (steps,). marks: bool (steps,), where the number counts. gates: name -> (steps,) between 0 and 1. outputs:
    name -> (steps,).
    """
    figure, axes = new_figure(3, 1, width=8, height=5.4, sharex=True)
    steps = np.arange(1, len(inputs) + 1)
    top, middle, bottom = axes[:, 0]
    for panel in axes[:, 0]:
        for step in steps[marks]:
            panel.axvline(step, color=VERMILION, lw=6, alpha=0.15)
    top.bar(steps, inputs, color=np.where(marks, VERMILION, GREY), width=0.7)
    top.axhline(0, color=BLACK, lw=0.8)
    top.set(ylabel="input")
    top.set_title("orange: marked, to be remembered; grey: noise", loc="left")
    styles = ("-", "--", ":")
    for panel, curves in ((middle, gates), (bottom, outputs)):
        ends = []
        for k, (name, curve) in enumerate(curves.items()):
            panel.plot(steps, curve, styles[k % 3], color=COLOURS[k % len(COLOURS)])
            ends.append((float(curve[-1]), name, COLOURS[k % len(COLOURS)]))
        label_ends(panel, ends)
    middle.set(ylabel="gate\n(0 shut, 1 open)", ylim=(-0.05, 1.05))
    bottom.set(ylabel="answer", xlabel="step")
    bottom.xaxis.get_major_locator().set_params(integer=True)
    return figure
