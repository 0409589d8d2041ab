"""One page that compares the runs of a sweep: means with intervals, figures, and every run with its notebook.

The page needs no network and no other file but the executed notebooks that it links. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from course.sweep.figures import study_figure
from course.sweep.folder import Results
from course.sweep.results import result_names, summarise, sweep_table
from course.sweep.study import StudyError
from course.sweep.worker import LOG, NOTEBOOK
from helpers.base.files import write_whole
from helpers.plots.style import Picture

DRAWN = 4  # results that are drawn where nobody says which: the last ones recorded
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #1a1a1a; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
th button {{ all: unset; cursor: pointer; font-weight: 600; }}
th button:focus-visible {{ outline: 2px solid #0072B2; }}
th[aria-sort=ascending] button::after {{ content: " \\2191"; }}
th[aria-sort=descending] button::after {{ content: " \\2193"; }}
.failed {{ color: #a40000; font-weight: 600; }}
figure {{ margin: 1rem 0; }}
img {{ max-width: 100%; }}
</style></head><body>
<h1>{title}</h1>
<p>{about}</p>
{sections}
<h2>Every run</h2>
{runs}
<p>Not for clinical use.</p>
<script>
for (const button of document.querySelectorAll("th button")) button.onclick = () => {{
  const head = button.parentElement, body = head.closest("table").tBodies[0], column = head.cellIndex;
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const number = text => text.trim() === "" ? NaN : Number(text);
  const compare = (a, b) => {{
    const x = number(key(a)), y = number(key(b));
    if (isNaN(x) && isNaN(y)) return key(a).localeCompare(key(b)) * (up ? 1 : -1);
    if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y);
    return (x - y) * (up ? 1 : -1);
  }};
  body.append(...[...body.rows].sort(compare));
}};
</script>
</body></html>
"""


def write_comparison(results: Results, chosen: Sequence[str] = ()) -> Path:
    """Write compare.html into a sweep's folder; its path.

    chosen: the results to draw and average, the last four recorded without it. Raises SweepError where the folder
    holds no sweep, StudyError for a result that was not recorded as a number.
    """
    described = results.described()
    table = sweep_table(results)
    names = result_names(table, results)
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise StudyError(f"{unknown[0]}: no such result; recorded as numbers: {', '.join(names) or 'none so far'}")
    axes = described["axes"]
    sections = [_section(table, axes, name) for name in (chosen or names[-DRAWN:])]
    page = PAGE.format(
        title=html.escape(described["title"]),
        about=html.escape(_about(described, table)),
        sections="\n".join(sections) or "<p>No run has recorded a number so far.</p>",
        runs=_run_table(results, table),
    )
    path = results.out / "compare.html"
    write_whole(path, page)
    return path


def _about(described: Mapping, table: pd.DataFrame) -> str:
    study = described["study"]
    failed = int((table["status"] != "ok").sum())
    fixed = ", ".join(f"{name} = {value}" for name, value in study["fixed"].items())
    varied = ", ".join(described["axes"]) or "nothing but the seed"
    return (
        f"Notebook {study['notebook']}, profile {study['profile']}. Varied: {varied}. "
        + (f"The same in every run: {fixed}. " if fixed else "")
        + f"{len(table)} runs, {failed or 'none'} failed. {_claims(table)}"
        + "Intervals: 95 %, Student's t, for the mean over the seeds."
    )


def _claims(table: pd.DataFrame) -> str:
    """How many runs held every claim of the text, where any was asserted."""
    asserted = table[table["claims"] > 0]
    off = int((asserted["claims_off"] != "").sum())
    return f"A claim of the text was off in {off} of {len(asserted)} runs that assert them. " if len(asserted) else ""


def _section(table: pd.DataFrame, axes: Sequence[str], name: str) -> str:
    """One result: its figure, and its means with their intervals."""
    summary = summarise(table, axes, name)
    log = [axis for axis in axes if _spans_decades(summary[axis])]
    figure, alt = study_figure(summary, axes, name, log)
    picture = base64.b64encode(Picture(figure, alt).png).decode()
    rows = (
        [*(_cell(row[axis]) for axis in axes), _cell(row["n"]), _cell(row["mean"]), _interval(row["low"], row["high"])]
        for row in summary.to_dict("records")
    )
    return (
        f"<h2>{html.escape(name)}</h2>\n"
        f'<figure><img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}"></figure>\n'
        + _table([*axes, "runs", "mean", "95 % interval"], rows)
    )


def _spans_decades(values: pd.Series) -> bool:
    """Whether an axis is better drawn on a logarithmic scale: positive numbers over a factor of a hundred."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return numeric and values.min() > 0 and values.max() >= 100 * values.min()


def _run_table(results: Results, table: pd.DataFrame) -> str:
    hidden = [name for name in ("name", "status", "cell", "error") if name in table]
    names = [name for name in table.columns if name not in hidden]
    rows = []
    for run in table.to_dict("records"):
        folder = f"runs/{run['name']}"
        files = [file for file in (NOTEBOOK, LOG) if (results.out / folder / file).exists()]
        links = " ".join(f'<a href="{html.escape(f"{folder}/{file}")}">{file.split(".")[0]}</a>' for file in files)
        status = "ok" if run["status"] == "ok" else f"failed: {run['cell'] or ''} {run['error']}"
        rows.append(
            [
                f"<td>{html.escape(run['name'])} {links}</td>",
                f'<td class="{html.escape(run["status"])}">{html.escape(status)}</td>',
                *(_cell(run[name]) for name in names),
            ]
        )
    return _table(["run", "status", *names], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th><button type="button">{html.escape(name)}</button></th>' for name in heads)
    body = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "<td></td>"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"<td>{html.escape(str(value))}</td>"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f'<td class="number" data-value="{value!r}">{text}</td>'


def _interval(low: float, high: float) -> str:
    if math.isnan(low):
        return "<td>one run: none</td>"
    return f'<td class="number" data-value="{low!r}">{low:.4g} to {high:.4g}</td>'
