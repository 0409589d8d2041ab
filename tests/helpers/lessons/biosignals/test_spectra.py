"""Spectra against SciPy, and powers of a tone whose frequency is known."""

import numpy as np
import pytest
from scipy.signal import periodogram

from helpers.lessons.biosignals import spectra

RATE = 256.0
TONE = 3 * np.sin(2 * np.pi * 10 * np.arange(1024) / RATE)[None]


def test_the_spectrum_is_scipys():
    signal = np.random.default_rng(1).normal(size=(2, 1001))
    frequencies, density = spectra.spectrum(signal, RATE)
    theirs, right = periodogram(signal, RATE, window="hann")
    np.testing.assert_allclose(frequencies, theirs)
    np.testing.assert_allclose(density, right, rtol=1e-4, atol=1e-9)


def test_a_tone_lies_in_its_band_with_half_its_square():
    powers = dict(zip(spectra.BANDS, spectra.band_powers(TONE, RATE)[0], strict=True))
    assert powers["alpha"] == pytest.approx(4.5, rel=1e-3)
    assert sum(powers.values()) - powers["alpha"] < 1e-3


def test_a_look_has_seven_logarithms_and_silence_is_finite():
    found = spectra.look(TONE.astype(np.float32))
    assert found.shape == (1, len(spectra.FEATURES))
    assert np.exp(found[0, -1]) == pytest.approx(3 / np.sqrt(2), rel=1e-3)
    assert np.isfinite(spectra.look(np.zeros((1, 1024), np.float32))).all()
