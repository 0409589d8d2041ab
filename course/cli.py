"""The `course` command: list the notebooks, run them with other values, once or in a study.

Everything heavy is imported by the command that needs it, so that `course --help` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from course.data.commands import data
from course.sweep.commands import claims_command, compare_command, doctor_command, results_command, sweep_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deep-learning-in-healthcare", prog_name="course")
def main():
    """Deep Learning in Healthcare, an executable course: list its notebooks and run them. Not for clinical use."""


for command in (data, sweep_command, results_command, compare_command, claims_command, doctor_command):
    main.add_command(command)


@main.command("list")
@click.argument("notebook", required=False)
def list_command(notebook: str | None):
    """Show the notebooks with their minutes, data sets and budgets, or the parameters of one NOTEBOOK."""
    from helpers.notebook.index import find_notebook, find_notebooks
    from helpers.notebook.parameters import ParameterError

    try:
        lines = _overview(find_notebooks()) if notebook is None else _parameter_lines(find_notebook(notebook))
    except ParameterError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(lines))


@main.command("run")
@click.argument("notebooks", nargs=-1, metavar="NOTEBOOK...")
@click.option("--all", "all_notebooks", is_flag=True, help="Run every notebook of the course.")
@click.option("--profile", default="default", show_default=True, help="Named values: smoke, default or full.")
@click.option("-p", "assignments", multiple=True, metavar="NAME=VALUE", help="Another value for a parameter.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder [default: build/course].")
def run_command(
    notebooks: tuple[str, ...], all_notebooks: bool, profile: str, assignments: tuple[str, ...], out: Path | None
):
    """Execute one NOTEBOOK or more (by number, name or path) and store each with its results.

    Ends with a table. Exit code 0: all ran and every claim of their texts held. 1: a notebook failed, or a claim was
    off. 2: the request makes no sense; nothing was started.
    `course list NOTEBOOK` shows what -p takes.
    """
    from helpers.base.paths import NOTEBOOKS
    from helpers.notebook.index import find_notebook, find_notebooks
    from helpers.notebook.parameters import ParameterError

    if all_notebooks == bool(notebooks):
        raise click.UsageError("Name one notebook or more, or give --all.")
    try:
        found = find_notebooks() if all_notebooks else [find_notebook(text) for text in dict.fromkeys(notebooks)]
        jobs = [(notebook, _values(notebook, profile, assignments)) for notebook in dict.fromkeys(found)]
    except ParameterError as error:
        raise click.UsageError(str(error)) from error
    if not jobs:
        raise click.UsageError(f"There is no notebook in {NOTEBOOKS}.")
    _execute(jobs, out or NOTEBOOKS.parent / "build" / "course")


@main.command("report")
@click.argument("notebook")
@click.option("--json", "json_wanted", is_flag=True, help="Print JSON instead of lines.")
def report_command(notebook: str, json_wanted: bool):
    """Print the report card of an executed NOTEBOOK (number, name or path): what TRIPOD+AI asks and code can answer.

    What the notebook did not record is said to be so, and is null in JSON.
    """
    from helpers.notebook.index import find_notebook
    from helpers.notebook.parameters import ParameterError
    from helpers.notebook.report_card import as_json, as_text, read_card

    try:
        path = find_notebook(notebook)
        card = read_card(path)
    except (ParameterError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(as_json(card) if json_wanted else as_text(card, path.stem), nl=not json_wanted)


@main.command("refresh", hidden=True)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
def refresh_command(notebooks: tuple[str, ...]):
    """Execute notebooks as committed (all without an argument) and store them with their outputs: for maintainers."""
    from course.site.refresh import refresh, refresh_pages
    from helpers.notebook.index import find_notebook, find_notebooks
    from helpers.notebook.parameters import ParameterError

    try:
        found = [find_notebook(text) for text in notebooks] or find_notebooks()
    except ParameterError as error:
        raise click.UsageError(str(error)) from error
    runs = []
    for notebook in found:
        runs.append(refresh(notebook, progress=sys.stderr.isatty()))
        _report(runs[-1])
        for claim in runs[-1].off:
            click.echo(f"  ✗ {claim}", err=True)
    if all(run.ok for run in runs):
        refresh_pages()
    sys.exit(any(not run.ok or run.off for run in runs))


def _values(notebook: Path, profile: str, assignments: tuple[str, ...]) -> dict[str, object]:
    """The values that a run of the notebook sets: its profile's, overridden by the command line's. All checked."""
    from helpers.notebook.parameters import ParameterError, check_names, profile_values, read_parameters

    parameters = read_parameters(notebook)
    values = profile_values(notebook, profile)
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals:
            raise ParameterError(assignment, "no value given", allowed="name=value")
        check_names([name], parameters)
        values[name] = parameters[name].parse(text)
    return values


def _execute(jobs: list[tuple[Path, dict[str, object]]], out: Path):
    from course.run.execute import run_many
    from course.run.report import claims_off, summary, text_table, write_report

    runs = run_many(jobs, out, progress=sys.stderr.isatty(), report=_report)
    write_report(runs, out)
    off = claims_off(runs)
    sentences = "".join(f"{line}\n" for line in off) + "\n" * bool(off)
    click.echo(
        f"{text_table(runs)}\n\n{sentences}{summary(runs)} Executed notebooks, results.csv and index.html: {out}"
    )
    sys.exit(any(not run.ok for run in runs) or bool(off))


def _report(run):
    """One line about a run on stderr, as it ends."""
    fate = f"FAILED at {run.cell}: {run.error}" if not run.ok else f"ok, {len(run.off)} claims off" if run.off else "ok"
    click.echo(f"{run.notebook.stem}  {run.seconds:.1f} s  {run.peak_mb:.0f} MB  {fate}", err=True)


def _overview(notebooks: list[Path]) -> list[str]:
    from helpers.notebook.index import course_metadata

    rows = [("no.", "title", "minutes", "data sets", "seconds", "memory")]
    for notebook in notebooks:
        course = course_metadata(notebook)
        minutes = f"{course.get('teaching_minutes', '?')} + {course.get('exercise_minutes', '?')}"
        title, sets = course.get("title", notebook.stem), ", ".join(course.get("datasets", []))
        budgets = f"{course.get('seconds', '?')} s", f"{course.get('memory_mb', '?')} MB"
        rows.append((notebook.stem[:2], title, minutes, sets, *budgets))
    return _columns(rows)


def _parameter_lines(notebook: Path) -> list[str]:
    from helpers.notebook.parameters import profile_names, read_parameters

    rows = [("parameter", "default", "allowed", "what it is")]
    for parameter in read_parameters(notebook).values():
        rows.append((parameter.name, str(parameter.default), parameter.allowed, parameter.help))
    return [*_columns(rows), "", f"profiles: {', '.join(profile_names(notebook))}"]


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


if __name__ == "__main__":
    main()
