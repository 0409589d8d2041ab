"""Electrocardiograms: one record of the heart's voltage with its beats, read from a WFDB file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from helpers.datasets.beats import CLASS_OF
from helpers.datasets.contract import DataError
from helpers.datasets.series import EcgRecord
from helpers.datasets.sources.catalogue import read_catalogue, remote_files
from helpers.datasets.sources.physionet import fetch_record

DATABASE = "mitdb"  # the MIT-BIH Arrhythmia Database, as the catalogue calls it
MILLIVOLTS = {"mV": 1.0, "uV": 1e-3, "µV": 1e-3, "V": 1e3}


def load_ecg(path: str | Path) -> EcgRecord:
    """A record in the WFDB format: NAME.hea and NAME.dat, and NAME.atr with the beats where there is one.

    path: any of these files, or their name without ending; or "mitdb/100", a record of the MIT-BIH Arrhythmia Database,
    which is downloaded where there is no such file. Voltages come in millivolts. A record of that database is
    recognised by the SHA-256 of its .dat file, wherever it lies, and gets the database's licence and citation.

    Raises DataError where a file is absent or damaged, or where a lead is not a voltage.
    """
    import wfdb  # only here: it brings the network client and sound library that its other functions use

    path = Path(path)
    if path.parent.as_posix() == DATABASE and not path.with_suffix(".hea").is_file():
        path = fetch_record(path.stem)
    stem = path.with_suffix("") if path.suffix in (".hea", ".dat", ".atr") else path
    where = stem.name
    has_beats = stem.with_name(where + ".atr").is_file()
    for ending in (".hea", ".dat", ".atr")[: 3 if has_beats else 2]:
        file = stem.with_name(where + ending)
        if not file.is_file() or file.stat().st_size == 0:
            raise DataError(
                where,
                expected=f"the file {file.name}",
                found="an empty one" if file.is_file() else "none in that folder",
                todo="A WFDB record needs its header (.hea) and its signal (.dat) side by side.",
            )
    try:
        record = wfdb.rdrecord(str(stem))
        marks = wfdb.rdann(str(stem), "atr") if has_beats else None
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OSError,
        wfdb.io.header.HeaderSyntaxError,
    ) as error:
        raise DataError(
            where,
            expected="a whole WFDB record",
            found=f"a damaged one ({error})",
            todo="Fetch its files again.",
        ) from error
    notes = []
    unknown = sorted(set(record.units) - set(MILLIVOLTS))
    if unknown:
        raise DataError(
            where,
            expected="leads in mV, uV or V",
            found=f"one in {unknown[0]}",
            todo="Keep the electrocardiogram's leads only.",
        )
    signal = (record.p_signal * [MILLIVOLTS[unit] for unit in record.units]).astype(np.float32)
    if set(record.units) != {"mV"}:
        notes.append(f"Leads in {', '.join(record.units)} were converted to mV.")
    if marks is None:
        notes.append("There is no file of beats (.atr) beside the signal.")
        beats, symbols = np.array([], np.int64), np.array([], str)
    else:
        symbols = np.array(marks.symbol, str)
        is_beat = np.isin(symbols, list(CLASS_OF))
        beats, symbols = np.asarray(marks.sample, np.int64)[is_beat], symbols[is_beat]
        if not is_beat.all():
            notes.append(f"Marks that are not beats (rhythm, noise, comments) were left out: {(~is_beat).sum()}.")
    return EcgRecord(
        name=where,
        signal=signal,
        leads=tuple(record.sig_name),
        rate=float(record.fs),
        beats=beats,
        symbols=symbols,
        simulated=False,
        notes=tuple(notes),
        comments=tuple(record.comments),
        **_facts(stem.with_name(where + ".dat")),
    )


def _facts(signal_file: Path) -> dict[str, str]:
    """Title, source, licence and citation: those of the MIT-BIH database if it holds this very file."""
    digest = f"sha256:{hashlib.sha256(signal_file.read_bytes()).hexdigest()}"
    original = next((file for file in remote_files(DATABASE) if file.known_hash == digest), None)
    if original is None:
        return {
            "title": signal_file.stem,
            "source": f"your file {signal_file.name}",
            "licence": "unknown: ask whoever gave you the file",
            "citation": "unknown",
        }
    entry = read_catalogue()[DATABASE]
    return {
        "title": f"{entry['title']}, record {Path(original.name).stem}",
        "source": f"{original.addresses[0]} (SHA-256 verified)",
        "licence": entry["licence"],
        "citation": entry["citation"],
    }
