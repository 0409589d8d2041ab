"""A neural mass: three populations of nerve cells in a patch of cortex, and the potential that they make.

Jansen and Rit, Electroencephalogram and visual evoked potential generation in a mathematical model of coupled cortical
columns, Biological Cybernetics 73:357, 1995. Pyramidal cells drive an exciting and an inhibiting population, which act
back on them; p(t) is what comes from elsewhere, in pulses per second:

    y0'' = A a S(y1 - y2)                   - 2 a y0' - a² y0      from the pyramidal cells
    y1'' = A a (p(t) + C2 S(C1 y0))         - 2 a y1' - a² y1      excitation that they get
    y2'' = B b C4 S(C3 y0)                  - 2 b y2' - b² y2      inhibition that they get
    S(v) = 2 e0 / (1 + exp(r (v0 - v)))                            pulses per second at a potential of v mV

The signal is y1 - y2. Constants (A, B, a, b, C, e0, v0, r) are the paper's. Raising the gain of excitation, A, above
its 3.25 mV makes single spikes at first and a rhythm of them later, as in epilepsy: Wendling et al., Relevance of
nonlinear lumped-parameter models in the analysis of depth-EEG epileptic signals, Biological Cybernetics 83:367, 2000.
The input's mean of 90 and standard deviation of 30 are a choice after theirs; at which gains spikes begin depends on
them and on the step. Another tempo changes both rates and keeps A / a and B / b, so that only the rhythm changes (after
David and Friston, NeuroImage 20:1743, 2003).
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.arguments import check_number

BACKGROUND_GAIN = 3.25  # A, mV
INHIBITION = 22.0  # B, mV
FAST, SLOW = 100.0, 50.0  # a and b, 1/s
CONTACTS = 135.0  # C1; C2 = 0.8 C1, C3 = C4 = C1 / 4
HALF_RATE, THRESHOLD, STEEPNESS = 2.5, 6.0, 0.56  # e0 (1/s), v0 (mV), r (1/mV)
INPUT_MEAN, INPUT_SD = 90.0, 30.0  # pulses per second; drawn anew at each step
RATE = 256  # samples per second, and steps: what drives each second-order equation is held for a step
SETTLING = 0.5  # seconds at the first gain before the signal begins
AT_ONCE = 2048  # columns that are simulated together: what the processor's cache holds


def sigmoid(potential: np.ndarray) -> np.ndarray:
    """S(v): the pulses per second of a population at a mean potential of v mV.

    Taught in notebooks/12_biosignals.ipynb, section 4.1.
    """
    return 2 * HALF_RATE / (1 + np.exp(STEEPNESS * (THRESHOLD - potential)))


def simulate_columns(
    gain: np.ndarray,
    seconds: float,
    *,
    tempo: np.ndarray | float = 1.0,
    drive: np.ndarray | float = INPUT_MEAN,
    rng: np.random.Generator,
) -> np.ndarray:
    """The signals of n columns that know nothing of each other, float32 (n, 256 · seconds), mV.

    gain: A in mV, (n,), or (n, samples) where it changes on the way. tempo: factor of both rates, drive: the mean of
    p(t), 1/s; each a number or (n,). Raises ValueError naming the argument, what is allowed and what was given.

    Between two steps each equation is solved exactly for an input that stays; columns are taken 2,048 at a time.

    Taught in notebooks/12_biosignals.ipynb, section 4.1.
    """
    gain = np.asarray(gain, np.float32)
    check_number("seconds", seconds, 1 / RATE, 36_000)
    samples = round(seconds * RATE)
    if gain.ndim not in (1, 2) or gain.shape[1:] not in ((), (samples,)):
        raise ValueError(f"gain: expected (n,) or (n, {samples}), found {gain.shape}")
    if not (np.all(gain >= 0) and np.all(gain <= 20)):
        raise ValueError("gain: expected from 0 to 20 mV")
    tempo, drive = (np.broadcast_to(np.asarray(each, np.float32), len(gain)) for each in (tempo, drive))
    if not (np.all(tempo >= 0.2) and np.all(tempo <= 2)):
        raise ValueError("tempo: expected from 0.2 to 2")
    signal = np.empty((len(gain), samples), np.float32)
    for start in range(0, len(gain), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        signal[part] = _integrate(gain[part], tempo[part], drive[part], samples, rng)
    return signal


def _integrate(
    gain: np.ndarray, tempo: np.ndarray, drive: np.ndarray, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """The signal of the columns, float32 (n, samples)."""
    n, settling = len(gain), round(SETTLING * RATE)
    y, slope = np.zeros((3, n), np.float32), np.zeros((3, n), np.float32)  # of y0, y1, y2, which are solved together
    rates = np.array([FAST, FAST, SLOW], np.float32)[:, None]  # 1/s, of the three equations
    of_away, of_slope, slope_of_away, slope_of_slope = _response(rates * tempo)
    c1, c2, c3 = (np.float32(share * CONTACTS) for share in (1, 0.8, 0.25))
    inhibition = np.float32(INHIBITION / SLOW) * c3
    potential, target = np.empty_like(y), np.empty_like(y)
    out = np.empty((samples, n), np.float32)
    for step in range(-settling, samples):
        excitation = (gain if gain.ndim == 1 else gain[:, max(step, 0)]) / np.float32(FAST)
        pulses = drive + np.float32(INPUT_SD) * rng.standard_normal(n, dtype=np.float32)
        potential[0], potential[1], potential[2] = y[1] - y[2], c1 * y[0], c3 * y[0]
        pulsing = sigmoid(potential)
        target[0] = excitation * pulsing[0]
        target[1] = excitation * (pulses + c2 * pulsing[1])
        target[2] = inhibition * pulsing[2]
        away = y - target
        y, slope = target + of_away * away + of_slope * slope, slope_of_away * away + slope_of_slope * slope
        if step >= 0:
            out[step] = y[1] - y[2]
    return out.T


def _response(k: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """One step of y'' = k² x - 2 k y' - k² y, exact for an x that stays: y goes to x as a critically damped spring.

    k: float32, 1/s. Four factors of its shape: of y - x in what y still lacks of x, of y' in it, and both for y'.
    """
    step = np.float32(1 / RATE)
    decay = np.exp(-k * step)
    return decay * (1 + k * step), decay * step, -decay * k * k * step, decay * (1 - k * step)
