"""What the shape of a beat says: itself, and how it differs from the beats that its person usually has."""

from __future__ import annotations

import numpy as np

SAMPLES_PER_SECOND = 120  # of a window that a model is given: the QRS complex has little above 40 Hz


def thinned(signal: np.ndarray, rate: float, wanted: float = SAMPLES_PER_SECOND) -> np.ndarray:
    """Windows at a lower rate, float32 (n, samples // step): each value the mean of `step` neighbours.

    signal: (n, samples). The step is rate / wanted, rounded, and at least 1.
    """
    step = max(1, round(rate / wanted))
    whole = signal.shape[1] // step * step
    return signal[:, :whole].reshape(len(signal), -1, step).mean(axis=2, dtype=np.float32)


def against_the_usual(windows: np.ndarray, records: np.ndarray) -> np.ndarray:
    """Two channels for each beat, float32 (n, samples, 2): the beat, and what it has that the usual beat has not.

    windows: (n, samples) in mV. records: the record of each, (n,). The usual beat of a record is the median over all of
    its beats, sample by sample; both channels are divided by its height (highest less lowest sample). That is for
    reading a finished record: the median knows its end, and no label. The median of each window is taken off before.
    """
    level = windows - np.median(windows, axis=1, keepdims=True)
    channels = np.empty((*windows.shape, 2), np.float32)
    for one in np.unique(records):
        rows = records == one
        usual = np.median(level[rows], axis=0)
        height = max(np.ptp(usual), 1e-3)
        channels[rows, :, 0] = level[rows] / height
        channels[rows, :, 1] = (level[rows] - usual) / height
    return channels


PARTS = {"P": (-0.25, -0.08), "QRS": (-0.08, 0.1), "T": (0.1, 0.4)}  # seconds from the R peak, roughly
UNLIKE = (*(f"{part} unlike" for part in PARTS), "QRS alike", "P alike", "height", "width", "area")


def unlikeness(channels: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """How a beat differs from its person's usual one, in eight numbers, float32 (n, 8), in the order of UNLIKE.

    channels: as against_the_usual makes them. seconds: the time of each sample from the R peak, (samples,).
    unlike: logarithm of the root mean square of the difference in P, QRS and T. alike: correlation with the usual
    beat. height: logarithm of the QRS's height over the usual one's. width: of its spread over time, weighted by the
    square of the voltage, likewise. area: of the difference in the QRS, signed.
    """
    beat, more = channels[..., 0], channels[..., 1]
    usual = beat - more
    inside = {part: (seconds >= first) & (seconds < last) for part, (first, last) in PARTS.items()}
    qrs = inside["QRS"]
    columns = [np.log(np.sqrt((more[:, rows] ** 2).mean(axis=1)) + 0.01) for rows in inside.values()]
    columns += [_alike(beat[:, inside[part]], usual[:, inside[part]]) for part in ("QRS", "P")]
    columns.append(np.log((np.ptp(beat[:, qrs], axis=1) + 0.05) / (np.ptp(usual[:, qrs], axis=1) + 0.05)))
    columns.append(np.log(_spread(beat[:, qrs], seconds[qrs]) / _spread(usual[:, qrs], seconds[qrs])))
    columns.append(more[:, qrs].mean(axis=1))
    return np.stack(columns, axis=1).astype(np.float32)


def _alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The correlation of each row of one with that of the other, (n,); 0 where a row is flat."""
    one, other = (part - part.mean(axis=1, keepdims=True) for part in (one, other))
    sizes = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return (one * other).sum(axis=1) / np.maximum(sizes, 1e-6)


def _spread(part: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """The standard deviation over time (s) of the squared voltage, (n,), at least a millisecond."""
    weight = (part - np.median(part, axis=1, keepdims=True)) ** 2 + 1e-9
    weight = weight / weight.sum(axis=1, keepdims=True)
    centre = weight @ seconds
    return np.sqrt(np.maximum(weight @ seconds**2 - centre**2, 0)) + 0.001
