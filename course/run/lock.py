"""One command at a time writes into an output folder: the second is refused and told who has it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from helpers.base.errors import CourseError
from helpers.base.files import write_whole

OWNER = "owner.json"


class FolderError(CourseError):
    """An output folder that cannot be used; the message says why and what to do."""


@contextmanager
def held(out: Path, command: str) -> Iterator[None]:
    """Hold an output folder alone, making it where it is not there. A killed owner holds nothing.

    command: what holds it, `run` or `sweep`. Raises FolderError where the folder cannot be made or written, and where
    another command has it, naming that.
    """
    from filelock import FileLock, Timeout

    owner = out / OWNER
    about = {"command": command, "pid": os.getpid(), "host": socket.gethostname()}
    with ExitStack() as holding:
        try:
            out.mkdir(parents=True, exist_ok=True)
            holding.enter_context(FileLock(out / "sweep.lock", timeout=0))
            write_whole(owner, json.dumps(about | {"since": time.strftime("%Y-%m-%d %H:%M:%S")}))
        except Timeout as error:
            who = _owner(owner, command)
            raise FolderError(f"{out} is in use by {who}. Wait for it, or name another folder.") from error
        except OSError as error:
            why = error.strerror or error
            raise FolderError(f"{out} cannot be made or written: {why}. Name another folder with --out.") from error
        yield
        owner.unlink(missing_ok=True)


def _owner(path: Path, command: str) -> str:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        which = "another" if about["command"] == command else "a"
        return f"{which} {about['command']}: process {about['pid']} on {about['host']}, since {about['since']}"
    except (OSError, ValueError, KeyError):  # it is just beginning or ending
        return "another command"
