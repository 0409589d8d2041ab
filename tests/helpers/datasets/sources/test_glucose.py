"""The glucose records that ship with the course: whole, of the promised kind, and like what sensors show."""

import ast
import gzip
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from helpers.base.paths import DATA
from helpers.datasets import DataError, load, provenance, record_counts
from helpers.datasets.series import day_features
from helpers.datasets.sources.glucose import load_glucose

FACTS = yaml.safe_load((DATA / "glucose.yml").read_text(encoding="utf-8"))
SCRIPT = DATA / "make_glucose.py"


@pytest.fixture(scope="module")
def data():
    return load("glucose")


@pytest.fixture(scope="module")
def readings(data) -> dict[str, np.ndarray]:
    """What the sensor of each person showed, (4032,), NaN where it was silent."""
    return {person: record.values[:, 0].astype(float) for person, record in data.people.items()}


def known(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]


def constants(path: Path) -> dict:
    """The numbers and tables that a script assigns at its top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    found = {}
    for node in assigned:
        try:
            found[node.targets[0].id] = ast.literal_eval(node.value)
        except ValueError:
            continue  # something computed
    return found


def test_twelve_people_fourteen_days_five_features(data):
    assert len(data.people) == 12
    assert data.features == (
        "glucose (mg/dL)",
        "insulin (U)",
        "carbohydrate (g)",
        "sin of the time of day",
        "cos of the time of day",
    )
    assert (data.name, data.simulated, data.step_minutes, data.licence) == ("glucose", True, 5, "MIT")
    for record in data.people.values():
        assert record.values.shape == (14 * 288, 5)
        assert not np.isnan(record.values[:, 1:]).any()
        np.testing.assert_array_equal(record.values[:, 3:], day_features(record.time))


def test_the_file_is_small_and_its_bytes_do_not_tell_when_it_was_made():
    content = (DATA / "glucose.csv.gz").read_bytes()
    assert len(content) <= 1_000_000
    assert content[4:8] == bytes(4)  # the time in the header of gzip
    assert gzip.decompress(content).startswith(b"id,time,gl,insulin,carbs\n")


def test_provenance_says_what_made_it(data):
    text = provenance(data)
    for fact in ("simulated", "simglucose 0.2.11", "seed 2008", "Dalla Man", "MIT"):
        assert fact in text


def test_the_facts_beside_the_file_are_those_of_the_script():
    script = constants(SCRIPT)
    assert FACTS["seed"] == script["SEED"]
    assert FACTS["days"] == script["DAYS"] == 14
    assert FACTS["step_minutes"] == script["STEP"] == 5
    assert FACTS["people"] == len(script["PEOPLE"]) == 12


def test_a_changed_file_is_refused(tmp_path):
    for name in ("glucose.csv.gz", "glucose.yml"):
        shutil.copy(DATA / name, tmp_path / name)
    assert len(load_glucose(tmp_path).people) == 12
    content = bytearray((tmp_path / "glucose.csv.gz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "glucose.csv.gz").write_bytes(content)
    with pytest.raises(DataError, match=r"glucose.csv.gz: expected content with SHA-256 \w{64}, found \w{64}"):
        load_glucose(tmp_path)


@pytest.mark.parametrize("name", ["glucose.csv.gz", "glucose.yml"])
def test_a_missing_file_is_named(tmp_path, name):
    for each in ("glucose.csv.gz", "glucose.yml"):
        if each != name:
            shutil.copy(DATA / each, tmp_path / each)
    with pytest.raises(DataError, match=f"this file of the course and glucose.yml beside it, found .*{name}"):
        load_glucose(tmp_path)


def test_loading_takes_well_under_a_second():
    began = time.process_time()
    load_glucose()
    assert time.process_time() - began < 0.5


def test_sensors_show_whole_numbers_between_their_limits(readings):
    for values in readings.values():
        values = known(values)
        np.testing.assert_array_equal(values, np.round(values))
        assert values.min() >= 40
        assert values.max() <= 400


def test_time_in_range_is_that_of_people_with_type_1_diabetes(readings):
    in_range = np.array([np.mean((known(v) >= 70) & (known(v) <= 180)) for v in readings.values()])
    assert 0.6 < in_range.mean() < 0.75
    assert in_range.min() > 0.4
    assert in_range.max() < 0.9
    assert in_range.std() > 0.04


def test_there_are_lows_enough_to_learn_from_and_they_differ_between_people(readings):
    low = np.array([np.mean(known(v) < 70) for v in readings.values()])
    very_low = np.array([np.mean(known(v) < 54) for v in readings.values()])
    assert 0.02 < low.mean() < 0.08
    assert 0.003 < very_low.mean() < 0.03
    assert low.max() > 2 * low.min()
    assert (low > 0).all()


def test_every_person_has_lows_in_the_last_fifth_or_nearly_so(readings):
    assert sum((known(v[-806:]) < 70).any() for v in readings.values()) >= 9


def test_lows_come_by_day_and_even_more_by_night(data):
    """People who sleep notice a low late: half of the time below 70 mg/dL lies between midnight and six."""
    by_hour = np.zeros(24)
    for record in data.people.values():
        hour = (record.time - record.time.astype("datetime64[D]")).astype(int) // 3600
        by_hour += np.bincount(hour[record.values[:, 0] < 70], minlength=24)
    assert 0.4 < by_hour[:6].sum() / by_hour.sum() < 0.65


def test_lows_are_many_and_some_are_deep(readings):
    """An episode begins where a reading falls below the limit after one that did not."""
    begins = {limit: [np.sum((v[1:] < limit) & (v[:-1] >= limit)) for v in readings.values()] for limit in (70, 54)}
    assert 120 < sum(begins[70]) < 260
    assert 40 < sum(begins[54]) < 110
    assert min(begins[70]) >= 3


def test_glucose_varies_as_much_as_it_does_in_people(readings):
    """A coefficient of variation of 36 % parts stable from unstable: Monnier et al., Diabetes Care 40:832, 2017."""
    variation = np.array([known(v).std() / known(v).mean() for v in readings.values()])
    assert 0.28 < variation.mean() < 0.42
    assert (variation > 0.18).all()


def test_half_an_hour_ahead_persistence_errs_as_on_real_sensors(readings):
    """About 20 mg/dL on the Broll data."""
    errors = [np.sqrt(np.nanmean((v[6:] - v[:-6]) ** 2)) for v in readings.values()]
    assert 16 < np.mean(errors) < 25


def test_neighbouring_readings_are_close_and_not_equal(readings):
    for values in readings.values():
        steps = np.diff(values)
        steps = steps[~np.isnan(steps)]
        assert 2 < steps.std() < 8
        assert np.mean(np.abs(steps) > 25) < 0.005
        assert np.mean(steps == 0) < 0.25


def test_glucose_rises_after_meals_and_falls_after_insulin_for_a_high(data):
    rises, falls = [], []
    for record in data.people.values():
        glucose, insulin, carbohydrate = record.values[:, :3].T
        eaten = np.flatnonzero(carbohydrate[:-24] >= 40)
        rises.extend(glucose[eaten + 12] - glucose[eaten])
        corrected = np.flatnonzero((insulin > 1.5) & (carbohydrate == 0) & (glucose > 200))
        corrected = corrected[(corrected > 2) & (corrected < len(glucose) - 36)]
        falls.extend(glucose[corrected + 36] - glucose[corrected])
    assert np.nanmean(rises) > 15
    assert np.nanmean(falls) < -15


def test_meals_come_by_day_and_boluses_with_most_of_them(data):
    for record in data.people.values():
        insulin, carbohydrate = record.values[:, 1], record.values[:, 2]
        hour = (record.time - record.time.astype("datetime64[D]")).astype(int) // 3600
        meals = carbohydrate >= 30
        assert 14 * 1.5 < meals.sum() < 14 * 6
        assert np.mean((hour[meals] >= 5) & (hour[meals] <= 23)) > 0.99
        assert np.mean(insulin[meals] > 1) > 0.8
        assert 100 < carbohydrate.sum() / 14 < 350


def test_the_pump_delivers_in_pulses_day_and_night(data):
    for record in data.people.values():
        insulin = record.values[:, 1].astype(float)
        np.testing.assert_allclose(insulin / 0.05, np.round(insulin / 0.05), atol=1e-3)
        by_hour = insulin.reshape(-1, 12).sum(axis=1)
        assert (by_hour > 0).mean() > 0.9
        assert 20 < insulin.sum() / 14 < 90


def test_sensors_fall_silent_now_and_then_and_for_two_hours_when_changed(data):
    table = record_counts(data)
    assert table["missing"].between(0.005, 0.08).all()
    assert table["gaps"].between(1, 25).all()
    assert table["longest gap (h)"].between(2, 5).all()


def test_no_two_people_are_alike(readings):
    people = list(readings.values())
    for k, one in enumerate(people):
        for other in people[:k]:
            both = ~np.isnan(one) & ~np.isnan(other)
            assert abs(np.corrcoef(one[both], other[both])[0, 1]) < 0.6
