"""Read a study's YAML file and check all of it, every value against the notebook's own declarations.

What stands in such a file: the docstring of course.sweep.study. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from pathlib import Path

import yaml

from course.sweep.study import Study, StudyError, sources_hash
from helpers.base.files import is_file
from helpers.base.plain_yaml import PlainLoader
from helpers.base.schemas import faults
from helpers.notebook.index import find_notebook
from helpers.notebook.parameters import Parameter, ParameterError, check_names, profile_values, read_parameters

VALUES = {"type": "object", "minProperties": 1, "expected": "names with values, or nothing at all"}
LIST = {"type": "array", "minItems": 1, "expected": "a list of values, as in [1, 2]"}
AXIS = {
    "type": "object",
    "expected": "{low: ..., high: ...} or {choices: [...]}",
    "additionalProperties": False,
    "properties": {
        "low": {},
        "high": {},
        "scale": {"enum": ["linear", "log"], "expected": "linear or log"},
        "choices": LIST,
    },
    "anyOf": [{"required": ["low", "high"]}, {"required": ["choices"]}],
}
SCHEMA = {
    "type": "object",
    "expected": "keys and values (title, notebook, profile, parameters, grid, random, seeds, repeats)",
    "additionalProperties": False,
    "properties": {
        "title": {},
        "notebook": {},
        "profile": {},
        "parameters": VALUES,
        "grid": VALUES | {"additionalProperties": LIST},
        "random": {
            "type": "object",
            "expected": "count, seed and axes",
            "additionalProperties": False,
            "properties": {
                "count": {"type": "integer", "minimum": 1, "expected": "a whole number from 1"},
                "seed": {"type": "integer", "minimum": 0, "expected": "a whole number from 0"},
                "axes": VALUES
                | {"additionalProperties": AXIS, "expected": "axes, as in axes: {dropout: {low: 0, high: 0.9}}"},
            },
            "required": ["count", "axes"],
        },
        "seeds": LIST,
        "repeats": {"type": "integer", "minimum": 1, "expected": "a whole number from 1"},
    },
}
DRAWS_TRIED = 1000


def study_values(path: Path) -> dict[str, object]:
    """A study file's content with its keys checked, but neither notebook nor values. Raises StudyError."""
    return _Reader(path).values


def read_study(path: Path, overrides: Mapping[str, str] | None = None) -> Study:
    """Read a study file and check all of it.

    overrides: values from the command line, as text; they replace fixed ones, and may not name an axis.
    Raises StudyError with the file, the line and what is allowed.
    """
    reader = _Reader(path)
    values = reader.values
    if "notebook" not in values:
        raise reader.error((), 'says no notebook; write one, as in notebook: "02"')
    notebook, parameters, profile = _notebook(reader)
    axes = {name: ("grid", name) for name in values.get("grid") or {}}
    axes |= {name: ("random", "axes", name) for name in (values.get("random") or {}).get("axes") or {}}
    fixed = {name: ("parameters", name) for name in values.get("parameters") or {}}
    for name, where in (fixed | axes).items():
        with reader.at(where):
            check_names([name], parameters)
    both = [name for name in axes if name in fixed]
    if both:
        raise reader.error(axes[both[0]], f"{both[0]} stands under parameters as well: a value is fixed or varies")
    seeds = _seeds(reader, parameters)
    if seeds and (clash := next((where for name, where in (fixed | axes).items() if name == "seed"), None)):
        raise reader.error(clash, "seed stands under seeds or repeats as well")
    kept = {name: where for name, where in fixed.items() if name not in (overrides or {})}
    chosen = {name: reader.value(where, parameters[name]) for name, where in kept.items()}
    for name, text in (overrides or {}).items():
        if name in axes or (name == "seed" and seeds):
            raise StudyError(f"{path}: {name} varies in this study, so it cannot be set by -p")
        try:
            check_names([name], parameters)
            chosen[name] = parameters[name].parse(text)
        except ParameterError as error:
            raise StudyError(f"{path}: -p {error}") from error
    grid = _grid(reader, parameters)
    drawn = _drawn(reader, parameters)
    set_by_profile = {name: value for name, value in profile.items() if name not in axes}
    return Study(
        title=str(values.get("title") or path.stem),
        notebook=notebook,
        profile=values.get("profile", "default"),
        fixed=set_by_profile | chosen,
        grid=grid,
        drawn=drawn,
        seeds=seeds,
        notebook_hash=sources_hash(notebook),
    )


class _Reader:
    """A study file: its values, and the line each of them stands in."""

    def __init__(self, path: Path):
        self.path = path
        self.lines: dict[tuple[str, ...], int] = {(): 1}
        try:
            text = path.read_text(encoding="utf-8")
            node = yaml.compose(text, PlainLoader)
            self.values = yaml.load(text, PlainLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise StudyError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise StudyError(f"{path}{line}: no YAML: {getattr(error, 'problem', None) or error}") from error
        self._note_lines(node, ())
        wrong = list(faults(self.values, SCHEMA))
        if wrong:
            raise min((self.error(fault.where, fault.text) for fault in wrong), key=lambda error: error.line)

    def error(self, where: tuple[str, ...], fault: str) -> StudyError:
        while where not in self.lines:
            where = where[:-1]
        return StudyError(f"{self.path}, line {self.lines[where]}: {fault}", line=self.lines[where])

    def at(self, where: tuple[str, ...]) -> _Telling:
        return _Telling(self, where)

    def find(self, where: tuple[str, ...]) -> object:
        found = self.values
        for key in where:
            found = found[key]
        return found

    def value(self, where: tuple[str, ...], parameter: Parameter) -> object:
        """The value at a place, checked; the path of a file counts from the study's folder."""
        return self.checked(self.find(where), where, parameter)

    def checked(self, value: object, where: tuple[str, ...], parameter: Parameter) -> object:
        if parameter.accepts_path and isinstance(value, str) and value not in parameter.choices:
            with contextlib.suppress(RuntimeError):  # nobody's home: refused with what is allowed
                path = self.path.parent / Path(value).expanduser()
                value = str(path.resolve()) if is_file(path) else value
        with self.at(where):
            return parameter.check(value)

    def _note_lines(self, node: yaml.Node, where: tuple[str, ...]):
        if not isinstance(node, yaml.MappingNode):
            return
        for key, value in node.value:
            place = (*where, key.value)
            if place in self.lines:
                self.lines[place] = key.start_mark.line + 1
                raise self.error(place, f"{key.value} stands here for the second time")
            self.lines[place] = key.start_mark.line + 1
            self._note_lines(value, place)


class _Telling:
    """Turns what the contract of parameters refuses into a StudyError with the line."""

    def __init__(self, reader: _Reader, where: tuple[str, ...]):
        self.reader, self.where = reader, where

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, ParameterError):
            raise self.reader.error(self.where, str(error)) from error


def _notebook(reader: _Reader) -> tuple[Path, dict[str, Parameter], dict[str, object]]:
    text = str(reader.values["notebook"])
    beside = reader.path.parent / text
    with reader.at(("notebook",)):
        notebook = beside.resolve() if beside.suffix == ".ipynb" and is_file(beside) else find_notebook(text)
        parameters = read_parameters(notebook)
    with reader.at(("profile",)):
        return notebook, parameters, profile_values(notebook, reader.values.get("profile", "default"))


def _seeds(reader: _Reader, parameters: Mapping[str, Parameter]) -> tuple[int, ...]:
    if "seeds" in reader.values and "repeats" in reader.values:
        raise reader.error(("repeats",), "give seeds or repeats, not both")
    where = ("seeds",) if "seeds" in reader.values else ("repeats",)
    if where[0] not in reader.values:
        return ()
    if "seed" not in parameters:
        raise reader.error(where, f"{where[0]}: the notebook has no parameter seed to repeat by")
    found = reader.find(where)
    if where == ("repeats",):
        found = [parameters["seed"].default + offset for offset in range(found)]
    return _distinct(reader, where, found, parameters["seed"])


def _grid(reader: _Reader, parameters: Mapping[str, Parameter]) -> dict[str, tuple]:
    grid = reader.values.get("grid") or {}
    return {name: _distinct(reader, ("grid", name), values, parameters[name]) for name, values in grid.items()}


def _distinct(reader: _Reader, where: tuple[str, ...], values: list, parameter: Parameter) -> tuple:
    """The values of an axis, checked, at least one, none twice."""
    checked = tuple(reader.checked(value, where, parameter) for value in values)
    twice = next((value for value in checked if checked.count(value) > 1), None) if len(checked) < 10_000 else None
    if twice is not None:
        raise reader.error(where, f"{where[-1]}: {twice!r} stands in the list twice")
    return checked


def _drawn(reader: _Reader, parameters: Mapping[str, Parameter]) -> tuple[dict[str, object], ...]:
    """The random points: the same for the same study file, none twice."""
    import numpy as np

    random = reader.values.get("random")
    if not random:
        return ()
    count, seed = random["count"], random.get("seed", 1)
    axes = {name: _axis(reader, name, axis, parameters[name]) for name, axis in random["axes"].items()}
    generator = np.random.default_rng(seed)
    points: dict[tuple, dict[str, object]] = {}
    for _ in range(count + DRAWS_TRIED):
        point = {name: draw(generator) for name, draw in axes.items()}
        points.setdefault(tuple(point.values()), point)
        if len(points) == count:
            return tuple(points.values())
    raise reader.error(("random", "count"), f"random count: the axes hold only {len(points)} different points")


def _axis(reader: _Reader, name: str, axis: Mapping, parameter: Parameter):
    """How a value of one random axis is drawn: a function of a generator."""
    where = ("random", "axes", name)
    if "choices" in axis:
        choices = _distinct(reader, (*where, "choices"), axis["choices"], parameter)
        return lambda generator: choices[int(generator.integers(len(choices)))]
    low, high = (reader.checked(axis[end], (*where, end), parameter) for end in ("low", "high"))
    scale = axis.get("scale", "linear")
    if parameter.type not in (int, float) or not low < high:
        raise reader.error(where, f"{name}: expected numbers with low below high, found {low!r} and {high!r}")
    if scale == "log" and low <= 0:
        raise reader.error((*where, "scale"), f"{name}: expected scale linear, or log with low above 0")
    if parameter.type is int and scale == "linear":
        return lambda generator: int(generator.integers(low, high, endpoint=True))
    ends = (math.log(low), math.log(high)) if scale == "log" else (low, high)

    def draw(generator) -> float | int:
        value = generator.uniform(*ends)
        value = min(max(math.exp(value) if scale == "log" else value, low), high)
        return round(value) if parameter.type is int else float(value)

    return draw
