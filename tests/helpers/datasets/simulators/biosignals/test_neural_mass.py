"""The neural mass: its equations by a solver, and what its gain does."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from helpers.datasets.simulators.biosignals import neural_mass as nm


def test_the_sigmoid_is_half_its_height_at_the_threshold():
    assert nm.sigmoid(np.array([nm.THRESHOLD]))[0] == pytest.approx(nm.HALF_RATE)
    assert nm.sigmoid(np.array([1e3]))[0] == pytest.approx(2 * nm.HALF_RATE)


def test_without_noise_it_follows_the_equations(monkeypatch):
    """From rest, against SciPy's solver, in the murmur: the input that is held for a step costs little."""
    monkeypatch.setattr(nm, "INPUT_SD", 0.0)
    monkeypatch.setattr(nm, "SETTLING", 0.0)
    signal = nm.simulate_columns(np.array([3.25]), 0.5, rng=np.random.default_rng(1))[0]

    def slopes(t, y):
        return [
            *y[3:],
            325 * nm.sigmoid(y[1] - y[2]) - 200 * y[3] - 1e4 * y[0],
            325 * (nm.INPUT_MEAN + 108 * nm.sigmoid(135 * y[0])) - 200 * y[4] - 1e4 * y[1],
            1100 * 33.75 * nm.sigmoid(33.75 * y[0]) - 100 * y[5] - 2500 * y[2],
        ]

    times = np.arange(1, 129) / nm.RATE
    right = solve_ivp(slopes, (0, 0.5), np.zeros(6), t_eval=times, rtol=1e-8, atol=1e-10).y
    right = right[1] - right[2]
    assert np.abs(signal[-64:] - right[-64:]).max() < 0.05 * np.abs(right).max()


def test_more_gain_makes_a_seizure_and_the_same_seed_the_same_bits():
    gains = np.repeat([3.25, 4.2], 4)
    one, two = (nm.simulate_columns(gains, 2, rng=np.random.default_rng(3)) for _ in range(2))
    assert one.shape == (8, 512)
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, two)
    assert one[4:].std(axis=1).min() > 5 * one[:4].std(axis=1).max()


def test_a_gain_may_change_on_the_way():
    gain = np.full((1, 512), 3.25)
    gain[:, 256:] = 4.5
    signal = nm.simulate_columns(gain, 2, rng=np.random.default_rng(1))[0]
    assert signal[300:].std() > 3 * signal[:256].std()


def test_what_cannot_be_simulated_is_named():
    rng = np.random.default_rng(1)
    for wrong, name in (({"gain": np.full((1, 3), 3.0)}, "gain"), ({"gain": np.array([30.0])}, "gain")):
        with pytest.raises(ValueError, match=name):
            nm.simulate_columns(wrong["gain"], 1, rng=rng)
    with pytest.raises(ValueError, match="tempo"):
        nm.simulate_columns(np.array([3.0]), 1, tempo=5, rng=rng)
