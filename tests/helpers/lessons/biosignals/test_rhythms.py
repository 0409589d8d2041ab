"""Stretches with and without fibrillation: as many of each, equally fast, told apart by their intervals."""

import numpy as np
from scipy.signal import find_peaks

from helpers.evaluation import auc, two_columns
from helpers.lessons.biosignals import networks, rhythms


def detect(lead, rate):
    """R peaks by their height over the median: enough for quiet traces."""
    lead = np.abs(lead - np.median(lead))
    return find_peaks(lead, height=0.5 * np.quantile(lead, 0.995), distance=round(0.25 * rate))[0]


def test_intervals_tell_fibrillation_and_speed_does_not():
    found = rhythms.simulate_stretches(120, detect, motion=0.01, seed=1)
    assert found.labels.mean() == 0.5
    assert found.trace.shape == (120, 1200, 1)
    assert found.beating.shape == (120, 20, 2)
    assert auc(found.labels, two_columns(found.irregular)) > 0.65
    assert abs(auc(found.labels, two_columns(found.rates)) - 0.5) < 0.2


def test_a_trace_without_beats_has_no_intervals():
    found = rhythms.simulate_stretches(4, lambda lead, rate: np.array([], int), motion=0.01, seed=1)
    assert not found.beating.any()
    assert not found.rates.any()


def test_networks_take_both_views():
    found = rhythms.simulate_stretches(8, detect, motion=0.01, seed=2)
    assert networks.build_gru(20, 2).predict(found.beating, verbose=0).shape == (8, 2)
    assert networks.build_rhythm_cnn(1200).predict(found.trace, verbose=0).shape == (8, 2)
