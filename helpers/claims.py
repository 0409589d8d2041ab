"""What a notebook states about its numbers: results that travel in the executed notebook, and claims with a band.

A number that may differ between processors stands in neither line of text that these print as long as the notebook
runs as it was written, so stored and fresh outputs stay comparable.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Integral, Real

from helpers.parameters import Parameters, plain_number

RESULT_MIME = "application/vnd.course.result+json"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def record(name: str, value: float | int | str | bool | None):
    """Record a named result in the notebook's outputs, for the table that `course run` ends with.

    name: lower-case words joined by underscores. value: one number (NumPy's too), text or truth value; a number that
    is not finite (a score that one class alone does not define) is kept as None.
    Raises ValueError for another name, TypeError for another value.
    Taught in notebooks/02_cnn_imaging.ipynb, section 5.
    """
    from IPython.display import display

    if not _NAME.fullmatch(name):
        raise ValueError(f"record: {name!r} is no name for a result; use lower-case words joined by underscores")
    payload = {"name": name, "value": _plain(name, value)}
    display({RESULT_MIME: payload, "text/plain": f"recorded: {name}"}, raw=True)


def _plain(name: str, value: object) -> float | int | str | bool | None:
    """The value as JSON has it."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    raise TypeError(f"record: {name} must be one number, text or truth value, not {type(value).__name__}")


def recorded(notebook: Mapping) -> dict[str, float | int | str | bool | None]:
    """The results that an executed notebook (a NotebookNode) carries, in the order of their recording."""
    results = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(RESULT_MIME)
            if payload is not None:
                results[payload["name"]] = payload["value"]
    return results


def claim(
    statement: str, value: float, low: float | None = None, high: float | None = None, given: Parameters | None = None
):
    """Hold a sentence of the text against the number it speaks of.

    With the parameters as written (another seed counts as such) the value must lie in the band [low, high], ends
    included, None for an open end; the printed line does not hold the value, so it is the same on every machine. With
    other parameters nothing is asserted: the value is printed beside the band.

    given: the notebook's `parameters`. Raises AssertionError with statement, value and band; ValueError without a band;
    TypeError without parameters. Taught in notebooks/02_cnn_imaging.ipynb, section 5.

    >>> claim("The floor is beaten.", 0.91, 0.5, given=Parameters({}, ()))
    ✓ The floor is beaten. [at least 0.5]
    >>> claim("The floor is beaten.", 0.41, 0.5, given=Parameters({"epochs": 1}, ("epochs",)))
    The floor is beaten. Here: 0.41. The text says at least 0.5, for other parameters (changed: epochs).
    """
    if not isinstance(given, Parameters):
        raise TypeError("claim: give the notebook's parameters, as in given=parameters")
    band = _band(low, high)
    if not given.as_written:
        changed = ", ".join(given.changed)
        print(f"{statement} Here: {value:.4g}. The text says {band}, for other parameters (changed: {changed}).")
        return
    holds = (low is None or value >= low) and (high is None or value <= high)
    if not holds:
        raise AssertionError(f"{statement} Measured {value:.4g}, expected {band}.")
    print(f"✓ {statement} [{band}]")


def _band(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        raise ValueError("claim: give a lower end, an upper end or both")
    if high is None:
        return f"at least {plain_number(low)}"
    if low is None:
        return f"at most {plain_number(high)}"
    return f"{plain_number(low)} to {plain_number(high)}"
