"""What sections 4 and 5 of notebook 12 call a rival is what the wrong version gives: each is outside its band."""

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals import eeg_days, neural_mass
from helpers.lessons.biosignals import detection, looks, prediction, spectra, splits

PLAN = looks.Plan()


@pytest.fixture(scope="module")
def days():
    """Four people for eight days, whose seizures nothing foretells."""
    return eeg_days.simulate_days(spectra.look, 4, 8, foretold=0, circadian=0, seed=2)


def test_at_the_same_gain_a_seizure_has_no_more_power():
    columns = neural_mass.simulate_columns(np.full(40, 3.25), 4, rng=np.random.default_rng(1))
    powers = np.log10(columns.var(axis=1).reshape(2, 20).mean(axis=1))
    assert abs(powers[1] - powers[0]) < 0.2


def test_who_never_sounds_detects_nothing():
    hours = eeg_days.simulate_hours(spectra.look, 1, 1, seizures=2, seed=1)
    assert detection.judge(hours, np.zeros(len(hours.time), bool))["found"].sum() == 0


def test_a_light_at_random_gains_nothing_on_chance(days):
    """The same alarms moved by many times, all people alike: sensitivity less time in warning is 0 on average."""
    rng = np.random.default_rng(1)
    risk = (rng.random(len(days.time)) < 0.01).astype(float)
    gains = [
        prediction.worth(prediction.judge(days, np.roll(risk, k), 0.5, PLAN), PLAN)["beyond chance"]
        for k in range(0, len(risk), len(risk) // 12)
    ]
    assert abs(np.mean(gains)) < 0.08


def test_where_nothing_foretells_only_shuffled_windows_look_brilliant(days):
    told, future = looks.labels(days, PLAN), looks.in_time(days)[2]
    rows = looks.own_scale(looks.over_the_past(days), days.people, looks.in_time(days)[0])
    assert splits.neighbours_auc(rows, told, days.people, *splits.shuffled(len(told), 0.3, 1)) > 0.75
    assert 0.3 < splits.neighbours_auc(rows, told, days.people, ~future, future) < 0.7
