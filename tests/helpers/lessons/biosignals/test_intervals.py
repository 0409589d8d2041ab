"""What the times of the beats say: worked by hand, blind to what comes after where it says so, and to labels."""

import numpy as np
import pytest

from helpers.datasets.beats import BeatSplit
from helpers.lessons.biosignals import intervals


def test_an_early_beat_and_its_pause_by_hand():
    at = np.cumsum([100] * 12 + [60, 140] + [100] * 10)
    features = dict(zip(intervals.NAMES, intervals.rr_features(at, 100.0)[12], strict=True))
    assert features["RR before"] == pytest.approx(np.log(0.6))
    assert features["RR after"] == pytest.approx(np.log(1.4))
    assert features["before / local"] == pytest.approx(np.log(0.6))
    assert features["after / usual"] == pytest.approx(np.log(1.4))


def test_causal_features_do_not_move_when_the_future_does():
    at = np.cumsum(np.random.default_rng(1).integers(60, 140, 50))
    other = at.copy()
    other[30:] += 25
    columns = [intervals.NAMES.index(name) for name in intervals.CAUSAL]
    one, changed = (intervals.rr_features(beats, 100.0)[1:30, columns] for beats in (at, other))
    assert np.array_equal(one, changed)


def test_fibrillation_is_irregular_and_single_early_beats_are_not():
    rng = np.random.default_rng(2)
    regular = np.full(200, 0.8) + rng.normal(0, 0.01, 200)
    early = regular.copy()
    early[20::20] = 0.5
    early[21::20] = 1.1
    fibrillating = rng.gamma(25, 0.8 / 25, 200)
    calm, single, trembling = (np.median(intervals.irregularity(rr)) for rr in (regular, early, fibrillating))
    assert single < 2 * calm
    assert trembling > 5 * single


def test_records_do_not_mix():
    at = np.arange(1, 11) * 300
    alone = intervals.rr_features(at, 360.0)
    nothing, records = np.zeros(20, int), np.repeat(["a", "b"], 10)
    both = BeatSplit(nothing, nothing, records, records, np.concatenate([at, at * 2]), nothing)
    assert np.array_equal(intervals.by_record(both, 360.0)[:10], alone)


def test_a_gap_is_no_pause():
    at = np.append(np.arange(1, 13), np.arange(16, 28)) * 360
    features = np.exp(intervals.rr_features(at, 360.0, np.repeat([0, 1], 12)))
    assert np.allclose(features[:, :6], 1)
    assert np.exp(intervals.rr_features(at, 360.0))[12, 0] == pytest.approx(4)
    assert np.array_equal(intervals.rr_features(at, 360.0, np.zeros(24)), intervals.rr_features(at, 360.0))
    with pytest.raises(ValueError, match="two beats or more"):
        intervals.rr_features(np.array([360, 3600]), 360.0, np.array([0, 1]))


def test_beats_out_of_order_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        intervals.rr_features(np.array([10, 5]), 360.0)
