"""Hearts out of rhythm: early beats with their pauses, waves that are there or absent, noise of the size asked for."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals.ecg_rhythms import Heart, trace


def rr_around(record, symbol):
    """RR intervals (s) before and after the beats of a kind, each (k,)."""
    times = record.beats / record.rate
    rows = np.flatnonzero(record.symbols == symbol)
    rows = rows[(rows > 0) & (rows < len(times) - 1)]
    return times[rows] - times[rows - 1], times[rows + 1] - times[rows]


def test_the_same_seed_gives_the_same_bits_and_another_one_another_trace():
    heart = Heart(atrial=0.1, ventricular=0.1, muscle=0.02, wander=0.1)
    one, again, other = (trace(heart, 20, seed=seed).record.signal for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_regular_heart_beats_as_often_as_it_is_told():
    record = trace(Heart(heart_rate=80, hrv=0.02), 120, seed=3).record
    assert len(record.beats) == pytest.approx(160, abs=2)
    assert set(record.symbols) == {"N"}
    assert np.std(np.diff(record.beats) / 360) == pytest.approx(0.02, rel=0.25)


def test_beats_stand_at_their_peaks():
    one = trace(Heart(breathing=0.0), 30, seed=1)
    around = one.record.beats[2:-2, None] + np.arange(-20, 21)
    assert np.abs(one.clean[around, 0].argmax(axis=1) - 20).max() <= 1


def test_a_ventricular_beat_is_followed_by_a_compensatory_pause_and_an_atrial_one_is_not():
    heart = Heart(heart_rate=60, hrv=0.005, atrial=0.15, ventricular=0.15)
    record = trace(heart, 600, seed=2).record
    before, after = rr_around(record, "V")
    assert before.max() < 0.85
    assert np.median(before + after) == pytest.approx(2, abs=0.05)
    before, after = rr_around(record, "A")
    assert before.max() < 0.85
    assert 1.6 < np.median(before + after) < 1.95


def test_a_ventricular_beat_is_wider_than_a_usual_one():
    one = trace(Heart(ventricular=0.2, hrv=0.005), 300, seed=5)
    beats, symbols = one.record.beats[2:-2], one.record.symbols[2:-2]
    height = np.abs(one.clean[:, 0])
    wide = {
        kind: np.mean([(height[at - 60 : at + 60] > height[at] / 2).sum() for at in beats[symbols == kind]])
        for kind in "NV"
    }
    assert wide["V"] > 1.8 * wide["N"]


def test_fibrillating_atria_leave_no_p_wave_and_no_regular_interval():
    heart = Heart(fibrillating=True, heart_rate=80, irregular=0.2, flicker=0.0, breathing=0.0)
    one = trace(heart, 300, seed=4)
    apart = np.diff(one.record.beats) / 360
    assert apart.std() / apart.mean() == pytest.approx(0.2, abs=0.04)
    assert abs(np.corrcoef(apart[1:], apart[:-1])[0, 1]) < 0.15
    where_p_would_be = one.clean[one.record.beats[2:-2] - 60, 0]
    sinus = trace(replace(heart, fibrillating=False, hrv=0.02), 300, seed=4)
    assert np.median(np.abs(where_p_would_be)) < 0.02
    assert np.median(sinus.clean[sinus.record.beats[2:-2] - 60, 0]) > 0.1


def test_what_disturbs_has_the_size_asked_for():
    for name, size in (("noise", 0.05), ("muscle", 0.1), ("motion", 0.1), ("wander", 0.2)):
        quiet = {"noise": 0.0, "muscle": 0.0, "motion": 0.0, "wander": 0.0}
        one = trace(Heart(**quiet | {name: size}), 120, seed=1)
        assert (one.record.signal - one.clean).std() == pytest.approx(size, rel=0.05), name


def test_an_st_segment_can_be_lifted():
    flat, lifted = (trace(Heart(st=(height, 0.0)), 60, seed=1) for height in (0.0, 0.2))
    at = flat.record.beats[2:-2] + round(0.13 * 360)
    assert (lifted.clean[at, 0] - flat.clean[at, 0]).mean() == pytest.approx(0.2, abs=0.02)


def test_what_is_out_of_range_is_refused_by_name():
    with pytest.raises(ValueError, match="heart_rate"):
        Heart(heart_rate=20)
    with pytest.raises(ValueError, match="atrial"):
        Heart(atrial=0.7)
    with pytest.raises(ValueError, match="seconds"):
        trace(Heart(), 1)
