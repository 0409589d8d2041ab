"""Electrocardiograms of one's own: a folder of WFDB records with annotated beats, as beats in three splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from helpers.datasets.beats import AAMI, AFTER, BEFORE, BeatDataset, BeatSplit, cut_windows, joined
from helpers.datasets.errors import DataError
from helpers.datasets.given import readable
from helpers.datasets.series import EcgRecord
from helpers.datasets.sources.ecg import load_ecg

SHARES = (0.4, 0.2)  # of the records: train and validation; the others are the test
FEWEST = 6  # records


def load_own_beats(folder: str, *, seed: int = 1) -> BeatDataset:
    """The beats of all records in a folder that have annotations (NAME.hea, NAME.dat, NAME.atr), first lead of each.

    folder: its path, or that of any header (.hea) in it, as a parameter of a notebook takes the path of a file only.
    Each record counts as a person, since a file does not say who is in it: put records of one person together before.
    Records are divided with the seed. Beats where the lead has gaps are left out; those before and after
    a gap are in two stretches.
    Raises DataError where there are fewer records than six, or rates differ; where a record's lead is constant or has
    no two whole beats in a row; where no ventricular or no supraventricular beat is learned from or tested on.
    """
    path = Path(readable(folder))
    path = path.parent if path.suffix == ".hea" else path
    headers = sorted(file.with_suffix("") for file in path.glob("*.hea"))
    stems = [stem for stem in headers if stem.with_name(f"{stem.name}.atr").is_file()]
    if len(stems) < FEWEST:
        raise DataError(
            path.name,
            expected=f"a folder with {FEWEST} or more WFDB records with annotations (.hea, .dat, .atr)",
            found=f"{len(stems)}, and {len(headers) - len(stems)} records without annotations",
            todo="Give simulated, mitdb, or the path of a header (.hea) in such a folder.",
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
    parts = [_beats_of(record) for record in records]
    lost = sum(len(record.beats) for record in records) - sum(map(len, parts))
    ends = np.round(np.cumsum(SHARES) * len(parts)).astype(int)
    places = np.split(np.random.default_rng(seed).permutation(len(parts)), ends)
    _check_kinds(path, [joined(parts[k] for k in place) for place in (np.concatenate(places[:2]), places[2])])
    rate = rates.pop()
    return BeatDataset(
        name=path.name,
        title=f"Beats of {len(parts)} records of {path.name}",
        simulated=False,
        patients_known=False,
        source=f"your folder {path.name}",
        licence="unknown: ask whoever gave you the files",
        citation="unknown",
        notes=("Each record counts as one person.", f"Beats without a whole window of signal were left out: {lost}."),
        **{
            name: joined(parts[k] for k in place)
            for name, place in zip(("train", "validation", "test"), places, strict=True)
        },
        leads=("first",),
        rate=rate,
        before=round(BEFORE * rate),
    )


def _beats_of(record: EcgRecord) -> BeatSplit:
    """The beats of a record in its first lead, without those whose window has a gap."""
    lead = record.signal[:, 0]
    if np.nanmin(lead, initial=np.inf) >= np.nanmax(lead, initial=-np.inf):
        raise DataError(
            record.name,
            expected=f"a first lead ({record.leads[0]}) whose voltage changes",
            found="the same voltage throughout, or none",
            todo="Leave the record out, or put another lead first.",
        )
    rows, _ = cut_windows(record, record.leads[0], BEFORE, AFTER, patient=record.name, record=record.name)
    if not (np.diff(rows.stretches) == 0).any():
        raise DataError(
            record.name,
            expected="two or more beats in a row with a whole window of signal around them",
            found=f"{len(rows)}, of {len(record.beats)} annotated{', no two without a gap between' * (len(rows) > 1)}",
            todo="Leave the record out.",
        )
    return rows


def _check_kinds(path: Path, sides: list[BeatSplit]):
    """Refuse where a kind that is to be told apart is not in both of what is learned from and the test."""
    for side, rows in zip(("records to learn from", "test records"), sides, strict=True):
        for kind in ("supraventricular", "ventricular"):
            if not (rows.labels == list(AAMI).index(kind)).any():
                raise DataError(
                    path.name,
                    expected="supraventricular and ventricular beats in what is learned from and in the test",
                    found=f"no {kind} beat in the {len(np.unique(rows.records))} {side}",
                    todo="Add records with such beats, or try another seed, which deals the records out anew.",
                )
