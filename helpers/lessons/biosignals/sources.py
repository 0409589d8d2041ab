"""Where the beats of the lesson come from, and what others have reported of the same test."""

from __future__ import annotations

from helpers.datasets import load
from helpers.datasets.beats import BeatDataset
from helpers.datasets.simulators.biosignals.ecg_people import simulate_beats
from helpers.datasets.sources.recordings.own_ecg import load_own_beats
from helpers.notebook.reference import published

SIMULATED, REAL = "simulated", "mitdb"


def load_beats(dataset: str, people: int, seconds: float, *, seed: int) -> BeatDataset:
    """Beats in three splits by person: simulated, of MIT-BIH, or of the records in a folder of your own.

    dataset: "simulated" (people and seconds are of these alone), "mitdb", or a folder of WFDB records.
    Raises DataError where there is no such thing, or it is damaged.
    Taught in notebooks/12_biosignals.ipynb, section 2.1.
    """
    if dataset == SIMULATED:
        return simulate_beats(people, seconds, seed=seed)
    return load(dataset, seed=seed) if dataset == REAL else load_own_beats(dataset, seed=seed)


def published_points() -> dict[str, dict[str, tuple[float, float]]]:
    """Published sensitivity and PPV from MIT-BIH's DS1 to its DS2: class -> who -> (sensitivity, PPV), as shares.

    Taught in notebooks/12_biosignals.ipynb, section 3.
    """
    table = published(REAL)
    return {
        name: {who: (row[f"{name[0]}_sensitivity"], row[f"{name[0]}_ppv"]) for who, row in table.iterrows()}
        for name in ("ventricular", "supraventricular")
    }
