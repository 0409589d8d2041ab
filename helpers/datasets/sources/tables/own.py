"""A table of one's own: a file of comma-separated numbers with gaps and a column that says who had the outcome."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from helpers.datasets.errors import DataError
from helpers.datasets.sources.tables.reading import numbers, read_text_table
from helpers.datasets.tables import TableDataset, TableSplit, split_patients

OUTCOME, PATIENT = "outcome", "patient"
LEAST = 20  # rows of each class, so that every split has some


def read_own_table(path: Path, *, seed: int = 1) -> TableDataset:
    """The table in a file: a header, a column `outcome` (0 or 1), numbers in all others, empty where one is missing.

    A column `patient` may name each row's person, once each; it is no feature. The splits are drawn with the seed,
    stratified by outcome. Raises DataError that names the file and what is wrong with it.
    """
    if not path.is_file():
        raise DataError(path.name, expected="a file", found="none", todo="Check the path.")
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        names = [name.strip() for name in next(csv.reader(file), [])]
    columns = [name for name in names if name not in (OUTCOME, PATIENT)]
    if OUTCOME not in names or not columns or len(set(names)) != len(names):
        raise DataError(
            path.name,
            expected=f"a header with a column {OUTCOME} (0 or 1) and columns of numbers, each named once",
            found=", ".join(names)
            if OUTCOME in names
            else "another first line (not repeated here: it may name a person)",
            todo="Name the columns in the first line. Choose another data set if this is no table of patients.",
        )
    table = read_text_table(path, names)
    values = np.column_stack([numbers(table, name) for name in columns])
    outcome = numbers(table, OUTCOME, {"0": 0, "1": 1, "0.0": 0, "1.0": 1})
    counted = [int((outcome == k).sum()) for k in (0, 1)]
    if np.isnan(outcome).any() or min(counted) < LEAST:
        raise DataError(
            path.name,
            expected=f"an outcome in every row, and at least {LEAST} rows of each",
            found=f"{counted[0]} rows with 0, {counted[1]} with 1, {int(np.isnan(outcome).sum())} without",
            todo="Leave rows without an outcome out, and say how many they were.",
        )
    patients = table[PATIENT].to_numpy(str) if PATIENT in names else np.arange(len(outcome))
    if len(np.unique(patients)) != len(patients):
        raise DataError(
            path.name, expected="one row a patient", found="a patient in several rows", todo="Keep one row of each."
        )
    target = outcome.astype(np.int64)
    whole = TableSplit(values, target, patients)
    return TableDataset(
        name=path.name,
        title=f"{path.name}, a file of your own",
        source=path.name,
        licence="not stated",
        citation="not stated",
        simulated=False,
        patients_known=PATIENT in names,
        **{split: whole.rows(rows) for split, rows in split_patients(target, seed=seed).items()},
        feature_names=tuple(columns),
        feature_units=("not stated",) * len(columns),
        target_name=OUTCOME,
        class_names=("no", "yes"),
        disease_class=1,
    )
