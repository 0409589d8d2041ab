"""Where the `course` command begins: it must answer, also where the packages that it needs are missing or it fails."""

from __future__ import annotations

import io
import os
import sys
import warnings
from pathlib import Path

QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)  # as Python does of itself


def main():
    """Run the command line; without click, `course doctor` still works and the rest says what to do."""
    _set_aside()
    try:
        _run()
    except KeyboardInterrupt:  # before click, which says the same, could take it
        sys.exit("\nAborted!")
    except Exception as error:
        from course.unforeseen import tell

        sys.exit(tell(error))


def _run():
    try:
        from course.cli import main as command
    except ImportError as error:
        from course.doctor import main as examine

        if sys.argv[1:2] == ["doctor"]:
            sys.exit(examine(sys.argv[2:]))
        sys.exit(f"course: {error}. `course doctor` says what is missing and what to do.")
    command()


def _set_aside():
    """Keep from this process what of the user's settings would stop it; course.run.settings does so for kernels."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before another `helpers` on PYTHONPATH
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        for category in QUIET:
            warnings.simplefilter("ignore", category)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a sign gets its number


if __name__ == "__main__":
    main()
