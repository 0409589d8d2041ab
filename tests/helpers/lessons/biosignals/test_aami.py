"""Calls and counts as the standard has them, worked by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from helpers.evaluation import Patients, bootstrap_statistic, wilson
from helpers.lessons.biosignals import aami

N, S, V, F, Q = range(5)


def test_what_passes_both_thresholds_is_ventricular():
    risks = np.array([[0.9, 0.05, 0.05, 0, 0], [0.2, 0.4, 0.4, 0, 0], [0.5, 0.4, 0.1, 0, 0]])
    assert aami.call(risks, {"ventricular": 0.3, "supraventricular": 0.3}).tolist() == [N, V, S]


def test_a_fusion_beat_called_ventricular_is_no_false_alarm_and_called_supraventricular_is_one():
    labels = np.array([V, V, F, N, S, S, F, Q])
    calls = np.array([V, N, V, V, S, N, S, S])
    table = aami.rate_table({"one": calls}, Patients(labels, np.arange(8)), draws=50)
    assert [cell.estimate for cell in table.loc["one"]] == [0.5, 0.5, 0.5, 0.5, 2 / 8]


def test_a_table_of_a_model_that_calls_nothing_and_one_that_is_right():
    labels = np.tile([N, N, N, S, V], 20)
    rows = Patients(labels, np.repeat(np.arange(10), 10))
    table = aami.rate_table({"normal": np.zeros(100, int), "right": labels}, rows, draws=50, seed=1)
    assert table.loc["normal", "accuracy"].estimate == pytest.approx(0.6)
    assert table.loc["normal", "V sensitivity"].estimate == 0
    assert np.isnan(table.loc["normal", "V PPV"].estimate)
    assert [cell.estimate for cell in table.loc["right"]] == [1] * 5
    for cell in table.loc["right"]:
        assert (cell.low, cell.high) == pytest.approx((wilson(10, 10).low, 1)), "all ten people are right: no draw errs"


def people_with_v(n):
    """Ten beats of each of so many people, one of them V, and risks that say so."""
    labels = np.tile([N] * 9 + [V], n)
    risks = np.full((10 * n, 5), 0.1)
    risks[labels == V, V] = 0.9
    return BeatRows(labels, np.repeat([f"P{k}" for k in range(n)], 10)), risks


@dataclass(frozen=True)
class BeatRows(Patients):
    def rows(self, keep):
        return BeatRows(self.labels[keep], self.patients[keep])


def test_groups_are_told_apart_and_small_ones_have_no_rates():
    rows, _ = people_with_v(9)
    calls = np.where(rows.patients == "P0", N, rows.labels)
    known = pd.DataFrame({"sex": ["f"] * 6 + ["m"] * 2 + [None]}, index=[f"P{k}" for k in range(9)])
    table = aami.by_group(calls, rows, known, draws=50, seed=1)
    assert table["people"].to_dict() == {"sex: f": 6, "sex: m": 2}
    assert table.loc["sex: f", "V sensitivity"].estimate == pytest.approx(5 / 6)
    assert table.loc["sex: m", "V sensitivity"] is None
    assert table.loc["sex: m", "accuracy"].estimate == 1
    assert aami.by_group(calls, rows, None).empty


def test_the_gain_over_oneself_is_nothing_and_over_chance_is_much():
    rows, risks = people_with_v(12)
    same = aami.precision_gain(rows, risks, risks, "ventricular", draws=50)
    assert (same.estimate, same.low, same.high) == (0, 0, 0)
    gain = aami.precision_gain(rows, risks, np.full_like(risks, 0.2), "ventricular", draws=50)
    assert gain.estimate == pytest.approx(0.9)
    assert gain.low <= 0.9 <= gain.high + 1e-12


def test_a_rare_beat_of_one_person_does_not_put_that_person_into_every_draw():
    """Of six people one has all V missed. One N of that person is called unknown by the annotator: what of it?"""
    rows, _ = people_with_v(6)
    missed = rows.patients == "P0"
    calls = np.where(missed, N, rows.labels)
    marked = BeatRows(np.where(np.arange(60) == 0, Q, rows.labels), rows.patients)
    usual, rare = (
        aami.rate_table({"one": calls}, each, draws=500).loc["one", "V sensitivity"] for each in (rows, marked)
    )
    assert (rare.low, rare.high) == (usual.low, usual.high) == (0.5, 1)
    risks = np.full((60, 5), 0.1)
    risks[rows.labels == V, V] = 0.9
    others = np.where(missed[:, None], 0.2, risks)
    gains = [aami.precision_gain(each, risks, others, "ventricular", draws=500) for each in (rows, marked)]
    assert [gain.low for gain in gains] == [0, 0]


def test_the_gain_is_that_of_rows_drawn_one_by_one():
    rng = np.random.default_rng(1)
    rows = BeatRows(rng.choice([N, S, V, F], 400, p=[0.6, 0.2, 0.15, 0.05]), np.repeat(np.arange(20).astype(str), 20))
    one, other = (rng.dirichlet(np.ones(5), 400).round(2) for _ in range(2))  # rounded, so that some are equal
    fast = aami.precision_gain(rows, one, other, "ventricular", draws=60, seed=3)

    def gain(index):
        scores = (aami.precision_of(rows.labels[index], said[index], "ventricular") for said in (one, other))
        return next(scores) - next(scores)

    slow = bootstrap_statistic(gain, rows.patients, draws=60, seed=3)
    assert (fast.estimate, fast.low, fast.high) == pytest.approx((slow.estimate, slow.low, slow.high), abs=1e-12)


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
