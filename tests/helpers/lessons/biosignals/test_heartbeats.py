"""Beats as models see them: no person on both sides, no label read, and out of fold as promised."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.datasets import DataError
from helpers.datasets.simulators.biosignals.ecg_people import simulate_beats
from helpers.lessons.biosignals import aami, heartbeats, networks, sources
from helpers.models.training import Restartable


@pytest.fixture(scope="module")
def data():
    return simulate_beats(24, 60, seed=1)


@pytest.fixture(scope="module")
def beats(data):
    return heartbeats.prepare(data)


def test_shapes_and_people(data, beats):
    learned, tested = beats
    assert learned.windows.shape[1:] == (78, 2)
    assert learned.numbers.shape[1] == len(heartbeats.NUMBERS) == 15
    assert learned.runs.shape[1:] == (11, 15)
    assert len(learned) == len(data.train) + len(data.validation)
    assert not set(learned.patients) & set(tested.patients)
    assert np.array_equal(learned.runs[:, 5], learned.numbers)


def test_no_label_is_read(data, beats):
    rng = np.random.default_rng(1)
    shuffled = replace(data.train, labels=rng.permutation(data.train.labels))
    again, _ = heartbeats.prepare(replace(data, train=shuffled))
    assert np.array_equal(again.numbers, beats[0].numbers)
    assert np.array_equal(again.windows, beats[0].windows)


def test_by_person_nobody_is_on_both_sides_and_by_beat_everybody_is(beats):
    learned = beats[0]
    for by, shared in (("person", False), ("beat", True)):
        for learning, asked in heartbeats.foldings(learned, 3, by):
            both = set(learned.patients[learning]) & set(learned.patients[asked])
            assert bool(both) is shared
    with pytest.raises(ValueError, match="person or beat"):
        next(heartbeats.foldings(learned, 3, "record"))


def test_out_of_fold_risks_come_from_models_that_did_not_see_the_beat(beats):
    learned, tested = beats

    def learn(rows):
        seen = set(rows.patients)
        return lambda others: np.repeat(np.isin(others.patients, list(seen))[:, None], 5, axis=1).astype(float)

    own, others = heartbeats.out_of_fold(learn, learned, tested, folds=3)
    assert not own.any()
    assert others.shape == (len(tested), 5)


def test_the_shape_tells_ventricular_beats_better_than_the_times_alone(beats):
    learned, tested = beats
    found = [
        aami.precision_of(
            tested.labels, heartbeats.out_of_fold(networks.logistic(slice(0, k)), learned, tested, folds=3)[1], name
        )
        for k in (7, 15)
        for name in ("ventricular",)
    ]
    assert found[1] > found[0]


def test_a_network_learns_the_same_bits_twice(beats):
    learned, tested = beats
    bench = Restartable(lambda: networks.build_beat_gru(11, 15))
    learn = networks.learner(bench, lambda rows: [rows.runs], epochs=1, seed=3)
    few = learned.rows(np.arange(256))
    one, again = (learn(few)(tested.rows(np.arange(64))) for _ in range(2))
    far = networks.learner(bench, lambda rows: [rows.runs], epochs=1, seed=3 + 2**32)
    assert np.array_equal(one, far(few)(tested.rows(np.arange(64)))), "any whole number is a seed"
    assert one.shape == (64, 5)
    assert np.allclose(one.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(one, again)


def test_the_convolution_takes_beats_of_a_record(beats):
    learned, _ = beats
    network = networks.build_beat_cnn(78, 15)
    assert network.predict([learned.windows[:3], learned.numbers[:3]], verbose=0).shape == (3, 5)


def test_a_name_and_a_folder_are_told_apart(tmp_path):
    assert sources.load_beats("simulated", 24, 60, seed=1).simulated
    with pytest.raises(Exception, match="WFDB"):
        sources.load_beats(str(tmp_path), 24, 60, seed=1)
    points = sources.published_points()
    assert points["supraventricular"]["de Chazal 2004"] == (0.759, 0.385)


@pytest.mark.parametrize("name", ["nothing", "glucose.csv", "folder"])
def test_a_file_that_is_no_set_of_bonn_is_refused_in_words(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "glucose.csv").write_text("id,time,gl\n1,2026-01-05 00:00,100\n")
    with pytest.raises(DataError, match=rf"{name}: expected .* found .* Unpack the five files"):
        sources.load_eeg(str(tmp_path / name))


def test_more_folds_than_people_are_as_many_as_there_are_people(beats):
    learned, _ = beats
    people = len(np.unique(learned.patients))
    assert len(list(heartbeats.foldings(learned, people + 5, "person"))) == people
