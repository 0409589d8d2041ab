"""Floors to beat, scores with intervals, and what the errors are.

Probabilities are float arrays of shape (n, classes) whose rows sum to 1; labels are int64 of shape (n,).
A network with more outputs than there are classes is scored on the classes' columns alone (see `class_columns`).
"""

from helpers.evaluation.calibration import BrierParts, at_temperature, bias_and_variance, brier_parts, expected_calibration_error, fit_isotonic, fit_temperature, reliability
from helpers.evaluation.cases import Labelled, Patients, at_prevalence, one_against_rest, random_halves, two_columns
from helpers.evaluation.curves import average_precision, delong, delong_covariance, delong_difference, pr_points, roc_points
from helpers.evaluation.decisions import decision_curve, net_benefit
from helpers.models.floors import C_VALUES, fit_floors, fit_logistic, flat
from helpers.evaluation.inputs import check_probabilities, check_risks, check_scores
from helpers.evaluation.intervals import Interval, bootstrap, bootstrap_difference, bootstrap_groups, over_draws, paired_gains
from helpers.evaluation.proportions import auc_half_width, patients_for, wilson
from helpers.evaluation.scores import Metric, accuracy, auc, auc_or_nan, called_right, class_columns, confusion, cross_entropy, recall_of, share
from helpers.evaluation.subgroups import subgroup_table
from helpers.evaluation.tables import operating_point, recall_table, score_table, share_table
from helpers.evaluation.thresholds import Calls, calls_at, cost, predictive_values, rate, threshold_for_cost, threshold_for_sensitivity

__all__ = [
    "C_VALUES",
    "BrierParts",
    "Calls",
    "Interval",
    "Labelled",
    "Metric",
    "Patients",
    "accuracy",
    "at_prevalence",
    "at_temperature",
    "auc",
    "auc_half_width",
    "auc_or_nan",
    "average_precision",
    "bias_and_variance",
    "bootstrap",
    "bootstrap_difference",
    "bootstrap_groups",
    "brier_parts",
    "called_right",
    "calls_at",
    "check_probabilities",
    "check_risks",
    "check_scores",
    "class_columns",
    "confusion",
    "cost",
    "cross_entropy",
    "decision_curve",
    "delong",
    "delong_covariance",
    "delong_difference",
    "expected_calibration_error",
    "fit_floors",
    "fit_isotonic",
    "fit_logistic",
    "fit_temperature",
    "flat",
    "net_benefit",
    "one_against_rest",
    "operating_point",
    "over_draws",
    "paired_gains",
    "patients_for",
    "pr_points",
    "predictive_values",
    "random_halves",
    "rate",
    "recall_of",
    "recall_table",
    "reliability",
    "roc_points",
    "score_table",
    "share",
    "share_table",
    "subgroup_table",
    "threshold_for_cost",
    "threshold_for_sensitivity",
    "two_columns",
    "wilson",
]
