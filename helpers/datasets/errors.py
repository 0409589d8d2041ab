"""The one error that says what is wrong with a data set."""

from __future__ import annotations

from helpers.base.errors import CourseError


class DataError(CourseError):
    """A data set that cannot be used: which one, what was expected, what was found, what to do.

    >>> raise DataError("scan.npz", expected="an .npz archive", found="a text file", todo="Download it again.")
    Traceback (most recent call last):
    helpers.datasets.errors.DataError: scan.npz: expected an .npz archive, found a text file. Download it again.
    """

    def __init__(self, where: str, *, expected: str, found: str, todo: str):
        self.where, self.expected, self.found, self.todo = where, expected, found, todo
        super().__init__(f"{where}: expected {expected}, found {found}. {todo}")
