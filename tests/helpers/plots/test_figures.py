"""Figures hold the numbers they are given, and mark what they say they mark."""

import numpy as np
import pytest
from sample_figures import (
    CONFUSION,
    CURVE,
    FIGURES,
    FORECAST,
    GREY,
    GRID,
    HISTORY,
    MASKS,
    RECORDS,
    SCORES,
    SENTENCE,
    TITLES,
    TRUE,
)

from helpers import plots
from helpers.datasets.windows import split_by_person, split_by_time
from helpers.lessons.forecasting.clarke import zone_shares
from helpers.plots.style import BLUE


def test_curves_are_told_apart_without_colour():
    panel = plots.curves_figure(
        dict.fromkeys("abcdef", (GRID, GRID)), xlabel="x", ylabel="y", alt=SENTENCE, title="What is shown"
    ).figure.axes[0]
    dashes = [(line.get_linestyle(), line._unscaled_dash_pattern) for line in panel.lines]
    assert len(set(map(str, dashes))) == 6
    with pytest.raises(ValueError, match="at most 6 curves, found 7"):
        plots.curves_figure(
            dict.fromkeys("abcdefg", (GRID, GRID)), xlabel="x", ylabel="y", alt=SENTENCE, title="What is shown"
        )


@pytest.mark.parametrize("log", ["", "x", "y", "xy"])
def test_the_axes_named_are_logarithmic(log):
    panel = plots.curves_figure(
        {"a": ([1, 10], [1, 10])}, xlabel="x", ylabel="y", log=log, alt=SENTENCE, title="What is shown"
    ).figure.axes[0]
    assert [panel.get_xscale() == "log", panel.get_yscale() == "log"] == ["x" in log, "y" in log]
    assert panel.get_legend() is None, "one curve needs none"


def test_wiring_draws_every_weight_once_with_its_sign():
    w1, w2 = np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([3.0, -1.0])
    lines = plots.wiring_figure(w1, w2, ["a", "b"], "out", alt=SENTENCE).figure.axes[0].lines
    assert len(lines) == 6
    assert max(line.get_linewidth() for line in lines) == lines[4].get_linewidth(), "the weight of 3"
    assert len({line.get_color() for line in lines}) == 2
    assert lines[0].get_color() != lines[1].get_color()


def test_regions_have_a_border_only_where_the_model_changes_its_mind():
    figure = FIGURES["region_figure"]().figure
    borders = [sum(type(each).__name__ == "QuadContourSet" for each in panel.collections) for panel in figure.axes[:2]]
    assert borders == [0, 1]


def test_images_keep_their_grey_values():
    """A dark image is shown dark: the scale is 0 to 255, not the least to the greatest value."""
    figure = plots.image_grid([np.full((4, 4, 1), 100, np.uint8)], ["dark"], alt=SENTENCE, title="What is shown").figure
    shown = figure.axes[0].images[0]
    assert (shown.norm.vmin, shown.norm.vmax) == (0, 255)
    np.testing.assert_allclose(shown.to_rgba(100)[:3], [100 / 255] * 3, atol=0.005)


def test_only_images_with_a_lesion_get_an_outline():
    figure = plots.image_grid(GREY, TITLES, columns=5, masks=MASKS, alt=SENTENCE, title="What is shown").figure
    assert [len(panel.collections) for panel in figure.axes] == [0, 1, 1, 1, 1]


def test_signed_maps_have_white_at_zero():
    shown = plots.signed_maps([np.array([[-1.0, 0.0], [0.5, 3.0]])], ["m"], alt=SENTENCE).figure.axes[0].images[0]
    assert shown.norm.vmin == -shown.norm.vmax == -3
    assert min(shown.to_rgba(0.0)[:3]) > 0.95
    below, above = shown.to_rgba(-3.0), shown.to_rgba(3.0)
    assert below[2] > below[0], "purple"
    assert above[0] > above[2], "orange"


def test_intervals_are_ordered_and_drawn_where_they_are():
    panel = plots.interval_figure(SCORES, "AUC", floor=0.5, alt=SENTENCE).figure.axes[0]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["none", "low", "high"]
    ends = [tuple(line.get_xdata()) for line in panel.lines if line.get_color() == BLUE]
    assert ends == [(0.5, 0.5), (0.6, 0.8), (0.85, 0.95)]
    assert list(panel.lines[-1].get_xdata()) == [0.5, 0.5]


def test_the_threshold_figure_states_what_the_threshold_does():
    diseased, scores = np.array([True, True, True, False, False]), np.array([0.9, 0.5, 0.2, 0.49, 0.6])
    panel = plots.threshold_figure(diseased, scores, 0.5, alt=SENTENCE).figure.axes[0]
    assert panel.get_title() == "sensitivity 0.67, specificity 0.50"
    heights = np.array([bar.get_height() for bar in panel.patches])
    assert heights[heights > 0].sum() == pytest.approx(1)
    assert heights[heights < 0].sum() == pytest.approx(-1)
    assert (
        plots.threshold_figure(diseased & False, scores, 0.5, alt=SENTENCE).figure.axes[0].get_title()
        == "specificity 0.40"
    )


def test_confusion_figure_shows_counts_with_the_true_class_down_the_side():
    panel = plots.confusion_figure(CONFUSION, alt=SENTENCE).figure.axes[0]
    written = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in panel.texts}
    assert written[1, 2] == "50\n50%"
    assert written[2, 1] == "0\n0%"
    assert [label.get_text() for label in panel.get_yticklabels()] == ["x", "y", "z"]
    assert (panel.get_ylabel(), panel.get_xlabel()) == ("true class", "called by the model")


def test_learning_curves_tell_training_from_validation_by_line_mark_colour_and_name():
    panel = plots.learning_curves({"one": HISTORY}, alt=SENTENCE).figure.axes[0]
    drawn = {line.get_label(): (line.get_linestyle(), line.get_marker()) for line in panel.lines}
    assert drawn == {"one, training": ("--", "o"), "one, validation": ("-", "s")}
    assert len({line.get_color() for line in panel.lines}) == 2
    assert {text.get_text() for text in panel.texts} == {"training", "validation"}
    several = plots.learning_curves({"one": HISTORY, "two": HISTORY}, alt=SENTENCE).figure
    assert len({line.get_color() for line in several.axes[0].lines}) == 2, "one for each model"
    assert len(several.legends[0].get_texts()) == 4


def test_a_record_has_its_meals_and_a_break_where_nothing_was_measured():
    figure = plots.record_figure(RECORDS, ["person 0"], hours=24, alt=SENTENCE).figure
    panel = figure.axes[0]
    assert [text.get_text() for text in panel.texts] == ["45 g"] * 5
    assert np.isnan(np.asarray(panel.lines[0].get_ydata(), float)).sum() == 10


def test_a_split_is_drawn_where_it_is():
    """Three parts of each person along time, one part of each person by person; the first person on top."""
    by_time, by_person = plots.split_figure(
        {"by time": split_by_time(RECORDS), "by person": split_by_person(RECORDS)}, alt=SENTENCE
    ).figure.axes[:2]
    assert len([bar for bar in by_time.patches if bar.get_width() > 0]) == 12
    assert len([bar for bar in by_person.patches if bar.get_width() > 0]) == 4
    assert by_time.get_ylim()[0] > by_time.get_ylim()[1]


def test_the_forecast_is_broken_where_nothing_was_measured():
    time = np.datetime64("2026-01-01", "s") + np.array([0, 300, 600, 3600, 3900]) * np.timedelta64(1, "s")
    panel = plots.forecast_figure(time, np.full(5, 100.0), {"m": np.full(5, 110.0)}, alt=SENTENCE).figure.axes[0]
    measured = next(line for line in panel.lines if line.get_label() == "measured")
    assert np.isnan(measured.get_ydata()).tolist() == [False, False, False, True, False, False]


def test_the_ring_marks_the_chosen_threshold_and_the_limit_is_named():
    panels = plots.alarm_figure({"m": CURVE, "n": CURVE / 2}, 1.0, {"m": 70}, alt=SENTENCE).figure.axes
    rings = [[line for line in panel.lines if line.get_ms() == 15] for panel in panels]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in rings[0]] == [(0.4, 0.5)]
    assert rings[1] == []
    assert [panel.texts[0].get_text().strip() for panel in panels] == ["limit", "limit"]


def test_each_event_is_a_point_at_its_lead_or_where_no_alarm_is():
    leads = {"m": np.array([5, 20, 20, np.nan])}
    panel = plots.lead_figure(leads, 15, alt=SENTENCE).figure.axes[0]
    points = [x for line in panel.lines if line.get_marker() == "o" for x in line.get_xdata()]
    assert sorted(points) == [-7, 5, 20, 20]


def test_names_at_the_ends_of_lines_stand_apart_and_in_their_order():
    ends = plots.gradient_figure(
        {name: np.full(5, 1.0) * (1 + 1e-9 * k) for k, name in enumerate("abc")}, alt=SENTENCE
    ).figure.axes[0]
    heights = [text.get_position()[1] for text in ends.texts]
    assert np.diff(heights).min() > 0.04


def test_clarkes_points_have_the_colour_of_their_zone():
    scatters = plots.clarke_figure(TRUE, FORECAST, alt=SENTENCE).figure.axes[0].collections
    drawn = [len(scatter.get_offsets()) / len(TRUE) for scatter in scatters]
    assert drawn == pytest.approx(zone_shares(TRUE, FORECAST).tolist())
