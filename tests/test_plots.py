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

from helpers import evaluation, from_scratch, plots
from helpers.datasets.contract import DataError
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

FIGURES = {
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
    "interval_figure": lambda: plots.interval_figure(SCORES, "AUC", floor=0.5, xlabel="area"),
    "interval_figure, no floor": lambda: plots.interval_figure(SCORES, "AUC"),
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


SHOWN = [
    *(function for module in (from_scratch, evaluation) for function in vars(module).values() if callable(function)),
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
