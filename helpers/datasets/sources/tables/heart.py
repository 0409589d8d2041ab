"""UCI heart disease: who has a narrowed coronary artery, at four hospitals that measured different things."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.sources.listed import fetch_listed
from helpers.datasets.sources.tables.reading import (
    YES_NO,
    Feature,
    age_bands,
    features,
    numbers,
    read_text_table,
    table_dataset,
)
from helpers.datasets.tables import TableDataset, TableSplit, split_patients

# file -> hospital, in the order in which patients are numbered (heart-disease.names, which comes with the files)
SITES = {
    "processed.cleveland.data": "Cleveland",
    "processed.hungarian.data": "Budapest",
    "processed.switzerland.data": "Switzerland",
    "processed.va.data": "Long Beach",
}
FEATURES = (
    Feature("age", "age", "years"),
    Feature("sex", "sex", "1 male, 0 female"),
    Feature("cp", "chest pain", "1 typical angina, 2 atypical angina, 3 other pain, 4 none"),
    Feature("trestbps", "resting blood pressure", "mmHg"),
    Feature("chol", "cholesterol", "mg/dL"),
    Feature("fbs", "fasting glucose above 120 mg/dL", YES_NO),
    Feature("restecg", "resting ECG", "0 normal, 1 ST-T wave abnormal, 2 left ventricular hypertrophy"),
    Feature("thalach", "highest heart rate in exercise", "beats/min"),
    Feature("exang", "angina in exercise", YES_NO),
    Feature("oldpeak", "ST depression in exercise", "mm"),
    Feature("slope", "slope of the ST segment in exercise", "1 up, 2 flat, 3 down"),
    Feature("ca", "vessels coloured by fluoroscopy", "number, 0 to 3"),
    Feature("thal", "thallium scan", "3 normal, 6 fixed defect, 7 reversible defect"),
)
NO_ZERO = ("chol", "trestbps")  # nobody has no cholesterol and no blood pressure: a zero was written for a gap
COLUMNS = [*(one.column for one in FEATURES), "num"]


def load_heart(*, seed: int = 1) -> TableDataset:
    """The 920 people of the four hospitals with 13 features, NaN where a value is missing; class 1 is disease.

    The hospital is `site` in the patient table and no feature. The splits are drawn with the seed, so that each has
    every hospital's share of ill and healthy. Raises DataError as fetch_listed does.
    """
    return read_heart(fetch_listed("heart"), seed=seed)


def read_heart(paths: Mapping[str, Path], *, seed: int = 1) -> TableDataset:
    """The same, from files by their names in SITES."""
    tables = {site: read_text_table(paths[file], COLUMNS, header=False, missing="?") for file, site in SITES.items()}
    values = np.concatenate([features(table, FEATURES) for table in tables.values()])
    for column in NO_ZERO:
        at = COLUMNS.index(column)
        values[values[:, at] == 0, at] = np.nan
    degree = np.concatenate([numbers(table, "num") for table in tables.values()])
    target = (degree > 0).astype(np.int64)
    site = np.repeat(list(SITES.values()), [len(table) for table in tables.values()])
    people = pd.DataFrame(
        {
            "site": site,
            "sex": np.where(values[:, 1] == 1, "M", "F"),
            "age_band": age_bands(values[:, 0]),
        },
        index=pd.RangeIndex(len(site), name="patient"),
    )
    strata = pd.factorize(site)[0] * 2 + target
    return table_dataset(
        "heart",
        TableSplit(values, target, np.arange(len(target))),
        split_patients(strata, seed=seed),
        wanted=FEATURES,
        target="coronary artery narrowed by half or more",
        people=people,
    )
