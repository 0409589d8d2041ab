"""From a score to one person's risk by a certain age, and what the score adds to age and sex."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri
from sklearn.linear_model import LogisticRegression

from helpers.datasets.tables import TableDataset, TableSplit

FIRST, LAST = 30.0, 80.0  # years: nobody falls ill earlier, and the lifetime ends
LIFETIME = {"F": 0.08, "M": 0.12}  # share who fall ill by 80; made up, as the course of the risk with age is


def baseline(age: np.ndarray, lifetime: np.ndarray | float) -> np.ndarray:
    """The share of people who have fallen ill by an age (years): lifetime · ((age - 30) / 50)², 0 before 30.

    Made up: a disease of later life. Taught in notebooks/10_genomics.ipynb, section 2.5.
    """
    return lifetime * (np.clip((np.asarray(age, float) - FIRST) / (LAST - FIRST), 0, 1)) ** 2


def risk_given(part: np.ndarray, explained: float, average: np.ndarray) -> np.ndarray:
    """The risk of people of whose liability a part is known: Φ((part - t) / √(1 - explained)), with P(ill) = average.

    part: what is known of the liability (mean 0), whose variance is `explained` over all people; the threshold t leaves
    the average above it. All broadcast. The threshold model of Falconer, Ann Hum Genet 29:51, 1965.
    Taught in notebooks/10_genomics.ipynb, section 2.5.
    """
    return ndtr((np.asarray(part) + ndtri(average)) / np.sqrt(1 - explained))


def genetic_interval(part: np.ndarray, explained: float, heritability: float) -> tuple[np.ndarray, np.ndarray]:
    """Between what values the whole genetic part of the liability lies in 95 of 100 people with this score.

    part ± 1.96 √(h² - explained): what the score does not know of the genes is normal, with what is left of their
    variance. Taught in notebooks/10_genomics.ipynb, section 2.5.
    """
    half = 1.96 * np.sqrt(max(heritability - explained, 0))
    return part - half, part + half


def clinic(liability: np.ndarray, *, seed: int) -> pd.DataFrame:
    """Age (40 to 80 years, evenly), sex and whether ill by now, of people whose liability is known; a row a person."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(40, LAST, len(liability))
    sex = np.where(rng.random(len(liability)) < 0.5, "F", "M")
    ill = liability > -ndtri(baseline(age, np.vectorize(LIFETIME.get)(sex)))
    return pd.DataFrame({"age": age, "sex": sex, "ill": ill.astype(np.int64)})


def _columns(people: pd.DataFrame, score: np.ndarray | None, known: bool) -> np.ndarray:
    years = (people["age"].to_numpy() - 60) / 10
    columns = [years, years**2, (people["sex"] == "M").to_numpy(float)] if known else []
    return np.column_stack(columns + ([] if score is None else [score]))


def fit_risk(people: pd.DataFrame, score: np.ndarray | None, *, known: bool = True):
    """A logistic regression of being ill on age, age², sex (where known) and a standardised score (where there is one).

    Returns a function from other people and their scores to their risks. The penalty is slight (C = 100).
    Taught in notebooks/10_genomics.ipynb, section 2.6.
    """
    model = LogisticRegression(C=100, max_iter=1000).fit(_columns(people, score, known), people["ill"])
    return lambda others, said: model.predict_proba(_columns(others, said, known))[:, 1]


def as_table(people: Mapping[str, tuple[pd.DataFrame, np.ndarray]]) -> TableDataset:
    """The clinic's people as a data set, for the report card.

    people: train, validation and test -> (table of clinic, standardised scores). Nobody is in two of them.
    Taught in notebooks/10_genomics.ipynb, section 5.1.
    """
    splits, begin = {}, 0
    for name, (table, score) in people.items():
        columns = np.column_stack([table["age"], (table["sex"] == "M").to_numpy(float), score])
        who = np.arange(begin, begin + len(table))
        splits[name], begin = TableSplit(columns, table["ill"].to_numpy(np.int64), who), begin + len(table)
    return TableDataset(
        name="clinic",
        title="People of a made-up clinic with a polygenic score",
        simulated=True,
        patients_known=True,
        source="helpers.lessons.genomics",
        licence="MIT",
        citation="This course.",
        feature_names=("age", "male", "score"),
        feature_units=("years", "1", "SD"),
        target_name="ill by now",
        class_names=("well", "ill"),
        disease_class=1,
        **splits,
    )
