"""Alarms that foretell events: how long before each they were on (`events`), and what that was worth (`counts`)."""

from helpers.evaluation.alarms.counts import (
    alarm_differences,
    alarm_intervals,
    alarm_scores,
    choose_alarm,
    curve_of,
    judge_alarms,
)
from helpers.evaluation.alarms.events import Event, alarm_spans, event_leads, lead_to, openings, people_with_alarms

__all__ = [
    "Event",
    "alarm_differences",
    "alarm_intervals",
    "alarm_scores",
    "alarm_spans",
    "choose_alarm",
    "curve_of",
    "event_leads",
    "judge_alarms",
    "lead_to",
    "openings",
    "people_with_alarms",
]
