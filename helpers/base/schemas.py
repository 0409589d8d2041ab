"""Hold what was read from YAML or JSON against a JSON Schema, and say what is wrong as a person would.

A part of a schema may carry `expected`, in words: what the sentence asks for where that part does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from helpers.base.nearest import did_you_mean


class Fault(NamedTuple):
    """What a schema does not allow: the way to it, what is asked for, what is there, and whether it may be there."""

    where: tuple[str | int, ...]
    expected: str
    found: str
    unknown: bool = False  # a key that may not be there at all

    @property
    def text(self) -> str:
        """The fault as a sentence, which begins with the last key that leads to it."""
        name = f"{self.where[-1]}: " if self.where else ""
        if self.unknown:
            return f"{name}no such key; allowed: {self.expected}"
        return f"{name}expected {self.expected}, found {self.found}"


def faults(instance: object, schema: Mapping) -> Iterator[Fault]:
    """Whatever of an instance its schema does not allow, in the order of its keys.

    >>> [fault.text for fault in faults({"sead": 1}, {"properties": {"seed": {}}, "additionalProperties": False})]
    ['sead: no such key; allowed: seed; did you mean seed?']
    """
    from jsonschema import Draft202012Validator, FormatChecker  # no notebook waits for it, most need no catalogue

    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for error in sorted(validator.iter_errors(instance), key=lambda one: list(map(str, one.path))):
        where = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            allowed = list(error.schema["properties"])
            for key in (key for key in error.instance if key not in allowed):
                yield Fault((*where, key), f"{', '.join(allowed)}{did_you_mean(key, allowed)}", repr(key), unknown=True)
        elif error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            expected = error.schema["properties"][missing].get("expected", "a value")
            yield Fault(where, f"{missing}, {expected}", f"no {missing}")
        else:
            yield Fault(where, error.schema.get("expected", error.message), repr(error.instance))
