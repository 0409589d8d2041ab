"""The code of the course's own functions, as it is put on a page and counted."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable


def code_of(function: Callable) -> list[str]:
    """The lines of a function's source without its docstring, from the margin."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        end = docstring.end_lineno + (lines[docstring.end_lineno :][:1] == [""])
        del lines[docstring.lineno - 1 : end]
    return lines
