"""The time of day as a predictor of seizures: a floor that needs no electrode."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.datasets.simulators.biosignals.eeg_days import Looks


def clock_features(looks: Looks) -> np.ndarray:
    """Cosine and sine of the time of day, each in a column per person, float64 (n, 2 · people): everybody's own hours.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    angle = 2 * np.pi * looks.hour / 24
    own = looks.people[:, None] == np.unique(looks.people)
    return np.column_stack([own * np.cos(angle)[:, None], own * np.sin(angle)[:, None]])


def by_hour(looks: Looks, risk: np.ndarray, asked: np.ndarray) -> pd.DataFrame:
    """Seizures and mean risk by hours from the person's busiest hour, index -12 to 11, within 30 minutes of each index.

    The busiest hour is the circular mean of the person's seizures. seizures: the share of all seizures. risk: (n,), its
    mean at that time over the looks that are asked, bool (n,). Taught in notebooks/12_biosignals.ipynb, section 4.5.
    """
    seizures, risks = np.zeros(24), np.zeros((2, 24))
    for person, spans in looks.seizures.items():
        starts = spans[:, 0]
        hours = (starts - starts.astype("datetime64[D]")) / np.timedelta64(1, "h")
        busiest = np.angle(np.exp(2j * np.pi * hours / 24).sum()) * 24 / (2 * np.pi) if len(hours) else 0.0
        mine = (looks.people == person) & asked
        for target, times, weights in (
            (seizures, hours, None),
            (risks[0], looks.hour[mine], risk[mine]),
            (risks[1], looks.hour[mine], None),
        ):
            places = np.floor((times - busiest + 12.5) % 24).astype(int) % 24
            target += np.bincount(places, weights, minlength=24)
    return pd.DataFrame(
        {"seizures": seizures / max(seizures.sum(), 1), "risk": risks[0] / risks[1]},
        index=pd.RangeIndex(-12, 12, name="hours from the busiest"),
    )
