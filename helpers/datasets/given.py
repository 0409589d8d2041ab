"""The path of a file that a person hands over: where it leads, and whether it may be read at all."""

from __future__ import annotations

from pathlib import Path

from helpers.datasets.errors import DataError


def readable(path: str) -> str:
    """The path with `~` replaced by the home folder. Whether there is such a file, its loader says.

    Raises DataError for a file that may not be read, for the home of a person unknown here (`~nobody/x.npz`), and for
    a name that no file can have, such as one of more than 255 characters.
    """
    name, expected = Path(path).name, "a file that can be read"
    try:
        home = Path(path).expanduser()
    except RuntimeError:
        user = Path(path).parts[0]
        raise DataError(
            path,
            expected=expected,
            found=f"no home folder of {user.removeprefix('~')}",
            todo="Write the whole path.",
        ) from None
    try:
        with home.open("rb") as file:
            file.read(1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        found = getattr(error, "strerror", None) or str(error)
        todo = "Take a shorter path." if not isinstance(error, PermissionError) else "Allow yourself to read it."
        raise DataError(name, expected=expected, found=f"a fault of the system: {found}", todo=todo) from error
    return str(home)
