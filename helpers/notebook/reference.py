"""Results that are kept in the repository (data/reference, data/published.yml), as tables.

data/make_reference.py writes ours on real data, by running a notebook once per seed; the published ones are typed with
their source. Of a study of simulated sets the table is kept that `course results` writes.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import yaml

from helpers.base.paths import DATA

SCORES = {
    "validation_auc": "validation AUC",
    "validation_sensitivity": "validation sensitivity",
    "validation_specificity": "validation specificity",
    "test_auc": "test AUC",
    "test_accuracy": "test accuracy",
    "test_sensitivity": "test sensitivity",
    "test_specificity": "test specificity",
    "test_rmse": "test RMSE, 30 min",
    "test_mae": "test MAE, 30 min",
    "path_rmse": "root of median MSE, 60 min",
    "path_mae": "median MAE, 60 min",
}
PUBLISHED = {
    "auc": "test AUC",
    "accuracy": "test accuracy",
    "path_rmse": SCORES["path_rmse"],
    "path_mae": SCORES["path_mae"],
    "rmse_scaffold": "test RMSE, scaffold",
    "r2_random": "validation r², random",
    "r2_scaffold": "validation r², scaffold",
}


def real_results(notebook: str) -> pd.DataFrame:
    """What a notebook recorded on real data, one row per seed, one column per recorded name."""
    return pd.DataFrame.from_dict(_stored(notebook)["results"], orient="index").rename_axis("seed")


def real_files(notebook: str) -> str:
    """What those results were computed from: "original" (by name, with the published hash) or "copy" (by its path)."""
    return _stored(notebook)["files"]


def _stored(notebook: str) -> dict:
    return json.loads((DATA / "reference" / f"{notebook}.json").read_text(encoding="utf-8"))


def study_results(study: str) -> pd.DataFrame:
    """What the runs of a study in studies/ recorded, one row per run: its grid, its seed, and the recorded names.

    study: the name of its file without .yml. The table is data/reference/STUDY.csv. Raises FileNotFoundError where
    nobody has kept one.
    """
    return pd.read_csv(DATA / "reference" / f"{study}.csv")


def summary(results: pd.DataFrame) -> pd.DataFrame:
    """Mean over the seeds with the lowest and the highest, one row per model, a column per score.

    results: columns named MODEL_SCORE with SCORE one of SCORES; other columns are left out. A score that was not
    recorded for a model stays empty, and one that was recorded for none has no column. Shares have three digits
    behind the point, errors in mg/dL two.
    """
    rows: dict[str, dict[str, str]] = {}
    for column in results:
        for score, heading in SCORES.items():
            if column.endswith(f"_{score}"):
                model = column.removesuffix(f"_{score}").replace("_", " ")
                rows.setdefault(model, {})[heading] = spread(results[column])
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model").fillna("")
    return table[[heading for heading in SCORES.values() if heading in table]]


def spread(values: pd.Series) -> str:
    """The mean with the lowest and the highest, or one value where all are the same.

    >>> spread(pd.Series([0.95, 0.96, 0.97]))
    '.960 (.950 to .970)'
    >>> spread(pd.Series([0.5, 0.5]))
    '.500'
    >>> spread(pd.Series([17.5, 18.25]))
    '17.88 (17.50 to 18.25)'
    """
    mean, low, high = (written(value) for value in (values.mean(), values.min(), values.max()))
    return mean if low == high else f"{mean} ({low} to {high})"


def written(value: float) -> str:
    """A share with three digits behind the point, anything above 1 with two."""
    return f"{value:.3f}".removeprefix("0") if value <= 1 else f"{value:.2f}"


def published(dataset: str) -> pd.DataFrame:
    """Published scores on a data set, one row per model; data/published.yml tells source and protocol."""
    entry = yaml.safe_load((DATA / "published.yml").read_text(encoding="utf-8"))[dataset]
    table = pd.DataFrame(entry["scores"]).set_index("model")
    return table.rename(columns=PUBLISHED)


def result_name(remedy: str) -> str:
    """A remedy or a model as the beginning of a recorded result's name.

    >>> result_name("flip (forbidden)"), result_name("weight decay"), result_name("the network")
    ('flip', 'weight_decay', 'network')
    """
    return remedy.split(" (")[0].removeprefix("the ").replace(" ", "_").lower()


def by_size(results: pd.DataFrame, score: str) -> pd.DataFrame:
    """Recorded scores named REMEDY_at_SIZE_SCORE as a table: a row per remedy, a column per number of patients.

    results: one row per seed, as real_results gives them. score: such as "validation_loss". Each cell
    holds the scores of all seeds, shape (seeds,).
    """
    cells: dict[str, dict[str, np.ndarray]] = {}
    for column in results:
        if column.endswith(f"_{score}") and "_at_" in column:
            remedy, size = column.removesuffix(f"_{score}").split("_at_")
            cells.setdefault(remedy.replace("_", " "), {})[size] = results[column].to_numpy(dtype=float)
    return pd.DataFrame.from_dict(cells, orient="index").rename_axis("remedy")
