"""The PhysioNet sets of the catalogue: their files, each verified, on this machine."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from helpers.datasets.contract import DataError
from helpers.datasets.sources.catalogue import names_of_kind, remote_files
from helpers.datasets.sources.download import fetch


def fetch_files(dataset: str, pattern: str = "*") -> list[Path]:
    """Paths of the files of a PhysioNet set whose names match the pattern, downloaded where they are not here.

    pattern: as in a shell, against the name that the file has in the set, such as "100.*" or "*/Dexcom_*.csv".
    Below the folder of originals and the cache the files lie in a folder of the set's name: mitdb/100.dat.

    Raises ValueError where there is no such set or no such file; DataError as download.fetch does.
    """
    if dataset not in names_of_kind("physionet"):
        raise ValueError(f"dataset: expected one of {', '.join(names_of_kind('physionet'))}, found {dataset!r}.")
    files = [file for file in remote_files(dataset) if fnmatchcase(file.name.removeprefix(f"{dataset}/"), pattern)]
    if not files:
        raise ValueError(f"pattern: expected one that a file of {dataset} matches, found {pattern!r}.")
    return [fetch(file.name, file.addresses, file.known_hash, largest=file.largest) for file in files]


def fetch_record(record: str) -> Path:
    """Path of a record of the MIT-BIH Arrhythmia Database without its suffix, as wfdb.rdrecord wants it.

    record: its number, "100" to "234". Its three files (.hea, .dat and .atr: header, signals and annotations) are
    there and verified. Raises as fetch_files does, and DataError where the three are not in one folder.
    """
    paths = fetch_files("mitdb", f"{record}.*")
    folders = {path.parent for path in paths}
    if len(folders) > 1:
        raise DataError(
            f"mitdb/{record}",
            expected="its files in one folder",
            found=" and ".join(sorted(map(str, folders))),
            todo="Put all of them into the folder of originals, or none.",
        )
    return paths[0].with_suffix("")
