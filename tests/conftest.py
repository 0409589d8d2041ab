"""What tests share: executed notebooks; a browser; for downloads, a server that misbehaves and empty folders."""

import threading
from functools import cache
from pathlib import Path

import pytest
from browsing import headless
from sample_site import Site

from course.run.execute import run_notebook
from course.run.warm_kernels import WarmKernels, can_fork
from course.sweep.worker import logged_to
from helpers.datasets.sources import download
from helpers.notebook.parameters import profile_values


@pytest.fixture(scope="session")
def smoke(tmp_path_factory):
    """A function that gives the Run of a notebook's smoke profile, executed once, in a fresh kernel."""

    @cache
    def run(notebook: Path):
        return run_notebook(notebook, profile_values(notebook, "smoke"), tmp_path_factory.mktemp(notebook.stem))

    return run


@pytest.fixture(scope="session")
def run_with():
    """A function that gives the Run of a notebook with other values; in a warm kernel, where there are any."""
    origins: dict[Path, WarmKernels] = {}

    def close():
        while origins:
            origins.popitem()[1].close()

    def run(notebook: Path, folder: Path, **values):
        folder.mkdir(exist_ok=True)
        if can_fork() and notebook not in origins:
            close()  # each holds TensorFlow in memory
            origins[notebook] = WarmKernels(notebook)
        with logged_to(folder / "log.txt"):
            return run_notebook(notebook, values, folder, warm=origins.get(notebook))

    yield run
    close()


@pytest.fixture(scope="session")
def smoke_with(run_with):
    """A function that gives the Run of the smoke profile with other values."""
    return lambda notebook, folder, **values: run_with(notebook, folder, **(profile_values(notebook, "smoke") | values))


@pytest.fixture(scope="session")
def browser():
    """A headless browser."""
    with headless() as found:
        yield found


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
