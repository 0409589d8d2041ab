"""What people are called: never by what a maker's export says of them, and one name for one person."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence

_WHOLE = re.compile(r"(\d+)[.,]0+")
FEWEST_ROWS = 20  # of which as many people as rows are row numbers


def call_people(persons: Iterable[Hashable]) -> dict[Hashable, str]:
    """A name for each person, in the order in which they come.

    >>> call_people(["Doe", "Doe", "Roe"])
    {'Doe': 'person 1', 'Roe': 'person 2'}
    """
    return {person: f"person {number}" for number, person in enumerate(dict.fromkeys(persons), start=1)}


def merge_numbers(people: Sequence[str]) -> tuple[list[str], list[str]]:
    """The identifiers with 1.0 written as 1 where both occur, and which of them that changed.

    >>> merge_numbers(["1", "1.0", "2.0"])
    (['1', '1', '2.0'], ['1.0'])
    """
    known = set(people)
    same = {text: match[1] for text in known if (match := _WHOLE.fullmatch(text)) and match[1] in known}
    return [same.get(text, text) for text in people], sorted(same)


def are_row_numbers(people: Sequence[str]) -> bool:
    """Whether nearly every row has an identifier of its own, in a file of more than a few rows."""
    return len(people) >= FEWEST_ROWS and len(set(people)) > 0.9 * len(people)
