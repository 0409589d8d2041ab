"""Days of people with epilepsy: shapes, order, and that each dial does what it says."""

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals import eeg_days as simulated

MINUTE = np.timedelta64(1, "m")


def size(signal):
    return signal.std(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def looks():
    return simulated.simulate_days(size, 2, 2, seed=1)


def test_looks_come_every_five_minutes_and_seizures_are_apart(looks):
    assert looks.features.shape == (2 * 2 * 288, 1)
    mine = looks.people == "P01"
    assert set(np.diff(looks.time[mine]) / MINUTE) == {5.0}
    assert looks.hour.min() >= 0
    assert looks.hour.max() < 24
    for spans in looks.seizures.values():
        assert (np.diff(spans[:, 0]) >= np.timedelta64(4, "h")).all()
        assert ((spans[:, 1] - spans[:, 0]) / np.timedelta64(1, "s") <= 120).all()


def test_the_same_seed_gives_the_same_bits(looks):
    again = simulated.simulate_days(size, 2, 2, seed=1)
    np.testing.assert_array_equal(again.features, looks.features)


def rng():
    return np.random.default_rng(1)


def test_gain_rises_before_most_seizures_and_not_where_nothing_foretells():
    minutes = np.arange(5, 14400, 5)
    starts = np.arange(600.0, 14400, 600)
    risen = simulated._rises(minutes, starts, 10, rng())
    before = np.array([risen[np.searchsorted(minutes, start) - 2] for start in starts])
    assert 0.5 < (before > 0.1).mean() < 0.95
    assert (risen > 0).mean() < 0.3


def test_seizures_keep_to_an_hour_only_where_there_is_a_rhythm():
    def crowding(circadian):
        hours = simulated._seizure_minutes(400, circadian, rng()) / 60
        return abs(np.exp(2j * np.pi * hours / 24).mean())

    assert crowding(1.0) > 0.3
    assert crowding(0.0) < 0.12


def test_drift_has_variance_one_and_forgets_within_hours():
    drift = simulated._drift(50_000, 1 / 12, rng())
    assert drift.std() == pytest.approx(1, abs=0.15)
    assert np.corrcoef(drift[36:], drift[:-36])[0, 1] == pytest.approx(np.exp(-1), abs=0.12)


def test_hours_hold_the_seizures_asked_for():
    looks = simulated.simulate_hours(size, 2, 1, seizures=2, seed=1)
    assert looks.features.shape == (2 * 900, 1)
    assert [len(spans) for spans in looks.seizures.values()] == [2, 2]
    assert 10 < (looks.gain > 3.8).sum() < 140


def test_what_is_not_allowed_is_named():
    for wrong in ({"people": 0}, {"days": 0}, {"foretold": -1}, {"circadian": 2}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            simulated.simulate_days(size, **wrong)
