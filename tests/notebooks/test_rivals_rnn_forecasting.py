"""What notebook 03 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers import evaluation
from helpers.datasets import load
from helpers.datasets.windows import Scaler, make_windows, split_by_time
from helpers.from_scratch import recurrent as scratch
from helpers.lessons import forecasting
from helpers.lessons.forecasting import alarms, clarke
from helpers.models import explain
from helpers.models.training import set_seed

HISTORY, AHEAD = 10, 6


@pytest.fixture(scope="module")
def data():
    data = load("glucose")
    return data.only(list(data.people)[:4])


@pytest.fixture(scope="module")
def parts(data):
    return split_by_time(data)


@pytest.fixture(scope="module")
def windows(parts):
    return [make_windows(part, HISTORY, AHEAD) for part in (parts.train, parts.validation, parts.test)]


def ridge_error(data, scaler=None):
    """RMSE on validation of a ridge regression on all features, as in section 4.2."""
    parts = split_by_time(data)
    train, validation = (make_windows(part, HISTORY, AHEAD) for part in (parts.train, parts.validation))
    ridge = forecasting.fit_ridge(train, validation, scaler=scaler)
    return forecasting.rmse(validation.targets, ridge.predict(validation))


def power(layer, forget=None):
    """The gradient 50 steps back as a power of ten, as section 2.3 measures it."""
    layer.build((None, None, 5))
    weights = layer.get_weights()
    if forget is not None:
        weights[2][layer.units : 2 * layer.units] = forget
    layer.set_weights(weights)
    noise = np.random.default_rng(1).normal(size=(4, 60, 5))
    curve = explain.gradient_by_distance(layer, noise)
    return np.log10(curve[50] / curve[0])


def test_an_lstm_whose_forget_gate_starts_half_open_keeps_no_more_than_a_plain_layer():
    """The rival of "LSTM beyond RNN" (0) and of the forget bias: what keeps the gradient is the gate, not the cell."""
    from keras import layers

    set_seed(1)
    plain, half_open = power(layers.SimpleRNN(32)), power(layers.LSTM(32), forget=0)
    assert half_open - plain < 0.01
    assert power(layers.LSTM(32), forget=1) < -1.5


def test_a_forget_gate_as_keras_starts_it_is_open_by_three_quarters():
    from keras import layers

    layer = layers.LSTM(16)
    layer.build((None, None, 2))
    gates = scratch.lstm_gates(np.zeros(2), (np.zeros(16), np.zeros(16)), *layer.get_weights())
    assert gates["forget"] == pytest.approx(0.73, abs=0.005)


def test_the_gates_of_an_untrained_unit_hardly_move_with_the_mark():
    """The rival of both gates: without training they do not open and shut where a number is marked."""
    from keras import layers

    for start in range(1, 6):
        set_seed(start)
        layer = layers.LSTM(1)
        layer.build((None, 24, 2))
        state = (np.zeros(1), np.zeros(1))
        marked, noise = (scratch.lstm_gates(np.array([0.3, mark]), state, *layer.get_weights()) for mark in (1.0, 0.0))
        assert abs(noise["forget"] - marked["forget"])[0] < 0.4
        assert abs(marked["input"] - noise["input"])[0] < 0.3


def test_features_that_are_not_there_help_by_exactly_nothing(data, parts, windows):
    """The rival of the ablation, 1: ridge from glucose alone over itself."""
    alone = [
        make_windows(forecasting.with_only(part, data.features[:1]), HISTORY, AHEAD)
        for part in (parts.train, parts.validation)
    ]
    forecast = forecasting.fit_ridge(*alone).predict(alone[1])
    ratio = forecasting.paired_ratios({"all": forecast, "alone": forecast}, [("all", "alone")], alone[1]).iloc[0][
        "ratio"
    ]
    assert (ratio.low, ratio.estimate, ratio.high) == (1, 1, 1)


def test_without_a_minimum_lead_no_warning_is_lost_and_with_one_some_are(parts, windows):
    test, forecast, events = windows[2], forecasting.persistence(windows[2]), alarms.events_of(parts.test)
    shares = [
        alarms.alarm_scores(alarms.judge_alarms(events, test, forecast, 85, minimum_minutes=minimum))["sensitivity"]
        for minimum in (0, 15)
    ]
    assert shares[0] >= shares[1]


def test_a_scaler_that_is_ignored_gains_exactly_nothing(data, monkeypatch):
    on_everything = Scaler.fit(make_windows(data, HISTORY, AHEAD))
    clean = ridge_error(data)
    assert clean - ridge_error(data, on_everything) != 0
    fit = forecasting.fit_ridge
    monkeypatch.setattr(forecasting, "fit_ridge", lambda train, judged, scaler=None: fit(train, judged))
    assert clean - ridge_error(data, on_everything) == 0


def test_a_feature_that_is_never_added_gains_exactly_nothing(data, monkeypatch):
    def mean(values):
        return np.full(len(values), np.nanmean(values))

    clean = ridge_error(data)
    assert clean - ridge_error(forecasting.with_feature(data, "mean", mean)) != 0
    monkeypatch.setattr(forecasting, "with_feature", lambda data, name, feature: data)
    assert clean - ridge_error(forecasting.with_feature(data, "mean", mean)) == 0


def test_a_slope_that_looks_back_only_gains_what_no_leak_gains(data):
    def backward(values):
        return np.diff(values, prepend=values[0])

    central = ridge_error(data) - ridge_error(forecasting.with_feature(data, "slope", np.gradient))
    honest = ridge_error(data) - ridge_error(forecasting.with_feature(data, "slope", backward))
    assert central > 1
    assert abs(honest) < 0.1


def test_neighbours_gain_only_where_the_neighbours_of_a_window_are_dealt_into_training(data, windows):
    """The rival of ridge's gain is the neighbours'; theirs is 0 where the windows are cut from a split."""
    train, validation, _ = windows
    everything = make_windows(data, HISTORY, AHEAD)
    dealt = np.random.default_rng(1).random(len(everything)) < 0.8
    judged = forecasting.take(everything, ~dealt & forecasting.same_moments(everything, validation))
    mixed = forecasting.limit_windows(forecasting.take(everything, dealt), len(train))

    def gained(fitted_on, model):
        return forecasting.rmse(judged.targets, model(train)) - forecasting.rmse(judged.targets, model(fitted_on))

    def neighbours(fitted_on):
        return forecasting.nearest_neighbours(fitted_on, judged)

    assert gained(mixed, neighbours) > 0.7  # so the rival lies outside ridge's band, -0.6 to 0.6
    assert gained(train, neighbours) == 0
    ridge = gained(mixed, lambda fitted_on: forecasting.fit_ridge(fitted_on, judged).predict(judged))
    assert abs(ridge) < 0.6


def test_the_paired_comparison_of_alarms_is_nothing_for_an_alarm_and_itself(parts, windows):
    """What 03:86 once asserted, ends on both sides of 0, holds for this too, so it is no claim any more."""
    test, forecast = windows[2], forecasting.persistence(windows[2])
    judged = alarms.judge_alarms(alarms.events_of(parts.test), test, forecast, 77.5)
    for interval in alarms.alarm_differences(judged, judged, draws=50).values():
        assert (interval.low, interval.high) == (0, 0) or np.isnan(interval.estimate)


def test_without_a_forecast_that_differs_no_alarm_is_ahead_at_any_price(parts, windows):
    """The rival of ridge beyond persistence on validation, 0; at a half and a quarter also what it is at one."""
    validation, events = windows[1], alarms.events_of(parts.validation)
    alike = [
        alarms.alarm_curve(events, validation, forecast, [0, 70, 77.5, 85])
        for forecast in (forecasting.persistence(validation), validation.last.astype(float))
    ]
    for price in (0.25, 0.5, 1.0):
        one, other = (curve.loc[alarms.choose_alarm(curve, price), "sensitivity"] for curve in alike)
        assert one - other == 0


def test_of_level_2_lows_fewer_seem_warned_of_where_the_lead_is_taken_to_70():
    """The rival of the lows warned of before 54: the same alarms, the same lows, the wrong level."""
    data = load("glucose")
    parts = split_by_time(data)
    tested = forecasting.reaching_back(parts.test, parts.validation, HISTORY + AHEAD - 1)
    test = make_windows(tested, HISTORY, AHEAD)
    found = alarms.event_leads(alarms.events_of(parts.test), test, forecasting.persistence(test), 85)
    deep = found[found["foreseeable"] & found["level 2"]]
    assert (deep["lead to 54 (min)"] >= alarms.LEAD_MINUTES).all()
    assert (deep["lead (min)"] >= alarms.LEAD_MINUTES).mean() < 0.9


def test_false_alarms_at_any_hour_fall_at_night_in_a_quarter(parts, windows):
    """The rival of their share at night, .25: forecasts that fall below the threshold at random moments."""
    test = windows[2]
    low = np.random.default_rng(1).random(len(test.targets)) < 0.05
    judged = alarms.judge_alarms(alarms.events_of(parts.test), test, np.where(low, 50.0, 120.0), 70).sum()
    assert judged["false"] > 100
    assert judged["false at night"] / judged["false"] == pytest.approx(0.25, abs=0.06)


def test_what_is_on_board_helps_by_nothing_where_the_entries_are_another_persons(data):
    """The rival of the gain with what is on board, 1: insulin and meals of somebody else say nothing of this person."""
    people = list(data.people)
    boarded = forecasting.with_on_board(data)
    strange = {}
    for person, other in zip(people, people[1:] + people[:1], strict=True):
        record = boarded.people[person]
        given = boarded.people[other].values[:, -2:]
        n = min(len(record), len(given))
        columns = [record.values[:n, :-2], given[:n]]
        strange[person] = replace(record.rows(slice(0, n)), values=np.concatenate(columns, axis=1))
    errors = {
        name: ridge_error(replaced)
        for name, replaced in {
            "without": data,
            "on board": boarded,
            "of another": replace(boarded, people=strange),
        }.items()
    }
    assert errors["on board"] / errors["without"] < 0.99
    assert errors["of another"] / errors["without"] > 0.99


def test_persistence_is_no_worse_by_day_where_the_hours_are_dealt_out_anew(windows):
    test = windows[2]
    hours = np.random.default_rng(1).permutation(pd.DatetimeIndex(test.time).hour)
    by_day, by_night = (
        forecasting.rmse(test.targets[rows], forecasting.persistence(test)[rows]) for rows in (hours >= 6, hours < 6)
    )
    assert by_day / by_night == pytest.approx(1, abs=0.15)


def test_normal_errors_have_a_ratio_below_the_bands():
    errors = np.random.default_rng(1).normal(size=200_000)
    averages = forecasting.aggregations(np.zeros_like(errors), errors, np.repeat(["a", "b"], 100_000))
    assert averages.iloc[0] / averages.iloc[-1] == pytest.approx(1.48, abs=0.02)


def test_half_the_width_and_the_share_of_d_among_all_windows_lie_outside(windows):
    _, validation, test = windows
    ridge = forecasting.fit_ridge(windows[0], validation)
    width = evaluation.conformal_half_width(validation.targets - ridge.predict(validation), 0.9)
    assert np.mean(np.abs(test.targets - ridge.predict(test)) <= width / 2) < 0.87
    assert clarke.zone_shares(test.targets, ridge.predict(test))["D"] < 0.1
