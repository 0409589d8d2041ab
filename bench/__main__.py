"""`python -m bench`: measure, print one table, store it as JSON, and with --record add it to bench/history.csv."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path

import click

from bench.results import about, record, table, write_json
from course.run.terminal import FOLDER
from course.site import measurements
from helpers.base.paths import build_folder

USUAL = ("startup", "loops", "training", "scaling", "memory", "workers")
EVERY = (*USUAL, "notebooks", "suite", "xrays")


@click.command()
@click.option("--only", "names", multiple=True, type=click.Choice(EVERY), help="This measure alone (can be repeated).")
@click.option("--quick", is_flag=True, help="Smaller sizes and fewer repeats: tells whether it works, not how quick.")
@click.option("--notebooks", is_flag=True, help="Also each notebook with its default values, by one worker and by two.")
@click.option("--suite", is_flag=True, help="Also `make test`, by notebook.")
@click.option(
    "--xrays",
    type=FOLDER,
    help="Also real X-rays: until AUC .944, and the recipe of docs/xrays.md; the folder with PneumoniaMNIST's file.",
)
@click.option("--record", "recorded", is_flag=True, help="Add the results to bench/history.csv and docs/costs.md.")
@click.option("--out", type=FOLDER, help="Folder for the JSON [default: build/bench].")
def main(
    names: tuple[str, ...],
    quick: bool,
    notebooks: bool,
    suite: bool,
    xrays: Path | None,
    recorded: bool,
    out: Path | None,
):
    """Measure what the course costs, beside its rivals, on this machine, which should be idle."""
    if recorded and quick:
        raise click.UsageError("--quick measures too little to be recorded.")
    if "xrays" in names and xrays is None:
        raise click.UsageError("Name the folder with PneumoniaMNIST's file: --xrays FOLDER.")
    if xrays is not None and not xrays.is_dir():
        raise click.UsageError(f"--xrays: {xrays} is no folder.")
    wanted = *(names or USUAL), *["notebooks"] * notebooks, *["suite"] * suite, *["xrays"] * (xrays is not None)
    out, facts, found = out or build_folder() / "bench", about(), {}
    for name in dict.fromkeys(wanted):
        module = importlib.import_module(f"bench.{name}")
        click.echo(f"{name}: {module.__doc__.splitlines()[0]}", err=True)
        measure = partial(module.measure, xrays.resolve()) if name == "xrays" else module.measure
        found[name] = list(measure(**(module.QUICK if quick else module.DEFAULT)))
        write_json(out, name, found[name], facts)
        if recorded:  # at once: a later measure may fail
            record({name: found[name]}, facts)
            measurements.refresh()
    click.echo(f"{table(found)}\n\n{_sentence(facts)} Every repeat: {out}")


def _sentence(facts: dict[str, object]) -> str:
    """The machine and the release in a line."""
    busy = "" if facts["load"] is None else f", load {facts['load']} before"
    machine = f"{facts['processor']}, {facts['cores']} cores, {facts['memory_gb']} GB{busy}"
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return f"{machine}; {versions}; {facts['release']} of {facts['date']}."


if __name__ == "__main__":
    main()
