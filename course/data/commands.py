"""The `course data` commands: what there is, fetch it, verify it, show it.

Everything heavy is imported by the command that needs it, so that `course --help` answers at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from course.run.terminal import FILE, Group, columns
from helpers.base.files import is_file
from helpers.base.nearest import did_you_mean


@click.group("data", cls=Group)
def data():
    """List, fetch, verify and show the data sets of the course."""


@data.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs: every fact, as JSON.")
def list_command(as_json: bool):
    """Show each data set: what is predicted, size, licence, simulated or real, and whether it is on this machine."""
    from course.data.files import overview

    rows = overview()
    if as_json:
        click.echo(json.dumps(rows, indent=2))  # in ASCII, for consoles that lack signs
        return
    heads = ("name", "task", "size", "licence", "origin", "here")
    table = [(*heads, "download"), *((*(row[head] for head in heads), _megabytes(row["download"])) for row in rows)]
    click.echo(columns(table))


@data.command("fetch")
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all-core", is_flag=True, help="Every set that a notebook of the course names.")
def fetch_command(names: tuple[str, ...], all_core: bool):
    """Download data sets by NAME and verify them; what is here and whole already is not downloaded again.

    Exit code 0: all are here. 1: one could not be fetched, or a notebook cannot be asked for its sets. 2: the request
    makes no sense; nothing was fetched.
    """
    from course.data.files import core_names, fetch_files, known_name
    from helpers.datasets import DataError
    from helpers.notebook.index import sound_notebooks

    if all_core == bool(names):
        raise click.UsageError("Name one data set or more, or give --all-core.")
    for name in names:
        if not known_name(name):
            raise click.UsageError(_unknown(name))
    faults = sound_notebooks()[1] if all_core else []
    for fault in faults:
        click.echo(f"Error: {fault}", err=True)
    failed = bool(faults)
    for name in core_names() if all_core else dict.fromkeys(names):
        try:
            click.echo(f"{name}: {fetch_files(name)}")
        except DataError as error:
            failed = True
            click.echo(f"Error: {error}", err=True)
    sys.exit(failed)


@data.command("verify")
@click.argument("dataset", required=False, metavar="[NAME|PATH]")
def verify_command(dataset: str | None):
    """Count a data set and look for what is wrong with it: by NAME, by the PATH of a file, or all that are here.

    Prints images and patients per split and class, exact and near copies across splits, whether the file is the
    original, and the faults that are known. Exit code 0: usable, with whatever faults were printed. 1: a file is
    corrupt or differs from the original it is named after, or patients are in two splits. 2: no such data set or file.
    """
    from course.data.files import here
    from course.data.verify import verify
    from helpers.datasets import DataError

    failed = False
    for name in here() if dataset is None else [_name_or_path(dataset)]:
        try:
            for line in verify(name):
                click.echo(line)
        except DataError as error:
            failed = True
            click.echo(f"Error: {error}", err=True)
        click.echo("")
    sys.exit(failed)


@data.command("show")
@click.argument("dataset", metavar="NAME|PATH")
@click.option("--out", type=FILE, help="PNG to write [default: NAME.png].")
@click.option("--seed", default=1, show_default=True, help="Of a simulated set, and of the images that are picked.")
def show_command(dataset: str, out: Path | None, seed: int):
    """Draw some training images of each class, or the columns of a table, or the first hours of a recording."""
    from course.data.verify import reading_lines
    from helpers.datasets import SeriesDataset, load
    from helpers.plots import dataset_figure, save

    name = _name_or_path(dataset, download=True)
    out = out or Path(f"{Path(name).stem}.png")
    if out.suffix.lower() != ".png":
        raise click.UsageError(f"--out: expected a name that ends with .png, found {out}.")
    data = load(name, seed=seed)
    picture = dataset_figure(data, seed=seed)
    try:
        save(picture, out)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}. Name another with --out.") from error
    click.echo(f"{out}: {picture.alt}")
    if isinstance(data, SeriesDataset):
        for line in reading_lines(data):
            click.echo(line)


def _megabytes(most: float | None) -> str:
    return "" if most is None else f"at most {max(most, 1):,.0f} MB"


def _name_or_path(text: str, *, download: bool = False) -> str:
    """The argument itself, if it is a data set that can be used (one that is here, unless download) or a file.

    Raises click.UsageError otherwise.
    """
    from course.data.files import known_name, presence

    if known_name(text):
        if download or presence(text) != "no":
            return text
        raise click.UsageError(f"{text} is not on this machine. course data fetch {text} downloads it.")
    if is_file(text):
        return text
    if Path(text).suffix or len(Path(text).parts) > 1:
        raise click.UsageError(f"{text}: no such file.")
    raise click.UsageError(_unknown(text))


def _unknown(name: str) -> str:
    from helpers.datasets import dataset_names

    names = dataset_names()
    return f"{name}: no such data set; there are {', '.join(names)}{did_you_mean(name, names)}"
