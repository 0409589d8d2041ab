"""SUPPORT: seriously ill inpatients, of whom the file knows far more than could be known when a forecast was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.sources.listed import fetch_listed
from helpers.datasets.sources.tables.reading import (
    YES_NO,
    Feature,
    age_bands,
    features,
    file_columns,
    numbers,
    one_of,
    read_text_table,
    table_dataset,
)
from helpers.datasets.tables import TableDataset, TableSplit, split_patients

DISEASES = (
    "ARF/MOSF w/Sepsis",
    "CHF",
    "COPD",
    "Cirrhosis",
    "Colon Cancer",
    "Coma",
    "Lung Cancer",
    "MOSF w/Malig",
)
HALF_A_YEAR = (
    180  # days; everybody who lived was followed for longer (344 days at least), so the outcome is known for all
)
INCOMES = {"under $11k": 0, "$11-$25k": 1, "$25-$50k": 2, ">$50k": 3}
# What is known on the third day in the study. Names and units as hbiostat.org/data describes them; every other column
# of the file is left out, and data/catalogue.yml says why.
FEATURES = (
    Feature("age", "age", "years"),
    Feature("sex", "sex", "1 male, 0 female", {"female": 0, "male": 1}),
    *one_of("dzgroup", "disease", DISEASES),
    Feature("ca", "cancer", "0 no, 1 yes, 2 metastatic", {"no": 0, "yes": 1, "metastatic": 2}),
    Feature("diabetes", "diabetes", YES_NO),
    Feature("dementia", "dementia", YES_NO),
    Feature("num.co", "other illnesses", "number"),
    Feature("edu", "education", "years"),
    Feature("income", "income", "k$ a year: 0 below 11, 1 to 25, 2 to 50, 3 above", INCOMES),
    Feature("hday", "day in hospital at entry", "days"),
    Feature("scoma", "coma score", "0 to 100"),
    Feature("meanbp", "mean blood pressure", "mmHg"),
    Feature("wblc", "white blood cells", "1000/µL"),
    Feature("hrt", "heart rate", "beats/min"),
    Feature("resp", "breaths", "1/min"),
    Feature("temp", "temperature", "°C"),
    Feature("pafi", "PaO₂/FiO₂", "mmHg"),
    Feature("alb", "albumin", "g/dL"),
    Feature("bili", "bilirubin", "mg/dL"),
    Feature("crea", "creatinine", "mg/dL"),
    Feature("sod", "sodium", "mmol/L"),
    Feature("ph", "arterial pH", "1"),
    Feature("glucose", "glucose", "mg/dL"),
    Feature("bun", "blood urea nitrogen", "mg/dL"),
    Feature("urine", "urine", "mL/day"),
    Feature("adlp", "activities of daily living, by the patient", "0 able to 7 unable"),
    Feature("adls", "activities of daily living, by a relative", "0 able to 7 unable"),
)


def load_support2(*, seed: int = 1) -> TableDataset:
    """The 9,105 inpatients with 34 features of the third day, NaN where a value is missing; class 1 is dead within
    half a year.

    `time` is the days from entry to death, or to the end for the living. The splits are drawn with the seed,
    stratified by the outcome. The patient table has race beside sex and age band. Raises DataError as fetch_listed
    does.
    """
    return read_support2(fetch_listed("support2")["support2.csv"], seed=seed)


def read_support2(path: Path, *, seed: int = 1) -> TableDataset:
    """The same, from a file in this layout."""
    table = read_text_table(path, file_columns("support2", FEATURES))
    values = features(table, FEATURES)
    days = numbers(table, "d.time")
    target = ((numbers(table, "death", {"0": 0, "1": 1}) == 1) & (days <= HALF_A_YEAR)).astype(np.int64)
    people = pd.DataFrame(
        {
            "sex": np.where(values[:, 1] == 1, "M", "F"),
            "age_band": age_bands(values[:, 0]),
            "race": table["race"].fillna("not stated").to_numpy(),
        },
        index=pd.RangeIndex(len(target), name="patient"),
    )
    return table_dataset(
        "support2",
        TableSplit(values, target, np.arange(len(target)), days),
        split_patients(target, seed=seed),
        wanted=FEATURES,
        target="death within half a year",
        people=people,
    )
