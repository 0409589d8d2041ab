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
from helpers.plots.style import new_figure, show, show_source


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
