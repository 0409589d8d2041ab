"""Tables of scores with patient-level intervals, one row per model, class or threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.datasets.contract import Split
from helpers.evaluation.calibration import brier
from helpers.evaluation.cases import Labelled, one_against_rest, two_columns
from helpers.evaluation.decisions import cost_at
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_finite, check_names, check_probabilities
from helpers.evaluation.intervals import bootstrap, bootstrap_statistic
from helpers.evaluation.logistic_calibration import calibration_intercept, calibration_slope, observed_to_expected
from helpers.evaluation.proportions import wilson
from helpers.evaluation.scores import Metric, accuracy, auc, called_right, likelihood_ratio, recall_of
from helpers.evaluation.thresholds import calls_at


def score_table(
    probabilities: Mapping[str, np.ndarray], rows: Split, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """AUC and accuracy of each model with 95 % patient-level intervals, one row per model.

    probabilities: model name -> shape (n, classes). Columns AUC, accuracy hold Interval objects.
    Raises ValueError where probabilities are none, or do not fit the rows.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.2.
    """
    metrics: dict[str, Metric] = {"AUC": auc, "accuracy": accuracy}
    for predicted in probabilities.values():
        check_probabilities(rows.labels, predicted)
    return pd.DataFrame.from_dict(
        {
            model: {
                name: bootstrap(metric, rows, predicted, draws=draws, seed=seed) for name, metric in metrics.items()
            }
            for model, predicted in probabilities.items()
        },
        orient="index",
    )


def recall_table(
    probabilities: np.ndarray, rows: Split, class_names: tuple[str, ...], *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """How well each class is called (recall) and ranked (AUC against the rest), one row per class shown.

    Columns images, recall, AUC against the rest; the scores with 95 % patient-level intervals.
    Raises ValueError where probabilities are none, or do not fit the rows, or where all rows are of one class.

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """
    labels, probabilities = check_probabilities(rows.labels, probabilities)
    check_names(probabilities, class_names)
    return pd.DataFrame.from_dict(
        {
            name: {
                "images": int((labels == k).sum()),
                "recall": bootstrap(recall_of(k), rows, probabilities, draws=draws, seed=seed),
                "AUC against the rest": bootstrap(
                    auc, one_against_rest(rows, k), two_columns(probabilities[:, k]), draws=draws, seed=seed
                ),
            }
            for k, name in enumerate(class_names)
            if (labels == k).any()
        },
        orient="index",
    )


def operating_point(
    probabilities: np.ndarray,
    rows: Split,
    disease_class: int,
    threshold: float,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> dict[str, Interval]:
    """What one threshold does: everybody whose probability of the disease reaches it is called ill.

    probabilities: shape (n, classes), one row per row of rows. Returns sensitivity (share of the diseased called ill),
    specificity (share of all others not called ill) and accuracy (share called right), each with its 95 %
    patient-level interval.
    Raises ValueError where no row, or every row, is of the disease class, or the probabilities are none.

    Taught in notebooks/02_cnn_imaging.ipynb, section 7.3.
    """
    labels, probabilities = check_probabilities(rows.labels, probabilities)
    diseased = labels == disease_class
    if not 0 < diseased.sum() < len(diseased):
        raise ValueError(f"operating_point: needs rows with and without class {disease_class}")
    among = {"sensitivity": "diseased", "specificity": "others", "accuracy": "all"}
    return {
        name: bootstrap(called_right(disease_class, threshold, who), rows, probabilities, draws=draws, seed=seed)
        for name, who in among.items()
    }


def operating_table(
    samples: Mapping[str, tuple[Labelled, np.ndarray, float]], *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """AUC, and what a threshold does, of each sample with 95 % patient-level intervals, one row per sample.

    samples: name -> (rows with labels 0 and 1 and patients, risks of shape (n,), threshold). Columns AUC, sensitivity,
    specificity, and the likelihood ratios LR+ and LR-.
    Raises ValueError where a class has no row, or the risks are none.

    Taught in notebooks/04_evaluation.ipynb, section 4.2.
    """
    lines = {}
    for name, (rows, risks, threshold) in samples.items():
        metrics = {
            "AUC": auc,
            "sensitivity": called_right(1, threshold, "diseased"),
            "specificity": called_right(1, threshold, "others"),
            "LR+": likelihood_ratio(threshold, called=True),
            "LR-": likelihood_ratio(threshold, called=False),
        }
        found = {what: bootstrap(m, rows, two_columns(risks), draws=draws, seed=seed) for what, m in metrics.items()}
        lines[name] = found | {what: replace(found[what], digits=2) for what in ("LR+", "LR-")}
    return pd.DataFrame.from_dict(lines, orient="index")


def cost_table(
    rules: Mapping[str, np.ndarray],
    rows: Labelled,
    threshold: float,
    missed_cost: float,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """The four counts of each rule at a threshold, and its cost per 100 rows with a 95 % patient-level interval.

    rules: name -> risks of shape (n,); all 1 calls everybody ill, all 0 nobody. missed_cost: what a missed disease
    costs, in false alarms. Columns TP, FP, FN, TN and cost per 100. Raises ValueError as calls_at and cost do.

    Taught in notebooks/04_evaluation.ipynb, section 4.1.
    """
    lines = {}
    for name, risks in rules.items():
        calls = calls_at(rows.labels, risks, threshold)
        found = bootstrap(cost_at(threshold, missed_cost), rows, two_columns(risks), draws=draws, seed=seed)
        counts = {"TP": calls.tp, "FP": calls.fp, "FN": calls.fn, "TN": calls.tn}
        lines[name] = counts | {"cost per 100": replace(found, digits=1)}
    return pd.DataFrame.from_dict(lines, orient="index")


def metric_table(
    metrics: Mapping[str, Metric], models: Mapping[str, np.ndarray], rows: Labelled, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """Any metrics of risks with 95 % patient-level intervals: one row per model, one column per metric.

    models: name -> risks of shape (n,). rows: with labels 0 and 1 and patients. metrics: take weights, as those of
    helpers.evaluation.scores do. Raises ValueError where the risks are none, or do not fit the rows.

    Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    return pd.DataFrame.from_dict(
        {
            name: {
                what: bootstrap(metric, rows, two_columns(risks), draws=draws, seed=seed)
                for what, metric in metrics.items()
            }
            for name, risks in models.items()
        },
        orient="index",
    )


def calibration_table(
    models: Mapping[str, np.ndarray], rows: Labelled, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """O:E, calibration intercept and slope, and Brier score of each model, as `metric_table` gives them.

    Taught in notebooks/04_evaluation.ipynb, section 5.2.
    """
    metrics = {"O:E": observed_to_expected, "intercept": calibration_intercept, "slope": calibration_slope}
    table = metric_table(metrics | {"Brier": brier}, models, rows, draws=draws, seed=seed)
    return table.assign(**{what: [replace(one, digits=2) for one in table[what]] for what in metrics})


def share_table(
    shares: Mapping[str, np.ndarray], patients: np.ndarray, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """The mean of each row of yes and no, or of values from 0 to 1, with its 95 % patient-level interval.

    shares: name -> shape (n,), one value per image. patients: shape (n,). The column, share, holds Interval objects;
    where all are 0 or all 1, Wilson's, with patients as the count.

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.3.
    """
    shares = {name: check_finite(of, f"shares of {name}") for name, of in shares.items()}
    for name, of in shares.items():
        if of.shape != np.shape(patients) or of.min() < 0 or of.max() > 1:
            raise ValueError(f"shares of {name}: expected values from 0 to 1 of shape {np.shape(patients)}")
    return pd.DataFrame(
        {"share": {name: _mean_of(np.asarray(of, dtype=float), patients, draws, seed) for name, of in shares.items()}},
        dtype=object,
    )


def _mean_of(values: np.ndarray, patients: np.ndarray, draws: int, seed: int) -> Interval:
    if values.mean() in (0, 1):  # so on every draw
        people = len(np.unique(patients))
        return wilson(round(values.mean() * people), people)
    return bootstrap_statistic(lambda index: float(values[index].mean()), patients, draws=draws, seed=seed)
