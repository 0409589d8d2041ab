"""Figures of notebook 11: points stand where their numbers are, bars where intervals are, and nothing is cut off."""

import numpy as np
import pandas as pd
import pytest

from helpers import plots
from helpers.evaluation import Interval

SENTENCE = "A sentence for those who cannot see the figure."


def drawn(panel):
    """The points of each line of a panel: (xs, ys)."""
    return [([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()]) for line in panel.lines]


def inside(panel) -> bool:
    """Whether every point lies within the axes of its panel, and none on their upper or right edge."""
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    return all(
        left <= min(xs) and max(xs) < right and bottom <= min(ys) and max(ys) < top for xs, ys in drawn(panel) if xs
    )


def test_a_gene_that_differs_more_in_the_second_test_is_inside_too():
    called, drivers = np.array([True, False, True, False]), np.array([True, True, False, False])
    low, high = (np.array([10.0**-most, 0.3, 1e-3, 1.0]) for most in (4, 9))
    effect = np.array([2.0, -0.5, -1.0, 0.0])
    tests = {"day ignored": (effect, low, called), "day in the model": (effect, high, called)}
    first, second = plots.volcano_figure(tests, drivers, alt=SENTENCE).figure.axes
    assert inside(first)
    assert inside(second)
    assert first.get_ylim() == second.get_ylim()
    assert first.get_ylim()[0] == 0
    assert second.get_title() == "day in the model: 2 called, 1 false"
    heights = [ys for _, ys in drawn(second)]
    assert heights == [[0.0], [pytest.approx(-np.log10(0.3))], [pytest.approx(3)], [pytest.approx(9)]]


def test_a_p_of_zero_is_drawn_high_and_not_at_infinity():
    test = np.ones(2), np.array([0.0, 0.5]), np.array([True, False])
    for panel in plots.volcano_figure({"one": test, "two": test}, np.zeros(2, bool), alt=SENTENCE).figure.axes:
        assert inside(panel)


def test_each_model_has_its_bar_in_each_split():
    columns = {"random": [Interval(1, 0.8, 1.3), Interval(2, 1.9, 2.2)], "scaffold": [Interval(3, 2, 4)] * 2}
    table = pd.DataFrame(columns, ["mean", "ridge"])
    panel = plots.held_out_figure(table, "log mol/L", alt=SENTENCE).figure.axes[0]
    bars, dots = drawn(panel)[::2], drawn(panel)[1::2]
    assert [ys for _, ys in bars] == [[0.8, 1.3], [2, 4], [1.9, 2.2], [2, 4]]
    assert [ys for _, ys in dots] == [[1], [3], [2], [3]]
    assert [round(xs[0]) for xs, _ in dots] == [0, 1, 0, 1]
    assert len({xs[0] for xs, _ in dots}) == 4, "side by side"
    assert inside(panel)
    assert panel.get_ylim()[0] == 0
    assert panel.get_ylabel() == "RMSE, log mol/L"


def test_fifths_have_their_mean_and_the_interval_its_half_width():
    alike = np.linspace(0, 1, 10)
    error, width = np.repeat([5.0, 4, 3, 2, 1], 2), np.repeat([1.0, 2.0], 5)
    one = pd.DataFrame({"split": "random", "alike": alike, "error": error, "width": width})
    other = one.assign(split="scaffold", error=2 * error)
    first, second = plots.likeness_figure(pd.concat([one, other]), "units", alt=SENTENCE).figure.axes
    assert [ys for _, ys in drawn(first)[1:6]] == [[k, k] for k in (5, 4, 3, 2, 1)]
    assert drawn(first)[1][0] == [0, pytest.approx(1 / 9)]
    assert drawn(first)[6][1] == [1.5, 1.5]
    assert drawn(second)[0][1] == (2 * error).tolist()
    assert second.get_ylim() == (0, 1.05 * 10)
    assert (first.get_title(), second.get_title()) == ("random split", "scaffold split")


def test_rankings_have_their_bars_and_the_marks_are_inside():
    table = pd.DataFrame(
        {"small": [Interval(5, 4, 6), Interval(1, 0, 2)], "matched": [Interval(2, 1, 3), Interval(0, 0, 1)]},
        ["forest", "atoms"],
    )
    panel = plots.ranking_figure(
        {"score": table, "same": table}, dict.fromkeys(["score", "same"], (1, 20)), alt=SENTENCE
    )
    panel = panel.figure.axes[0]
    bars = drawn(panel)[0:8:2]
    assert [xs for xs, _ in bars] == [[0, 2], [4, 6], [0, 1], [1, 3]], "the first row of the table is the highest"
    assert [round(ys[0]) for _, ys in bars] == [0, 1, 0, 1]
    assert [xs for xs, _ in drawn(panel)[1:8:2]] == [[1], [5], [0], [2]]
    assert [xs[0] for xs, _ in drawn(panel)[8:]] == [1, 20]
    left, right = panel.get_xlim()
    assert left < 0
    assert right > 20
    assert [one.get_text() for one in panel.get_yticklabels()] == ["atoms", "forest"]


@pytest.mark.parametrize("rule", [True, False])
def test_each_round_has_a_point_of_each_opinion(rule):
    columns = {"guide": [1.0, 2, 3], "judge": [0.5, 1, 1.2], "valid": [0.2, 0.5, 0.9], "diverse": [0.9, 0.8, 0.7]}
    followed = pd.DataFrame(columns | ({"rule": [0.4, 0.9, 1.0]} if rule else {}))
    left, right = plots.rounds_figure(followed, "log mol/L", alt=SENTENCE).figure.axes
    assert [ys for _, ys in drawn(left)] == [columns["guide"], columns["judge"], *([[0.4, 0.9, 1.0]] * rule)]
    assert [ys for _, ys in drawn(right)] == [columns["valid"], columns["diverse"]]
    assert {tuple(xs) for xs, _ in drawn(left)} == {(1, 2, 3)}
    assert "log mol/L" in left.get_ylabel()
    assert inside(left)
    assert inside(right)


def test_each_molecule_has_a_panel_with_its_caption():
    figure = plots.molecules([*"CNO", "CCO", "CCN"], list("abcde"), alt=SENTENCE, title="Five").figure
    assert [len(panel.images) for panel in figure.axes] == [1] * 5 + [0] * 3
    assert [panel.get_title() for panel in figure.axes[:5]] == list("abcde")
    assert not any(panel.axison for panel in figure.axes)
