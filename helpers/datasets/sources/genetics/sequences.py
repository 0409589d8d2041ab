"""CTCF's strongest places in the genome (FASTA) and JASPAR's matrices of what proteins bind to, read and checked."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError
from helpers.datasets.sequences import LETTERS, Motif, MotifDataset, SequenceDataset
from helpers.datasets.sources.listed import described, fetch_listed

GENOME = "hg19"  # as the documentation of GimmeMotifs, from whose repository the file is, says of it
_PLACE = re.compile(r"(\w+):(\d+)-(\d+)")


def load_ctcf(*, seed: int = 1) -> SequenceDataset:
    """500 stretches of 200 bases that CTCF binds strongest in GM12878 cells; the same with every seed.

    There are none here that it does not bind: a background is made by shuffling. Raises DataError as fetch_listed does.
    """
    (path,) = fetch_listed("ctcf").values()
    return read_ctcf(path)


def read_ctcf(path: Path) -> SequenceDataset:
    """The same, from any FASTA file whose names are places, such as >chr1:100-300."""
    places, letters, repeats = [], [], []
    for name, sequence in read_fasta(path):
        match = _PLACE.fullmatch(name)
        if not match or int(match[3]) - int(match[2]) != len(sequence):
            _refuse(path, f"a name such as chr1:100-300 of a sequence of {len(sequence)} bases", repr(name))
        places.append((match[1], int(match[2]), int(match[3])))
        letters.append(sequence.upper())
        repeats.append([letter.islower() for letter in sequence])
    if len({len(row) for row in repeats}) != 1:
        _refuse(path, "sequences of one length", ", ".join(map(str, sorted({len(row) for row in repeats}))))
    return SequenceDataset(
        **described("ctcf"),
        patients_known=False,
        letters=np.array(letters),
        repeats=np.array(repeats),
        places=pd.DataFrame(places, columns=["chromosome", "start", "end"]),
        genome=GENOME,
    )


def read_fasta(path: Path) -> list[tuple[str, str]]:
    """Name (to the first blank) and sequence of each record, in the file's order and with the case of its letters.

    Raises DataError naming the line for text that is no FASTA, another letter than A, C, G, T and N, and an empty
    sequence.
    """
    records: list[tuple[str, list[str]]] = []
    for number, line in enumerate(_lines(path), 1):
        if line.startswith(">"):
            records.append((line[1:].split()[0] if line[1:].split() else "", []))
        elif line and not records:
            _refuse(path, "a first line that begins with >", repr(line[:40]))
        elif line.strip("ACGTNacgtn"):
            _refuse(path, f"letters A, C, G, T or N in line {number}", repr(line.strip("ACGTNacgtn")[0]))
        elif line:
            records[-1][1].append(line)
    empty = next((name for name, parts in records if not parts), None)
    if not records or empty is not None:
        _refuse(path, "a sequence for each name", "no name" if not records else f"none for {empty}")
    return [(name, "".join(parts)) for name, parts in records]


def load_jaspar(*, seed: int = 1) -> MotifDataset:
    """The 1,997 matrices of JASPAR 2022, by id; the same with every seed. Raises DataError as fetch_listed does."""
    (path,) = fetch_listed("jaspar").values()
    return read_jaspar(path)


def read_jaspar(path: Path) -> MotifDataset:
    """The same, from a file with >ID_ID.NAME before each matrix and four counts (A, C, G, T) in each of its lines."""
    names: dict[str, str] = {}
    rows: dict[str, list[list[float]]] = {}
    for number, line in enumerate(_lines(path), 1):
        if line.startswith(">"):
            id, _, rest = line[1:].partition("_")
            if not id or id in rows:
                _refuse(path, f"an id of its own in line {number}", repr(line))
            names[id], rows[id] = rest.removeprefix(f"{id}.") or id, []
        elif line and not line.startswith("#"):
            try:
                counts = [float(text) for text in line.split()]
            except ValueError:
                counts = []
            if len(counts) != len(LETTERS) or not rows:
                _refuse(path, f"four counts in line {number}, below a line that begins with >", repr(line[:40]))
            rows[id].append(counts)
    read = {id: Motif(id, names[id], np.array(counts, np.float64)) for id, counts in rows.items()}
    return MotifDataset(**described("jaspar"), patients_known=False, motifs=read)


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        _refuse(path, "text in UTF-8", f"a byte that is none ({error.reason})")


def _refuse(path: Path, expected: str, found: str):
    raise DataError(path.name, expected=expected, found=found, todo="Fetch the file again, or correct it.")
