"""All that is wrong with a file, gathered while it is read, so that one refusal names it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from helpers.datasets.errors import DataError

KINDS_SHOWN = 6  # of further kinds of fault in one message


class Fault(NamedTuple):
    """One fault: where it is, what was expected there, what was found, what to do."""

    line: int
    column: str
    expected: str
    found: str
    todo: str


class Faults:
    """The faults of one file. place: what its entries are counted in, lines of text or entries of a JSON array."""

    def __init__(self, name: str, place: str = "line"):
        self.name, self.place = name, place
        self.found: list[Fault] = []

    def add(self, line: int, column: str, expected: str, found: str, todo: str):
        """Note a fault; `raise_any` names it."""
        self.found.append(Fault(line, column, expected, found, todo))

    def raise_any(self):
        """Raise one DataError for everything that was noted: the first fault in full, an example of each other kind."""
        if not self.found:
            return
        first = self.found[0]
        counts = Counter((fault.column, fault.expected) for fault in self.found)
        more = counts.pop((first.column, first.expected)) - 1
        examples = {(fault.column, fault.expected): fault for fault in reversed(self.found)}
        others = [
            f"{self._where(examples[kind])}: expected {examples[kind].expected}, found {examples[kind].found}"
            f"{f' ({n:,} of this kind)' if n > 1 else ''}"
            for kind, n in list(counts.items())[:KINDS_SHOWN]
        ]
        todo = first.todo
        if more:
            todo += f" There are {more:,} more of this kind."
        if others:
            todo += f" Also wrong: {'; '.join(others)}."
        raise DataError(f"{self.name}, {self._where(first)}", expected=first.expected, found=first.found, todo=todo)

    def _where(self, fault: Fault) -> str:
        return f"{self.place} {fault.line}" + (f", column {fault.column}" if fault.column else "")
