"""The contract of a notebook's parameters: names, types, ranges, choices and profiles, declared once beside the values.

A line of the cell tagged `parameters` declares one parameter; its comment ends with the range or the choices:

    dataset: str = "chest"   # images to learn from {chest, pneumoniamnist} or a path
    epochs: int = 5          # passes over the training images [1, 50]

This module reads the cell, for the command line before a kernel starts and for the notebook itself while it runs.
papermill, which injects the values, reads it too, and must find the same. A running notebook does not ask papermill,
whose import would cost it more than a second. Works offline; nothing here imports TensorFlow.
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.base.errors import RequestError
from helpers.base.files import is_file
from helpers.base.nearest import did_you_mean
from helpers.base.schemas import import_jsonschema
from helpers.notebook.reading import NotebookError, read_notebook, require_kernel

TYPES = {"str": str, "int": int, "float": float, "bool": bool}

_RANGE = re.compile(r"\s*\[\s*(\S+)\s*,\s*(\S+)\s*\]$")
_CHOICES = re.compile(r"\s*\{([^{}]*)\}(\s+or a path)?$")


class ParameterError(RequestError):
    """A parameter, profile or notebook that does not exist, or a value that is not allowed.

    >>> raise ParameterError("epoch", "no such parameter", allowed=["epochs", "seed"], given="epoch")
    Traceback (most recent call last):
    helpers.notebook.parameters.ParameterError: epoch: no such parameter; allowed: epochs, seed; did you mean epochs?
    """

    def __init__(self, name: str, fault: str, *, allowed: str | Sequence[str], given: object = None):
        options = [allowed] if isinstance(allowed, str) else list(allowed)
        self.name = name
        hint = "" if isinstance(allowed, str) else did_you_mean(given, options)
        super().__init__(f"{name}: {fault}; allowed: {', '.join(options) or 'none'}{hint}")


def plain_number(number: float) -> str:
    """A number as a person writes it: whole numbers with all their digits, others with up to six.

    >>> plain_number(1_000_000.0), plain_number(0.1 + 0.2)
    ('1000000', '0.3')
    """
    return str(int(number)) if math.isfinite(number) and number == int(number) else f"{number:g}"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook: its type, its default, what it is for and which values are allowed.

    low, high: the range of a number, both ends included, or None where no range is declared.
    choices: the allowed values, empty where any is; accepts_path: whether the path of a file may stand instead.
    """

    name: str
    type: type
    default: str | int | float | bool
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str | int | float, ...] = ()
    accepts_path: bool = False

    @property
    def allowed(self) -> str:
        """What may be given, in words.

        >>> Parameter("epochs", int, 5, "passes", low=1, high=50).allowed
        'a whole number from 1 to 50'
        """
        if self.choices:
            return f"one of {', '.join(map(str, self.choices))}" + (
                " or the path of an existing file" if self.accepts_path else ""
            )
        kind = {str: "any text", int: "a whole number", float: "a number", bool: "true or false"}[self.type]
        return kind if self.low is None else f"{kind} from {plain_number(self.low)} to {plain_number(self.high)}"

    def parse(self, text: str) -> str | int | float | bool:
        """The value that a text from the command line stands for; the path of a file comes back absolute.

        Raises ParameterError where the text is of another type or the value is not allowed.

        >>> Parameter("epochs", int, 5, "passes", low=1, high=50).parse("7")
        7
        """
        text = text.strip()
        try:
            value = {"true": True, "false": False}[text.lower()] if self.type is bool else self.type(text)
        except (ValueError, KeyError):
            raise self._error(text) from None
        if self.accepts_path and value not in self.choices:
            try:
                value = str(Path(value).expanduser().resolve())
            except (RuntimeError, OSError, ValueError):  # nobody's home, a loop of links, no name that a file can have
                raise self._error(text) from None
            return self.check(value, given=text)
        return self.check(value)

    def check(self, value: object, given: object = None) -> str | int | float | bool:
        """The value itself if it is allowed (a whole number where a float is declared comes back as a float).

        given: what the person wrote, where it differs from the value. Raises ParameterError.
        """
        given = value if given is None else given
        if self.type is float and type(value) is int:
            value = float(value)
        if type(value) is not self.type:
            raise self._error(given, f"{given!r} is not {'an' if self.type is int else 'a'} {self.type.__name__}")
        if self.low is not None and not self.low <= value <= self.high:
            raise self._error(given)
        if self.choices and value not in self.choices and not (self.accepts_path and is_file(value)):
            raise self._error(given)
        return value

    def _error(self, given: object, fault: str | None = None) -> ParameterError:
        allowed = self.allowed + did_you_mean(given, self.choices)
        return ParameterError(self.name, fault or f"{given!r} is not allowed", allowed=allowed, given=given)


def read_parameters(notebook_path: str | Path) -> dict[str, Parameter]:
    """The parameters that a notebook file declares, in their order; empty where no cell is tagged `parameters`.

    Raises ParameterError where the cell breaks the contract: an assignment without a type, a type that is not str,
    int, float or bool, a default that is no constant or is not allowed, a line that papermill cannot read.
    Raises NotebookError where the file is no notebook, names no kernel, or has a parameters cell that is no Python.
    """
    import_jsonschema()  # before nbformat does
    import nbformat
    import papermill

    name = Path(notebook_path).name
    content = read_notebook(Path(notebook_path))
    require_kernel(content, name)
    source = parameters_source(content)
    if source is None:
        return {}
    parameters = declared(source, name)
    found = papermill.inspect_notebook(nbformat.read(notebook_path, as_version=4))
    for name, comment in _comments(source).items():
        if name in parameters and found.get(name, {}).get("help", "").strip() != comment:
            fault = "papermill cannot read its line"
            raise ParameterError(name, fault, allowed="one `=` in the line, comment included")
    return parameters


def parameters_source(notebook: Mapping) -> str | None:
    """The source of the first cell tagged `parameters` of a notebook (a NotebookNode, or its JSON), or None."""
    cells = notebook["cells"]
    return next(("".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", [])), None)


def declared(source: str, notebook: str = "notebook") -> dict[str, Parameter]:
    """The parameters that the source of one cell declares. notebook: the name of its file, for what is wrong with it.

    Raises ParameterError where the cell breaks the contract, as read_parameters does, but for what papermill reads;
    NotebookError where it is no Python.
    """
    try:
        parameters, comments = {}, _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        lines = source.splitlines()
        line = min(error.lineno if isinstance(error, SyntaxError) else error.args[1][0], len(lines))
        raise NotebookError(
            f"{notebook}, parameters cell, line {line}",
            expected="Python, as in `epochs: int = 5  # passes over the images [1, 50]`",
            found=f"{lines[line - 1].strip()!r} ({error.msg if isinstance(error, SyntaxError) else error.args[0]})",
            todo="Correct that line.",
        ) from error
    for statement in ast.parse(source).body:
        if not _is_declaration(statement):
            line = ast.unparse(statement)
            raise ParameterError(line, "not a parameter", allowed="name: type = constant  # comment")
        name, kind = statement.target.id, ast.unparse(statement.annotation)
        if kind not in TYPES:
            raise ParameterError(name, f"type {kind!r} is not allowed", allowed=list(TYPES))
        parameters[name] = _declare(name, TYPES[kind], ast.literal_eval(statement.value), comments[name])
    return parameters


def _comments(source: str) -> dict[str, str]:
    """The comment behind each annotated assignment of a cell, by the name assigned; empty where there is none.

    >>> _comments("epochs: int = 5  # passes [1, 50]")
    {'epochs': 'passes [1, 50]'}
    """
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    by_line = {token.start[0]: token.string.lstrip("#").strip() for token in tokens if token.type == tokenize.COMMENT}
    assigned = [one for one in ast.parse(source).body if isinstance(one, ast.AnnAssign)]
    return {ast.unparse(one.target): by_line.get(one.end_lineno, "") for one in assigned}


def _declare(name: str, kind: type, default: object, comment: str) -> Parameter:
    """One parameter from its comment: the range or the choices are cut off its end."""
    plain = Parameter(name, kind, float(default) if kind is float and type(default) is int else default, comment)
    if (found := _RANGE.search(comment)) and kind in (int, float):
        low, high = (_number(text, name) for text in found.groups())
        plain = replace(plain, help=comment[: found.start()], low=low, high=high)
    elif (found := _CHOICES.search(comment)) and kind is not bool:
        texts = [choice.strip() for choice in found[1].split(",")]
        choices = tuple(texts if kind is str else (kind(_number(text, name)) for text in texts))
        plain = replace(plain, help=comment[: found.start()], choices=choices, accepts_path=bool(found[2]))
    plain.check(plain.default)
    return plain


def _number(text: str, name: str) -> float:
    """The number that one end of a range, or one choice, stands for. Raises ParameterError where it is none."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(name, f"its comment says {text!r}", allowed="numbers, as in [0, 0.9] or {28, 56}")
    return number


def _is_declaration(statement: ast.stmt) -> bool:
    """Whether a statement is `name: type = constant`."""
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        return False
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True


def check_names(names: Iterable[str], parameters: Mapping[str, Parameter]):
    """Raise ParameterError for the first name that is not among the parameters, with the nearest one that is."""
    for name in names:
        if name not in parameters:
            raise ParameterError(name, "no such parameter", allowed=list(parameters), given=name)


def _read_yaml(path: Path) -> dict:
    import yaml

    from helpers.base.plain_yaml import PlainLoader

    return (yaml.load(path.read_text(encoding="utf-8"), PlainLoader) or {}) if path.exists() else {}


def profile_names(notebook_path: str | Path) -> list[str]:
    """The profiles of a notebook: `default`, and those that profiles.yml beside it declares."""
    notebook = Path(notebook_path)
    return ["default", *_read_yaml(notebook.parent / "profiles.yml").get(notebook.stem, {})]


def profile_values(notebook_path: str | Path, profile: str) -> dict[str, object]:
    """The values that a profile sets, checked; empty for `default`, which is the notebook as committed.

    Raises ParameterError for a profile the notebook does not have, and for a name or value that it does not allow.
    """
    notebook = Path(notebook_path)
    names = profile_names(notebook)
    if profile not in names:
        raise ParameterError(profile, f"no such profile of {notebook.stem}", allowed=names, given=profile)
    if profile == "default":
        return {}
    parameters = read_parameters(notebook)
    values = _read_yaml(notebook.parent / "profiles.yml")[notebook.stem][profile] or {}
    check_names(values, parameters)
    return {name: parameters[name].check(value) for name, value in values.items()}
