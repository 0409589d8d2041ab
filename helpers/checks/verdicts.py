"""What a check says of an answer: correct, not yet (with a hint), or not attempted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class NotYetError(Exception):
    """An answer that does not hold; the message tells what to look at, not the solution."""


class NotAttemptedError(Exception):
    """A stub that nobody has filled in."""


@dataclass(frozen=True)
class Verdict:
    """status: "correct", "not yet" or "not attempted"; message: the line that the learner reads."""

    status: str
    message: str


def attempted(value: Any) -> Any:
    """The value itself, unless it is the stub's None or `...`, or a mapping that still holds one.

    Raises NotAttemptedError.
    """
    if value is None or value is ...:
        raise NotAttemptedError
    if isinstance(value, Mapping) and any(item is None or item is ... for item in value.values()):
        raise NotAttemptedError
    return value


def judge(checker: Callable[[Any], None], answer: Any) -> Verdict:
    """Run a checker, which returns if the answer holds and raises NotYetError or NotAttemptedError otherwise.

    An error inside the learner's own code is an answer that does not hold yet, and is named.
    """
    try:
        checker(attempted(answer))
    except NotAttemptedError:
        return Verdict("not attempted", "… not attempted yet: fill in the stub and run the cell again.")
    except NotYetError as hint:
        return Verdict("not yet", f"✗ not yet: {hint}")
    except Exception as error:  # whatever the learner's code raises belongs to the learner, by name
        return Verdict("not yet", f"✗ not yet: your code stops with {type(error).__name__}: {error}")
    return Verdict("correct", "✓ correct")
