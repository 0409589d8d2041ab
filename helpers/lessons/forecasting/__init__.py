"""Notebook 03: forecasts and their errors. Also `alarms` and `clarke`."""

from helpers.evaluation import conformal_half_width, rmse
from helpers.lessons.forecasting.forecasts import (
    aggregations,
    error_table,
    fit_ridge,
    limit_windows,
    linear_extrapolation,
    mae,
    nearest_neighbours,
    paired_ratios,
    path_errors,
    persistence,
    person_errors,
    reaching_back,
    same_moments,
    take,
    with_feature,
    with_only,
)
from helpers.lessons.forecasting.on_board import with_on_board
