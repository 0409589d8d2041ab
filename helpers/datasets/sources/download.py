"""Find or fetch a file of the catalogue: verified before use, once for all kernels, and never half of it.

Three environment variables steer it. COURSE_DATA_DIR names a folder of originals, which is looked at first and never
written to. COURSE_CACHE_DIR names the folder that downloads go to, instead of the user's cache. COURSE_OFFLINE=1
forbids the network.

pooch asks, streams and verifies; filelock lets one write. Ours is what they lack, as the server of
tests/support/sample_site.py shows: an end to a body that drips or does not end (their time-out is that of one read),
another try only where it can help (pooch repeats a missing page and wrong content too), mirrors, and the removal of
what a killed process left behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import requests
from filelock import FileLock, Timeout

from helpers.base.paths import CACHE_DIR_VARIABLE, cache_folder
from helpers.datasets.contract import DataError

DATA_DIR_VARIABLE = "COURSE_DATA_DIR"
OFFLINE_VARIABLE = "COURSE_OFFLINE"

SILENCE_SECONDS = 30  # of a server, before a try counts as failed
TRIES_PER_ADDRESS = 3
PAUSE_SECONDS = 1.0  # before the second try, twice as long before the third
MOST_REDIRECTS = requests.models.DEFAULT_REDIRECT_LIMIT
GRACE_SECONDS = 120.0  # for one address with all its tries, and on top of it
SLOWEST_BYTES_PER_SECOND = 200_000  # the time that a file of this size may take
LARGEST_BYTES = 50_000_000  # a file may have where the caller does not say

_BLOCK = 1 << 14  # bytes that are read before they are written: a thread left behind may wait for so many
_PASSING = (408, 425, 429)  # of the answers 400 to 499, those that another try may change
_BROKEN_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)  # before the answer, and in it
_WITHOUT_NETWORK = (
    f"Without a network, put the original into a folder and name that folder with {DATA_DIR_VARIABLE}, "
    "or pass the path of a file"
)


def originals_folder() -> Path | None:
    """The folder of originals that $COURSE_DATA_DIR names, or None where it is not set.

    Raises DataError where it names no folder.
    """
    named = os.environ.get(DATA_DIR_VARIABLE)
    if named and not Path(named).is_dir():
        raise DataError(DATA_DIR_VARIABLE, expected="a folder of originals", found=named, todo="Correct or unset it.")
    return Path(named) if named else None


def offline() -> bool:
    """Whether $COURSE_OFFLINE forbids the network: any value but an empty one and 0."""
    return os.environ.get(OFFLINE_VARIABLE, "") not in ("", "0")


def cached_path(name: str) -> Path | None:
    """Where the file `name` lies on this machine: among the originals, else in the cache; None if in neither.

    Nothing is verified here; fetch does that.
    """
    for folder in (originals_folder(), cache_folder()):
        if folder is not None and _is_there(folder / name):
            return folder / name
    return None


def file_hash(path: Path, algorithm: str) -> str:
    """The hash of a file's content in hexadecimal digits, read in blocks; algorithm: "md5" or "sha256"."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def patience(largest: int) -> float:
    """Seconds that one address is given for a file of at most `largest` bytes, all tries and pauses together."""
    return GRACE_SECONDS + largest / SLOWEST_BYTES_PER_SECOND


def fetch(name: str, addresses: Sequence[str], known_hash: str, *, largest: int = LARGEST_BYTES) -> Path:
    """Path of the verified file `name`: among the originals, in the cache, or downloaded into the cache.

    name may have folders in it. known_hash is "md5:..." or "sha256:...", and what is returned has it. addresses are
    tried in order, each up to TRIES_PER_ADDRESS times and no longer than patience(largest) seconds. The file appears
    under its name only when it is complete and its hash is right; of several processes that ask at once, one
    downloads and the others wait.

    Raises DataError where $COURSE_DATA_DIR has another file of this name, if the file is nowhere and $COURSE_OFFLINE
    is set, if no address has it, if somebody else has been downloading it for too long, or if the cache cannot be
    written to. Raises ValueError for a known_hash of another form: without one nothing is fetched.
    """
    if not re.fullmatch("md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", known_hash or ""):
        raise ValueError(f"known_hash: expected md5:... or sha256:... in hexadecimal digits, found {known_hash!r}.")
    original = _original(name, known_hash)
    if original is not None:
        return original
    path = cache_folder() / name
    there = _is_there(path)
    if there and _agrees(path, known_hash):
        return path
    if offline():
        raise DataError(
            name,
            expected=f"the file on this machine, because {OFFLINE_VARIABLE} forbids downloads",
            found=f"a damaged copy at {path}" if there else "none",
            todo=f"{_WITHOUT_NETWORK}. To download it, unset {OFFLINE_VARIABLE}.",
        )
    with one_writer(path, wait=patience(largest) * len(addresses)) as folder:
        if not (_is_there(path) and _agrees(path, known_hash)):  # nobody else has brought it meanwhile
            _download(name, addresses, known_hash, largest, folder)
            (folder / path.name).replace(path)
    return path


@contextmanager
def one_writer(path: Path, *, wait: float) -> Iterator[Path]:
    """Let one process at a time make `path`; gives it an empty folder beside it for what is not finished.

    The folder is removed afterwards, and if a process was killed before it could, by the next one. The operating
    system frees the lock of a process that ends in whatever way.

    Raises DataError after `wait` seconds of waiting for another process, or where the disk does not let us write.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=wait):
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            try:
                yield unfinished
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)  # what it cannot remove is not under the final name
    except Timeout as error:
        raise DataError(
            path.name,
            expected=f"its turn within {wait:.0f} s",
            found="another process that is still at work on the same file",
            todo=f"Let it finish or end it, then try again; its lock is {path.name}.lock in {path.parent}.",
        ) from error
    except OSError as error:  # no right to write, no such drive, no space
        raise DataError(
            path.name,
            expected=f"a cache folder that can be written to, {path.parent}",
            found=str(error),
            todo=f"Make room or a right to write there, or name another folder with {CACHE_DIR_VARIABLE}.",
        ) from error


def _original(name: str, known_hash: str) -> Path | None:
    folder = originals_folder()
    if folder is None or not _is_there(folder / name):
        return None
    if _agrees(folder / name, known_hash):
        return folder / name
    algorithm, _, known = known_hash.partition(":")
    raise DataError(
        name,
        expected=f"the original, whose {algorithm.upper()} is {known}",
        found=f"{file_hash(folder / name, algorithm)} in {folder} ({DATA_DIR_VARIABLE})",
        todo="Pass its path outright to use it all the same (what it says of its source then shows the difference), "
        "or take it out of that folder.",
    )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:  # in a folder that we must not look into, there is nothing for us
        return False


def _agrees(path: Path, known_hash: str) -> bool:
    algorithm, _, known = known_hash.partition(":")
    try:
        return file_hash(path, algorithm) == known
    except OSError as error:
        raise DataError(
            path.name, expected="a file that can be read", found=str(error), todo="Correct the rights of the file."
        ) from error


def _download(name: str, addresses: Sequence[str], known_hash: str, largest: int, folder: Path):
    failures = []
    for address in addresses:
        seconds = patience(largest)
        try:
            failure = _within(seconds, _ask, address, name, known_hash, largest, time.monotonic() + seconds, folder)
        except TimeoutError:
            failure = f"not complete after {seconds:.0f} s"
        if failure is None:
            return
        failures.append(f"{address}: {failure}")
    raise DataError(
        name,
        expected=f"a download with the hash {known_hash}",
        found="; ".join(failures),
        todo=f"Try again later. {_WITHOUT_NETWORK}.",
    )


def _within(seconds: float, work: Callable[..., str | None], *arguments) -> str | None:
    """Run work(*arguments) in a thread; raise what it raises, or TimeoutError when it goes on for too many seconds.

    A socket's time-out covers the wait for the next byte, but neither the look-up of a name nor a server that sends
    one byte at a time. The thread is left behind; it ends with the server's next silence, or when it wants to write.
    """
    done: Future[str | None] = Future()

    def run():
        try:
            done.set_result(work(*arguments))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done.result(timeout=seconds)


def _ask(address: str, name: str, known_hash: str, largest: int, deadline: float, folder: Path) -> str | None:
    """Put the verified file into the folder, or say why no other try is worth it."""
    import pooch

    download = pooch.HTTPDownloader(
        timeout=SILENCE_SECONDS,
        chunk_size=_BLOCK,
        headers={"Accept-Encoding": "identity"},  # the bytes of the file itself, which have the known hash
    )

    def save(address: str, file: str, _):
        with Path(file).open("wb") as out:
            download(address, _Limited(out, largest, deadline), None)

    for tries in range(1, TRIES_PER_ADDRESS + 1):
        try:
            pooch.retrieve(address, known_hash, fname=Path(name).name, path=folder, downloader=save)
            return None
        except ValueError:  # pooch's word for a hash that does not agree
            return "other content, its hash is not that of the original"
        except requests.RequestException as error:
            pause = PAUSE_SECONDS * 2 ** (tries - 1)
            last = tries == TRIES_PER_ADDRESS or time.monotonic() + pause > deadline
            failure = _reason(error) + (f" ({tries} tries)" if tries > 1 else "")
            if last or not _may_pass(error):
                break
        time.sleep(pause)
    return failure


class _TooLongError(requests.RequestException):
    """More bytes than the file can have."""


class _Limited:
    """The file that pooch writes to, which takes neither more bytes than it can have nor any after the deadline."""

    def __init__(self, file: BinaryIO, largest: int, deadline: float):
        self.file, self.room, self.deadline = file, largest, deadline

    def write(self, block: bytes):
        self.room -= len(block)
        if self.room < 0:
            raise _TooLongError
        if time.monotonic() > self.deadline:
            raise requests.Timeout
        self.file.write(block)

    def flush(self):
        """Asked for after each block; nobody reads the file before it is closed."""


def _may_pass(error: requests.RequestException) -> bool:
    """Whether asking the same address again can have another end."""
    if isinstance(error, requests.HTTPError):
        return error.response.status_code >= 500 or error.response.status_code in _PASSING
    return isinstance(error, (*_BROKEN_OFF, requests.Timeout))


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.HTTPError):
        return f"answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.TooManyRedirects):
        return f"sent us on more than {MOST_REDIRECTS} times"
    if isinstance(error, _TooLongError):
        return "sent more than the file can have"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"too slow, or silent for {SILENCE_SECONDS} s"
    if isinstance(error, _BROKEN_OFF):
        return f"no connection, or one that broke off ({error.__class__.__name__})"
    return f"{error.__class__.__name__}: {error}"
