"""`course export` and `course progress`. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from course.run.terminal import FOLDER, NOTEBOOK, Command, columns

THERE = click.Path(exists=True, file_okay=False, path_type=Path)
NAMES = ("student", "instructor", "clean", "slides", "colab", "zh")


@click.command("export", cls=Command)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...", type=NOTEBOOK)
@click.option("--view", type=click.Choice(NAMES), required=True, help="What is written.")
@click.option("--out", type=FOLDER, required=True, help="Folder for the notebooks.")
@click.option("--force", is_flag=True, help="Replace files in the folder that differ.")
def export_command(notebooks: tuple[Path, ...], view: str, out: Path, force: bool):
    """Write a view of one NOTEBOOK or more, of all where none is named; the course's own files stay as they are.

    student: without solutions and outputs. instructor: solutions open, notes and minutes for teaching. clean: without
    outputs. slides: marked for slides (`jupyter nbconvert --to slides`). colab: with a first cell that on Google Colab
    fetches the course. zh: in Chinese; of all, those that are translated.

    Links to files that do not go with a notebook lead to the web edition.

    Exit code 1: a notebook cannot be read, or a file that differs is in the way; nothing was written.
    """
    from course.views.chinese import is_translated
    from course.views.export import export
    from helpers.notebook.index import find_notebooks

    wanted = notebooks or [one for one in find_notebooks() if view != "zh" or is_translated(one)]
    written = export(view, dict.fromkeys(wanted), out, force)
    click.echo(f"{len(written)} notebook{'s' * (len(written) != 1)} ({view}): {out}")


@click.command("progress", cls=Command)
@click.argument("folder", required=False, metavar="[DIR]", type=THERE)
def progress_command(folder: Path | None):
    """Show which exercises are solved in the notebooks saved in DIR, by default the course's own.

    Read are the lines that the checks printed when a cell was last run and saved: nothing is run, and nothing is sent.
    Attempted are answers that do not hold yet. Of several copies of a notebook the best counts. progress.json in DIR
    keeps what was solved once.

    Exit code 1: a file cannot be read; it is named, below the others.
    """
    from course.views import progress
    from helpers.base.files import refusal
    from helpers.base.paths import NOTEBOOKS
    from helpers.notebook.index import course_metadata, sound_notebooks
    from helpers.notebook.reading import NotebookError

    folder = folder or NOTEBOOKS
    notebooks, _ = sound_notebooks()
    seen, faults = {}, []
    for copy in sorted(folder.glob("*.ipynb")):
        try:
            seen = progress.best(seen, progress.answered(copy))
        except NotebookError as error:
            faults.append(str(error))
    why_not = refusal(folder)
    seen = progress.keep(folder, seen, datetime.date.today(), write=why_not is None)
    titles = {notebook.stem[:2]: course_metadata(notebook).get("title", notebook.stem) for notebook in notebooks}
    asked = [one for notebook in notebooks for one in progress.asked(notebook)]
    click.echo(columns(progress.table(titles, asked, seen), numbers=[2, 3, 4]))
    kept = f"Not kept: {why_not}." if why_not else f"Kept in {folder / progress.FILE}."
    click.echo(f"\n{kept} Nothing was sent.")
    for fault in faults:
        click.echo(f"Error: {fault}", err=True)
    sys.exit(bool(faults))
