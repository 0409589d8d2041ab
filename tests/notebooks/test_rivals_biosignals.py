"""What notebook 12 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, sosfiltfilt

from helpers.datasets.simulators.biosignals.ecg_people import simulate_beats
from helpers.datasets.simulators.biosignals.ecg_rhythms import Heart, trace
from helpers.lessons.biosignals import aami, detectors, heartbeats, networks


@pytest.fixture(scope="module")
def beats():
    return heartbeats.prepare(simulate_beats(40, 90, seed=3))


def test_the_filter_without_phase_is_outside_the_band_of_the_causal_one():
    one = trace(Heart(wander=0.2, noise=0.02), 300, seed=7)
    lead, at = one.record.signal[:, 0].astype(float), one.record.beats[5:]
    high_pass = butter(2, 0.67, "highpass", fs=360, output="sos")
    truth = detectors.st_levels(one.clean[:, 0], at, 360).mean()
    lowered = truth - detectors.st_levels(sosfiltfilt(high_pass, lead), at, 360).mean()
    assert lowered < 0.045, "the band of the causal filter begins there"
    assert truth - detectors.st_levels(sosfilt(high_pass, lead), at, 360).mean() > 0.045


def test_a_detector_of_every_other_beat_is_outside_the_band():
    record = trace(Heart(), 60, seed=1).record
    assert detectors.peak_scores(record.beats[::2], record.beats, 360)["sensitivity"] < 0.6


def test_the_times_alone_gain_nothing_over_themselves_and_the_shape_does(beats):
    learned, tested = beats
    found = {}
    for columns in (7, 15):
        _, risks = heartbeats.out_of_fold(networks.logistic(slice(0, columns)), learned, tested, folds=3)
        found[columns] = aami.precision_of(tested.labels, risks, "ventricular")
    log_odds = {columns: np.log(value / (1 - min(value, 0.9999))) for columns, value in found.items()}
    assert log_odds[15] - log_odds[7] > 0.3
    assert log_odds[7] - log_odds[7] < 0.3


def test_weights_foretell_too_many(beats):
    learned, tested = beats
    early = tested.labels == aami.NAMES.index("supraventricular")
    ratios = []
    for balanced in (False, True):
        model = networks.logistic(slice(0, 15), balanced=balanced)
        _, risks = heartbeats.out_of_fold(model, learned, tested, folds=3)
        ratios.append(np.log(early.sum() / risks[:, aami.NAMES.index("supraventricular")].sum()))
    assert ratios[0] - ratios[1] > 0.1


def test_a_division_of_beats_that_shares_nobody_flatters_nothing(beats):
    learned, _ = beats
    one, again = (heartbeats.out_of_fold(networks.logistic(slice(0, 15)), learned, folds=3)[0] for _ in range(2))
    assert aami.precision_of(learned.labels, one, "ventricular") == aami.precision_of(
        learned.labels, again, "ventricular"
    )
