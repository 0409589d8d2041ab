"""A simulated electrocardiogram: the dynamical model of McSharry et al., in which five waves lie on a circle.

McSharry, Clifford, Tarassenko and Smith, A dynamical model for generating synthetic electrocardiogram signals, IEEE
Transactions on Biomedical Engineering 50:289, 2003. A point goes round a circle once a beat; at each of five angles it
is pushed up or down, and what it does in height is the voltage:

    dz/dt = -Σ_i a_i Δθ_i exp(-Δθ_i² / (2 b_i²)) - (z - z0(t)),   Δθ_i = θ - θ_i between -π and π

The paper also lets the point start off the circle and find back; here it starts on it, where the two other equations
say no more than dθ/dt = 2π / (length of this beat).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

from helpers.datasets.arguments import check_number, check_whole
from helpers.datasets.series import EcgRecord

# Table I of the paper. wave: angle θ (rad, 0 is the R peak), push a (1/s), width b (rad)
WAVES = {
    "P": (-math.pi / 3, 1.2, 0.25),
    "Q": (-math.pi / 12, -5.0, 0.1),
    "R": (0.0, 30.0, 0.1),
    "S": (math.pi / 12, -7.5, 0.1),
    "T": (math.pi / 2, 0.75, 0.4),
}
LOWEST_MV, HIGHEST_MV = -0.4, 1.2  # what the paper scales its voltages to
BREATH_MV, BREATH_HZ = 0.15, 0.25  # A and f2 of the paper: the baseline follows the breath
# The heart rate varies with blood pressure (0.1 Hz) and breath (0.25 Hz): centre, width (Hz), share of the variance
RHYTHMS = ((0.1, 0.01, 1 / 3), (0.25, 0.01, 2 / 3))
FINEST_HZ = 1000  # the equation is solved at this rate or above
SETTLING_SECONDS = 8  # before the record begins; what the start leaves behind dies off as exp(-t)


def simulate_ecg(
    seconds: float,
    rate: int = 360,
    *,
    heart_rate: float = 60.0,
    hrv: float = 0.04,
    noise: float = 0.02,
    seed: int = 1,
) -> EcgRecord:
    """One lead of an electrocardiogram with beats at known places; the same arguments give the same bits.

    seconds: length of the record, 1 to 3600. rate: samples per second, 100 to 2000.
    heart_rate: beats per minute, 30 to 200. hrv: standard deviation of the time from beat to beat, in seconds, at most
    a fifth of its mean. noise: standard deviation in mV of what the electrodes add, white.

    Returns an EcgRecord with signal float32 (n, 1) and beats at the tops of the R waves before noise. Waves keep their
    places relative to the length of the beat; in people, the part from Q to T shortens less when the heart is fast.
    Raises ValueError naming the argument, what is allowed and what was given.
    """
    check_number("seconds", seconds, 1, 3600)
    check_whole("rate", rate, 100, 2000)
    check_number("heart_rate", heart_rate, 30, 200)
    check_number("hrv", hrv, 0, 0.2 * 60 / heart_rate)
    check_number("noise", noise, 0, 2)
    check_whole("seed", seed, 0, 2**63 - 1)
    rng = np.random.default_rng(seed)
    peaks = _peak_times(seconds, 60 / heart_rate, hrv, rng)
    n, finer = round(seconds * rate), math.ceil(FINEST_HZ / rate)
    start = SETTLING_SECONDS * rate * finer
    time = (np.arange(start + n * finer) - start) / (rate * finer)
    angle = np.interp(time, peaks, 2 * np.pi * np.arange(len(peaks)))
    clean = _height(angle, time)[start::finer]
    window = round(0.02 * rate)
    beats = []
    for peak in np.round(peaks * rate).astype(int):
        if 0 <= peak < n:
            first = max(0, peak - window)
            beats.append(first + int(clean[first : peak + window + 1].argmax()))
    signal = clean + rng.normal(0, noise, n)
    return EcgRecord(
        name="ecg",
        title=f"Simulated electrocardiogram, {heart_rate:g} beats a minute",
        signal=signal.astype(np.float32)[:, np.newaxis],
        leads=("simulated",),
        rate=float(rate),
        beats=np.array(beats, np.int64),
        symbols=np.full(len(beats), "N"),
        simulated=True,
        source=f"simulated by this course (electrocardiogram), seed {seed}",
        licence="MIT",
        citation="McSharry et al., IEEE Transactions on Biomedical Engineering 50:289, 2003 (the model)",
    )


def beat_lengths(n: int, mean: float, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """n times from one beat to the next (s), with exactly this mean and standard deviation, float64 (n,).

    Their spectrum has the two peaks of RHYTHMS, Gaussian in frequency, with random phases (equation 3 of the paper).
    """
    if n < 2:
        return np.full(n, mean)
    frequency = np.fft.rfftfreq(n, mean)
    power = np.zeros(len(frequency))
    for centre, width, share in RHYTHMS:
        width = max(width, frequency[1])  # a short record has no finer frequencies than that
        power += share / width * np.exp(-0.5 * ((frequency - centre) / width) ** 2)
    power[0] = 0
    waves = np.fft.irfft(np.sqrt(power) * np.exp(2j * np.pi * rng.random(len(power))), n)
    return mean + deviation * (waves - waves.mean()) / waves.std()


def _peak_times(seconds: float, mean: float, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Times (s) of the R peaks from before the start to after the end; the start is at a random place of a beat."""
    lengths = beat_lengths(math.ceil(seconds / mean) + 2, mean, deviation, rng)
    before = np.full(math.ceil(SETTLING_SECONDS / mean) + 2, mean)
    times = np.concatenate([[0.0], np.cumsum(np.concatenate([before, lengths]))])
    return times - times[len(before)] - rng.uniform(0, mean) + mean


def _height(angle: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The voltage (mV) along the way, float64 (n,): the waves at their scale, on a baseline that follows the breath."""
    push = np.zeros(len(angle))
    for place, strength, width in WAVES.values():
        away = (angle - place + np.pi) % (2 * np.pi) - np.pi
        push -= strength * away * np.exp(-0.5 * (away / width) ** 2)
    breath = BREATH_MV * np.sin(2 * np.pi * BREATH_HZ * time)
    step = time[1] - time[0]
    waves, baseline = (_settle(force, step) for force in (push, breath))
    settled = waves[time >= 0]
    low, high = settled.min(), settled.max()
    return LOWEST_MV + (HIGHEST_MV - LOWEST_MV) * (waves - low) / (high - low) + baseline


def _settle(force: np.ndarray, step: float) -> np.ndarray:
    """z with dz/dt = force - z, solved exactly for a force that keeps its value over each step."""
    decay = math.exp(-step)
    return lfilter([1 - decay], [1, -decay], force)
