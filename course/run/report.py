"""What a set of runs leaves behind: a table in the terminal, results.csv, and a page that links the executed notebooks.

All files land whole: each is written beside its place and then moved there.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path

from course.run.execute import Run
from helpers.base.files import write_whole

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Deep Learning in Healthcare: executed notebooks</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1a1a1a; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
.failed {{ color: #a40000; font-weight: 600; }}
</style></head><body>
<h1>Executed notebooks</h1>
<p>{summary}</p>
<table><thead><tr><th>notebook</th><th>status</th><th>seconds</th><th>peak memory (MB)</th><th>parameters</th>
<th>claims</th><th>results</th></tr></thead><tbody>
{rows}
</tbody></table>
<p>The same figures: <a href="results.csv">results.csv</a>. Not for clinical use.</p>
</body></html>
"""


def write_report(runs: Sequence[Run], out: Path):
    """Write results.csv, a page for each executed notebook, and index.html into the folder `out`."""
    pages = {run.notebook.stem: _notebook_page(run) for run in runs if run.executed is not None}
    write_whole(out / "results.csv", results_csv(runs))
    rows = "\n".join(_row(run, pages.get(run.notebook.stem)) for run in runs)
    write_whole(out / "index.html", PAGE.format(summary=html.escape(summary(runs)), rows=rows))


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
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [header, tuple("-" * width for width in widths), *rows]
    numbers = (2, 3)
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in numbers else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def status(run: Run) -> str:
    """`ok` or `failed`."""
    return "ok" if run.ok else "failed"


def summary(runs: Sequence[Run]) -> str:
    """How many ran, how many failed, the time it took, and how many claims held, in a sentence or two."""
    failed = sum(not run.ok for run in runs)
    count = f"{len(runs)} notebook{'' if len(runs) == 1 else 's'}"
    sentence = f"{count} in {sum(run.seconds for run in runs):.0f} s, {failed or 'none'} failed."
    asserted = sum(claim.asserted for run in runs for claim in run.claims)
    held = asserted - sum(len(run.off) for run in runs)
    return f"{sentence} Claims held: {held} of {asserted}." if asserted else sentence


def claims_off(runs: Sequence[Run]) -> list[str]:
    """A line for each claim that is not true of its run."""
    return [f"{run.notebook.stem}: ✗ {claim}" for run in runs for claim in run.off]


def _key_results(run: Run, count: int) -> str:
    if not run.ok:
        return f"{run.cell}: {run.error}"
    return ", ".join(f"{name} {_show(value)}" for name, value in list(run.results.items())[-count:])


def _show(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _row(run: Run, page: Path | None) -> str:
    name = html.escape(run.notebook.stem)
    files = f'<br><a href="{name}.ipynb">notebook</a>' if run.executed is not None else ""
    link = f'<a href="{html.escape(page.name)}">{name}</a>' if page is not None else name
    failure = "" if run.ok else f"<br>{html.escape(f'{run.cell}: {run.error}')}"
    results = "<br>".join(f"{html.escape(key)} = {html.escape(_show(value))}" for key, value in run.results.items())
    values = "<br>".join(f"{html.escape(key)} = {html.escape(repr(value))}" for key, value in run.parameters.items())
    off = "".join(f"<br>✗ {html.escape(str(claim))}" for claim in run.off)
    claims = f'<td class="failed">{run.claims_held}{off}</td>' if off else f"<td>{run.claims_held}</td>"
    return (
        f'<tr><td>{link}{files}</td><td class="{status(run)}">{status(run)}{failure}</td>'
        f'<td class="number">{run.seconds:.1f}</td><td class="number">{run.peak_mb:.0f}</td>'
        f"<td>{values or 'as committed'}</td>{claims}<td>{results}</td></tr>"
    )


def _notebook_page(run: Run) -> Path:
    """The executed notebook as a page that a browser opens."""
    from course.run.pages import notebook_page

    page = run.executed.with_suffix(".html")
    write_whole(page, notebook_page(run.executed))
    return page
