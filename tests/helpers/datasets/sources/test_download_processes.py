"""Downloads by several processes at once, by one that is killed, and onto a disk that is full or protected."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from sample_site import CONTENT, NAME, SHA256, files_in

from helpers.base.paths import ROOT
from helpers.datasets import DataError
from helpers.datasets.sources import download
from helpers.datasets.sources.download import cached_path, fetch

pytestmark = pytest.mark.usefixtures("folder")


def test_of_several_threads_one_downloads(site):
    together = threading.Barrier(4)

    def ask(_):
        together.wait()
        return fetch(NAME, [site.address("late")], SHA256).read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [CONTENT] * 4
    assert site.asked == ["late"]


PROCESSES = """
import os, sys
import pooch
from helpers.datasets.sources.download import fetch

address, known_hash, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
children = []
for _ in range(processes):
    child = os.fork()
    if not child:
        path = fetch("little.npz", [address], known_hash)
        os._exit(0 if path.stat().st_size == 102400 else 1)
    children.append(child)
print("started", *children, flush=True)
sys.exit(sum(os.waitpid(child, 0)[1] for child in children))
"""


@contextmanager
def processes(address: str, n: int):
    """So many processes that fetch the file at the same time; gives the one that started them."""
    command = [sys.executable, "-c", PROCESSES, address, SHA256, str(n)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        yield parent


@pytest.mark.thorough
def test_of_eight_processes_one_downloads(site, folder):
    with processes(site.address("late"), 8) as parent:
        assert parent.wait(timeout=30) == 0
    assert site.asked == ["late"]
    assert files_in(folder) == [NAME]


def unfinished_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob(f".{NAME}.unfinished/*"))


def wait_for(condition, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.thorough
def test_a_process_that_is_killed_half_way_leaves_nothing_that_counts(site, folder):
    with processes(site.address("stalls"), 1) as parent:
        child = int(parent.stdout.readline().split()[1])
        wait_for(lambda: unfinished_bytes(folder) > 0)
        os.kill(child, signal.SIGKILL)
        assert parent.wait(timeout=10) != 0
    assert files_in(folder) == [f".{NAME}.unfinished"]
    assert fetch(NAME, [site.address("good")], SHA256).read_bytes() == CONTENT
    assert files_in(folder) == [NAME]


@pytest.mark.thorough
def test_nobody_sees_half_a_file(site, folder):
    """While the body is still coming there is nothing under the final name."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(fetch, NAME, [site.address("stalls"), site.address("good")], SHA256)
        wait_for(lambda: unfinished_bytes(folder) > 0)
        assert cached_path(NAME) is None
        site.release.set()
        assert coming.result().read_bytes() == CONTENT


def test_waiting_for_another_process_ends(site, folder, monkeypatch):
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(download, "SLOWEST_BYTES_PER_SECOND", 1e9)
    folder.mkdir(parents=True)
    with (
        FileLock(folder / f"{NAME}.lock"),
        pytest.raises(DataError, match=f"{NAME}: expected its turn .*found another process that is still at work"),
    ):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []


class AlmostFull:
    """A file on a disk with room for another thousand bytes."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self, block):
        self.file.write(block[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_named_and_left_as_it_was(site, folder, monkeypatch):
    whole = Path.open

    def almost_full(path, mode="r", *others):
        file = whole(path, mode, *others)
        return AlmostFull(file) if mode == "wb" else file

    monkeypatch.setattr(Path, "open", almost_full)
    with pytest.raises(DataError, match=f"{NAME}: .*No space left on device.* Make room .*COURSE_CACHE_DIR"):
        fetch(NAME, [site.address("good"), site.address("good")], SHA256)
    assert site.asked == ["good"], "another address would not help"
    assert files_in(folder) == []


@contextmanager
def as_an_ordinary_user():
    """Rights count: where the tests run as root, whom they do not bind, another user does this."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_must_not_be_written_to_is_named(site, monkeypatch):
    with tempfile.TemporaryDirectory() as place:
        closed = Path(place) / "closed"
        closed.mkdir()
        Path(place).chmod(0o755)
        closed.chmod(0o555)
        monkeypatch.setenv("COURSE_CACHE_DIR", str(closed))
        with (
            as_an_ordinary_user(),
            pytest.raises(DataError, match=f"{NAME}: expected a cache folder that can be written to, {closed}, found "),
        ):
            fetch(NAME, [site.address("good")], SHA256)
        assert files_in(closed) == []
        (closed / NAME).write_bytes(CONTENT)
        with as_an_ordinary_user():
            assert fetch(NAME, [site.address("good")], SHA256) == closed / NAME
    assert site.asked == []


def test_a_folder_that_must_not_be_looked_into_is_named(site, monkeypatch):
    with tempfile.TemporaryDirectory() as place:
        monkeypatch.setenv("COURSE_CACHE_DIR", str(Path(place) / "cache"))
        Path(place).chmod(0o000)
        with (
            as_an_ordinary_user(),
            pytest.raises(DataError, match=f"{NAME}: expected a cache folder that can be written to, {place}/cache"),
        ):
            fetch(NAME, [site.address("good")], SHA256)
        Path(place).chmod(0o700)
    assert site.asked == []


def test_a_folder_that_cannot_be_made_is_named(site, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match=f"{NAME}: expected a cache folder that can be written to, .*file/cache"):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []
