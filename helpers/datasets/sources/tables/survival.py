"""Two tables of the R package survival: free light chains (flchain) and primary biliary cholangitis (pbc)."""

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
    read_text_table,
    table_dataset,
)
from helpers.datasets.tables import TableDataset, TableSplit, split_patients

SEX = "1 male, 0 female"
# Units as the package's help pages state them (cran.r-project.org/package=survival), else "not stated".
FLCHAIN = (
    Feature("age", "age", "years"),
    Feature("sex", "sex", SEX, {"F": 0, "M": 1}),
    Feature("kappa", "free light chain kappa", "not stated, fits mg/dL"),
    Feature("lambda", "free light chain lambda", "not stated, fits mg/dL"),
    Feature("creatinine", "creatinine", "not stated, fits mg/dL"),
    Feature("mgus", "monoclonal gammopathy diagnosed", YES_NO),
)
PBC = (
    Feature("trt", "treatment", "1 D-penicillamine, 2 placebo"),
    Feature("age", "age", "years"),
    Feature("sex", "sex", SEX, {"f": 0, "m": 1}),
    Feature("ascites", "ascites", YES_NO),
    Feature("hepato", "enlarged liver", YES_NO),
    Feature("spiders", "spider naevi", YES_NO),
    Feature("edema", "oedema", "0 none, 0.5 untreated or gone with diuretics, 1 in spite of diuretics"),
    Feature("bili", "bilirubin", "mg/dL"),
    Feature("chol", "cholesterol", "mg/dL"),
    Feature("albumin", "albumin", "g/dL"),
    Feature("copper", "copper in urine", "µg/day"),
    Feature("alk.phos", "alkaline phosphatase", "U/L"),
    Feature("ast", "aspartate aminotransferase", "U/mL"),
    Feature("trig", "triglycerides", "mg/dL"),
    Feature("platelet", "platelets", "1000/µL"),
    Feature("protime", "clotting time", "s"),
    Feature("stage", "histological stage", "1 to 4"),
)
DEAD = 2  # pbc's status; 0 is alive, 1 transplanted


def load_flchain(*, seed: int = 1) -> TableDataset:
    """The 7,874 people of flchain with 6 features; class 1 is dead, and `time` the days until then or last contact.

    The splits are drawn with the seed, stratified by death. Raises DataError as fetch_listed does.
    """
    return read_flchain(fetch_listed("flchain")["flchain.csv"], seed=seed)


def read_flchain(path: Path, *, seed: int = 1) -> TableDataset:
    """The same, from a file in this layout."""
    table = read_text_table(path, file_columns("flchain", FLCHAIN))
    dead = numbers(table, "death", {"0": 0, "1": 1})
    return _survival("flchain", table, FLCHAIN, dead, numbers(table, "futime"), seed)


def load_pbc(*, seed: int = 1) -> TableDataset:
    """The 418 people of pbc with 17 features; class 1 is dead, and `time` the days until then or the end.

    Whoever was transplanted counts as alive until that day, which is the end for them. The splits are drawn with the
    seed, stratified by death. Raises DataError as fetch_listed does.
    """
    return read_pbc(fetch_listed("pbc")["pbc.csv"], seed=seed)


def read_pbc(path: Path, *, seed: int = 1) -> TableDataset:
    """The same, from a file in this layout."""
    table = read_text_table(path, file_columns("pbc", PBC))
    dead = numbers(table, "status", {"0": 0, "1": 0, str(DEAD): 1})
    data = _survival("pbc", table, PBC, dead, numbers(table, "time"), seed)
    data.patient_table["in_trial"] = table["trt"].notna().to_numpy()
    return data


def _survival(name: str, table: pd.DataFrame, wanted, dead: np.ndarray, time: np.ndarray, seed: int) -> TableDataset:
    values, target = features(table, wanted), dead.astype(np.int64)
    names = [one.column for one in wanted]
    people = pd.DataFrame(
        {
            "sex": np.where(values[:, names.index("sex")] == 1, "M", "F"),
            "age_band": age_bands(values[:, names.index("age")]),
        },
        index=pd.RangeIndex(len(target), name="patient"),
    )
    return table_dataset(
        name,
        TableSplit(values, target, np.arange(len(target)), time),
        split_patients(target, seed=seed),
        wanted=wanted,
        target="death",
        people=people,
    )
