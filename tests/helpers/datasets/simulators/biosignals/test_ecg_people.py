"""People whose hearts differ: splits that share nobody, some of each disease in each, windows as of real ones."""

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals.ecg_people import draw_heart, simulate_beats


@pytest.fixture(scope="module")
def data():
    return simulate_beats(24, 60, seed=2)


def test_nobody_is_in_two_splits_and_everybody_in_one(data):
    people = [set(rows.patients) for _, rows in data.splits()]
    assert sum(map(len, people)) == len(set.union(*people)) == 24


def test_every_split_has_ill_beats_and_most_are_normal(data):
    for name, rows in data.splits():
        counts = np.bincount(rows.labels, minlength=5)
        assert counts[0] > 0.7 * len(rows), name
    learned = np.concatenate([data.train.labels, data.validation.labels])
    assert min(np.bincount(learned, minlength=5)[1:3]) > 5
    assert min(np.bincount(data.test.labels, minlength=5)[1:3]) > 5


def test_windows_are_those_of_the_real_set(data):
    assert data.rate == 360
    assert data.before == 90
    assert data.train.signal.shape[1:] == (234, 1)
    usual = np.median(data.train.signal[data.train.labels == 0, :, 0], axis=0)
    assert abs(int(usual.argmax()) - data.before) <= 3


def test_the_same_seed_gives_the_same_beats(data):
    again = simulate_beats(24, 60, seed=2)
    assert np.array_equal(again.test.signal, data.test.signal)


def test_people_differ():
    hearts = [draw_heart(np.random.default_rng(seed)) for seed in range(200)]
    blocked = np.mean([heart.usual_symbol != "N" for heart in hearts])
    assert 0.05 < blocked < 0.3
    assert 0.04 < np.mean([heart.fibrillating for heart in hearts]) < 0.25
    assert len({heart.heart_rate for heart in hearts}) == 200


def test_too_few_people_are_refused():
    with pytest.raises(ValueError, match="people"):
        simulate_beats(4)
