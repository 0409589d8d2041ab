"""Notebook 05: one data set fitted many times. Also `cross_validation`, `optimism` and `repeated_fits`."""

from helpers.lessons.overfitting.experiment import (
    METRICS,
    SETS,
    Experiment,
    Group,
    Outcome,
    linear_group,
    power_law,
    shrink,
)
