"""Controls that redraw a figure while you move a value; on a page without a kernel, the first figure alone."""

from __future__ import annotations

from collections.abc import Callable

from IPython.display import display

from helpers.base.sessions import watched
from helpers.plots.style import Picture


def control(draw: Callable[[float], Picture], **value: tuple[float, float, float]) -> None:
    """Show a figure, and in an interactive session a slider that redraws it.

    draw: from the value to a figure with its text. value: one keyword, the name of what is moved, with its start,
    lowest and highest: control(draw, prevalence=(0.1, 0.01, 0.9)).
    Where nobody watches (tests, papermill, the web edition) the figure at the start is all there is.

    Taught in notebooks/04_evaluation.ipynb, section 2.1.
    """
    (name, (start, low, high)), *more = value.items()
    if more:
        raise ValueError(f"control: expected one value to move, found {', '.join(value)}")
    if not watched():
        display(draw(start))
        return
    import ipywidgets

    slider = ipywidgets.FloatSlider(
        start, min=low, max=high, step=(high - low) / 100, description=name, continuous_update=False
    )
    ipywidgets.interact(lambda **moved: draw(moved[name]), **{name: slider})
