"""Figures of evaluation show the numbers they are given, and survive one class, one group and none."""

import numpy as np
import pandas as pd
import pytest
from sample_figures import SENTENCE

from helpers import plots
from helpers.evaluation import (
    Interval,
    Patients,
    auc,
    average_precision,
    decision_curve,
    reliability,
    roc_points,
    smoothed_calibration,
    two_columns,
)

RNG = np.random.default_rng(1)
ILL = np.arange(60) % 3 == 0
RISKS = np.clip(RNG.normal(0.4 + 0.2 * ILL, 0.2), 0, 1)


def lines(figure, panel=0):
    return {line.get_label(): line.get_xydata() for line in figure.axes[panel].get_lines()}


def test_curves_hold_the_points():
    figure = plots.roc_and_pr_figure(ILL, {"model": RISKS, "other": 1 - RISKS}, alt=SENTENCE).figure
    expected = roc_points(ILL, RISKS)[["false_positive_rate", "sensitivity"]]
    roc, pr = lines(figure), lines(figure, 1)
    np.testing.assert_allclose(roc[f"model, area {auc(ILL, two_columns(RISKS)):.2f}"], expected)
    assert f"model, {average_precision(ILL, RISKS):.2f}" in pr
    assert pr["guessing"][0, 1] == ILL.mean()
    assert lines(plots.roc_and_pr_figure(ILL, {"model": RISKS}, 0.02, alt=SENTENCE).figure, 1)["guessing"][0, 1] == 0.02


def test_prevalence_marks_what_was_simulated():
    shown = lines(plots.prevalence_figure(0.95, 0.7, {0.1: 0.26}, here=0.2, alt=SENTENCE).figure)
    np.testing.assert_allclose(shown["PPV, simulated"], [[10, 0.26]])
    assert shown["prevalence 20 %"][0, 0] == 20
    assert "PPV, simulated" not in lines(plots.prevalence_figure(0.5, 0.5, alt=SENTENCE).figure)


def test_costs_and_the_threshold_chosen():
    grid = np.linspace(0, 1, 5)
    shown = lines(plots.cost_figure({"validation": (grid, grid**2)}, 0.3, alt=SENTENCE).figure)
    np.testing.assert_allclose(shown["validation"][:, 1], grid**2)
    assert shown["chosen on validation"][0, 0] == 0.3


@pytest.mark.parametrize("diseased", [ILL, np.zeros(60, bool)])
def test_reliability_shows_said_and_seen(diseased):
    table = reliability(diseased, RISKS, bins=5)
    shown = lines(plots.reliability_figure({"model": table}, alt=SENTENCE).figure)
    np.testing.assert_allclose(shown["model"], table[["predicted", "observed"]])


def test_ece_by_bins():
    shown = lines(plots.ece_figure(pd.DataFrame({"a": [0.1, 0.2]}, index=(2, 5)), alt=SENTENCE).figure)
    np.testing.assert_allclose(shown["a"], [[2, 0.1], [5, 0.2]])


def test_decision_curves_keep_zero_in_sight():
    figure = plots.decision_figure(
        decision_curve(ILL, {"model": RISKS}, np.array([0.1, 0.5, 0.9])), alt=SENTENCE
    ).figure
    assert set(lines(figure)) == {"model", "treat all", "treat none"}
    low, high = figure.axes[0].get_ylim()
    assert low < 0 < high


def test_coverage_counts_the_intervals_that_hold_the_truth():
    ends = np.array([[0.6, 0.8], [0.71, 0.9], [0.5, 0.69], [0.65, 0.75]])
    figure = plots.coverage_figure({"images": ends, "patients": ends[:1]}, 0.7, shown=2, alt=SENTENCE).figure
    assert [panel.get_title() for panel in figure.axes] == [
        "images resampled: 50 % (15 to 85) hold the truth",
        "patients resampled: 100 % (21 to 100) hold the truth",
    ]
    assert len(figure.axes[0].get_lines()) == 3  # two intervals and the truth


def test_leaks_are_pairs_in_the_order_of_the_table():
    figure = plots.leak_figure(
        pd.DataFrame({"leaky": [0.9, 0.8], "clean": [0.5, 0.7]}, index=["one", "two"]), alt=SENTENCE
    ).figure
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["two", "one"]
    np.testing.assert_allclose(lines(figure)["leaky run"], [[0.8, 0]])


def test_subgroups_without_a_score_are_named_and_empty():
    table = pd.DataFrame({"attribute": "sex", "groups": ["F - M", "F - X"], "AUC": [Interval(0.1, -0.2, 0.3), None]})
    panel = plots.subgroup_figure(table, alt=SENTENCE).figure.axes[0]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["sex: F - X", "sex: F - M"]
    assert len(panel.get_lines()) == 3  # one interval, its estimate, no difference
    assert len(plots.subgroup_figure(table.iloc[:0], alt=SENTENCE).figure.axes[0].get_lines()) == 1


def test_smoothed_curves_are_drawn_and_named_apart():
    curve = smoothed_calibration(Patients(ILL.astype(int), np.arange(60)), RISKS, draws=20)
    curves, risks = {"one": curve, "two": curve}, {"one": RISKS, "two": RISKS}
    panel = plots.calibration_figure(curves, risks, alt=SENTENCE).figure.axes[0]
    np.testing.assert_allclose(panel.get_lines()[1].get_xydata(), curve[["predicted", "observed"]])
    heights = sorted(text.get_position()[1] for text in panel.texts)
    assert {text.get_text() for text in panel.texts} == {"said = seen", "one", "two"}
    assert (np.diff(heights) > 0.05).all()
    assert max(heights) < 1.1  # beside the upper end, less than a line above it


def test_sample_sizes_show_the_point_that_is_needed():
    widths = pd.DataFrame({"AUC": [0.3, 0.1]}, index=[100, 1000])
    panel = plots.sample_size_figure(widths, {"AUC": 1000}, 0.1, 390, alt=SENTENCE).figure.axes[0]
    np.testing.assert_allclose(panel.get_lines()[-1].get_xydata(), [[1000, 0.1]])
    assert {text.get_text().strip() for text in panel.texts} == {"1,000", "here: 390", "AUC"}
