"""Files that appear whole or not at all, and whether there is one, or can be."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place, down to the disk, and move it there; processes that do so at once do no harm.

    Raises OSError where it cannot be written; what stood in its place stays.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def is_file(path: str | Path) -> bool:
    """Whether there is a file at a path; not for one that no file can have, such as a name of 300 characters.

    Raises PermissionError where the way there may not be looked into.
    """
    try:
        return Path(path).is_file()
    except PermissionError:
        raise
    except OSError:
        return False


def refusal(folder: Path) -> str | None:
    """Why no file can be written into a folder, or into the one in which it would be made; None where one can be."""
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{folder}: {error.strerror}"
