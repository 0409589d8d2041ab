"""The MIT-BIH Arrhythmia Database as beats, split between people as the literature splits it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.arguments import check_number
from helpers.datasets.beats import AFTER, BEFORE, BeatDataset, BeatSplit, cut_windows, joined
from helpers.datasets.errors import DataError
from helpers.datasets.series import EcgRecord
from helpers.datasets.sources.catalogue import read_catalogue, remote_files
from helpers.datasets.sources.ecg import DATABASE, load_ecg

# Two halves with no person in both, but for one: de Chazal, O'Dwyer and Reilly, IEEE Trans Biomed Eng 51:1196, 2004.
_DS1 = (101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122, 124, 201, 203, 205, 207, 208, 209, 215, 220, 223, 230)
_DS2 = (100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210, 212, 213, 214, 219, 221, 222, 228, 231, 232, 233, 234)
DS1, DS2 = tuple(map(str, _DS1)), tuple(map(str, _DS2))
PACED = ("102", "104", "107", "217")  # beats of a pacemaker, which the AAMI recommendation leaves out
SAME_PERSON = {"202": "201"}  # the database's directory says so; 201 is in DS1 and 202 in DS2
LEAD = "MLII"  # in all records of DS1 and DS2, though not always first (114)
OLDER = 65  # years: the bands of age that are told apart
NOT_STATED = "not stated"
VALIDATION_SHARE = 0.25  # of the people of DS1


def records() -> list[str]:
    """The numbers of the 48 records, "100" to "234"."""
    return sorted({Path(file.name).stem for file in remote_files(DATABASE)})


def read_record(record: str) -> EcgRecord:
    """One record by its number, with all of its annotated beats. Raises as load_ecg does; ValueError for no record."""
    if record not in records():
        raise ValueError(f"record: expected one of {', '.join(records())}, got {record!r}")
    return load_ecg(f"{DATABASE}/{record}")


def person(record: str) -> str:
    """Whose record it is, by the number of that person's first one.

    >>> person("202"), person("203")
    ('201', '203')
    """
    return SAME_PERSON.get(record, record)


def age_and_sex(comments: tuple[str, ...]) -> tuple[str, str]:
    """The band of age and the sex that the first comment of a record's header states; "not stated" where it does not.

    >>> age_and_sex(("69 M 1085 1629 x1", "Aldomet, Inderal")), age_and_sex(("-1 M 793 1346 x1",))
    (('65 and older', 'M'), ('not stated', 'M'))
    """
    stated = re.match(r"(-?\d+) ([MF])\b", comments[0].strip()) if comments else None
    if not stated:
        return NOT_STATED, NOT_STATED
    age = int(stated[1])
    return NOT_STATED if age < 0 else f"{OLDER} and older" if age >= OLDER else f"below {OLDER}", stated[2]


def load_mitdb(*, seed: int = 1, before: float = BEFORE, after: float = AFTER) -> BeatDataset:
    """The beats of 43 records in lead MLII with their AAMI classes: learn on DS1, test on DS2.

    The test split is DS2, whole, so that results can stand beside published ones. A quarter of the people of DS1, drawn
    with the seed, is the validation split. The published halves share a person: record 201, of DS1, is of the one whose
    record 202 is in DS2, and is left out here. So are the four records with a pacemaker, and beats so near an end of
    their record that their window is not whole.

    before, after: seconds of signal that come with each beat, from 0.05 to 2. Raises DataError where a file is neither
    here nor to be had.
    """
    check_number("before", before, 0.05, 2)
    check_number("after", after, 0.05, 2)
    tested = {person(record) for record in DS2}
    learned = [record for record in DS1 if person(record) not in tested]
    held = np.random.default_rng(seed).permutation(learned)[: round(VALIDATION_SHARE * len(learned))]
    splits = {
        "train": [record for record in learned if record not in held],
        "validation": sorted(map(str, held)),
        "test": list(DS2),
    }
    windows, of_person = {}, {}
    for split, names in splits.items():
        windows[split] = []
        for one in names:
            ecg = read_record(one)
            windows[split].append(cut_beats(ecg, one, before, after))
            of_person[person(one)] = (
                "for rare arrhythmias" if one >= "200" else "at random",
                *age_and_sex(ecg.comments),
            )
    lost = sum(dropped for parts in windows.values() for _, dropped in parts)
    entry = read_catalogue()[DATABASE]
    rate = 360.0
    return BeatDataset(
        name=DATABASE,
        title=entry["title"],
        simulated=False,
        patients_known=True,
        source=f"{entry['addresses'][0].format(file='')} (SHA-256 verified)",
        licence=entry["licence"],
        citation=entry["citation"],
        notes=(
            *entry["faults"],
            f"Left out: the paced records {', '.join(PACED)}, record 201 (its person is tested on, record 202), and "
            f"{lost} beats at the ends of records.",
        ),
        **{split: joined(part for part, _ in parts) for split, parts in windows.items()},
        patient_table=pd.DataFrame.from_dict(of_person, orient="index", columns=["drawn", "age", "sex"])
        .sort_index()
        .rename_axis("patient"),
        leads=(LEAD,),
        rate=rate,
        before=round(before * rate),
    )


def cut_beats(ecg: EcgRecord, record: str, before: float, after: float) -> tuple[BeatSplit, int]:
    """The windows around the beats of a record in lead MLII, and how many beats were too near an end to have one.

    Raises DataError where the record has no such lead.
    """
    if LEAD not in ecg.leads:
        raise DataError(
            f"record {record}", expected=f"lead {LEAD}", found=", ".join(ecg.leads), todo="Leave the record out."
        )
    return cut_windows(ecg, LEAD, before, after, patient=person(record), record=record)
