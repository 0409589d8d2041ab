"""Notebook 06: gaps made on purpose, and what methods make of them. Also `studies`, `own_gaps` and `dropouts`."""

from helpers.lessons.missing_data.imputation import Pooled, complete_by_draw, fit_logit, pool
from helpers.lessons.missing_data.mechanisms import MECHANISMS, chances, gone_minus_seen, hide
