"""Floors to beat, scores with intervals, and what the errors are.

Probabilities are float arrays of shape (n, classes) whose rows sum to 1; labels are int64 of shape (n,).
A network with more outputs than there are classes is scored on the classes' columns alone (see `class_columns`).
"""

from helpers.evaluation.floors import C_VALUES, fit_floors
from helpers.evaluation.inputs import check_probabilities, check_risks, check_scores
from helpers.evaluation.intervals import Interval, bootstrap, bootstrap_difference, bootstrap_groups, over_draws
from helpers.evaluation.scores import Metric, accuracy, auc, called_right, class_columns, confusion, recall_of, share
from helpers.evaluation.tables import operating_point, recall_table, score_table

__all__ = [
    "C_VALUES",
    "Interval",
    "Metric",
    "accuracy",
    "auc",
    "bootstrap",
    "bootstrap_difference",
    "bootstrap_groups",
    "called_right",
    "check_probabilities",
    "check_risks",
    "check_scores",
    "class_columns",
    "confusion",
    "fit_floors",
    "operating_point",
    "over_draws",
    "recall_of",
    "recall_table",
    "score_table",
    "share",
]
