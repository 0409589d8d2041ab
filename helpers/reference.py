"""Results on real data that are kept in the repository (data/reference, data/published.yml), as tables.

data/make_reference.py writes ours, by running a notebook once per seed; the published ones are typed with their source.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import yaml

DATA = Path(__file__).resolve().parents[1] / "data"
SCORES = {"validation_auc": "validation AUC", "test_auc": "test AUC", "test_accuracy": "test accuracy"}


def real_results(notebook: str) -> pd.DataFrame:
    """What a notebook recorded on real data, one row per seed, one column per recorded name."""
    stored = json.loads((DATA / "reference" / f"{notebook}.json").read_text(encoding="utf-8"))
    return pd.DataFrame.from_dict(stored["results"], orient="index").rename_axis("seed")


def summary(results: pd.DataFrame) -> pd.DataFrame:
    """Mean over the seeds with the lowest and the highest, one row per model, a column per score.

    results: columns named MODEL_SCORE with SCORE one of validation_auc, test_auc and test_accuracy.
    """
    rows: dict[str, dict[str, str]] = {}
    for column in results:
        for score, heading in SCORES.items():
            if column.endswith(f"_{score}"):
                model = column.removesuffix(f"_{score}").replace("_", " ")
                rows.setdefault(model, {})[heading] = _spread(results[column])
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(SCORES.values())).rename_axis("model")


def _spread(values: pd.Series) -> str:
    """
    >>> _spread(pd.Series([0.95, 0.96, 0.97]))
    '.960 (.950 to .970)'
    >>> _spread(pd.Series([0.5, 0.5]))
    '.500'
    """
    mean, low, high = (f"{value:.3f}".removeprefix("0") for value in (values.mean(), values.min(), values.max()))
    return mean if low == high else f"{mean} ({low} to {high})"


def published(dataset: str) -> pd.DataFrame:
    """Published AUC and accuracy on a catalogued set's official test split, one row per model."""
    entry = yaml.safe_load((DATA / "published.yml").read_text(encoding="utf-8"))[dataset]
    table = pd.DataFrame(entry["scores"]).set_index("model")
    return table.rename(columns={"auc": "test AUC", "accuracy": "test accuracy"})
