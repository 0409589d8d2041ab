"""How every `course` command speaks to a terminal: errors in one sentence, notebooks and values as arguments, columns.

Nothing heavy is imported before a command needs it, so that `course --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import click

from helpers.base.errors import FULL_DISK, UNUSABLE, CourseError, RequestError


class Command(click.Command):
    """A command whose known errors end it in a sentence: exit code 2 for a senseless request, 1 for all others."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and turn into click's errors the course's own, a full disk, and a place that is closed."""
        try:
            return super().invoke(ctx)
        except RequestError as error:
            raise click.UsageError(str(error), ctx) from error
        except CourseError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno in FULL_DISK:
                message = f"The disk is full ({error}). Make room, and the same command goes on."
            elif error.errno in UNUSABLE and error.filename is not None:
                message = f"{error.filename}: {error.strerror}. Give yourself access to it, or name another place."
            else:
                raise
            raise click.ClickException(message) from error


class Group(click.Group):
    """A group of such commands."""

    command_class = Command


Group.group_class = Group


class NotebookName(click.ParamType):
    """A notebook of the course by its number, its name or its path; gives the path."""

    name = "notebook"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The notebook's path. Raises click.BadParameter naming what there is and the nearest match."""
        from helpers.notebook.index import find_notebook

        try:
            return value if isinstance(value, Path) else find_notebook(value)
        except RequestError as error:
            self.fail(str(error), param, ctx)
        except PermissionError as error:
            self.fail(f"{value}: {error.strerror}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list:
        """The course's notebooks, for the shell."""
        from helpers.notebook.index import find_notebooks

        stems = [notebook.stem for notebook in find_notebooks()]
        return [click.shell_completion.CompletionItem(stem) for stem in stems if stem.startswith(incomplete)]


class Assignment(click.ParamType):
    """NAME=VALUE, as a pair of texts."""

    name = "NAME=VALUE"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The name and the value, both as texts. Raises click.BadParameter where there is no equals sign."""
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            self.fail(f"{value}: no {'name' if equals else 'value'} given; write NAME=VALUE.", param, ctx)
        return name.strip(), text


NOTEBOOK, ASSIGNMENT = NotebookName(), Assignment()
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


def columns(rows: Iterable[Sequence[str]], *, numbers: Collection[int] = (), rule: bool = False) -> str:
    """Rows of texts as lines whose columns stand below each other.

    numbers: the columns, from 0, that end at the right. rule: a line of dashes below the first row.

    >>> print(columns([("name", "size"), ("chest", "28")], numbers=[1]))
    name   size
    chest    28
    """
    rows = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if rule:
        rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        for number, width in enumerate(widths):
            row[number] = row[number].rjust(width) if number in numbers else row[number].ljust(width)
    return "\n".join("  ".join(row).rstrip() for row in rows)


def three_digits(value: float) -> str:
    """Three digits that count, and no exponent.

    >>> three_digits(1234.5), three_digits(12.34), three_digits(0.00001234), three_digits(2.0)
    ('1,234', '12.3', '0.0000123', '2')
    """
    import numpy as np  # not at the top: `course --help` needs none

    if abs(value) >= 100:
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=3, fractional=False, trim="-")
