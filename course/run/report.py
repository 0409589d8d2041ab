"""What a set of runs leaves behind: a table in the terminal, results.csv, and a page that links the executed notebooks.

All files land whole: each is written beside its place and then moved there.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from course.run.execute import Run
from course.run.pages import notebook_page
from course.run.rendering import render, shown
from course.run.terminal import columns
from helpers.base.files import write_whole


def write_report(runs: Sequence[Run], out: Path, seconds: float):
    """Write results.csv, a page for each executed notebook, and index.html into the folder `out`.

    seconds: wall time of all runs together.
    """
    for run in runs:
        if run.executed is not None:
            write_whole(run.executed.with_suffix(".html"), notebook_page(run.executed))
    write_whole(out / "results.csv", results_csv(runs))
    write_whole(out / "index.html", _index_page(runs, seconds))


def results_csv(runs: Sequence[Run]) -> str:
    """One row per run: notebook, status, seconds, peak_mb, parameters (JSON), cell, error, claims, then every result.

    claims: `24 of 25` held; claims_off: the sentences of the others.
    """
    names = list(dict.fromkeys(name for run in runs for name in run.results))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ["notebook", "status", "seconds", "peak_mb", "parameters", "cell", "error", "claims", "claims_off", *names]
    )
    for run in runs:
        table.writerow(
            [run.notebook.stem, status(run), f"{run.seconds:.1f}", f"{run.peak_mb:.0f}", json.dumps(run.parameters)]
            + [run.cell, run.error, run.claims_held, "; ".join(map(str, run.off))]
            + [run.results.get(name) for name in names]
        )
    return text.getvalue()


def text_table(runs: Sequence[Run], results: int = 3) -> str:
    """The runs as lines of text: notebook, status, seconds, peak memory, claims held, the last few results of each."""
    header = ("notebook", "status", "seconds", "peak MB", "claims", "key results")
    rows = [
        (
            run.notebook.stem,
            status(run),
            f"{run.seconds:.1f}",
            f"{run.peak_mb:.0f}",
            run.claims_held,
            _key_results(run, results),
        )
        for run in runs
    ]
    return columns([header, *rows], numbers=(2, 3), rule=True)


def status(run: Run) -> str:
    """`ok` or `failed`."""
    return "ok" if run.ok else "failed"


def summary(runs: Sequence[Run], seconds: float) -> str:
    """How many ran in so much wall time, how many failed, and how many claims held, in a sentence or two."""
    failed = sum(not run.ok for run in runs)
    count = f"{len(runs)} notebook{'' if len(runs) == 1 else 's'}"
    sentence = f"{count} in {seconds:.0f} s, {failed or 'none'} failed."
    asserted = sum(claim.asserted for run in runs for claim in run.claims)
    held = asserted - sum(len(run.off) for run in runs)
    return f"{sentence} Claims held: {held} of {asserted}." if asserted else sentence


def claims_off(runs: Sequence[Run]) -> list[str]:
    """A line for each claim that is not true of its run."""
    return [f"{run.notebook.stem}: ✗ {claim}" for run in runs for claim in run.off]


def _key_results(run: Run, count: int) -> str:
    if not run.ok:
        return f"{run.cell}: {run.error}"
    return ", ".join(f"{name} {shown(value)}" for name, value in list(run.results.items())[-count:])


def _index_page(runs: Sequence[Run], seconds: float) -> str:
    """A row for each notebook; below, what failed, the claims that are off, its parameters and its results, folded."""
    return render(
        "course.run",
        "index.html.j2",
        runs=runs,
        summary=summary(runs, seconds),
        status=status,
        results_table=_results_table,
    )


def _results_table(run: Run) -> str:
    """The recorded results of a run as a table, in which pandas has escaped every text."""
    table = pd.DataFrame({"value": [shown(value) for value in run.results.values()]}, index=list(run.results))
    with pd.option_context("display.max_colwidth", None):  # otherwise it cuts a text after fifty letters
        return table.to_html(border=0, header=False, classes="results")
