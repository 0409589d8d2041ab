"""Diabetes in Pima women, with the training rows that have gaps and the complete test rows of the R package MASS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.sources.listed import fetch_listed
from helpers.datasets.sources.tables.reading import (
    Feature,
    age_bands,
    features,
    file_columns,
    numbers,
    read_text_table,
    table_dataset,
)
from helpers.datasets.tables import TableDataset, TableSplit

TRAINING, TEST = "Pima.tr2.csv", "Pima.te.csv"
VALIDATION_SHARE = 0.25  # of the training file
FEATURES = (
    Feature("npreg", "pregnancies", "number"),
    Feature("glu", "glucose after an oral load", "mg/dL"),
    Feature("bp", "diastolic blood pressure", "mmHg"),
    Feature("skin", "triceps skin fold", "mm"),
    Feature("bmi", "body mass index", "kg/m²"),
    Feature("ped", "diabetes pedigree function", "1"),
    Feature("age", "age", "years"),
)


def load_pima(*, seed: int = 1) -> TableDataset:
    """The 632 women with 7 features, NaN where a value is missing; class 1 is diabetes.

    The test split is the source's test file. A quarter of its training file, drawn with the seed, is the validation
    split, stratified by diabetes and by whether the row has a gap. Raises DataError as fetch_listed does.
    """
    return read_pima(fetch_listed("pima"), seed=seed)


def read_pima(paths: Mapping[str, Path], *, seed: int = 1) -> TableDataset:
    """The same, from files by their names."""
    from sklearn.model_selection import train_test_split

    columns = file_columns("pima", FEATURES)
    tables = [read_text_table(paths[file], columns) for file in (TRAINING, TEST)]
    values = np.concatenate([features(table, FEATURES) for table in tables])
    target = np.concatenate([numbers(table, "type", {"No": 0, "Yes": 1}) for table in tables]).astype(np.int64)
    first = np.arange(len(tables[0]))
    strata = target[first] * 2 + np.isnan(values[first]).any(axis=1)
    train, validation = train_test_split(first, test_size=VALIDATION_SHARE, stratify=strata, random_state=seed)
    people = pd.DataFrame(
        {"sex": "F", "age_band": age_bands(values[:, -1])}, index=pd.RangeIndex(len(target), name="patient")
    )
    return table_dataset(
        "pima",
        TableSplit(values, target, np.arange(len(target))),
        {"train": np.sort(train), "validation": np.sort(validation), "test": np.arange(len(first), len(target))},
        wanted=FEATURES,
        target="diabetes",
        people=people,
    )
