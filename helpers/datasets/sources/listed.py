"""The sets of the catalogue whose files are listed one by one: each found, or downloaded, and verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpers.datasets.contract import DataError
from helpers.datasets.sources.catalogue import names_of_kind, read_catalogue, remote_files
from helpers.datasets.sources.download import cached_path, fetch


def fetch_listed(dataset: str) -> dict[str, Path]:
    """The files of a set of kind "files" by their names, verified, downloaded where they are not here.

    Below the folder of originals and the cache they lie in the folder that the catalogue names: tables/pbc.csv.

    Raises ValueError where there is no such set; DataError as download.fetch does, and for a file that is not here and
    that nobody offers at an address.
    """
    if dataset not in names_of_kind("files"):
        raise ValueError(f"dataset: expected one of {', '.join(names_of_kind('files'))}, found {dataset!r}.")
    paths = {}
    for file in remote_files(dataset):
        if not file.addresses and cached_path(file.name) is None:
            raise DataError(
                file.name,
                expected="the file on this machine, because it has no address from which it could be downloaded",
                found="none",
                todo=read_catalogue()[dataset]["obtain"],
            )
        path = fetch(file.name, file.addresses, file.known_hash, largest=file.largest)
        paths[Path(file.name).name] = path
    return paths


def described(dataset: str) -> dict[str, Any]:
    """What the catalogue says of a set, for the dataclasses of helpers.datasets: title, source, licence, citation.

    source: where its files come from, and who says that these are the hashes.
    """
    entry = read_catalogue()[dataset]
    only = next(iter(entry["sha256"])) if len(entry["sha256"]) == 1 else ""
    site = entry["addresses"][0].format(file=only) if "addresses" in entry else entry["obtain"].strip()
    return {
        "name": dataset,
        "title": entry["title"],
        "simulated": False,
        "source": f"{site} (SHA-256 verified; {entry['hashes_from'].strip()})",
        "licence": entry["licence"],
        "citation": entry["citation"],
        "notes": tuple(fault.strip() for fault in entry["faults"]),
    }
