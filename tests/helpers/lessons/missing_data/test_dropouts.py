"""Silences come as asked, and nothing that a forecast may read was measured later."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers.datasets import load
from helpers.datasets.windows import split_by_time
from helpers.lessons.missing_data import dropouts


@pytest.fixture(scope="module")
def part():
    return split_by_time(load("glucose")).test


def test_silences_have_the_share_and_the_length_asked_for():
    gone = np.isnan(dropouts.drop_out(np.ones(200_000), 0.3, np.random.default_rng(1), steps=9))
    assert gone.mean() == pytest.approx(0.3, abs=0.02)
    lengths = np.diff(np.flatnonzero(np.diff(gone.astype(int))))[::2]
    assert lengths.mean() == pytest.approx(9, rel=0.06)
    assert not gone[0]


def test_no_share_is_refused():
    with pytest.raises(ValueError, match="above 0 and below 1"):
        dropouts.drop_out(np.ones(5), 1, np.random.default_rng(1))


def test_the_last_value_and_its_age():
    values, ages = dropouts.last_seen(np.array([np.nan, 5.0, np.nan, np.nan, 7.0]))
    assert np.array_equal(values, [np.nan, 5, 5, 5, 7], equal_nan=True)
    assert ages.tolist() == [0, 0, 1, 2, 0]


def test_forward_fill_mask_and_age_know_nothing_of_later_readings(part):
    """The record is changed in its second half: no moment before may notice."""
    moments = dropouts.moments_of(part, 0.4, np.random.default_rng(1))
    changed = {}
    for person, record in part.people.items():
        values = record.values.copy()
        values[len(values) // 2 :, 0] += 50
        changed[person] = type(record)(record.time, values)
    other = dropouts.moments_of(type(part)(**{**part.__dict__, "people": changed}), 0.4, np.random.default_rng(1))
    person = moments.people == moments.people[0]
    half = len(next(iter(part.people.values()))) // 2
    before = (np.arange(person.sum()) * dropouts.STRIDE + dropouts.HISTORY - 1) < half
    for channel in ("forward", "mask", "age"):
        one, two = (getattr(m, channel)[person][before] for m in (moments, other))
        assert np.array_equal(one, two)
    assert moments.inputs("forward", "mask", "age").shape == (len(moments.target), dropouts.HISTORY, 3)


def test_a_small_record_by_hand(monkeypatch):
    """Twenty steps of five minutes with two silences: every channel and the target, number by number."""
    true = np.arange(100.0, 120.0)
    seen = true.copy()
    seen[[3, 4, 10, 11]] = np.nan
    record = SimpleNamespace(values=true[:, np.newaxis])
    part = SimpleNamespace(people={"ann": record}, step_minutes=5)
    monkeypatch.setattr(dropouts, "drop_out", lambda readings, share, rng: seen)
    moments = dropouts.moments_of(part, 0.2, None)
    assert moments.target.tolist() == [117.0]  # the window ends at step 11, and half an hour later is step 17
    assert moments.mask[0].tolist() == [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0]
    assert moments.forward[0, [2, 3, 4, 5, 10, 11]].tolist() == [102, 102, 102, 105, 109, 109]
    assert moments.age[0, [3, 4, 5, 10, 11]] == pytest.approx([1 / 12, 2 / 12, 0, 1 / 12, 2 / 12])
    assert moments.bridged[0] == pytest.approx(true[:12])
    assert moments.inputs("age")[0, :, 0] == pytest.approx(moments.age[0])
    assert moments.inputs("forward")[0, 0, 0] == pytest.approx((100 - 140) / 60)


def test_the_bridge_reads_the_next_reading():
    nan = np.nan
    assert dropouts.bridged(np.array([1.0, nan, nan, 4.0, nan])).tolist() == [1, 2, 3, 4, 4]
    assert dropouts.bridged(np.array([1.0, nan, nan, 10.0, nan])).tolist() == [1, 4, 7, 10, 10]
