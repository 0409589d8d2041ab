"""Windows for forecasting: cut after the split, from what was measured, and no leak from one part into another."""

import time

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from helpers.datasets import DataError, Record, SeriesDataset, load
from helpers.datasets.series import GLUCOSE, INSULIN
from helpers.datasets.windows import Scaler, fill_short_gaps, make_windows, split_by_person, split_by_time

nan = np.nan


def record(glucose, insulin=None, start="2024-01-01T08:00") -> Record:
    glucose = np.array(glucose, np.float32)
    insulin = np.arange(len(glucose), dtype=np.float32) if insulin is None else np.array(insulin, np.float32)
    steps = np.arange(len(glucose)) * np.timedelta64(300, "s")
    return Record(np.datetime64(start, "s") + steps, np.stack([glucose, insulin], axis=1))


def dataset(people: dict[str, Record]) -> SeriesDataset:
    return SeriesDataset(
        name="little",
        title="Little",
        people=people,
        features=(GLUCOSE, INSULIN),
        step_minutes=5,
        simulated=True,
        source="this test",
        licence="MIT",
        citation="none",
    )


def noisy(n_people=4, n=300, seed=0) -> SeriesDataset:
    """People whose glucose wanders, with a tenth of the readings missing and a gap of an hour."""
    rng = np.random.default_rng(seed)
    people = {}
    for k in range(n_people):
        glucose = 120 + np.cumsum(rng.normal(0, 3, n))
        glucose[rng.random(n) < 0.1] = nan
        glucose[140:152] = nan
        people[f"p{k}"] = record(glucose)
    return dataset(people)


@pytest.fixture(scope="module")
def glucose() -> SeriesDataset:
    return load("glucose")


def test_windows_of_a_whole_record():
    windows = make_windows(dataset({"ann": record(range(100, 108))}), history_steps=3, horizon_steps=2)
    assert windows.inputs.shape == (4, 3, 2)
    assert windows.inputs.dtype == windows.targets.dtype == np.float32
    assert_array_equal(windows.inputs[0], [[100, 0], [101, 1], [102, 2]])
    assert_array_equal(windows.inputs[-1], [[103, 3], [104, 4], [105, 5]])
    assert windows.last.tolist() == [102, 103, 104, 105]
    assert windows.targets.tolist() == [104, 105, 106, 107]
    assert windows.time.astype(str).tolist() == [f"2024-01-01T08:{minute}:00" for minute in (10, 15, 20, 25)]
    assert windows.people.tolist() == ["ann"] * 4
    assert not windows.filled.any()
    assert (len(windows), windows.horizon_minutes, windows.step_minutes) == (4, 10, 5)


def test_the_way_to_the_horizon():
    windows = make_windows(dataset({"ann": record(range(100, 108))}), 3, 2, path=True)
    assert windows.targets.tolist() == [[103, 104], [104, 105], [105, 106], [106, 107]]


def test_windows_come_person_by_person_in_time_order():
    windows = make_windows(noisy())
    order = [(person, moment) for person, moment in zip(windows.people, windows.time, strict=True)]
    assert order == sorted(order)
    assert len(order) == len(set(order))


def test_a_gap_of_fifteen_minutes_is_filled_in_the_inputs_and_one_of_twenty_is_not():
    filled = make_windows(dataset({"ann": record([100, nan, nan, 106, 108])}), 4, 1)
    assert_array_equal(filled.inputs[0, :, 0], [100, 102, 104, 106])
    assert filled.filled.tolist() == [[False, True, True, False]]
    with pytest.raises(DataError, match="a stretch of 30 minutes without a gap, found none"):
        make_windows(dataset({"ann": record([100, nan, nan, nan, 106, 108])}), 5, 1)


def test_no_gap_lies_between_the_last_input_and_the_target():
    short = make_windows(dataset({"ann": record([100, 101, nan, nan, 104])}), 2, 3)
    assert (short.last.tolist(), short.targets.tolist()) == ([101], [104])
    with pytest.raises(DataError, match="without a gap"):
        make_windows(dataset({"ann": record([100, 101, nan, nan, nan, 105])}), 2, 4)


def test_a_target_is_never_filled():
    windows = make_windows(dataset({"ann": record([100, 101, 102, nan, 104])}), 2, 1)
    assert windows.targets.tolist() == [102]
    way = make_windows(dataset({"ann": record([100, 101, 102, nan, 104, 105, 106])}), 1, 2, path=True)
    assert way.targets.tolist() == [[101, 102], [105, 106]]


def test_the_last_input_is_a_reading_and_so_nothing_is_known_too_early():
    windows = make_windows(dataset({"ann": record([100, 101, nan, 103, 104, 105])}), 2, 1)
    assert windows.last.tolist() == [101 + 2, 104]
    assert_array_equal(windows.inputs[:, :, 0], [[102, 103], [103, 104]])


def test_what_comes_after_the_last_input_changes_no_input():
    data = noisy(n_people=1)
    windows = make_windows(data)
    whole = data.people["p0"]
    for window in range(0, len(windows), 7):
        now = int(np.flatnonzero(whole.time == windows.time[window])[0])
        later = whole.values.copy()
        later[now + 1 :, 0] = 400
        later[now + 1 :, 1] = -1
        changed = make_windows(dataset({"p0": Record(whole.time, later)}))
        same = changed.time == windows.time[window]
        assert_array_equal(changed.inputs[same][0], windows.inputs[window])


def test_every_input_and_target_is_that_of_its_time():
    data = noisy()
    windows = make_windows(data, 10, 6)
    for person, whole in data.people.items():
        mine = windows.people == person
        now = np.searchsorted(whole.time, windows.time[mine])
        assert_array_equal(windows.last[mine], whole.values[now, 0])
        assert_array_equal(windows.targets[mine], whole.values[now + 6, 0])
        for k in range(10):
            there = whole.values[now - 9 + k, 0]
            assert_array_equal(windows.filled[mine][:, k], np.isnan(there))
            assert_array_equal(windows.inputs[mine][:, k, 0][~np.isnan(there)], there[~np.isnan(there)])
            assert_array_equal(windows.inputs[mine][:, k, 1], whole.values[now - 9 + k, 1])


def test_every_window_that_may_be_kept_is_kept():
    """Counted one place at a time, by the rule in words."""
    data = noisy()
    expected = []
    for person, whole in data.people.items():
        known = ~np.isnan(whole.values[:, 0])
        for now in range(9, len(whole) - 6):
            reach = np.flatnonzero(known[: now + 7])
            before = reach[reach <= now - 9]
            inside = reach[reach >= now - 9]
            steps = np.diff(np.concatenate([before[-1:], inside]))
            starts = known[now - 9] or len(before) > 0
            if known[now] and known[now + 6] and starts and steps.max(initial=1) <= 3:
                expected.append((person, whole.time[now]))
    windows = make_windows(data)
    assert list(zip(windows.people, windows.time, strict=True)) == expected
    assert 0.3 * 4 * 300 < len(expected) < 0.8 * 4 * 300


def test_a_missing_value_of_another_feature_ends_the_window():
    insulin = [1, 1, nan, 1, 1, 1]
    windows = make_windows(dataset({"ann": record(range(100, 106), insulin)}), 2, 1)
    assert windows.last.tolist() == [101, 104]


def test_the_report_counts_what_was_filled_and_left_out():
    windows = make_windows(dataset({"ann": record([100, nan, 102, 103, 104, nan, nan, nan, 108])}), 3, 1)
    assert windows.last.tolist() == [102, 103]
    assert windows.report == (
        "Windows: 2, of 1 people. Places left out because of a gap longer than 15 minutes, or because the last input, "
        "the target or another feature was not measured: 4.",
        "2 of 6 input values of glucose (mg/dL) were interpolated between readings at most 15 minutes apart; no target "
        "was.",
    )


def test_the_report_names_who_has_no_window():
    gaps = [100, nan, nan, nan] * 5
    windows = make_windows(dataset({"ann": record(range(100, 120)), "bob": record(gaps)}), 3, 1)
    assert set(windows.people) == {"ann"}
    assert windows.report[-1] == "No window is left of bob."


def test_the_arrays_of_windows_are_read_only():
    windows = make_windows(noisy())
    for part in ("inputs", "targets", "people", "time", "last", "filled"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(windows, part)[0] = getattr(windows, part)[1]


def test_a_record_shorter_than_a_window_is_named():
    data = dataset({"ann": record(range(100, 120)), "bob": record(range(100, 115))})
    with pytest.raises(DataError) as caught:
        make_windows(data, 10, 6)
    assert str(caught.value) == (
        "little: expected at least 16 rows of bob, for a window of 10 and 6 ahead, found 15. Use fewer steps, or "
        "leave this person out of the data."
    )
    assert len(make_windows(data, 9, 6)) == 6 + 1


@pytest.mark.parametrize(("history", "horizon", "name"), [(0, 6, "history"), (2.5, 6, "history"), (10, 0, "horizon")])
def test_steps_are_whole_numbers_from_one(history, horizon, name):
    with pytest.raises(ValueError, match=f"{name}_steps: expected a whole number from 1 to 100000"):
        make_windows(noisy(), history, horizon)


def test_fill_short_gaps_leaves_both_ends_alone():
    values = np.array([nan, 1, nan, 2, nan, nan, nan, 3, nan], np.float32)
    assert_array_equal(fill_short_gaps(values, 5), [nan, 1, 1.5, 2, nan, nan, nan, 3, nan])
    assert_array_equal(fill_short_gaps(values, 15), values)
    assert_array_equal(fill_short_gaps(np.array([nan, nan], np.float32), 5), [nan, nan])


def test_split_by_time_holds_out_the_last_readings_of_everybody():
    splits = split_by_time(noisy(), 0.1, 0.25)
    for person, whole in noisy().people.items():
        parts = [part.people[person] for part in (splits.train, splits.validation, splits.test)]
        assert_array_equal(np.concatenate([part.time for part in parts]), whole.time)
        assert_array_equal(np.concatenate([part.values for part in parts]), whole.values)
        n = (~np.isnan(whole.values[:, 0])).sum()
        held = [(~np.isnan(part.values[:, 0])).sum() for part in parts]
        assert held[1:] == [round(0.1 * n), round(0.25 * n)]
        assert not np.isnan([part.values[0, 0] for part in parts[1:]]).any()


def test_split_by_person_puts_each_into_one_part():
    data = noisy(10)
    splits = split_by_person(data, 0.2, 0.3)
    parts = [list(part.people) for part in (splits.train, splits.validation, splits.test)]
    assert [len(part) for part in parts] == [5, 2, 3]
    assert sorted(person for part in parts for person in part) == sorted(data.people)
    assert all(splits.train.people[person] is data.people[person] for person in splits.train.people)


def test_split_by_person_draws_by_seed():
    data = noisy(10)

    def tested(seed):
        return tuple(split_by_person(data, seed=seed).test.people)

    assert tested(3) == tested(3)
    assert len({tested(seed) for seed in range(8)}) >= 6


@pytest.mark.parametrize("n_people", [1, 2])
def test_too_few_people_to_split_by_person(n_people):
    with pytest.raises(DataError) as caught:
        split_by_person(noisy(n_people))
    assert str(caught.value) == (
        f"little: expected at least 3 people to split by person, found {n_people}. Split by time instead, or hold out "
        "a smaller share of the people."
    )


def test_too_few_readings_to_split_by_time():
    with pytest.raises(DataError, match="enough readings of ann to train, validate and test, found 2"):
        split_by_time(dataset({"ann": record([100, nan, 100])}))
    assert len(split_by_time(dataset({"ann": record([100, nan, 100, 100])})).train.people["ann"]) == 2


@pytest.mark.parametrize("split", [split_by_time, split_by_person])
def test_shares_leave_something_to_train(split):
    with pytest.raises(ValueError, match="validation_fraction: expected a number between 0 and 1, got 0"):
        split(noisy(), 0, 0.2)
    with pytest.raises(ValueError, match="test_fraction: expected a number between 0 and 1, got '1'"):
        split(noisy(), 0.2, "1")
    with pytest.raises(ValueError, match=r"shares that add up to less than 1, got 0\.5 and 0\.5"):
        split(noisy(), 0.5, 0.5)


def times_of(windows) -> dict[str, set]:
    """Every moment that the windows of each person read, as input or as target or between."""
    used: dict[str, set] = {}
    step, steps = np.timedelta64(300, "s"), windows.inputs.shape[1]
    for person, moment in zip(windows.people.tolist(), windows.time, strict=True):
        reach = moment + step * np.arange(1 - steps, windows.horizon_steps + 1)
        used.setdefault(person, set()).update(reach.tolist())
    return used


def test_no_moment_of_a_person_is_in_two_parts(glucose):
    splits = split_by_time(glucose)
    train, validation, test = (times_of(make_windows(part)) for part in (splits.train, splits.validation, splits.test))
    assert len(train) == 12
    for person in train:
        assert max(train[person]) < min(validation[person])
        assert max(validation[person]) < min(test[person])


def test_no_person_is_in_two_parts(glucose):
    splits = split_by_person(glucose)
    parts = [set(make_windows(part).people) for part in (splits.train, splits.validation, splits.test)]
    assert sum(len(part) for part in parts) == len(set.union(*parts)) == 12


@pytest.mark.parametrize("split", [split_by_time, split_by_person])
def test_held_out_values_change_no_bit_of_training(split):
    data = noisy(8)
    splits = split(data)
    changed = {}
    for person, whole in data.people.items():
        values = whole.values.copy()
        for part in (splits.validation, splits.test):
            if person in part.people:
                held = np.isin(whole.time, part.people[person].time)
                values[held] = np.where(np.isnan(values[held]), nan, 399)
        changed[person] = Record(whole.time, values)
    other = split(dataset(changed))
    before, after = make_windows(splits.train), make_windows(other.train)
    for part in ("inputs", "targets", "people", "time", "last", "filled"):
        assert getattr(before, part).tobytes() == getattr(after, part).tobytes()
    one, two = Scaler.fit(before), Scaler.fit(after)
    assert one.mean.tobytes() == two.mean.tobytes()
    assert one.std.tobytes() == two.std.tobytes()
    assert make_windows(splits.test).targets.tobytes() != make_windows(other.test).targets.tobytes()


def test_the_scaler_has_mean_and_spread_of_the_training_inputs():
    windows = make_windows(noisy())
    scaler = Scaler.fit(windows)
    np.testing.assert_allclose(scaler.mean, windows.inputs.reshape(-1, 2).astype(float).mean(axis=0))
    np.testing.assert_allclose(scaler.std, windows.inputs.reshape(-1, 2).astype(float).std(axis=0))
    scaled = scaler.scale(windows.inputs)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=(0, 1)), 1, atol=1e-4)


def test_a_feature_that_never_changes_is_not_blown_up():
    windows = make_windows(dataset({"ann": record(range(100, 120), [0.1] * 20)}))
    scaler = Scaler.fit(windows)
    assert scaler.std[1] == 1
    np.testing.assert_allclose(scaler.scale(windows.inputs)[..., 1], 0, atol=1e-6)


def test_the_default_set_is_cut_in_well_under_a_second(glucose):
    began = time.process_time()
    splits = split_by_time(glucose)
    windows = [make_windows(part) for part in (splits.train, splits.validation, splits.test)]
    Scaler.fit(windows[0])
    assert time.process_time() - began < 0.5
    assert 35_000 < sum(map(len, windows)) < 48_384
