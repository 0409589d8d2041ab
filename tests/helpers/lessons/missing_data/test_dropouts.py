"""Silences come as asked, and nothing that a forecast may read was measured later."""

import numpy as np
import pytest

from helpers.datasets import load
from helpers.datasets.windows import split_by_time
from helpers.lessons.missing_data import dropouts


@pytest.fixture(scope="module")
def part():
    return split_by_time(load("glucose")).test


def test_silences_have_the_share_and_the_length_asked_for():
    gone = np.isnan(dropouts.drop_out(np.ones(200_000), 0.3, 9, np.random.default_rng(1)))
    assert gone.mean() == pytest.approx(0.3, abs=0.02)
    lengths = np.diff(np.flatnonzero(np.diff(gone.astype(int))))[::2]
    assert lengths.mean() == pytest.approx(9, rel=0.06)
    assert not gone[0]


def test_no_share_is_refused():
    with pytest.raises(ValueError, match="above 0 and below 1"):
        dropouts.drop_out(np.ones(5), 1, 9, np.random.default_rng(1))


def test_the_last_value_and_its_age():
    values, ages = dropouts.last_seen(np.array([np.nan, 5.0, np.nan, np.nan, 7.0]))
    assert np.array_equal(values, [np.nan, 5, 5, 5, 7], equal_nan=True)
    assert ages.tolist() == [0, 0, 1, 2, 0]


def test_forward_fill_mask_and_age_know_nothing_of_later_readings_and_the_bridge_does(part):
    """The record is changed after every moment but the last few: only the bridge may notice."""
    moments = dropouts.moments_of(part, 0.4, 9, np.random.default_rng(1))
    changed = {}
    for person, record in part.people.items():
        values = record.values.copy()
        values[len(values) // 2 :, 0] += 50
        changed[person] = type(record)(record.time, values)
    other = dropouts.moments_of(type(part)(**{**part.__dict__, "people": changed}), 0.4, 9, np.random.default_rng(1))
    person = moments.people == moments.people[0]
    half = len(next(iter(part.people.values()))) // 2
    before = (np.arange(person.sum()) * dropouts.STRIDE + dropouts.HISTORY - 1) < half
    for channel in ("forward", "mask", "age"):
        one, two = (getattr(m, channel)[person][before] for m in (moments, other))
        assert np.array_equal(one, two)
    assert moments.inputs("forward", "mask", "age").shape == (len(moments.target), dropouts.HISTORY, 3)
