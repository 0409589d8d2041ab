"""Downloads, against a server on this machine: verified, from mirrors, once, and never half a file."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from helpers.datasets import DataError, download
from helpers.datasets.download import TRIES_PER_ADDRESS, data_folder, fetch

CONTENT = bytes(range(256)) * 400
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
MD5 = "md5:" + hashlib.md5(CONTENT).hexdigest()
NAME = "little.npz"


class Site(ThreadingHTTPServer):
    """A web site whose pages are functions that answer; remembers what was asked for."""

    daemon_threads = True

    def __init__(self):
        self.asked: list[str] = []
        self.healed = False
        self.release = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    def address(self, page: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{page}"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.path[1:]
        self.server.asked.append(page)
        if page == "recovers":
            page = "good" if self.server.healed else "cut"
        getattr(self, f"answer_{page}")()

    def send(self, status: int, body: bytes, length: int | None = None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def answer_good(self):
        self.send(200, CONTENT)

    def answer_slow(self):
        time.sleep(0.3)
        self.send(200, CONTENT)

    def answer_other(self):
        self.send(200, CONTENT[:-1] + b"!")

    def answer_page(self):
        self.send(200, b"<html>Please log in</html>")

    def answer_empty(self):
        self.send(200, b"")

    def answer_missing(self):
        self.send(404, b"no such page")

    def answer_broken(self):
        self.send(500, CONTENT)

    def answer_cut(self):
        self.send(200, CONTENT[: len(CONTENT) // 2], length=len(CONTENT))
        self.close_connection = True

    def answer_silent(self):
        self.server.release.wait(10)

    def answer_stalls(self):
        self.send(200, CONTENT[:50_000], length=len(CONTENT))
        self.wfile.flush()
        self.server.release.wait(10)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """The data folder, which does not exist yet; downloads allowed, no proxy in between."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "new" / "data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    return tmp_path / "new" / "data"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.mark.parametrize("known", [SHA256, MD5])
def test_a_file_is_fetched_and_verified(site, folder, known):
    path = fetch(NAME, [site.address("good")], known)
    assert path == folder / NAME
    assert path.read_bytes() == CONTENT
    assert files_in(folder) == [NAME]
    assert site.asked == ["good"]


def test_a_second_call_asks_nobody(site):
    for _ in range(3):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == ["good"]


@pytest.mark.parametrize("page", ["other", "page", "empty"])
@pytest.mark.parametrize("known", [SHA256, MD5])
def test_content_with_another_hash_is_refused_and_not_kept(site, folder, page, known):
    with pytest.raises(DataError, match=f"{NAME}: expected a download with hash {known}, found .*{page}"):
        fetch(NAME, [site.address(page)], known)
    assert files_in(folder) == []
    assert site.asked == [page], "what is wrong at an address stays wrong: there is no second try"


@pytest.mark.parametrize("first", ["missing", "broken", "cut", "other", "page"])
def test_a_mirror_takes_over(site, folder, first):
    path = fetch(NAME, [site.address(first), site.address("good")], SHA256)
    assert path.read_bytes() == CONTENT
    assert files_in(folder) == [NAME]
    assert site.asked[-1] == "good"
    assert site.asked.count("good") == 1


def test_a_server_that_is_not_there_is_passed_over(site):
    gone = Site()
    address = gone.address("good")
    gone.server_close()
    assert fetch(NAME, [address, site.address("good")], SHA256).read_bytes() == CONTENT


@pytest.mark.parametrize("page", ["missing", "broken", "cut"])
def test_a_failing_address_is_tried_several_times_and_named(site, folder, page):
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address(page)], SHA256)
    assert site.asked == [page] * TRIES_PER_ADDRESS
    assert site.address(page) in caught.value.found
    assert caught.value.where == NAME
    assert files_in(folder) == []


def test_every_address_that_failed_is_named(site):
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address("missing"), site.address("other")], SHA256)
    assert site.address("missing") in caught.value.found
    assert site.address("other") in caught.value.found


@pytest.mark.parametrize("page", ["silent", "stalls"])
def test_a_server_that_says_nothing_is_given_up(site, folder, page, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.1)
    start = time.monotonic()
    with pytest.raises(DataError, match=r"Timeout|ConnectionError"):
        fetch(NAME, [site.address(page)], SHA256)
    assert time.monotonic() - start < 5
    assert files_in(folder) == []


def test_asking_again_after_a_failure_works(site, folder):
    with pytest.raises(DataError):
        fetch(NAME, [site.address("recovers")], SHA256)
    site.healed = True
    assert fetch(NAME, [site.address("recovers")], SHA256).read_bytes() == CONTENT
    assert files_in(folder) == [NAME]


def test_offline_refuses_without_a_request(site, folder, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataError, match=f"{NAME}: .*COURSE_OFFLINE forbids downloads, found none.*COURSE_DATA"):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []
    assert not folder.exists()


def test_offline_uses_what_is_there(site, folder, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(b"mine")
    assert fetch(NAME, [site.address("good")], SHA256) == folder / NAME
    assert site.asked == []


def test_of_several_at_once_one_downloads(site):
    together = threading.Barrier(4)

    def ask(_):
        together.wait()
        return fetch(NAME, [site.address("slow")], SHA256).read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [CONTENT] * 4
    assert site.asked == ["slow"]


def test_nobody_sees_half_a_file(site, folder):
    """While the body is still coming there is nothing under the final name."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(fetch, NAME, [site.address("stalls"), site.address("good")], SHA256)
        deadline = time.monotonic() + 5
        partial = []
        while not partial and time.monotonic() < deadline:
            partial = [path for path in folder.glob("*") if path.suffix != ".lock" and path.stat().st_size]
            time.sleep(0.01)
        site.release.set()
        assert partial
        assert partial[0].name != NAME
        assert coming.result().read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_named(site, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(DataError, match=f"{NAME}: expected a data folder that can be written to, .*file/data"):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []


def test_the_data_folder_is_the_named_one_or_the_users_cache(folder, monkeypatch):
    assert data_folder() == folder
    for nothing in ("", None):
        monkeypatch.delenv("COURSE_DATA") if nothing is None else monkeypatch.setenv("COURSE_DATA", nothing)
        assert data_folder() == Path(pooch.os_cache("deep-learning-in-healthcare"))
