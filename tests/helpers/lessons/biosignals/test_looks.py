"""What a model is given of looks at an EEG, and what it is to tell, by hand on three days of one person."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.datasets.simulators.biosignals.eeg_days import START
from helpers.lessons.biosignals.looks import Plan, in_time, labels, last_looks, over_the_past, own_scale

MINUTE = np.timedelta64(1, "m")


def test_labels_leave_out_what_is_too_late_and_what_follows(looks):
    told = pd.Series(labels(looks, Plan(10, 50)), (looks.time - START) / MINUTE)
    assert told[[655, 660, 710, 715, 720, 780, 785]].tolist() == [0, 1, 1, -1, -1, -1, 0]


def test_nothing_later_is_read_and_the_scale_is_the_past_s(looks):
    past = over_the_past(looks, 30)[:, 0]
    assert past[[0, 1, 10]].tolist() == [0, 0.5, np.arange(5, 11).mean()]
    train, validation, test = in_time(looks)
    assert (train.sum(), (train & test).sum(), (train | validation | test).all()) == (len(looks.time) // 2, 0, True)
    later = replace(looks, features=np.where(test[:, None], 1e6, looks.features).astype(np.float32))
    scaled = [own_scale(each.features, each.people, train)[train] for each in (looks, later)]
    np.testing.assert_array_equal(*scaled)


def test_the_last_looks_are_of_the_same_person_and_nothing_is_later():
    features, people = np.arange(12.0).reshape(6, 2), np.repeat(["A", "B"], 3)
    found = last_looks(features, people, 2)
    assert found.shape == (6, 2, 2)
    assert found[:, :, 0].tolist() == [[0, 0], [0, 2], [2, 4], [6, 6], [6, 8], [8, 10]]
