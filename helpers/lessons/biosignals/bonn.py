"""The Bonn recordings: how much of a classification of EEG is the person, the electrode and the size of the signal."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.datasets.eeg import EegDataset
from helpers.evaluation import Interval, wilson
from helpers.lessons.biosignals.spectra import BANDS, look

QUESTIONS = {"Z against S": ("Z", "S"), "F against S": ("F", "S"), "Z against F": ("Z", "F"), "Z against O": ("Z", "O")}
WAYS = {"size alone": [-1], "shape alone": list(range(len(BANDS))), "all features": None}
FOLDS = 10


def key(question: str, way: str) -> str:
    """The name under which a question's accuracy is recorded.

    Taught in notebooks/12_biosignals.ipynb, section 5.
    """
    return f"bonn_{question}_{way}".replace(" ", "_").lower()


def of_way(found: np.ndarray, way: str) -> np.ndarray:
    """Of the features of `spectra.look` (n, 7) those of one of WAYS; shape: each band's share of the power, no size."""
    if way == "shape alone":
        powers = np.exp(found[:, : len(BANDS)])
        return np.log(powers / powers.sum(axis=1, keepdims=True))
    return found if WAYS[way] is None else found[:, WAYS[way]]


def accuracies(data: EegDataset, *, seed: int = 1) -> pd.DataFrame:
    """Accuracy of a logistic regression, cross-validated over segments, a row per question, a column per way.

    Each entry an Interval (Wilson's, as if the segments were independent: they are of five people). Nobody says whose a
    segment is, so the folds cannot keep people apart. Taught in notebooks/12_biosignals.ipynb, section 5.
    """
    rows: dict[str, dict[str, Interval]] = {}
    features = look(data.signal, data.rate).astype(float)
    for question, groups in QUESTIONS.items():
        chosen = np.isin(data.groups, groups)
        told = data.groups[chosen] == groups[1]
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        rows[question] = {}
        for way in WAYS:
            rows_of = of_way(features, way)[chosen]
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            called = cross_val_predict(model, rows_of, told, cv=folds)
            rows[question][way] = wilson(int((called == told).sum()), len(told))
    return pd.DataFrame.from_dict(rows, orient="index")
