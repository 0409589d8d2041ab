"""Insulin and carbohydrate on board: what is left of each dose, added up, and nothing of what comes later."""

from dataclasses import replace

import numpy as np
import pytest
from sample_figures import RECORDS

from helpers.datasets.series import GLUCOSE, Record
from helpers.lessons.forecasting.on_board import carbohydrate_left, insulin_left, with_on_board


def test_insulin_acts_most_at_its_peak_and_is_gone_after_five_hours():
    minutes = np.arange(0, 361)
    left = insulin_left(minutes)
    assert left[0] == 1
    assert left[300:] == pytest.approx(0)
    assert (np.diff(left[:301]) <= 0).all()
    assert abs(np.argmax(-np.diff(left)) - 75) <= 1


def test_insulin_left_is_the_closed_form_of_oref0():
    """The curve integrated by hand: here it is summed minute by minute."""
    t, peak, end = np.array([30.0, 75, 120, 240]), 75, 300
    tau = peak * (1 - peak / end) / (1 - 2 * peak / end)
    a = 2 * tau / end
    scale = 1 / (1 - a + (1 + a) * np.exp(-end / tau))
    known = 1 - scale * (1 - a) * ((t**2 / (tau * end * (1 - a)) - t / tau - 1) * np.exp(-t / tau) + 1)
    assert insulin_left(t) == pytest.approx(known, abs=0.01)


def made(insulin, grams):
    n = len(insulin)
    values = np.stack([np.full(n, 120), insulin, grams], axis=1).astype(np.float32)
    time = np.datetime64("2026-01-01T00:00:00", "s") + np.arange(n) * np.timedelta64(300, "s")
    return replace(RECORDS, people={"A": Record(time, values)})


def test_doses_add_up_each_by_what_is_left_of_it():
    doses, grams = np.zeros(80), np.zeros(80)
    doses[[10, 20]], grams[30] = (2.0, 1.0), 60.0
    boarded = with_on_board(made(doses, grams))
    assert boarded.features[-2:] == ("insulin (U) on board", "carbohydrate (g) on board")
    insulin, carbohydrate = boarded.people["A"].values[:, -2:].T
    assert insulin[:10].tolist() == [0] * 10
    assert insulin[10] == 2
    assert insulin[25] == pytest.approx(2 * insulin_left(75.0) + insulin_left(25.0), rel=1e-5)
    assert insulin[70] == pytest.approx(insulin_left(250.0), abs=1e-6), "the first is gone after 60 steps"
    assert carbohydrate[[29, 30, 48, 66]] == pytest.approx([0, 60, 30, 0])
    assert carbohydrate_left(np.array([180.0])) == 0


def test_what_comes_later_changes_nothing_before_it():
    rng = np.random.default_rng(1)
    doses, grams = rng.random(60), rng.random(60)
    later = doses.copy()
    later[40:] += 5
    one, other = (with_on_board(made(given, grams)).people["A"].values for given in (doses, later))
    np.testing.assert_array_equal(one[:40], other[:40])
    assert (one[40:, -2] != other[40:, -2]).all()


def test_records_without_insulin_keep_their_features_and_a_missing_entry_counts_as_none():
    data = made(np.ones(5), np.ones(5))
    plain = replace(
        data, features=(GLUCOSE,), people={"A": Record(data.people["A"].time, data.people["A"].values[:, :1])}
    )
    assert with_on_board(plain).features == (GLUCOSE,)
    assert with_on_board(made(np.array([1, np.nan, np.nan]), np.zeros(3))).people["A"].values[2, -2] == pytest.approx(
        insulin_left(10.0), rel=1e-5
    )
