"""Scores of detectors within 150 ms, and the ST level of a trace whose truth is known."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, sosfiltfilt

from helpers.datasets.simulators.biosignals.ecg_rhythms import Heart, trace
from helpers.lessons.biosignals import detectors


def test_a_detection_counts_once_and_within_the_tolerance():
    true = np.array([1000, 2000, 3000])
    assert detectors.peak_scores(true + 50, true, 360) == {"sensitivity": 1.0, "PPV": 1.0}
    assert detectors.peak_scores(true + 60, true, 360)["sensitivity"] == 0
    twice = np.array([990, 1010, 2000, 3000])
    assert detectors.peak_scores(twice, true, 360)["PPV"] == pytest.approx(0.75)
    assert np.isnan(detectors.peak_scores(np.array([], int), true, 360)["PPV"])


def test_the_library_finds_the_beats_of_a_quiet_heart():
    record = trace(Heart(), 60, seed=1).record
    found = detectors.library_peaks(record.signal[:, 0], record.rate)
    assert detectors.peak_scores(found, record.beats, record.rate)["sensitivity"] > 0.95


def test_a_causal_high_pass_lowers_the_st_segment_and_one_without_phase_does_not():
    one = trace(Heart(noise=0.0), 120, seed=1)
    lead, beats = one.clean[:, 0].astype(float), one.record.beats[5:]
    high_pass = butter(2, 0.67, "highpass", fs=360, output="sos")
    truth, causal, both_ways = (
        detectors.st_levels(signal, beats, 360).mean()
        for signal in (lead, sosfilt(high_pass, lead), sosfiltfilt(high_pass, lead))
    )
    assert causal < truth - 0.04
    assert abs(both_ways - truth) < 0.02


def test_the_mean_beat_stands_on_the_level_before_its_qrs():
    record = trace(Heart(wander=0.0), 60, seed=2).record
    mean = detectors.mean_beat(record.signal[:, 0] + 3, record.beats, 360)
    assert mean.idxmax() == pytest.approx(0, abs=0.01)
    assert abs(mean.iloc[mean.index.values.searchsorted(-0.08)]) < 0.02
