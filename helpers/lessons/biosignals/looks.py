"""Looks at an EEG as a model is given them: parts in order of time, features of the past, and what is to be told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter

from helpers.datasets.simulators.biosignals.eeg_days import Looks

PAST_MINUTES = 30  # over which features are averaged
FAR_HOURS = 1.0  # after a seizure nothing is learned for so long


@dataclass(frozen=True)
class Plan:
    """When a warning counts, minutes: at least `horizon` before a seizure, at most `horizon + occurrence`.

    The *horizon* is what is left to act in, the *occurrence period* how long one has to be on guard (Winterhalder et
    al., Epilepsy & Behavior 4:318, 2003, where both come from).

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """

    horizon: float = 10.0
    occurrence: float = 50.0

    @property
    def reach(self) -> float:
        """The longest time before a seizure at which an alarm still warns of it."""
        return self.horizon + self.occurrence


def part_of(looks: Looks, chosen: np.ndarray) -> Looks:
    """Some of the looks, (n,) bool; the seizures stay, and those before which nothing was seen count for nothing."""
    rows = {name: getattr(looks, name)[chosen] for name in ("people", "time", "features", "gain")}
    return replace(looks, **rows)


def in_time(looks: Looks, train: float = 0.5, validation: float = 0.2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everybody's past, the time after it, and their future: three masks (n,) of train, validation and test.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    share = np.empty(len(looks.time))
    for person in np.unique(looks.people):
        mine = looks.people == person
        share[mine] = np.arange(mine.sum()) / mine.sum()
    return share < train, (share >= train) & (share < train + validation), share >= train + validation


def over_the_past(looks: Looks, minutes: float = PAST_MINUTES) -> np.ndarray:
    """The features averaged over the last looks, this one included, float64 (n, k): nothing later is read.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    steps = max(round(minutes / looks.step_minutes), 1)
    averaged = np.empty(looks.features.shape)
    for person in np.unique(looks.people):
        mine = looks.people == person
        rows = looks.features[mine].astype(float)
        many = np.minimum(np.arange(1, len(rows) + 1), steps)[:, None]
        averaged[mine] = lfilter(np.ones(steps), [1], rows, axis=0) / many
    return averaged


def own_scale(features: np.ndarray, people: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Features (n, k) less the person's mean, by the person's deviation, both of the training looks alone."""
    scaled = np.empty(features.shape)
    for person in np.unique(people):
        mine = people == person
        known = features[mine & train]
        scaled[mine] = (features[mine] - known.mean(axis=0)) / known.std(axis=0)
    return scaled


def last_looks(features: np.ndarray, people: np.ndarray, steps: int = 12) -> np.ndarray:
    """For each look the features of the last looks, this one at the end, float32 (n, steps, k): nothing later is read.

    features: (n, k), in order of person and time. Before a person's first look stands that first look.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    _, first, whose = np.unique(people, return_index=True, return_inverse=True)
    places = np.maximum(np.arange(len(people))[:, None] - np.arange(steps - 1, -1, -1), first[whose][:, None])
    return features.astype(np.float32)[places]


def minutes_to_seizure(looks: Looks) -> tuple[np.ndarray, np.ndarray]:
    """Minutes from each look to the start of the next seizure, and since the last one's end; inf where there is none.

    A look during a seizure has 0 since.
    """
    ahead, since = np.full(len(looks.time), np.inf), np.full(len(looks.time), np.inf)
    minute = np.timedelta64(1, "m")
    for person, spans in looks.seizures.items():
        mine = looks.people == person
        if len(spans):
            to_start = (spans[:, 0] - looks.time[mine][:, None]) / minute
            from_end = (looks.time[mine][:, None] - spans[:, 1]) / minute
            ahead[mine] = np.where(to_start > 0, to_start, np.inf).min(axis=1)
            since[mine] = np.where(to_start <= 0, from_end.clip(0), np.inf).min(axis=1)
    return ahead, since


def labels(looks: Looks, plan: Plan) -> np.ndarray:
    """1 before a seizure by horizon to reach minutes, 0 elsewhere, -1 where nothing is learned: int8 (n,).

    Nothing is learned of the horizon itself, of the seizure and of the hour that follows.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    ahead, since = minutes_to_seizure(looks)
    told = np.where((ahead >= plan.horizon) & (ahead <= plan.reach), 1, 0)
    return np.where((ahead < plan.horizon) | (since < 60 * FAR_HOURS), -1, told).astype(np.int8)
