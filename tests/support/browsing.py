"""A headless browser, and a folder served to it on this machine alone, for tests that see pages as a reader does."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = (
    "No browser found. Install one: `apt-get install chromium` (Debian); elsewhere "
    "`.venv/bin/playwright install chromium`."
)
LOOKS = {"desktop, light": ((1300, 900), "light"), "phone, dark": ((390, 844), "dark")}


@contextmanager
def headless() -> Iterator:
    """Playwright's browser; fails the test, saying what to install, where there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
        if not Path(found).exists():
            pytest.fail(HOW_TO_INSTALL)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing of each request."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which a folder is served while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def complaints(page) -> list[str]:
    """A list that fills with what goes wrong on a page: errors of scripts, requests that fail or that go elsewhere."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url}"))
    page.on("response", lambda answer: found.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
    page.on("request", lambda request: found.append(f"elsewhere: {request.url}") if elsewhere(request.url) else None)
    return found


def elsewhere(address: str) -> bool:
    """Whether an address is of another machine."""
    return not address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))
