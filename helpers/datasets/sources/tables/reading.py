"""From a table of text to features: which columns, in which units, what the words mean, what counts as missing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.datasets.contract import DataError
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.listed import described
from helpers.datasets.tables import TableDataset, TableSplit

TODO = "Fetch the file again, or correct it."
YES_NO = "1 yes, 0 no"
AGE_BANDS = {"18-39": 40, "40-64": 65, "65+": np.inf}  # each with the age that it ends before


class Feature(NamedTuple):
    """One feature: the column of the file, our name for it, its unit, and of words the number that each stands for."""

    column: str
    name: str
    unit: str
    words: Mapping[str, float] | None = None


def read_text_table(
    path: Path, columns: Sequence[str], *, header: bool = True, missing: str = "", todo: str = TODO
) -> pd.DataFrame:
    """A file of comma-separated values as text, one column per name, with NaN where the text is `missing`.

    columns: the names that the file's first line has, in any order; without a header, those of its columns in order.
    todo: what to do about a fault. `attrs` has all `columns` of the file, and the `lines` at which its rows end.
    Raises DataError naming the file and the line where columns are missing, or a line is too short or too long.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            numbered = [(reader.line_num, line) for line in reader if line]
    except UnicodeDecodeError as error:
        raise DataError(
            path.name, expected="text in UTF-8", found=f"a byte that is none ({error.reason})", todo=todo
        ) from error
    names = [name.strip() for name in numbered.pop(0)[1]] if header and numbered else list(columns)
    absent = [name for name in columns if name not in names]
    if absent:
        _refuse(path, f"a column {absent[0]}", f"the columns {', '.join(names)}", todo)
    if not numbered:
        _refuse(path, "at least one row", "none", todo)
    for number, line in numbered:
        if len(line) != len(names):
            _refuse(path, f"{len(names)} values in line {number}", f"{len(line)}", todo)
    table = pd.DataFrame([line for _, line in numbered], columns=names, dtype=object).map(str.strip)[list(columns)]
    table = table.mask(table == missing)
    table.attrs |= {"file": path.name, "columns": names, "lines": [number for number, _ in numbered]}
    return table


def numbers(table: pd.DataFrame, column: str, words: Mapping[str, float] | None = None) -> np.ndarray:
    """A column as float64 (n,), NaN where it is missing; words: the number that each of its words stands for.

    Raises DataError naming the file and the row (the first is 1) for text that is no finite number, or no such word.
    """
    found = np.full(len(table), np.nan)
    for row, text in enumerate(table[column]):
        if isinstance(text, str):
            try:
                found[row] = float(text) if words is None else words[text]
            except (ValueError, KeyError):
                found[row] = np.inf
            if not np.isfinite(found[row]):
                allowed = "a number" if words is None else f"one of {', '.join(words)}"
                _refuse(Path(table.attrs["file"]), f"{allowed} as {column} in row {row + 1}", repr(text))
    return found


def features(table: pd.DataFrame, wanted: Iterable[Feature]) -> np.ndarray:
    """The features of every row, float64 (n, f)."""
    return np.column_stack([numbers(table, one.column, one.words) for one in wanted])


def one_of(column: str, prefix: str, words: Sequence[str]) -> list[Feature]:
    """A feature for each word of a column: 1 where the column says it, 0 where it says another."""
    return [
        Feature(column, f"{prefix}: {word}", YES_NO, {other: float(other == word) for other in words}) for word in words
    ]


def age_bands(ages: np.ndarray) -> np.ndarray:
    """The band of each age in years, as the simulated patients have them.

    >>> age_bands(np.array([39.9, 40, 65])).tolist()
    ['18-39', '40-64', '65+']
    """
    return np.array(list(AGE_BANDS), object)[np.searchsorted(list(AGE_BANDS.values()), ages, side="right")]


def table_dataset(
    name: str, whole: TableSplit, splits: Mapping[str, np.ndarray], *, wanted: Sequence[Feature], target: str, people
) -> TableDataset:
    """The data set of a catalogued table: all of its rows and which of them are in which split.

    target: what the target is called; people: the patient table, a DataFrame. Classes, disease class, licence, faults
    and the columns that are left out are those of the catalogue. Raises DataError where one of them is a feature too.
    """
    entry = read_catalogue()[name]
    leaking = next((one.column for one in wanted if one.column in entry["left_out"]), None)
    if leaking:
        reason = entry["left_out"][leaking].strip()
        raise DataError(
            name, expected="features that do not know the outcome", found=f"{leaking} ({reason})", todo="Leave it out."
        )
    return TableDataset(
        **described(name),
        **{split: whole.rows(rows) for split, rows in splits.items()},
        patients_known=True,
        patient_table=people,
        feature_names=tuple(one.name for one in wanted),
        feature_units=tuple(one.unit for one in wanted),
        target_name=target,
        class_names=tuple(entry["classes"]),
        disease_class=entry["disease_class"],
        left_out={column: reason.strip() for column, reason in entry["left_out"].items()},
    )


def file_columns(name: str, wanted: Iterable[Feature]) -> list[str]:
    """Every column that the file of a catalogued table has: its features and those that are left out, each once."""
    return list(dict.fromkeys([*(one.column for one in wanted), *read_catalogue()[name]["left_out"]]))


def _refuse(path: Path, expected: str, found: str, todo: str = TODO):
    raise DataError(path.name, expected=expected, found=found, todo=todo)
