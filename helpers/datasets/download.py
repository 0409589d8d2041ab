"""Fetch a catalogued file once, verify it, and never leave half of it behind."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock
from requests import RequestException

from helpers.datasets.contract import DataError

DATA_FOLDER_VARIABLE = "COURSE_DATA"
OFFLINE_VARIABLE = "COURSE_OFFLINE"
TIMEOUT_SECONDS = 30
TRIES_PER_ADDRESS = 3


def data_folder() -> Path:
    """The folder that downloads go to: $COURSE_DATA, or the user's cache folder where that is not set."""
    import pooch  # only here and below: it loads tqdm, which warns in every kernel that has no widgets

    named = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(named) if named else Path(pooch.os_cache("deep-learning-in-healthcare"))


def fetch(name: str, addresses: Sequence[str], known_hash: str) -> Path:
    """Path of the file `name` in the data folder, downloaded first if it is not there.

    addresses are tried in order, each TRIES_PER_ADDRESS times with TIMEOUT_SECONDS of patience; known_hash is
    "md5:..." or "sha256:...". The file appears under its name only when it is complete and its hash is right,
    and of several kernels that ask at once, one downloads and the others wait.

    Raises DataError if the file is not there and COURSE_OFFLINE is set, if no address answers, if what came does
    not have the hash, or if the folder cannot be written to.
    """
    folder = data_folder()
    path = folder / name
    if path.exists():
        return path
    if os.environ.get(OFFLINE_VARIABLE):
        raise DataError(
            name,
            expected=f"the file in the data folder, because {OFFLINE_VARIABLE} forbids downloads",
            found="none",
            todo=f"Put it there (set {DATA_FOLDER_VARIABLE} to name another folder), pass its path instead, "
            f"or unset {OFFLINE_VARIABLE}.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(path.suffix + ".lock")):
            if not path.exists():
                _download(path, addresses, known_hash)
    except OSError as error:  # no right to write, no such drive, no space
        raise DataError(
            name,
            expected=f"a data folder that can be written to, {folder}",
            found=str(error),
            todo=f"Make room or set {DATA_FOLDER_VARIABLE} to another folder.",
        ) from error
    return path


def _download(path: Path, addresses: Sequence[str], known_hash: str):
    import pooch

    failures = []
    for address in addresses:
        for _ in range(TRIES_PER_ADDRESS):
            try:
                pooch.retrieve(
                    address,
                    known_hash,
                    fname=path.name,
                    path=path.parent,
                    downloader=pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS),
                )
                return
            except RequestException as error:
                failures.append(f"{address}: {type(error).__name__}")
            except ValueError as error:  # pooch's word for a hash that does not agree
                failures.append(f"{address}: {error}")
                break
    raise DataError(
        path.name,
        expected=f"a download with hash {known_hash}",
        found="; ".join(failures),
        todo="Try again later, or put a verified copy into the data folder yourself.",
    )
