"""A control is a still figure where nobody watches, and a slider that redraws where somebody does."""

import ipywidgets
import pytest

from helpers.plots import controls, new_figure


@pytest.fixture
def shown(monkeypatch):
    figures = []
    monkeypatch.setattr(controls, "show", lambda figure, alt: figures.append((figure, alt)))
    return figures


def draw(value):
    figure, _ = new_figure()
    figure.value = value
    return figure


def test_nobody_watches(shown, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(ipywidgets, "interact", None)
    controls.control(draw, "what it shows", threshold=(0.5, 0, 1))
    ((figure, alt),) = shown
    assert (figure.value, alt) == (0.5, "what it shows")


def test_somebody_watches(shown, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "04_evaluation.ipynb")
    made = {}
    monkeypatch.setattr(ipywidgets, "interact", lambda f, **widgets: made.update(f=f, **widgets))
    controls.control(draw, "what it shows", threshold=(0.5, 0, 1))
    assert (made["threshold"].value, made["threshold"].min, made["threshold"].max) == (0.5, 0, 1)
    made["f"](threshold=0.8)
    assert shown[-1][0].value == 0.8


def test_one_value_moves():
    with pytest.raises(ValueError, match="one value to move, found a, b"):
        controls.control(draw, "x", a=(0, 0, 1), b=(0, 0, 1))
