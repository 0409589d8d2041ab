"""What the times of the beats say: how early a beat comes, and how long the heart then waits.

R peaks are found at their samples; an RR interval is the time from one to the next. All features of a record come from
that record alone, and no label is read.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.datasets.beats import BeatSplit

LOCAL = 10  # beats before this one in the local mean: de Chazal, O'Dwyer and Reilly, IEEE TBME 51:1196, 2004
AROUND = 20  # intervals, half of them before a beat, over which the irregularity of its neighbourhood is averaged
NAMES = ("RR before", "RR after", "before / local", "after / local", "before / usual", "after / usual", "irregular")
CAUSAL = ("RR before", "before / local")  # known when the beat comes; the others wait for the next beat or the record


def rr_features(at: np.ndarray, rate: float, stretches: np.ndarray | None = None) -> np.ndarray:
    """Seven features of each beat of one record, float32 (n, 7), in the order of NAMES, all as natural logarithms.

    at: ascending samples of the beats, int (n,), two or more. rate: samples per second. stretches: (n,), the number of
    the stretch without a gap in which each beat lies; None for one.
    RR before and after are times in seconds from the beat before and to the beat after. Local is the mean RR of up to
    LOCAL intervals that end before this beat's own begins; usual is the median RR of the whole record, which a monitor
    cannot know and a Holter's reader can. Irregular is the median of |ln(RR / the RR before it)| over the AROUND
    intervals nearest to the beat: large where the atria fibrillate, and hardly moved by single early beats.
    The first beat has the record's usual interval before it, the last after it; so have those on both sides of a gap,
    whose length is no interval between beats.
    Raises ValueError for beats out of order, and where no two are next to each other in one stretch.
    """
    at = np.asarray(at, float)
    if len(at) < 2 or (np.diff(at) <= 0).any():
        raise ValueError("at: expected two or more beats in ascending order")
    apart = np.diff(at) / rate
    known = np.ones(len(apart), bool) if stretches is None else np.diff(stretches) == 0
    if not known.any():
        raise ValueError("stretches: expected two beats or more in one of them")
    usual = np.median(apart[known])
    apart = np.where(known, apart, usual)
    before, after = np.append(usual, apart), np.append(apart, usual)
    local = local_means(before)
    columns = [before, after, before / local, after / local, before / usual, after / usual, irregularity(before)]
    return np.log(np.stack(columns, axis=1)).astype(np.float32)


def local_means(before: np.ndarray, beats: int = LOCAL) -> np.ndarray:
    """The mean of up to `beats` intervals before each one, itself left out; of the first its own. float64 (n,).


    >>> local_means(np.array([1.0, 2.0, 3.0]), beats=2).tolist()
    [1.0, 1.0, 1.5]
    """
    sums = np.append(0, np.cumsum(before))
    last = np.arange(len(before))
    first = np.maximum(last - beats, 0)
    return np.where(last > 0, (sums[last] - sums[first]) / np.maximum(last - first, 1), before)


def irregularity(before: np.ndarray, around: int = AROUND) -> np.ndarray:
    """The median over the nearest intervals of |ln(RR / the RR before it)|, and .01 more, float64 (n,)."""
    change = np.abs(np.diff(np.log(before), prepend=np.log(before[0])))
    padded = np.pad(change, around // 2, mode="reflect" if len(change) > around // 2 else "edge")
    return np.median(sliding_window_view(padded, around + 1), axis=1) + 0.01


def by_record(beats: BeatSplit, rate: float) -> np.ndarray:
    """rr_features of the beats of several records, float32 (n, 7), each record's by themselves."""
    features = np.empty((len(beats), len(NAMES)), np.float32)
    for one in np.unique(beats.records):
        rows = beats.records == one
        features[rows] = rr_features(beats.at[rows], rate, beats.stretches[rows])
    return features
