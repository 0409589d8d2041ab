"""The `course` command: list the notebooks, run them with other values, once or in a study.

Everything heavy is imported by the command that needs it, so that `course --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

import click

from course.data.commands import data
from course.run.terminal import ASSIGNMENT, FOLDER, NOTEBOOK, Group, columns
from course.site.translation_command import translation_command
from course.sweep.commands import claims_command, compare_command, results_command, sweep_command
from course.views.commands import export_command, progress_command

VERSIONS = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "pandas", "scikit-learn", "jupyterlab", "papermill")


def _show_versions(ctx: click.Context, param: click.Parameter, wanted: bool):
    """Print the versions that results depend on, and end."""
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    from course.run.code_version import code_hash

    rows = [("course", f"{version('deep-learning-in-healthcare')}, code {code_hash()}")]
    rows.append(("python", ".".join(map(str, sys.version_info[:3]))))
    for package in VERSIONS:
        try:
            rows.append((package, version(package)))
        except PackageNotFoundError:
            continue
    click.echo(columns(rows))
    ctx.exit()


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_versions,
    help="Show the versions that results depend on.",
)
def main():
    """Deep Learning in Healthcare, an executable course: list its notebooks and run them. Not for clinical use.

    Exit codes: 0, all is well; 1, something failed, or Ctrl-C; 2, the request makes no sense; 70, a fault of the
    command itself, which names a file with what is known of it.
    """


for command in (
    data,
    sweep_command,
    results_command,
    compare_command,
    claims_command,
    export_command,
    progress_command,
    translation_command,
):
    main.add_command(command)


@main.command("list")
@click.argument("notebook", required=False, type=NOTEBOOK)
def list_command(notebook: Path | None):
    """Show the notebooks with their minutes, data sets and budgets, or the parameters of one NOTEBOOK.

    Exit code 1: a notebook cannot be read; it is named with what is wrong, below the others.
    """
    if notebook is not None:
        click.echo(_parameters(notebook))
        return
    from helpers.notebook.index import sound_notebooks

    notebooks, faults = sound_notebooks()
    click.echo(_overview(notebooks))
    for fault in faults:
        click.echo(f"Error: {fault}", err=True)
    sys.exit(bool(faults))


@main.command("run")
@click.argument("notebooks", nargs=-1, metavar="NOTEBOOK...", type=NOTEBOOK)
@click.option("--all", "all_notebooks", is_flag=True, help="Run every notebook of the course.")
@click.option("--profile", default="default", show_default=True, help="Named values: smoke, default or full.")
@click.option("-p", "assignments", multiple=True, type=ASSIGNMENT, help="Another value for a parameter.")
@click.option("--out", type=FOLDER, help="Folder [default: build/course].")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Notebooks at once; they share the cores.",
)
def run_command(
    notebooks: tuple[Path, ...],
    all_notebooks: bool,
    profile: str,
    assignments: tuple[tuple[str, str], ...],
    out: Path | None,
    workers: int,
):
    """Execute one NOTEBOOK or more (by number, name or path) and store each with its results.

    A kernel takes about 600 MB: that much memory for each of the workers.

    Ends with a table. Exit code 0: all ran and every claim of their texts held. 1: a notebook failed or cannot be
    read, a claim was off, or the folder is in use. 2: the request makes no sense; nothing was started.
    `course list NOTEBOOK` shows what -p takes.
    """
    from helpers.base.paths import NOTEBOOKS, build_folder
    from helpers.notebook.index import fault_of, find_notebooks

    if all_notebooks == bool(notebooks):
        raise click.UsageError("Name one notebook or more, or give --all.")
    found = dict.fromkeys(find_notebooks() if all_notebooks else notebooks)
    if not found:
        raise click.UsageError(f"There is no notebook in {NOTEBOOKS}.")
    _refuse_to_overwrite(found, out)
    jobs = [(notebook, {} if fault_of(notebook) else _values(notebook, profile, assignments)) for notebook in found]
    if out is None:
        out = build_folder() / "course"
        if out.parent != NOTEBOOKS.parent / "build":
            click.echo(f"The course's folder cannot be written: results go to {out}; --out names another.", err=True)
    _execute(jobs, out, workers)


@main.command("report")
@click.argument("notebook", type=NOTEBOOK)
@click.option("--json", "json_wanted", is_flag=True, help="Print JSON instead of lines.")
def report_command(notebook: Path, json_wanted: bool):
    """Print the report card of an executed NOTEBOOK (number, name or path): what TRIPOD+AI asks and code can answer.

    What the notebook did not record is said to be so, and is null in JSON.
    """
    from helpers.notebook.report_card import as_json, as_text, read_card

    card = read_card(notebook)
    click.echo(as_json(card) if json_wanted else as_text(card, notebook.stem), nl=not json_wanted)


@main.command("refresh", hidden=True)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...", type=NOTEBOOK)
def refresh_command(notebooks: tuple[Path, ...]):
    """Execute notebooks as committed (all without an argument) and store them with their outputs: for maintainers."""
    from course.site.refresh import refresh, refresh_pages
    from helpers.notebook.index import find_notebooks

    runs = []
    for notebook in notebooks or find_notebooks():
        runs.append(refresh(notebook, progress=sys.stderr.isatty()))
        _report(runs[-1])
        for claim in runs[-1].off:
            click.echo(f"  ✗ {claim}", err=True)
    if all(run.ok for run in runs):
        refresh_pages()
    sys.exit(any(not run.ok or run.off for run in runs))


@main.command("new", hidden=True)
@click.argument("name", metavar="NN_TOPIC")
def new_command(name: str):
    """Lay down a new notebook, NN_TOPIC as in 13_survival, that keeps the rules, with its checks: for maintainers."""
    from course.site.skeleton import lay_down
    from helpers.base.paths import ROOT

    for path in lay_down(name):
        click.echo(path.relative_to(ROOT).as_posix())
    click.echo(f"Now: course refresh {name[:2]}, then course claims {name[:2]}; CONTRIBUTING.md says what comes then.")


@main.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs: every check, as JSON.")
def doctor_command(as_json: bool):
    """Check this machine: each line is fine, or says the one thing to do. Exit code 1 where something needs doing."""
    from course.doctor import main as examine

    sys.exit(examine(["--json"] if as_json else []))


@main.command("room")
@click.argument("notebook", type=NOTEBOOK)
@click.option("--learners", type=click.IntRange(1, 200), required=True, help="How many kernels run at once.")
@click.option("--profile", default="smoke", show_default=True, help="Named values: smoke, default or full.")
def room_command(notebook: Path, learners: int, profile: str):
    """Measure how a machine holds a class: as many kernels at once as there are learners, each running NOTEBOOK.

    Tells when the first and the last were done, and how much memory the kernels took; a learner's JupyterLab comes on
    top. Exit code 1: a kernel ended with an error, as where memory ran out.
    """
    from course.run.room import measure
    from helpers.notebook.parameters import profile_values

    profile_values(notebook, profile)  # refuses an unknown one before a kernel starts
    room = measure(notebook, profile, learners)
    click.echo(room)
    sys.exit(bool(room.failed))


@main.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh"]))
def completion_command(shell: str):
    """Print what makes SHELL complete the commands, options and notebooks of `course`.

    Once in a terminal: eval "$(course completion bash)"; for good: the same line in ~/.bashrc or ~/.zshrc.
    """
    from click.shell_completion import get_completion_class

    click.echo(get_completion_class(shell)(main, {}, "course", "_COURSE_COMPLETE").source())


def _refuse_to_overwrite(notebooks: Collection[Path], out: Path | None):
    """Refuse a folder in which an executed notebook would take the place of a notebook, or of another executed one."""
    for notebook in notebooks:
        if out is not None and notebook.resolve().parent == out.resolve():
            raise click.UsageError(f"{notebook.name} itself lies in {out}: name another folder with --out.")
        if sum(other.name == notebook.name for other in notebooks) > 1:
            raise click.UsageError(f"There are two notebooks named {notebook.name}: run one at a time.")


def _values(notebook: Path, profile: str, assignments: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """The values that a run of the notebook sets: its profile's, overridden by the command line's. All checked."""
    from helpers.notebook.parameters import check_names, profile_values, read_parameters

    parameters = read_parameters(notebook)
    values = profile_values(notebook, profile)
    for name, text in assignments:
        check_names([name], parameters)
        values[name] = parameters[name].parse(text)
    return values


def _execute(jobs: list[tuple[Path, dict[str, object]]], out: Path, workers: int):
    import time

    from course.run.execute import run_many
    from course.run.lock import held
    from course.run.report import claims_off, summary, text_table, write_report
    from course.sweep.side_by_side import run_side_by_side

    start = time.perf_counter()
    with held(out, "run"):
        if workers > 1:
            runs = run_side_by_side(jobs, out, workers, report=_report)
        else:
            runs = run_many(jobs, out, progress=sys.stderr.isatty(), report=_report)
        seconds = time.perf_counter() - start
        write_report(runs, out, seconds)
    off = claims_off(runs)
    sentences = "".join(f"{line}\n" for line in off) + "\n" * bool(off)
    where = f"Executed notebooks, results.csv and index.html: {out}"
    click.echo(f"{text_table(runs)}\n\n{sentences}{summary(runs, seconds)} {where}")
    sys.exit(any(not run.ok for run in runs) or bool(off))


def _report(run):
    """One line about a run on stderr, as it ends."""
    fate = f"FAILED at {run.cell}: {run.error}" if not run.ok else f"ok, {len(run.off)} claims off" if run.off else "ok"
    click.echo(f"{run.notebook.stem}  {run.seconds:.1f} s  {run.peak_mb:.0f} MB  {fate}", err=True)


def _overview(notebooks: list[Path]) -> str:
    from helpers.notebook.index import course_metadata

    rows = [("no.", "title", "minutes", "data sets", "seconds", "memory")]
    for notebook in notebooks:
        course = course_metadata(notebook)
        minutes = f"{course.get('teaching_minutes', '?')} + {course.get('exercise_minutes', '?')}"
        title, sets = course.get("title", notebook.stem), ", ".join(course.get("datasets", []))
        budgets = f"{course.get('seconds', '?')} s", f"{course.get('memory_mb', '?')} MB"
        rows.append((notebook.stem[:2], title, minutes, sets, *budgets))
    return columns(rows)


def _parameters(notebook: Path) -> str:
    from helpers.notebook.parameters import profile_names, read_parameters

    rows = [("parameter", "default", "allowed", "what it is")]
    for parameter in read_parameters(notebook).values():
        rows.append((parameter.name, str(parameter.default), parameter.allowed, parameter.help))
    return f"{columns(rows)}\n\nprofiles: {', '.join(profile_names(notebook))}"


if __name__ == "__main__":
    main()
