"""What the tests of downloads share: a server that misbehaves, an empty cache, a folder of originals."""

import threading
from pathlib import Path

import pytest
from sample_site import Site

from helpers.datasets import download


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


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The cache folder, which does not exist yet; downloads allowed, no proxy in between, short pauses."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "new" / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.01)
    return tmp_path / "new" / "cache"


@pytest.fixture
def originals(tmp_path, monkeypatch) -> Path:
    """An empty folder of originals, named by its variable."""
    path = tmp_path / "originals"
    path.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(path))
    return path
