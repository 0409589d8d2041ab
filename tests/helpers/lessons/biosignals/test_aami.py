"""Calls and counts as the standard has them, worked by hand."""

import numpy as np
import pytest

from helpers.evaluation import Patients
from helpers.lessons.biosignals import aami

N, S, V, F, Q = range(5)


def test_what_passes_both_thresholds_is_ventricular():
    risks = np.array([[0.9, 0.05, 0.05, 0, 0], [0.2, 0.4, 0.4, 0, 0], [0.5, 0.4, 0.1, 0, 0]])
    assert aami.call(risks, {"ventricular": 0.3, "supraventricular": 0.3}).tolist() == [N, V, S]


def test_a_fusion_beat_called_ventricular_is_no_false_alarm_and_called_supraventricular_is_one():
    labels = np.array([V, V, F, N, S, S, F, Q])
    calls = np.array([V, N, V, V, S, N, S, S])
    assert aami.rates(labels, calls, "ventricular") == (0.5, 0.5)
    sensitivity, ppv = aami.rates(labels, calls, "supraventricular")
    assert (sensitivity, ppv) == (0.5, 0.5)


def test_a_table_of_a_model_that_calls_nothing_and_one_that_is_right():
    labels = np.tile([N, N, N, S, V], 20)
    rows = Patients(labels, np.repeat(np.arange(10), 10))
    table = aami.rate_table({"normal": np.zeros(100, int), "right": labels}, rows, draws=50, seed=1)
    assert table.loc["normal", "accuracy"].estimate == pytest.approx(0.6)
    assert table.loc["normal", "V sensitivity"].estimate == 0
    assert np.isnan(table.loc["normal", "V PPV"].estimate)
    assert [cell.estimate for cell in table.loc["right"]] == [1] * 5


def test_thresholds_find_the_share_asked_for():
    rng = np.random.default_rng(1)
    labels = rng.choice(3, 3000, p=[0.8, 0.1, 0.1])
    risks = rng.dirichlet(np.ones(5), 3000)
    thresholds = aami.thresholds_for(labels, risks, 0.85)
    for name in aami.DISEASES:
        k = aami.NAMES.index(name)
        assert (risks[labels == k, k] >= thresholds[name]).mean() == pytest.approx(0.85, abs=0.01)


def test_sensitivity_at_a_ppv_is_read_from_the_curve():
    labels = np.array([V, V, N, V, N])
    risks = np.zeros((5, 5))
    risks[:, V] = [0.9, 0.8, 0.7, 0.6, 0.5]
    assert aami.sensitivity_at(labels, risks, "ventricular", 0.9) == pytest.approx(2 / 3)
    assert aami.sensitivity_at(labels, risks, "ventricular", 0.75) == pytest.approx(1)
    assert aami.precision_of(labels, risks, "ventricular") == pytest.approx((1 + 1 + 0.75) / 3)
