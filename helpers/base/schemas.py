"""Hold what was read from YAML or JSON against a JSON Schema, and say what is wrong as a person would.

A part of a schema may carry `expected`, in words: what the sentence asks for where that part does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jsonschema import Draft202012Validator, FormatChecker

from helpers.base.nearest import did_you_mean


class Fault(NamedTuple):
    """Something that the schema does not allow: the keys and numbers that lead to it, and a sentence."""

    where: tuple[str | int, ...]
    text: str


def faults(instance: object, schema: Mapping) -> Iterator[Fault]:
    """Whatever of an instance its schema does not allow, in the order of the instance.

    >>> [fault.text for fault in faults({"sead": 1}, {"properties": {"seed": {}}, "additionalProperties": False})]
    ['sead: no such key; allowed: seed; did you mean seed?']
    """
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for error in sorted(validator.iter_errors(instance), key=lambda one: list(map(str, one.path))):
        where = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            allowed = list(error.schema["properties"])
            for key in (key for key in error.instance if key not in allowed):
                text = f"{key}: no such key; allowed: {', '.join(allowed)}{did_you_mean(key, allowed)}"
                yield Fault((*where, key), text)
        elif error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            expected = error.schema["properties"][missing].get("expected", "a value")
            yield Fault(where, f"{_name(where)}expected {missing}, {expected}, found nothing of that name")
        else:
            expected = error.schema.get("expected", error.message)
            yield Fault(where, f"{_name(where)}expected {expected}, found {error.instance!r}")


def _name(where: tuple[str | int, ...]) -> str:
    return f"{where[-1]}: " if where else ""
