"""Seizures found and missed, counted by hand."""

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals.eeg_days import START, Looks
from helpers.evaluation import garwood, wilson
from helpers.lessons.biosignals import detection

SECOND = np.timedelta64(1, "s")


@pytest.fixture
def looks():
    """Two people, ten minutes each; A has a seizure from second 100 to 160, B one from 300 to 340."""
    time = np.tile(START + 4 * np.arange(1, 151) * SECOND, 2)
    seizures = {"A": START + np.array([[100, 160]]) * SECOND, "B": START + np.array([[300, 340]]) * SECOND}
    return Looks(np.repeat(["A", "B"], 150), time, 4 / 60, np.zeros((300, 1), np.float32), seizures, np.zeros(300))


def on_at(looks, person, *seconds):
    return (looks.people == person) & np.isin((looks.time - START) / SECOND, seconds)


def test_looks_during_a_seizure(looks):
    assert detection.during(looks).sum() == 15 + 10


def test_an_alarm_during_a_seizure_finds_it_with_its_delay(looks):
    on = on_at(looks, "A", 112, 116) | on_at(looks, "B", 40, 44, 500)
    table = detection.judge(looks, on)
    assert table[["found", "false"]].to_numpy().tolist() == [[1, 0], [0, 2]]
    assert table.loc["A", "delay (s)"] == 12
    assert np.isnan(table.loc["B", "delay (s)"])
    assert table["hours"].sum() == pytest.approx(1 / 3)
    scores = detection.scores(table, draws=50)
    assert scores["seizures found"].estimate == 0.5
    assert scores["false alarms an hour"].estimate == pytest.approx(6)


def test_two_looks_in_a_row_and_not_across_people(looks):
    on = on_at(looks, "A", 8, 12, 600) | on_at(looks, "B", 4)
    assert np.flatnonzero(detection.twice(on, looks.people)).tolist() == [2]


def test_the_threshold_keeps_to_the_limit(looks):
    """High in A's seizure, medium in B at a wrong moment; an alarm that never ends is not false, and is not asked."""
    score = np.where(detection.during(looks) & (looks.people == "A"), 0.9, 0.1)
    score[on_at(looks, "B", *range(500, 524, 4))] = 0.5
    assert detection.threshold_at(looks, score, 0.0) == 0.9
    assert detection.threshold_at(looks, score, 2.9) == 0.9  # one false alarm in a third of an hour
    assert detection.threshold_at(looks, score, 3.1) == 0.1
    high_at_the_wrong_moment = np.where(on_at(looks, "B", *range(500, 524, 4)), 0.9, score / 2)
    assert detection.threshold_at(looks, high_at_the_wrong_moment, 0.0) == 0.9


def test_all_found_has_an_interval_by_people(looks):
    on = on_at(looks, "A", 112) | on_at(looks, "B", 320)
    both = wilson(2, 2)
    found = detection.scores(detection.judge(looks, on), draws=20)["seizures found"]
    assert (found.estimate, found.low, found.high) == (1, both.low, both.high)


def test_no_false_alarm_is_no_promise(looks):
    none = detection.scores(detection.judge(looks, on_at(looks, "A", 112)), draws=20)["false alarms an hour"]
    assert (none.estimate, none.low, none.high) == (0, 0, pytest.approx(garwood(0, 1 / 3).high))
