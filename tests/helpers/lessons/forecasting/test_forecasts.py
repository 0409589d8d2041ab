"""Floors and errors of forecasts by hand and against scikit-learn, leaks that show, intervals that keep a promise."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from helpers.datasets.series import GLUCOSE, Record, SeriesDataset
from helpers.datasets.windows import Scaler, make_windows
from helpers.lessons.forecasting import forecasts as f

START = np.datetime64("2026-01-01T00:00:00", "s")


def series(*records) -> SeriesDataset:
    people = {}
    for k, values in enumerate(records):
        values = np.asarray(values, np.float32)
        values = values[:, None] if values.ndim == 1 else values
        people[f"P{k}"] = Record(START + np.arange(len(values)) * np.timedelta64(300, "s"), values)
    features = (GLUCOSE, *[f"feature {k}" for k in range(1, values.shape[1])])
    return SeriesDataset(
        name="made",
        title="made up",
        people=people,
        features=features,
        step_minutes=5,
        simulated=True,
        source="here",
        licence="none",
        citation="none",
    )


def wandering(n, seed):
    rng = np.random.default_rng(seed)
    steps = np.convolve(rng.normal(0, 2, n + 8), np.ones(8) / 4, "valid")[:n]
    return 140 + np.cumsum(steps - steps.mean())


@pytest.fixture(scope="module")
def windows():
    return make_windows(series(wandering(400, 1), wandering(300, 2)), 6, 4)


def test_persistence_is_the_last_value(windows):
    np.testing.assert_array_equal(f.persistence(windows), windows.inputs[:, -1, 0])


def test_extrapolation_continues_a_line_exactly():
    line = make_windows(series(100 + 2.0 * np.arange(40)), 6, 5)
    np.testing.assert_allclose(f.linear_extrapolation(line), line.targets, atol=1e-4)
    bent = make_windows(series(np.r_[np.full(20, 100.0), 100 + 3.0 * np.arange(1, 21)]), 10, 2)
    at = np.flatnonzero(bent.last == 109)[0]
    assert f.linear_extrapolation(bent)[at] == pytest.approx(109 + 2 * 3, abs=1e-4)


def test_extrapolation_from_one_value_is_persistence():
    one = make_windows(series(wandering(50, 3)), 1, 3)
    np.testing.assert_array_equal(f.linear_extrapolation(one), one.last)


def test_ridge_learns_a_linear_rule_and_beats_persistence(windows):
    later = make_windows(series(wandering(500, 7)), 6, 4)
    ridge = f.fit_ridge(windows, later)
    assert ridge.penalty in f.PENALTIES
    assert f.rmse(later.targets, ridge.predict(later)) < 0.8 * f.rmse(later.targets, f.persistence(later))
    line = make_windows(series(100 + 2.0 * np.arange(60), 300 - 1.5 * np.arange(60)), 6, 5)
    assert f.rmse(line.targets, f.fit_ridge(line, line).predict(line)) < 1.5


def test_ridge_takes_the_penalty_that_is_best_on_validation(windows):
    later = make_windows(series(wandering(500, 7)), 6, 4)
    chosen = f.fit_ridge(windows, later)
    errors = {p: f.rmse(later.targets, f.fit_ridge(windows, later, [p]).predict(later)) for p in f.PENALTIES}
    assert chosen.penalty == min(errors, key=errors.get)


def test_ridge_forecasts_a_whole_way():
    part = series(wandering(300, 4))
    way, end = make_windows(part, 6, 4, path=True), make_windows(part, 6, 4)
    forecast = f.fit_ridge(way, way, [1.0]).predict(way)
    assert forecast.shape == (len(way), 4)
    np.testing.assert_allclose(forecast[:, -1], f.fit_ridge(end, end, [1.0]).predict(end), atol=1e-6)


def test_ridge_scales_with_the_scaler_it_is_given(windows):
    other = Scaler(np.array([0.0]), np.array([1.0]))
    assert f.fit_ridge(windows, windows, scaler=other).scaler is other


def test_errors_are_those_of_scikit_learn(windows):
    y = f.linear_extrapolation(windows)
    assert f.rmse(windows.targets, y) == pytest.approx(root_mean_squared_error(windows.targets, y))
    assert f.mae(windows.targets, y) == pytest.approx(mean_absolute_error(windows.targets, y))


def test_the_error_table_resamples_people():
    """Two people with errors of 1 and 3 everywhere: the mean absolute error of a draw is 1, 2 or 3, RMSE 1, √5 or 3."""
    part = make_windows(series(np.full(30, 100.0), np.full(30, 100.0)), 2, 1)
    y = part.targets + np.where(part.people == "P0", 1.0, 3.0)
    table = f.error_table({"m": y}, part, draws=400)
    mean_error, rms = table.loc["m", "MAE"], table.loc["m", "RMSE"]
    assert (mean_error.estimate, mean_error.low, mean_error.high) == (2, 1, 3)
    assert (rms.estimate, rms.low, rms.high) == (pytest.approx(5**0.5), 1, 3)
    assert str(mean_error) == "2.0 (1.0 to 3.0)"


def four_people():
    """Windows of four people, and the size of the error of each, which differ far more than two models do."""
    part = make_windows(series(*[np.full(30, 100.0)] * 4), 2, 1)
    return part, np.select([part.people == "P0", part.people == "P1", part.people == "P2"], [5.0, 20.0, 11.0], 50.0)


def test_errors_of_people_are_theirs():
    part, size = four_people()
    assert f.person_errors({"m": part.targets - size}, part)["m"].tolist() == pytest.approx([5, 20, 11, 50])


def test_a_ratio_is_taken_within_each_person():
    """A tenth less for everybody: the intervals of single models would overlap almost altogether."""
    part, size = four_people()
    ways = {"one": part.targets + 0.9 * size, "other": part.targets - size, "twin": part.targets + size}
    found = f.paired_ratios(ways, [("one", "other"), ("other", "one"), ("twin", "other")], part)
    assert found["verdict"].tolist() == ["lower", "higher", "no clear difference"]
    ratio = found.loc["one over other", "ratio"]
    assert (ratio.estimate, ratio.low, ratio.high) == pytest.approx((0.9, 0.9, 0.9))


def test_a_ratio_has_the_interval_of_the_paired_t_test_wider_for_more_pairs():
    part, size = four_people()
    wobble = np.select([part.people == "P0", part.people == "P1"], [0.8, 1.1], 0.95)
    ways = {"one": part.targets + wobble * size, "other": part.targets - size}
    logs = np.log([0.8, 1.1, 0.95, 0.95])
    for pairs, level in ((1, 0.95), (5, 0.99)):
        ratio = f.paired_ratios(ways, [("one", "other")] * pairs, part).iloc[0]["ratio"]
        expected = stats.t.interval(level, 3, logs.mean(), stats.sem(logs))
        assert (ratio.low, ratio.high) == pytest.approx(tuple(np.exp(expected)), rel=1e-5)


def test_with_one_person_a_ratio_has_no_interval():
    part = make_windows(series(np.full(30, 100.0)), 2, 1)
    found = f.paired_ratios({"a": part.targets + 1, "b": part.targets + 2}, [("a", "b")], part).iloc[0]
    assert found["ratio"].estimate == pytest.approx(0.5)
    assert np.isnan(found["ratio"].low)
    assert found["verdict"] == "no clear difference"


def test_only_the_named_features_are_left_in_their_order():
    data = f.with_feature(series(np.arange(30.0)), "twice", lambda values: 2 * values)
    only = f.with_only(data, ["twice", data.features[0]])
    assert only.features == data.features
    assert f.with_only(data, data.features[:1]).people["P0"].values.shape == (30, 1)


def test_only_inputs_reach_back_over_the_border():
    whole = series(wandering(100, 1), wandering(90, 2))
    before, part = (
        replace(whole, people={name: record.rows(rows) for name, record in whole.people.items()})
        for rows in (slice(0, 60), slice(60, None))
    )
    reaching = make_windows(f.reaching_back(part, before, 6 + 4 - 1), 6, 4)
    assert len(reaching) == len(make_windows(part, 6, 4)) + 2 * 9
    ahead = np.timedelta64(4 * 300, "s")
    for name, record in part.people.items():
        mine = reaching.people == name
        assert (reaching.time[mine] + ahead).min() == record.time[0], "the first target is the part's first reading"
        np.testing.assert_array_equal(reaching.targets[mine], record.values[:, 0])
    stranger = replace(before, people={"somebody else": before.people["P0"]})
    assert f.reaching_back(part, stranger, 9).people["P0"] is part.people["P0"]
    assert len(f.reaching_back(part, before, 500).people["P0"]) == 100


def test_four_averages_of_the_same_errors():
    targets, people = np.zeros(8), np.repeat(["A", "B"], 4)
    forecast = np.array([1.0, 1, 1, 1, 1, 1, 1, 9])
    averages = f.aggregations(targets, forecast, people)
    expected = [np.sqrt(88 / 8), (1 + np.sqrt(84 / 4)) / 2, np.sqrt(84 / 4), 1]
    np.testing.assert_allclose(averages, expected)


def test_errors_of_a_way_are_averaged_over_it_first():
    targets, forecast = np.zeros((3, 2)), np.array([[1.0, 7.0], [2.0, 2.0], [3.0, 3.0]])
    errors = f.path_errors(targets, forecast)
    assert errors == {
        "path_rmse": pytest.approx(3.0),
        "path_mae": pytest.approx(3.0),
        "path_mean_rmse": pytest.approx(np.sqrt((25 + 4 + 9) / 3)),
    }


def test_limits_draw_without_replacement_and_keep_the_order(windows):
    few = f.limit_windows(windows, 50, seed=3)
    assert len(few) == 50
    at = [
        np.flatnonzero((windows.people == p) & (windows.time == t))[0]
        for p, t in zip(few.people, few.time, strict=True)
    ]
    assert at == sorted(set(at))
    np.testing.assert_array_equal(few.inputs, windows.inputs[at])
    assert f.limit_windows(windows, 10_000) is windows


def test_a_feature_is_computed_on_the_filled_record_and_holes_become_zero():
    values = np.r_[100.0, 102, np.nan, 106, np.full(5, np.nan), 200, 202, 204]
    added = f.with_feature(series(values), "slope", lambda g: np.diff(g, prepend=g[0]))
    assert added.features[-1] == "slope"
    assert added.people["P0"].values[:, 1].tolist() == [0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 2]


def test_a_slope_that_reads_ahead_flatters_and_an_honest_one_does_not():
    """The leak that the notebook teaches: np.gradient has seen the next sample."""
    past, later = series(wandering(1500, 5)), series(wandering(1500, 6))

    def error(slope):
        fitted_on, judged_on = (make_windows(f.with_feature(part, "slope", slope), 6, 4) for part in (past, later))
        return f.rmse(judged_on.targets, f.fit_ridge(fitted_on, judged_on).predict(judged_on))

    honest, leaky = error(lambda g: np.diff(g, prepend=g[0])), error(np.gradient)
    clean = error(np.zeros_like)
    assert honest == pytest.approx(clean, rel=0.04)
    assert leaky < 0.85 * clean


def test_neighbours_know_by_heart_what_they_have_seen(windows):
    np.testing.assert_allclose(f.nearest_neighbours(windows, windows, 1), windows.targets, atol=1e-3)
    later = make_windows(series(wandering(200, 9)), 6, 4)
    assert f.rmse(later.targets, f.nearest_neighbours(windows, later)) > 1


def test_same_moments_are_those_of_the_same_person(windows):
    some = f.take(windows, np.arange(len(windows)) % 7 == 0)
    assert np.flatnonzero(f.same_moments(windows, some)).tolist() == list(range(0, len(windows), 7))
    second = f.take(windows, windows.people == "P1")
    assert f.same_moments(windows, second).tolist() == (windows.people == "P1").tolist()
