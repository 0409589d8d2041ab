"""Electrocardiograms of one's own: a folder of WFDB records with annotated beats, as beats in three splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from helpers.datasets.beats import BeatDataset, cut_windows, joined
from helpers.datasets.errors import DataError
from helpers.datasets.given import readable
from helpers.datasets.sources.ecg import load_ecg

BEFORE, AFTER = 0.25, 0.4  # seconds of a window, as of MIT-BIH
SHARES = (0.4, 0.2)  # of the records: train and validation; the others are the test
FEWEST = 6  # records


def load_own_beats(folder: str, *, seed: int = 1) -> BeatDataset:
    """The beats of all records in a folder that have annotations (NAME.hea, NAME.dat, NAME.atr), first lead of each.

    Each record counts as a person, since a file does not say who is in it: put records of one person together before.
    Records are divided with the seed. Raises DataError where there are fewer than six, or rates differ.
    """
    path = Path(readable(folder))
    stems = sorted(file.with_suffix("") for file in path.glob("*.hea") if file.with_suffix(".atr").is_file())
    if len(stems) < FEWEST:
        raise DataError(
            path.name,
            expected=f"a folder with {FEWEST} or more WFDB records with annotations (.hea, .dat, .atr)",
            found=f"{len(stems)}",
            todo="Give simulated, mitdb, or such a folder.",
        )
    records = [load_ecg(stem) for stem in stems]
    rates = {record.rate for record in records}
    if len(rates) > 1:
        raise DataError(
            path.name,
            expected="records of one sampling rate",
            found=", ".join(f"{rate:g} Hz" for rate in sorted(rates)),
            todo="Keep the records of one of them.",
        )
    parts = [
        cut_windows(one, one.leads[0], BEFORE, AFTER, patient=stem.name, record=stem.name)[0]
        for one, stem in zip(records, stems, strict=True)
    ]
    ends = np.round(np.cumsum(SHARES) * len(parts)).astype(int)
    places = np.split(np.random.default_rng(seed).permutation(len(parts)), ends)
    rate = rates.pop()
    return BeatDataset(
        name=path.name,
        title=f"Beats of {len(parts)} records of {path.name}",
        simulated=False,
        patients_known=False,
        source=f"your folder {path.name}",
        licence="unknown: ask whoever gave you the files",
        citation="unknown",
        notes=("Each record counts as one person.",),
        **{
            name: joined(parts[k] for k in place)
            for name, place in zip(("train", "validation", "test"), places, strict=True)
        },
        leads=("first",),
        rate=rate,
        before=round(BEFORE * rate),
    )
