"""Beats as models see them, and what models that saw other people's beats say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from sklearn.model_selection import GroupKFold, KFold

from helpers.datasets.beats import AFTER, BEFORE, BeatDataset, BeatSplit
from helpers.lessons.biosignals import intervals, shapes

NUMBERS = (*intervals.NAMES, *shapes.UNLIKE)
NEIGHBOURS = 5  # beats to either side that the recurrent network reads


@dataclass(frozen=True, eq=False)
class Beats:
    """n beats: windows (n, samples, 2), numbers (n, 15), runs (n, 11, 15), all float32; labels, patients (n,).

    windows: the beat and its difference from the usual one (shapes.against_the_usual). numbers: NUMBERS. runs: the
    numbers of the beats around it in its record, itself in the middle; zeros beyond an end.
    """

    windows: np.ndarray
    numbers: np.ndarray
    runs: np.ndarray
    labels: np.ndarray
    patients: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, keep: np.ndarray) -> Beats:
        """The beats that a boolean array of shape (n,) or an array of indices keeps."""
        return Beats(*(getattr(self, part.name)[keep] for part in fields(self)))


def prepare(data: BeatDataset) -> tuple[Beats, Beats]:
    """The beats of train and validation together, from which everything is learned, and those of the test.

    Numbers are standardised with the mean and deviation of the first, and cut off at 4 deviations; nothing else passes
    from record to record. Taught in notebooks/12_biosignals.ipynb, section 2.1.
    """
    raw = [_raw(rows, data) for _, rows in data.splits()]
    of_learning = np.concatenate([numbers for _, numbers in raw[:2]])
    mean, deviation = of_learning.mean(axis=0), of_learning.std(axis=0) + 1e-6
    made = []
    for (windows, numbers), (_, rows) in zip(raw, data.splits(), strict=True):
        scaled = np.clip((numbers - mean) / deviation, -4, 4).astype(np.float32)
        runs = _runs(scaled, rows.records)
        made.append(Beats(np.clip(windows, -3, 3), scaled, runs, rows.labels, rows.patients))
    train, validation, test = made
    return Beats(
        *(np.concatenate([getattr(one, part.name) for one in (train, validation)]) for part in fields(Beats))
    ), test


def _raw(rows: BeatSplit, data: BeatDataset) -> tuple[np.ndarray, np.ndarray]:
    """Windows (n, samples, 2) and numbers (n, 15) of one split, as they are; the first lead alone."""
    thin = shapes.thinned(rows.signal[:, :, 0], data.rate)
    step = max(1, round(data.rate / shapes.SAMPLES_PER_SECOND))
    seconds = data.seconds[: thin.shape[1] * step].reshape(-1, step).mean(axis=1)
    channels = shapes.against_the_usual(thin, rows.records)
    numbers = [intervals.by_record(rows, data.rate), shapes.unlikeness(channels, seconds)]
    return channels[:, (seconds >= -BEFORE) & (seconds < AFTER)], np.concatenate(numbers, axis=1)


def _runs(numbers: np.ndarray, records: np.ndarray, each: int = NEIGHBOURS) -> np.ndarray:
    """The numbers of the beats from `each` before to `each` after, float32 (n, 2 each + 1, features)."""
    runs = np.zeros((len(numbers), 2 * each + 1, numbers.shape[1]), np.float32)
    for one in np.unique(records):
        rows = np.flatnonzero(records == one)
        padded = np.pad(numbers[rows], ((each, each), (0, 0)))
        runs[rows] = np.stack([padded[k : k + len(rows)] for k in range(2 * each + 1)], axis=1)
    return runs


def foldings(beats: Beats, folds: int, by: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows to learn from and the rows to answer for, fold by fold: by "person" or by "beat".

    by person: nobody is in both; where there are fewer people than folds, each is a fold. by beat: at random, so that
    everybody is in both. Raises ValueError for another word.
    """
    if by not in ("person", "beat"):
        raise ValueError(f"by: expected person or beat, found {by!r}")
    if by == "person":
        yield from GroupKFold(min(folds, len(np.unique(beats.patients)))).split(beats.numbers, groups=beats.patients)
    else:
        yield from KFold(folds, shuffle=True, random_state=0).split(beats.numbers)


def out_of_fold(
    learn: Callable[[Beats], Callable[[Beats], np.ndarray]],
    beats: Beats,
    test: Beats | None = None,
    *,
    folds: int,
    by: str = "person",
) -> tuple[np.ndarray, np.ndarray | None]:
    """Risks (n, 5) of all beats, each by a model that did not learn from its fold, and the folds' mean for a test.

    learn: takes beats and returns what answers for others with risks (m, 5). On the first a threshold can be chosen;
    the second answers for people whom no fold has seen.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    own, others = np.zeros((len(beats), 5)), []
    for learning, asked in foldings(beats, folds, by):
        answer = learn(beats.rows(learning))
        own[asked] = answer(beats.rows(asked))
        if test is not None:
            others.append(answer(test))
    return own, np.mean(others, axis=0) if others else None
