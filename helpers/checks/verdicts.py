"""What a check says of an answer: correct, not yet (with a hint), or not attempted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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


def check_choices(
    given: Mapping[str, Any], reasons: Mapping[str, tuple[Any, str]], choices: Collection[Any], asked: str
) -> None:
    """Hold a dictionary of choices against the right ones.

    reasons: key -> (the right choice, or a set of several that can be defended; what to think of when it is wrong).
    choices: what may be chosen; asked: the same in words, as in 'choose True or False'.
    Raises NotYetError for other keys, for what is no choice, and for a wrong one with its reason.
    """
    if set(given) != set(reasons):
        raise NotYetError(f"the dictionary needs exactly the keys {'; '.join(reasons)}")
    for key, (right, reason) in reasons.items():
        if given[key] not in choices:
            raise NotYetError(f"{key}: {asked}")
        if given[key] not in (right if isinstance(right, set) else {right}):
            raise NotYetError(f"think again about this one: {key}: {reason}")


def check_counts(given: Mapping[str, Any], right: Mapping[str, int], hint: Callable[[str, Any], str]) -> None:
    """Hold a dictionary of counts against the right ones.

    hint: from a key and the wrong number given for it to what the learner is told.
    Raises NotYetError for other keys and for the first wrong count.
    """
    if set(given) != set(right):
        raise NotYetError(f"the dictionary needs exactly the keys {', '.join(right)}")
    for key, number in right.items():
        if given[key] != number:
            raise NotYetError(hint(key, given[key]))
