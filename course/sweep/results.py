"""The results of a sweep as one table: a row per run, a column per parameter and per recorded result.

Nothing here imports TensorFlow.
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from course.sweep.folder import Results, SweepError
from helpers.base.files import write_whole

ABOUT = ("name", "status", "seconds", "peak_mb", "claims", "claims_off", "cell", "error")


def sweep_table(results: Results) -> pd.DataFrame:
    """One row per finished run, in the order of the plan.

    Columns: name, status, seconds, peak_mb; claims, the number asserted, and claims_off, the sentences not true of the
    run; cell, error; every parameter of the notebook; then every recorded result, called result_NAME where a parameter
    has that name too. Raises SweepError where the folder holds no sweep.
    """
    results.described()
    finished = results.finished().values()
    parameters = dict.fromkeys(name for run in finished for name in run["parameters"])
    rows = [{**_about(run), **run["parameters"], **_results(run, parameters)} for run in finished]
    columns = [*ABOUT, *parameters, *dict.fromkeys(name for run in finished for name in _results(run, parameters))]
    return pd.DataFrame(rows, columns=columns)


def result_names(table: pd.DataFrame, results: Results) -> list[str]:
    """The columns of a sweep's table that were recorded as numbers: what can be averaged and drawn."""
    parameters = {name for run in results.finished().values() for name in run["parameters"]}
    recorded = [name for name in table.columns if name not in ABOUT and name not in parameters]
    return [name for name in recorded if pd.api.types.is_numeric_dtype(table[name]) and table[name].notna().any()]


def _about(run: Mapping) -> dict[str, object]:
    return {key: run.get(key) for key in ABOUT} | {"claims_off": "; ".join(run.get("claims_off", []))}


def _results(run: Mapping, parameters: Mapping[str, None]) -> dict[str, object]:
    taken = {*parameters, *ABOUT}
    return {f"result_{name}" if name in taken else name: value for name, value in run["results"].items()}


def written(table: pd.DataFrame, kind: str) -> str:
    """The table as the text of a CSV or JSON file: numbers with all their digits, an absent value empty or null."""
    if kind == "csv":
        return table.to_csv(index=False, lineterminator="\n")
    rows = json.loads(table.to_json(orient="records", double_precision=15))
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def write_table(table: pd.DataFrame, kind: str, path: Path):
    """Write the table to a file, whole or not at all. Raises SweepError where Parquet's library is not installed."""
    if kind != "parquet":
        write_whole(path, written(table, kind))
        return
    if importlib.util.find_spec("pyarrow") is None:
        raise SweepError(
            "Parquet needs pyarrow, which is not installed. In the course's folder: "
            '.venv/bin/uv pip install --no-build-isolation -e ".[parquet]"; or take --format csv or json.'
        )
    partial = path.with_name(path.name + ".part")
    table.to_parquet(partial, index=False)
    partial.replace(path)


def summarise(table: pd.DataFrame, axes: Sequence[str], name: str, level: float = 0.95) -> pd.DataFrame:
    """Mean of a result over the seeds at each point of the study, with Student's t interval for that mean.

    The interval is mean ± t · s / sqrt(n), with s the standard deviation over the n seeds (n - 1 in its denominator)
    and t the quantile of Student's distribution with n - 1 degrees of freedom; it holds for a mean of values that are
    roughly normal, and says nothing about other patients. Returns one row per point, in the order of the table:
    the axes, n, mean, low, high; low and high are NaN where n is 1. Failed runs and absent values are left out.
    """
    from scipy.stats import t as student

    used = table[(table["status"] == "ok") & table[name].notna()]
    rows = []
    for point, group in used.groupby(list(axes), sort=False) if axes else [((), used)]:
        values = group[name].astype(float)
        if len(values):
            error = values.std(ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
            half = student.ppf((1 + level) / 2, len(values) - 1) * error if len(values) > 1 else math.nan
            mean = values.mean()
            rows.append((*point, len(values), mean, mean - half, mean + half))
    return pd.DataFrame(rows, columns=[*axes, "n", "mean", "low", "high"])
