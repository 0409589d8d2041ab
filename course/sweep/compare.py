"""One page that compares the runs of a sweep: means with intervals, figures, and every run with its notebook.

The page needs no network and no other file but the executed notebooks that it links. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from course.run.rendering import render
from course.sweep.figures import study_figure
from course.sweep.folder import Results
from course.sweep.results import result_names, summarise, sweep_table
from course.sweep.study import StudyError
from course.sweep.worker import LOG, NOTEBOOK
from helpers.base.files import write_whole
from helpers.plots.style import Picture

DRAWN = 4  # results that are drawn where nobody says which: the last ones recorded


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
    page = render(
        "course.sweep",
        "compare.html.j2",
        title=described["title"],
        about=_about(described, table),
        axes=axes,
        sections=[_section(table, axes, name) for name in (chosen or names[-DRAWN:])],
        columns=[name for name in table.columns if name not in ("name", "status", "cell", "error")],
        runs=table.to_dict("records"),
        files=partial(_files, results),
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


def _section(table: pd.DataFrame, axes: Sequence[str], name: str) -> dict[str, object]:
    """One result: its figure as a PNG in base64 with its description, and its means with their intervals by point."""
    summary = summarise(table, axes, name)
    log = [axis for axis in axes if _spans_decades(summary[axis])]
    picture = Picture(*study_figure(summary, axes, name, log))
    return {
        "name": name,
        "alt": picture.alt,
        "picture": base64.b64encode(picture.png).decode(),
        "points": summary.to_dict("records"),
    }


def _spans_decades(values: pd.Series) -> bool:
    """Whether an axis is better drawn on a logarithmic scale: positive numbers over a factor of a hundred."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return numeric and values.min() > 0 and values.max() >= 100 * values.min()


def _files(results: Results, run: str) -> list[str]:
    """The files of a run that a reader opens, as far as they are there."""
    return [file for file in (NOTEBOOK, LOG) if (results.runs / run / file).exists()]
