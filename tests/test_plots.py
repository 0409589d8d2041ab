"""Every figure renders small, says in words what it shows, and can be read without telling red from green."""

import ast
import inspect
import io
import textwrap
import typing
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib import image as mpl_image
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from skimage.color import deltaE_ciede2000, rgb2lab

from helpers import evaluation, frameworks, from_scratch, from_scratch_dense, from_scratch_recurrent, plots
from helpers.clarke import zone_shares
from helpers.datasets.contract import DataError
from helpers.datasets.ecg_simulator import simulate_ecg
from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, INSULIN, Record, SeriesDataset
from helpers.datasets.windows import split_by_person, split_by_time
from helpers.evaluation import Interval
from helpers.plots import style
from helpers.plots.style import BLUE, COLOURS, DPI, STYLE, Picture, new_figure, readable_on, show, show_source

SENTENCE = "Six radiographs, two of each class, the lesions outlined."
RNG = np.random.default_rng(8)
GREY = RNG.integers(0, 256, (5, 12, 12, 1), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (2, 12, 12, 3), dtype=np.uint8)
MASKS = np.zeros((5, 12, 12), bool)
MASKS[1:, 3:7, 4:8] = True
TITLES = ["a", "b", "c", "d", "e"]
SIGNED = RNG.normal(size=(4, 6, 6))
HEAT = RNG.uniform(size=(3, 12, 12))
HISTORY = pd.DataFrame(RNG.uniform(size=(4, 4)), columns=["loss", "accuracy", "val_loss", "val_accuracy"]).assign(
    epoch=range(1, 5)
)
CONFUSION = pd.DataFrame([[90, 10, 0], [5, 45, 50], [0, 0, 0]], index=["x", "y", "z"], columns=["x", "y", "z"])
SCORES = pd.DataFrame(
    {"AUC": [Interval(0.7, 0.6, 0.8), Interval(0.9, 0.85, 0.95), Interval(0.5, 0.5, 0.5)]},
    index=["low", "high", "none"],
)

GRID = np.linspace(-2, 2, 9)
PEOPLE, ILL = RNG.normal(size=(30, 2)), np.arange(30) % 2
RISKS = np.clip(0.2 + 0.4 * ILL + np.arange(30) / 100, 0, 1)
FITS = RNG.normal(size=(4, 9))
W1, W2 = RNG.normal(size=(2, 5)), RNG.normal(size=5)
FIGURES = {
    "activation_figure": lambda: plots.activation_figure({"relu": (np.maximum(GRID, 0), 1.0 * (GRID > 0))}, GRID),
    "curves_figure": lambda: plots.curves_figure(
        {"a": ([0, 1, 2, 3], [4, 3, 2, 1]), "b": ([0], [3])}, xlabel="x", ylabel="y"
    ),
    "curves_figure, log and level": lambda: plots.curves_figure(
        {"a": (GRID, np.exp(GRID))}, xlabel="x", ylabel="y", level=(1.0, "one"), log="y"
    ),
    "one_feature_figure": lambda: plots.one_feature_figure(
        PEOPLE[:, 0], ILL, GRID, 1 / (1 + np.exp(-GRID)), xlabel="radius", class_names=("no", "yes")
    ),
    "region_figure": lambda: plots.region_figure(
        PEOPLE, ILL, {"flat": np.full((9, 9), 0.4), "slope": np.tile(GRID / 4 + 0.5, (9, 1))}, GRID, ("one", "two")
    ),
    "wiring_figure": lambda: plots.wiring_figure(W1, W2, ["a", "b"], "out"),
    "wiring_figure, zero": lambda: plots.wiring_figure(np.zeros((1, 1)), np.zeros(1), ["a"], "out"),
    "kinds_figure": lambda: plots.kinds_figure(
        GREY[0], {"a": 1.0, "b": -0.5}, np.arange(12).reshape(3, 4) % 3, (GRID, np.sin(GRID))
    ),
    "image_grid": lambda: plots.image_grid(GREY, TITLES, columns=3),
    "image_grid, masks": lambda: plots.image_grid(GREY, TITLES, columns=3, masks=MASKS),
    "image_grid, colour": lambda: plots.image_grid(COLOUR, ["p", "q"]),
    "pixel_figure": lambda: plots.pixel_figure(GREY[0], 2, 3, 6),
    "signed_maps": lambda: plots.signed_maps(SIGNED, TITLES[:4], columns=3),
    "signed_maps, numbers": lambda: plots.signed_maps(SIGNED, TITLES[:4], numbers=True),
    "signed_maps, zero": lambda: plots.signed_maps(np.zeros((1, 3, 3)), ["nothing"], numbers=True),
    "kernel_figure": lambda: plots.kernel_figure(
        GREY[0, ..., 0], SIGNED[:2, :3, :3], np.stack([SIGNED[0], SIGNED[1] ** 2], axis=-1), ["one", "two"]
    ),
    "image_and_answer": lambda: plots.image_and_answer(GREY[0], SIGNED[0], ("image", "answer")),
    "receptive_field_figure": lambda: plots.receptive_field_figure(GREY[0], {"first": 3, "second": 8}),
    "feature_map_figure": lambda: plots.feature_map_figure(
        GREY[0], {"first": SIGNED.transpose(1, 2, 0), "second": SIGNED[:, :3, :3].transpose(1, 2, 0)}, columns=4
    ),
    "heat_map_figure": lambda: plots.heat_map_figure(GREY[:3], HEAT, TITLES[:3], MASKS[:3]),
    "heat_map_figure, no masks": lambda: plots.heat_map_figure(COLOUR, HEAT[:2], TITLES[:2]),
    "learning_curves": lambda: plots.learning_curves({"one": HISTORY, "two": HISTORY * 0.9}),
    "confusion_figure": lambda: plots.confusion_figure(CONFUSION, "counts"),
    "threshold_figure": lambda: plots.threshold_figure(ILL == 1, ILL * 0.3 + np.arange(30) / 60, 0.4),
    "threshold_figure, nobody diseased": lambda: plots.threshold_figure(ILL == 2, np.arange(30) / 30, 0.4),
    "interval_figure": lambda: plots.interval_figure(SCORES, "AUC", floor=0.5, xlabel="area"),
    "interval_figure, no floor": lambda: plots.interval_figure(SCORES, "AUC"),
}


def some_records(people=4, days=3) -> SeriesDataset:
    n = 288 * days
    time = np.datetime64("2026-01-01T00:00:00", "s") + np.arange(n) * np.timedelta64(300, "s")
    records = {}
    for k in range(people):
        values = np.zeros((n, 3), np.float32)
        values[:, 0] = 140 + 60 * np.sin(np.arange(n) / 40 + k)
        values[30:40, 0] = np.nan
        values[::60, 2] = 45
        values[::60, 1] = 4
        records[f"person {k}"] = Record(time, values)
    return SeriesDataset("made", "made up", records, (GLUCOSE, INSULIN, CARBOHYDRATE), 5, True, "here", "none", "none")


RECORDS = some_records()
CURVE = pd.DataFrame(
    {"sensitivity": [0, 0.5, 0.9], "false alarms a day": [0, 0.4, 2.0]}, index=pd.Index([0, 70, 80], name="threshold")
)
GATES = {name: RNG.uniform(size=20) for name in "ifo"}
TRUE, FORECAST = RNG.uniform(40, 390, 300), RNG.uniform(40, 390, 300)

FIGURES |= {
    "record_figure": lambda: plots.record_figure(RECORDS, ["person 0", "person 2"], hours=24),
    "ecg_figure": lambda: plots.ecg_figure(simulate_ecg(6)),
    "unrolled_figure": lambda: plots.unrolled_figure(),
    "gradient_figure": lambda: plots.gradient_figure({"one": 0.5 ** np.arange(30), "two": 1.1 ** np.arange(30)}),
    "memory_figure": lambda: plots.memory_figure(GATES["i"] - 0.5, GATES, {"LSTM": np.ones(20), "RNN": np.zeros(20)}),
    "split_figure": lambda: plots.split_figure(
        {"by time": split_by_time(RECORDS), "by person": split_by_person(RECORDS)}
    ),
    "horizon_figure": lambda: plots.horizon_figure(
        pd.DataFrame({"a": [9.0, 17, 28], "b": [12.0, 20, 33]}, index=[15, 30, 60])
    ),
    "loss_curves": lambda: plots.loss_curves({"one": HISTORY.assign(kept=[False, True, False, False])}, "loss"),
    "forecast_figure": lambda: plots.forecast_figure(
        RECORDS.people["person 0"].time[40:200],
        RECORDS.people["person 0"].values[40:200, 0],
        {"m": RECORDS.people["person 0"].values[36:196, 0], "n": np.full(160, 150.0)},
        half_width=20,
        alarms=RECORDS.people["person 0"].time[[60, 120]],
    ),
    "alarm_figure": lambda: plots.alarm_figure({"one": CURVE, "two": CURVE * 0.8}, 1.0, {"one": 70}),
    "clarke_figure": lambda: plots.clarke_figure(TRUE, FORECAST),
    "roc_and_pr_figure": lambda: plots.roc_and_pr_figure(ILL == 1, {"a": RISKS, "b": RISKS**2}),
    "prevalence_figure": lambda: plots.prevalence_figure(0.95, 0.7, {0.1: 0.26}, here=0.2),
    "cost_figure": lambda: plots.cost_figure({"validation": (RISKS, RISKS**2)}, 0.3),
    "reliability_figure": lambda: plots.reliability_figure({"a": evaluation.reliability(ILL == 1, RISKS, bins=5)}),
    "ece_figure": lambda: plots.ece_figure(pd.DataFrame({"a": [0.1, 0.2]}, index=(2, 5))),
    "decision_figure": lambda: plots.decision_figure(
        evaluation.decision_curve(ILL == 1, {"a": RISKS}, np.array([0.1, 0.5]))
    ),
    "coverage_figure": lambda: plots.coverage_figure({"images": np.array([[0.6, 0.8], [0.71, 0.9]])}, 0.7),
    "leak_figure": lambda: plots.leak_figure(pd.DataFrame({"leaky": [0.9], "clean": [0.5]}, index=["one"])),
    "subgroup_figure": lambda: plots.subgroup_figure(
        pd.DataFrame({"attribute": "sex", "group": ["F"], "patients": [40], "AUC": [Interval(0.8, 0.7, 0.9)]}), 0.85
    ),
    "spread_figure": lambda: plots.spread_figure([1, 2], {"AUC": {"a": FITS[:2]}}, xlabel="size"),
    "many_fits_figure": lambda: plots.many_fits_figure(GRID, GRID**2, {"line": FITS, "curve": FITS**2}, (GRID, GRID)),
    "stacked_figure": lambda: plots.stacked_figure(
        {"bias": [0.2, 0.1], "variance": [0.1, -0.1]}, ["a", "b"], xlabel="x", ylabel="y"
    ),
    "grid_figure": lambda: plots.grid_figure(
        {"AUC": np.array([[0.1, np.nan], [0.9, 0.5]])}, ["a", "b"], [0, 1], xlabel="x", ylabel="y"
    ),
    "diagnosis_figure": lambda: plots.diagnosis_figure({"A": (GRID**2, GRID**2 + 1), "B": (GRID**2, GRID**2)}),
}


def test_every_figure_function_is_tried():
    functions = {name for name in plots.__all__ if inspect.isfunction(getattr(plots, name))}
    returning = {name for name in functions if typing.get_type_hints(getattr(plots, name)).get("return") is Figure}
    assert {name.split(",")[0] for name in FIGURES} == returning


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_renders_small(draw):
    figure = draw()
    assert isinstance(figure, Figure)
    picture = Picture(figure, SENTENCE)
    pixels = mpl_image.imread(io.BytesIO(picture.png))
    width, height = figure.get_size_inches()
    assert DPI <= 100
    np.testing.assert_allclose(pixels.shape[:2], [height * DPI, width * DPI], atol=1)
    assert width <= 12
    assert len(picture.png) < 200_000
    assert pixels[..., :3].std() > 0.01, "an empty page"
    np.testing.assert_array_equal(pixels[0, 0, :3], 1)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_the_same_twice(draw):
    assert Picture(draw(), SENTENCE).png == Picture(draw(), SENTENCE).png


def test_curves_are_told_apart_without_colour():
    panel = plots.curves_figure(dict.fromkeys("abcdef", (GRID, GRID)), xlabel="x", ylabel="y").axes[0]
    dashes = [(line.get_linestyle(), line._unscaled_dash_pattern) for line in panel.lines]
    assert len(set(map(str, dashes))) == 6
    with pytest.raises(ValueError, match="at most 6 curves, found 7"):
        plots.curves_figure(dict.fromkeys("abcdefg", (GRID, GRID)), xlabel="x", ylabel="y")


@pytest.mark.parametrize("log", ["", "x", "y", "xy"])
def test_the_axes_named_are_logarithmic(log):
    panel = plots.curves_figure({"a": ([1, 10], [1, 10])}, xlabel="x", ylabel="y", log=log).axes[0]
    assert [panel.get_xscale() == "log", panel.get_yscale() == "log"] == ["x" in log, "y" in log]
    assert panel.get_legend() is None, "one curve needs none"


def test_wiring_draws_every_weight_once_with_its_sign():
    w1, w2 = np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([3.0, -1.0])
    lines = plots.wiring_figure(w1, w2, ["a", "b"], "out").axes[0].lines
    assert len(lines) == 6
    assert max(line.get_linewidth() for line in lines) == lines[4].get_linewidth(), "the weight of 3"
    assert len({line.get_color() for line in lines}) == 2
    assert lines[0].get_color() != lines[1].get_color()


def test_regions_have_a_border_only_where_the_model_changes_its_mind():
    figure = FIGURES["region_figure"]()
    borders = [sum(type(each).__name__ == "QuadContourSet" for each in panel.collections) for panel in figure.axes[:2]]
    assert borders == [0, 1]


def test_images_keep_their_grey_values():
    """A dark image is shown dark: the scale is 0 to 255, not the least to the greatest value."""
    figure = plots.image_grid([np.full((4, 4, 1), 100, np.uint8)], ["dark"])
    shown = figure.axes[0].images[0]
    assert (shown.norm.vmin, shown.norm.vmax) == (0, 255)
    np.testing.assert_allclose(shown.to_rgba(100)[:3], [100 / 255] * 3, atol=0.005)


def test_only_images_with_a_lesion_get_an_outline():
    figure = plots.image_grid(GREY, TITLES, columns=5, masks=MASKS)
    assert [len(panel.collections) for panel in figure.axes] == [0, 1, 1, 1, 1]


def test_signed_maps_have_white_at_zero():
    shown = plots.signed_maps([np.array([[-1.0, 0.0], [0.5, 3.0]])], ["m"]).axes[0].images[0]
    assert shown.norm.vmin == -shown.norm.vmax == -3
    assert min(shown.to_rgba(0.0)[:3]) > 0.95
    below, above = shown.to_rgba(-3.0), shown.to_rgba(3.0)
    assert below[2] > below[0], "purple"
    assert above[0] > above[2], "orange"


def test_intervals_are_ordered_and_drawn_where_they_are():
    panel = plots.interval_figure(SCORES, "AUC", floor=0.5).axes[0]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["none", "low", "high"]
    ends = [tuple(line.get_xdata()) for line in panel.lines if line.get_color() == BLUE]
    assert ends == [(0.5, 0.5), (0.6, 0.8), (0.85, 0.95)]
    assert list(panel.lines[-1].get_xdata()) == [0.5, 0.5]


def test_the_threshold_figure_states_what_the_threshold_does():
    diseased, scores = np.array([True, True, True, False, False]), np.array([0.9, 0.5, 0.2, 0.49, 0.6])
    panel = plots.threshold_figure(diseased, scores, 0.5).axes[0]
    assert panel.get_title() == "sensitivity 0.67, specificity 0.50"
    heights = np.array([bar.get_height() for bar in panel.patches])
    assert heights[heights > 0].sum() == pytest.approx(1)
    assert heights[heights < 0].sum() == pytest.approx(-1)
    assert plots.threshold_figure(diseased & False, scores, 0.5).axes[0].get_title() == "specificity 0.40"


def test_confusion_figure_shows_counts_with_the_true_class_down_the_side():
    panel = plots.confusion_figure(CONFUSION).axes[0]
    written = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in panel.texts}
    assert written[1, 2] == "50\n50%"
    assert written[2, 1] == "0\n0%"
    assert [label.get_text() for label in panel.get_yticklabels()] == ["x", "y", "z"]
    assert (panel.get_ylabel(), panel.get_xlabel()) == ("true class", "called by the model")


def test_learning_curves_tell_training_from_validation_without_colour():
    lines = plots.learning_curves({"one": HISTORY}).axes[0].lines
    assert {line.get_label(): line.get_linestyle() for line in lines} == {
        "one, training": "--",
        "one, validation": "-",
    }


@pytest.mark.parametrize("alt", ["", "A figure", "Nineteen characters"])
def test_show_refuses_what_is_no_description(alt):
    with pytest.raises(ValueError, match="tells what it shows"):
        show(new_figure()[0], alt)


@pytest.fixture
def page(monkeypatch) -> list[tuple[dict, dict]]:
    """What has been displayed: data and metadata by type, as IPython would send them to a notebook."""
    outputs = []
    monkeypatch.setattr(style, "display", lambda shown: outputs.append(DisplayFormatter().format(shown)))
    return outputs


def test_show_puts_picture_and_description_on_the_page(page):
    show(plots.image_grid(GREY, TITLES), SENTENCE)
    ((data, metadata),) = page
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == f"Figure: {SENTENCE}"
    assert metadata["image/png"] == {"alt": SENTENCE}


def test_a_new_figure_has_rows_and_columns_of_axes():
    figure, axes = new_figure(2, 3, width=6, height=4, sharex=True)
    assert axes.shape == (2, 3)
    assert figure.get_size_inches().tolist() == [6, 4]
    assert new_figure()[1].shape == (1, 1)


def source_of(function, page) -> str:
    show_source(function)
    text = page[-1][0]["text/markdown"]
    assert text.startswith("```python\n")
    assert text.endswith("\n```")
    return text.removeprefix("```python\n").removesuffix("\n```")


def one_liner(x):
    """Twice x."""
    return 2 * x


def wordless(x):
    text = """not a docstring"""
    return x, text


def with_a_string(x):
    """The docstring.

    With an empty line.
    """
    text = """kept"""

    return x, text


MODULES = (from_scratch, from_scratch_dense, from_scratch_recurrent, frameworks, evaluation)
SHOWN = [
    *(function for module in MODULES for function in vars(module).values() if callable(function)),
    DataError,
    one_liner,
    wordless,
    with_a_string,
]
SHOWN = [each for each in SHOWN if getattr(each, "__module__", "").startswith(("helpers", "test", __name__))]


@pytest.mark.parametrize("function", SHOWN, ids=lambda function: function.__name__)
def test_show_source_is_the_code_without_its_docstring(function, page):
    """Valid Python whose syntax tree is that of the function less the docstring."""
    shown = ast.parse(source_of(function, page)).body[0]
    original = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert ast.get_docstring(shown) is None
    if ast.get_docstring(original):
        original.body = original.body[1:]
    assert ast.dump(shown) == ast.dump(original)


def test_show_source_runs_and_does_what_the_function_does(page):
    place: dict = {}
    exec("import numpy as np\n" + source_of(from_scratch.relu, page), place)
    assert place["relu"](np.array([-1.0, 2.0])).tolist() == [0, 2]


# Machado, Oliveira & Fernandes (IEEE TVCG 2009), severity 1, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
MIN_DISTANCE = {"usual": 20, "protanopia": 8, "deuteranopia": 8, "tritanopia": 8}


def linear(colour) -> np.ndarray:
    value = np.asarray(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def seen(colour, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with that sight sees it."""
    value = np.clip(np.asarray(SIGHT[sight]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055))


def closest(colours, sight: str) -> float:
    return min(deltaE_ciede2000(seen(one, sight), seen(other, sight)) for one, other in combinations(colours, 2))


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_are_told_apart(sight):
    assert closest(COLOURS, sight) > MIN_DISTANCE[sight]


def test_the_simulation_confuses_what_colour_blind_people_confuse():
    """A red and a green of the same lightness: far apart for most, close for a deuteranope."""
    pair = ("#C23030", "#6B7A12")
    assert closest(pair, "usual") > 40
    assert closest(pair, "deuteranopia") < 8


def contrast(one, other) -> float:
    """WCAG 2 contrast ratio."""
    weights = [0.2126, 0.7152, 0.0722]
    low, high = sorted(linear(colour) @ weights for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", COLOURS[:1] + COLOURS[5:])
def test_the_first_colours_stand_out_from_the_page(colour):
    assert contrast(colour, STYLE["figure.facecolor"]) > 3


@pytest.mark.parametrize("percent", range(0, 101, 5))
def test_numbers_in_a_confusion_table_can_be_read(percent):
    panel = plots.confusion_figure(pd.DataFrame([[percent, 100 - percent], [0, 1]])).axes[0]
    assert panel.texts[0].get_text() == f"{percent}\n{percent}%"
    assert contrast(panel.texts[0].get_color(), panel.images[0].to_rgba(percent / 100)[:3]) >= 4.5


def test_numbers_in_a_signed_map_and_in_pixels_can_be_read():
    signed = plots.signed_maps([np.linspace(-2, 2, 64).reshape(8, 8)], ["m"], numbers=True).axes[0]
    pixels = plots.pixel_figure(np.arange(0, 256, 4, dtype=np.uint8).reshape(8, 8, 1), 0, 0, 8).axes[1]
    for panel in (signed, pixels):
        values = panel.images[0].get_array()
        assert len(panel.texts) == 64
        for text in panel.texts:
            column, row = text.get_position()
            assert contrast(text.get_color(), panel.images[0].to_rgba(values[row, column])[:3]) >= 4.5


def test_readable_on_black_and_on_white():
    shown = new_figure()[1][0, 0].imshow([[0.0, 1.0]], cmap="gray")
    assert contrast(readable_on(shown, 0.0), "black") == contrast(readable_on(shown, 1.0), "white") == 21


def test_a_record_has_its_meals_and_a_break_where_nothing_was_measured():
    figure = plots.record_figure(RECORDS, ["person 0"], hours=24)
    panel = figure.axes[0]
    assert [text.get_text() for text in panel.texts] == ["45 g"] * 5
    assert np.isnan(np.asarray(panel.lines[0].get_ydata(), float)).sum() == 10


def test_a_split_is_drawn_where_it_is():
    """Three parts of each person along time, one part of each person by person; the first person on top."""
    by_time, by_person = plots.split_figure(
        {"by time": split_by_time(RECORDS), "by person": split_by_person(RECORDS)}
    ).axes[:2]
    assert len([bar for bar in by_time.patches if bar.get_width() > 0]) == 12
    assert len([bar for bar in by_person.patches if bar.get_width() > 0]) == 4
    assert by_time.get_ylim()[0] > by_time.get_ylim()[1]


def test_the_forecast_is_broken_where_nothing_was_measured():
    time = np.datetime64("2026-01-01", "s") + np.array([0, 300, 600, 3600, 3900]) * np.timedelta64(1, "s")
    panel = plots.forecast_figure(time, np.full(5, 100.0), {"m": np.full(5, 110.0)}, half_width=15).axes[0]
    measured = next(line for line in panel.lines if line.get_label() == "measured")
    assert np.isnan(measured.get_ydata()).tolist() == [False, False, False, True, False, False]
    low, high = (f(panel.collections[0].get_paths()[0].vertices[:, 1]) for f in (np.nanmin, np.nanmax))
    assert (low, high) == (95, 125)


def test_the_ring_marks_the_chosen_threshold():
    rings = [line for line in plots.alarm_figure({"m": CURVE}, 1.0, {"m": 70}).axes[0].lines if line.get_ms() == 15]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in rings] == [(0.4, 0.5)]


def test_clarkes_points_have_the_colour_of_their_zone():
    scatters = plots.clarke_figure(TRUE, FORECAST).axes[0].collections
    drawn = [len(scatter.get_offsets()) / len(TRUE) for scatter in scatters]
    assert drawn == pytest.approx(zone_shares(TRUE, FORECAST).tolist())
