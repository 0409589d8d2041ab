"""Where the `course` command begins: it must answer, also where the packages that it needs are missing."""

from __future__ import annotations

import sys


def main():
    """Run the command line; without click, `course doctor` still works and the rest says what to do."""
    try:
        from course.cli import main as command
    except ImportError as error:
        from course.doctor import main as examine

        if sys.argv[1:2] == ["doctor"]:
            sys.exit(examine(sys.argv[2:]))
        sys.exit(f"course: {error}. `course doctor` says what is missing and what to do.")
    command()


if __name__ == "__main__":
    main()
