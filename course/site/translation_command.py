"""The command `course translation`: how far a translation is (its notebooks: `course export --view zh`)."""

from __future__ import annotations

import sys

import click

from course.run.terminal import Command, columns


@click.command("translation", cls=Command)
@click.argument("language")
def translation_command(language: str):
    """Show how far the translation of the notebooks into LANGUAGE (zh) is, and which cells are behind.

    Code and outputs are those of the English notebooks. Of each cell that is behind, the hash of its English text as it
    is now is printed: translate what changed, then write that hash into the cell's block.
    Exit code 1: a translated notebook is behind.
    """
    from course.site.translation import blocks_file, translation
    from helpers.notebook.index import find_notebooks

    rows, stale = [("notebook", "cells", "translated", "behind")], []
    for notebook in find_notebooks():
        if not blocks_file(notebook, language).exists():
            continue
        found = translation(notebook, language)
        late = found.behind | found.missing
        rows.append((notebook.stem, str(len(found.cells)), str(len(found.cells) - len(found.missing)), str(len(late))))
        stale += [(notebook.stem, cell, now) for cell, now in late.items()]
        stale += [(notebook.stem, cell, "no such cell") for cell in found.left_over]
    click.echo(columns(rows, numbers=[1, 2, 3]))
    if stale:
        click.echo(f"\n{columns([('notebook', 'cell', 'English text now'), *stale])}", err=True)
    sys.exit(bool(stale))
