"""The last handler of the `course` command: what nobody foresaw ends in a sentence and a file, never in a traceback."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

EXIT_CODE = 70  # EX_SOFTWARE of BSD's sysexits.h: a fault of the program itself


def tell(error: Exception) -> int:
    """Write what is known of an error to a file, say in a sentence where it lies, and give the exit code."""
    what = traceback.format_exception_only(error)[-1].strip().splitlines()[0]
    print(f"Error: `course` stopped at something that it did not foresee ({what}).", file=sys.stderr)
    try:
        print(
            f"What is known of it is in {_written(error)}: send that file along when you report it.",
            file=sys.stderr,
        )
    except (OSError, RuntimeError) as refused:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        print(f"It happened in {place}; no file with more could be written ({refused}).", file=sys.stderr)
    print("`course doctor` looks for faults of this machine.", file=sys.stderr)
    return EXIT_CODE


def _written(error: Exception) -> Path:
    """A new file in the folder for temporary ones, else in the home folder.

    Raises OSError where neither takes it, RuntimeError where nobody knows the second.
    """
    name = f"course-error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    about = f"course {' '.join(sys.argv[1:])}\nPython {platform.python_version()}, {platform.platform()}\n\n"
    text = about + "".join(traceback.format_exception(error))
    try:
        path = Path(tempfile.gettempdir()) / name
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:  # not even a folder for temporary files
        path = Path.home() / name
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path
