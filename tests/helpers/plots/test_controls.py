"""A control is a still figure where nobody watches, and a slider that redraws where somebody does."""

import ipywidgets
import pytest

from helpers.plots import controls


@pytest.fixture
def shown(monkeypatch):
    """What has been displayed."""
    pictures = []
    monkeypatch.setattr(controls, "display", pictures.append)
    return pictures


def draw(value):
    return f"the picture at {value}"


def test_nobody_watches(shown, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(ipywidgets, "interact", None)
    controls.control(draw, threshold=(0.5, 0, 1))
    assert shown == ["the picture at 0.5"]


def test_somebody_watches(shown, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "04_evaluation.ipynb")
    made = {}
    monkeypatch.setattr(ipywidgets, "interact", lambda f, **widgets: made.update(f=f, **widgets))
    controls.control(draw, threshold=(0.5, 0, 1))
    assert (made["threshold"].value, made["threshold"].min, made["threshold"].max) == (0.5, 0, 1)
    assert made["f"](threshold=0.8) == "the picture at 0.8"  # what ipywidgets displays
    assert shown == []


def test_one_value_moves():
    with pytest.raises(ValueError, match="one value to move, found a, b"):
        controls.control(draw, a=(0, 0, 1), b=(0, 0, 1))
