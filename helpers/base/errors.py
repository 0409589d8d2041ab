"""What can be wrong, by whose turn it is: every error that the course explains in a sentence has one of these bases."""

from __future__ import annotations

import errno

UNUSABLE = (  # those that mean: this file or folder cannot be used, by you or by anybody
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENAMETOOLONG,
    errno.ENOTDIR,
    errno.EISDIR,
)
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)  # the numbers of an OSError that mean: no room, or no quota, left


class CourseError(Exception):
    """Something cannot be done or go on; the message is whole sentences for a person, and says what to do."""


class RequestError(CourseError, ValueError):
    """A request that makes no sense, so that nothing was begun; the message says what is allowed."""
