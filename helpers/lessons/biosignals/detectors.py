"""R peaks: a detector that is kept by others, how one is scored, and how high a trace stands after its beats."""

from __future__ import annotations

import numpy as np
import pandas as pd

TOLERANCE = 0.15  # seconds: how far from a beat a detection still counts (ANSI/AAMI EC57)
BEFORE_BEAT, AFTER_BEAT = -0.08, 0.11  # seconds from R: between P and Q, and some 60 ms after the QRS complex has ended
ACROSS = 0.02  # seconds over which a level is averaged


def library_peaks(signal: np.ndarray, rate: float) -> np.ndarray:
    """The samples of the R peaks that XQRS of the package wfdb finds, int64 (k,); signal: one lead, (n,), mV.

    Taught in notebooks/12_biosignals.ipynb, section 1.3.
    """
    from wfdb.processing import xqrs_detect  # only here: it takes a second to import

    return np.asarray(xqrs_detect(np.asarray(signal, float), rate, verbose=False), np.int64)


def peak_scores(found: np.ndarray, true: np.ndarray, rate: float, tolerance: float = TOLERANCE) -> dict[str, float]:
    """Sensitivity and PPV of detected beats, matched one to one within the tolerance (s), by wfdb's own comparison.

    found, true: ascending samples, int. Where nothing is found the PPV is NaN. The standard leaves out a learning time
    of five minutes; here all beats count.
    Taught in notebooks/12_biosignals.ipynb, section 1.3.
    """
    from wfdb.processing import compare_annotations

    if len(found) == 0:
        return {"sensitivity": 0.0, "PPV": float("nan")}
    matched = compare_annotations(np.asarray(true), np.asarray(found), round(tolerance * rate))
    return {"sensitivity": float(matched.sensitivity), "PPV": float(matched.positive_predictivity)}


def st_levels(signal: np.ndarray, beats: np.ndarray, rate: float) -> np.ndarray:
    """How high the ST segment of each beat lies over the level before its QRS complex, mV, float64 (k,).

    signal: one lead, (n,). beats: samples of the R peaks. Beats too near an end are left out.
    Taught in notebooks/12_biosignals.ipynb, section 1.2.
    """
    half = round(ACROSS * rate / 2)
    first, last = round(BEFORE_BEAT * rate), round(AFTER_BEAT * rate)
    beats = beats[(beats + first - half >= 0) & (beats + last + half < len(signal))]
    window = np.arange(-half, half + 1)
    before, after = (signal[(beats + place)[:, None] + window].mean(axis=1) for place in (first, last))
    return (after - before).astype(float)


def mean_beat(
    signal: np.ndarray, beats: np.ndarray, rate: float, before: float = 0.25, after: float = 0.5
) -> pd.Series:
    """The mean over all beats of one lead around them (mV), the level before the QRS complex at 0; index: seconds.

    Taught in notebooks/12_biosignals.ipynb, section 1.2.
    """
    places = np.arange(-round(before * rate), round(after * rate))
    beats = beats[(beats + places[0] >= 0) & (beats + places[-1] < len(signal))]
    mean = pd.Series(signal[beats[:, None] + places].mean(axis=0), places / rate)
    return mean - mean[(mean.index >= BEFORE_BEAT - ACROSS / 2) & (mean.index <= BEFORE_BEAT + ACROSS / 2)].mean()
