"""Scores with intervals, and what the errors are.

Probabilities are float arrays of shape (n, classes) whose rows sum to 1; labels are int64 of shape (n,).
A network with more outputs than there are classes is scored on the classes' columns alone (see `class_columns`).
"""

from helpers.evaluation.calibration import (
    BrierParts,
    at_temperature,
    bias_and_variance,
    brier,
    brier_parts,
    expected_calibration_error,
    fit_isotonic,
    fit_temperature,
    reliability,
)
from helpers.evaluation.cases import Labelled, Patients, at_prevalence, by_patient, one_against_rest, two_columns
from helpers.evaluation.conformal import conformal_half_width
from helpers.evaluation.curves import (
    average_precision,
    delong,
    delong_covariance,
    delong_difference,
    pr_points,
    roc_points,
)
from helpers.evaluation.decisions import benefit_at, cost_at, decision_curve, net_benefit
from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_probabilities, check_risks, check_scores
from helpers.evaluation.intervals import (
    bootstrap,
    bootstrap_difference,
    bootstrap_statistic,
    over_draws,
    paired_gains,
)
from helpers.evaluation.logistic_calibration import (
    Recalibration,
    calibration_intercept,
    calibration_slope,
    fit_recalibration,
    observed_to_expected,
    seen_at,
    smoothed_calibration,
)
from helpers.evaluation.proportions import auc_half_width, difference_of, garwood, newcombe, patients_for, wilson
from helpers.evaluation.sample_size import patients_to_validate, validation_widths
from helpers.evaluation.scores import (
    Metric,
    accuracy,
    auc,
    auc_or_nan,
    called_right,
    class_columns,
    confusion,
    cross_entropy,
    likelihood_ratio,
    recall_of,
    rmse,
    share,
)
from helpers.evaluation.subgroups import leads, subgroup_differences, subgroup_table
from helpers.evaluation.tables import (
    calibration_table,
    cost_table,
    metric_table,
    operating_point,
    operating_table,
    recall_table,
    score_table,
    share_table,
)
from helpers.evaluation.thresholds import (
    Calls,
    calls_at,
    carried_over,
    cost,
    predictive_values,
    rate,
    threshold_for_cost,
    threshold_for_sensitivity,
)
