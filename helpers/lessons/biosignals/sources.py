"""Where the beats of the lesson come from, and what others have reported of the same test."""

from __future__ import annotations

import pandas as pd

from helpers.datasets import load
from helpers.datasets.beats import BeatDataset
from helpers.datasets.eeg import EegDataset
from helpers.datasets.given import readable
from helpers.datasets.simulators.biosignals.ecg_people import simulate_beats
from helpers.datasets.sources.recordings.bonn import load_bonn
from helpers.datasets.sources.recordings.own_ecg import load_own_beats
from helpers.notebook.reference import published

SIMULATED, REAL = "simulated", "mitdb"

# Of the beats of DS2 that count for a class those that are of it: of all people, and without the one with most of them
# (a test counts them anew where MIT-BIH is at hand)
SHARES = {"ventricular": (0.0653, 0.0517), "supraventricular": (0.037, 0.0095)}


def load_beats(dataset: str, people: int, seconds: float, *, seed: int) -> BeatDataset:
    """Beats in three splits by person: simulated, of MIT-BIH, or of the records in a folder of your own.

    dataset: "simulated" (people and seconds are of these alone), "mitdb", or a folder of WFDB records.
    Raises DataError where there is no such thing, or it is damaged.
    Taught in notebooks/12_biosignals.ipynb, section 2.1.
    """
    if dataset == SIMULATED:
        return simulate_beats(people, seconds, seed=seed)
    return load(dataset, seed=seed) if dataset == REAL else load_own_beats(dataset, seed=seed)


def load_eeg(eeg: str) -> EegDataset:
    """The Bonn set: "bonn", or the path of a folder or an archive of its files.

    Raises DataError where there is no such thing, or it is another.
    Taught in notebooks/12_biosignals.ipynb, section 5.
    """
    return load_bonn(None if eeg == "bonn" else readable(eeg))


def published_points() -> dict[str, dict[str, tuple[float, float]]]:
    """Published sensitivity and PPV from MIT-BIH's DS1 to its DS2: class -> who -> (sensitivity, PPV), as shares.

    Taught in notebooks/12_biosignals.ipynb, section 3.
    """
    table = published(REAL)
    return {
        name: {who: (row[f"{name[0]}_sensitivity"], row[f"{name[0]}_ppv"]) for who, row in table.iterrows()}
        for name in ("ventricular", "supraventricular")
    }


def chance_on_ds2() -> pd.DataFrame:
    """The average precision that chance has on MIT-BIH's DS2, as text: each class's share of the beats.

    Taught in notebooks/12_biosignals.ipynb, section 3.
    """
    rows = ("chance on DS2", "chance without one person")
    return pd.DataFrame(SHARES, index=list(rows)).map("{:.3f}".format)
