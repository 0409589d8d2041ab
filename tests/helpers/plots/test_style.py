"""What reaches the page: a picture with its description, and the source of a helper without its docstring."""

import ast
import inspect
import textwrap

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from sample_figures import GREY, SENTENCE, TITLES

from helpers import evaluation, plots
from helpers.datasets.contract import DataError
from helpers.from_scratch import convolution, dense, recurrent
from helpers.models import frameworks
from helpers.plots import style
from helpers.plots.style import Picture, new_figure, show_source, titled


@pytest.mark.parametrize("alt", ["", "A figure", "Nineteen characters"])
def test_a_picture_refuses_what_is_no_description(alt):
    with pytest.raises(ValueError, match="tells what it shows"):
        Picture(new_figure()[0], alt)
    with pytest.raises(TypeError, match=r"pixel_figure\(\) missing .* 'alt'"):
        plots.pixel_figure(GREY[0], 2, 3, 6)


@titled()
def blank(width: float, *, height: float = 2.0):
    """A page."""
    return new_figure(width=width, height=height)[0]


@titled("A blank page")
def named(width: float):
    """A page."""
    return new_figure(width=width, height=2)[0]


def test_a_title_is_the_functions_or_the_calls():
    assert named(6, alt=SENTENCE).figure.get_suptitle() == "A blank page"
    assert named(6, alt=SENTENCE, title="Nothing").figure.get_suptitle() == "Nothing"
    assert blank(6, height=1, alt=SENTENCE, title="Nothing").figure.get_suptitle() == "Nothing"
    for untitled in (lambda: blank(6, alt=SENTENCE), lambda: named(6, alt=SENTENCE, title="")):
        with pytest.raises(ValueError, match="expected title=, a few words"):
            untitled()


def test_a_figure_grows_with_the_lines_of_its_title():
    plain, one, two = (Picture(new_figure(width=4)[0], SENTENCE, text) for text in (None, "Short", "Long " * 15))
    heights = [picture.figure.get_figheight() for picture in (plain, one, two)]
    assert heights == sorted(set(heights))
    assert plain.figure.get_suptitle() == ""
    panels = [picture.png and picture.figure.axes[0].get_position() for picture in (plain, one, two)]
    drawn = [panel.height * height for panel, height in zip(panels, heights, strict=True)]
    assert drawn == pytest.approx([drawn[0]] * 3, abs=0.1), "inches"


def test_help_tells_of_text_and_title():
    assert str(inspect.signature(blank)).startswith("(width: float, *, height: float = 2.0, alt: str, title: str)")
    assert inspect.signature(named).parameters["title"].default == "A blank page"
    assert named.__doc__.startswith("A page.\n\nalt: ")


def test_what_is_changed_in_a_figure_before_it_is_shown_counts():
    picture = named(6, alt=SENTENCE)
    picture.figure.axes[0].plot([0, 1], [0, 1])
    assert picture.png != named(6, alt=SENTENCE).png
    assert picture.png is picture.png, "constrained layout moves a little each time"


@pytest.fixture
def page(monkeypatch) -> list[tuple[dict, dict]]:
    """What has been displayed: data and metadata by type, as IPython would send them to a notebook."""
    outputs = []
    monkeypatch.setattr(style, "display", lambda shown: outputs.append(DisplayFormatter().format(shown)))
    return outputs


def test_a_picture_and_its_description_are_put_on_the_page():
    data, metadata = DisplayFormatter().format(plots.image_grid(GREY, TITLES, alt=SENTENCE, title="What is shown"))
    assert set(data) == {"image/png", "text/plain"}
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


MODULES = (convolution, dense, recurrent, frameworks, evaluation)
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
    exec("import numpy as np\n" + source_of(convolution.relu, page), place)
    assert place["relu"](np.array([-1.0, 2.0])).tolist() == [0, 2]


def test_a_picture_that_was_shown_holds_no_figure_and_can_be_shown_again():
    """IPython keeps what a cell ends with in `Out`."""
    line = {"a line": ([0, 1], [1, 2])}
    picture = plots.curves_figure(line, xlabel="x", ylabel="y", alt=SENTENCE, title="A line")
    assert picture.figure is not None
    first, metadata = picture._repr_mimebundle_()
    assert picture.figure is None
    assert picture._repr_mimebundle_() == (first, metadata)
