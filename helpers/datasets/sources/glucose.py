"""The glucose records that ship with the course: virtual people, simulated once by data/make_glucose.py."""

from __future__ import annotations

import gzip
import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers.base.paths import DATA
from helpers.datasets.contract import DataError
from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, INSULIN, TIME_OF_DAY, Record, SeriesDataset, day_features

# What data/README.md says of the set; the keys are those of data/catalogue.yml.
CARDS = {
    "glucose": {
        "title": "Simulated glucose records of people with type 1 diabetes",
        "about": "glucose, insulin and the carbohydrate that was announced, every five minutes, with the time of day",
        "task": "glucose in the next hours",
        "size": "12 people × 14 days",
        "people": "nobody: twelve virtual people with type 1 diabetes and an insulin pump",
        "measured": "by simglucose (the UVa/Padova model of 2008) with meals, boluses and a noisy sensor; "
        "data/make_glucose.py made it once and data/glucose.yml says how",
        "labelled": "there is no label: what comes later is what is predicted",
        "bias": "virtual people neither exercise nor fall ill, and their glucose follows the model's equations: "
        "results tell about methods, not about patients",
        "licence": "MIT",
        "citation": "Xie, simglucose, 2018; the model's papers stand in data/glucose.yml",
    },
}


def load_glucose(folder: Path = DATA) -> SeriesDataset:
    """Twelve virtual people with type 1 diabetes and an insulin pump, 14 days each, a row every five minutes.

    The five features of a row: glucose, what the sensor showed at that time, NaN where it was silent; insulin, what
    the pump delivered in the five minutes that end then; carbohydrate, what the person told the pump in those five
    minutes: an estimate, later than the meal where the bolus was late, and 0 where both were forgotten; sine and
    cosine of the time of day.

    folder: where glucose.csv.gz lies with glucose.yml, which says how it was made and what its SHA-256 is.
    Raises DataError where they are absent or do not belong together.
    """
    try:
        content = (folder / "glucose.csv.gz").read_bytes()
        facts = yaml.safe_load((folder / "glucose.yml").read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            "glucose.csv.gz",
            expected="this file of the course and glucose.yml beside it",
            found=str(error),
            todo="Take both from the repository again.",
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != facts["sha256"]:
        raise DataError(
            "glucose.csv.gz",
            expected=f"content with SHA-256 {facts['sha256']}",
            found=found,
            todo="The file was changed or damaged; take it from the repository again, or run data/make_glucose.py.",
        )
    table = pd.read_csv(io.BytesIO(gzip.decompress(content)), parse_dates=["time"])
    return SeriesDataset(
        name="glucose",
        title=facts["title"],
        people={person: _record(rows) for person, rows in table.groupby("id", sort=False)},
        features=(GLUCOSE, INSULIN, CARBOHYDRATE, *TIME_OF_DAY),
        step_minutes=facts["step_minutes"],
        simulated=True,
        source=f"{facts['made_by']}, seed {facts['seed']}",
        licence=facts["licence"],
        citation=facts["citation"],
    )


def _record(rows: pd.DataFrame) -> Record:
    time = rows["time"].to_numpy("datetime64[s]")
    measured = rows[["gl", "insulin", "carbs"]].to_numpy(np.float32)
    return Record(time, np.concatenate([measured, day_features(time)], axis=1))
