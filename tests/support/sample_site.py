"""A web server on this machine that misbehaves in every way a download has to survive."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONTENT = bytes(range(256)) * 400
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
MD5 = "md5:" + hashlib.md5(CONTENT).hexdigest()
NAME = "little.npz"


def files_in(folder: Path) -> list[str]:
    """All that lies in a folder but the locks, which stay."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


class Site(ThreadingHTTPServer):
    """A web site whose pages are functions that answer; remembers what was asked for."""

    daemon_threads = True

    def __init__(self):
        self.asked: list[str] = []
        self.healed = False
        self.release = threading.Event()
        self.hung_up = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    def address(self, page: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{page}"

    def handle_error(self, *_):
        """Silent: clients that give up are what is tested here."""


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.path[1:]
        self.server.asked.append(page)
        if page.startswith("recovers_from_"):
            first = self.server.asked.count(page) == 1 and not self.server.healed
            page = page.removeprefix("recovers_from_") if first else "good"
        getattr(self, f"answer_{page}")()

    def send(self, status: int, body: bytes, length: int | None = None, **headers: str):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_good(self):
        self.send(200, CONTENT)

    def answer_late(self):
        time.sleep(0.5)
        self.send(200, CONTENT)

    def answer_other(self):
        self.send(200, CONTENT[:-1] + b"!")

    def answer_page(self):
        self.send(200, b"<html>Please log in</html>")

    def answer_empty(self):
        self.send(200, b"")

    def answer_missing(self):
        self.send(404, b"no such page")

    def answer_forbidden(self):
        self.send(403, b"no")

    def answer_busy(self):
        self.send(429, b"later")

    def answer_broken(self):
        self.send(500, CONTENT)

    def answer_elsewhere(self):
        self.send(302, b"", Location="/good")

    def answer_loop(self):
        self.send(302, b"", Location="/loop")

    def answer_cut(self):
        self.send(200, CONTENT[: len(CONTENT) // 2], length=len(CONTENT))
        self.close_connection = True

    def answer_silent(self):
        self.server.release.wait(10)

    def answer_stalls(self):
        self.send(200, CONTENT[:50_000], length=len(CONTENT))
        self.wfile.flush()
        self.server.release.wait(10)

    def answer_drips(self):
        """A byte now and then: no read ever waits long."""
        self.send(200, b"", length=len(CONTENT))
        self.drip(CONTENT)

    def answer_drips_its_header(self):
        self.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Padding: more\r\n" * 1000)

    def drip(self, body: bytes):
        for k in range(len(body)):
            if self.server.release.wait(0.02):
                return
            self.wfile.write(body[k : k + 1])

    def answer_endless(self, pause: float = 0):
        """No length is given, and the end does not come."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.release.wait(pause):
                self.wfile.write(CONTENT)
        except ConnectionError:
            self.server.hung_up.set()

    def answer_slow(self):
        self.answer_endless(pause=0.05)

    def log_message(self, *_):
        pass
