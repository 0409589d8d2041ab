"""What is in a few seconds of EEG: the power in its classical bands, its size, and its length as a line."""

from __future__ import annotations

import numpy as np

BANDS = {"delta": (0.5, 4.0), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0), "gamma": (30.0, 70.0)}
FEATURES = (*BANDS, "line length", "size")
TINY = 1e-9  # mV² or mV: below any power, so that its logarithm exists


def spectrum(signal: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (Hz, (f,)) and one-sided power density (mV² per Hz, (n, f)) of signals (n, samples), mV.

    A periodogram of the whole segment under a Hann window, its mean taken off: the same as scipy.signal.periodogram
    with window="hann", which a test holds. SciPy's `welch` averages shorter pieces.

    Taught in notebooks/12_biosignals.ipynb, section 4.1.
    """
    samples = signal.shape[-1]
    window = np.hanning(samples + 1)[:-1].astype(np.float32)
    waves = np.fft.rfft((signal - signal.mean(axis=-1, keepdims=True)) * window)
    density = (waves.real**2 + waves.imag**2) / (rate * np.square(window, dtype=float).sum())
    density[..., 1 : (samples + 1) // 2] *= 2
    return np.fft.rfftfreq(samples, 1 / rate), density


def band_powers(signal: np.ndarray, rate: float) -> np.ndarray:
    """The power in each of BANDS, float64 (n, 5), mV²: the density summed over the band. signal: (n, samples), mV.

    Taught in notebooks/12_biosignals.ipynb, section 4.1.
    """
    frequencies, density = spectrum(signal, rate)
    inside = np.array([(frequencies >= low) & (frequencies < high) for low, high in BANDS.values()])
    return density @ inside.T * (frequencies[1] - frequencies[0])


def look(signal: np.ndarray, rate: float = 256.0) -> np.ndarray:
    """The logarithms of FEATURES, float32 (n, 7): five band powers, line length, and size (standard deviation).

    Line length is the mean step from sample to sample: large where a signal is both big and quick (Esteller et al.,
    Proceedings of the 23rd IEEE EMBS Conference, 2001).

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    length = np.abs(np.diff(signal, axis=-1)).mean(axis=-1)
    found = np.column_stack([band_powers(signal, rate), length, signal.std(axis=-1)])
    return np.log(found + TINY).astype(np.float32)
