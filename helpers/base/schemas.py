"""Hold what was read from YAML or JSON against a JSON Schema, and say what is wrong as a person would.

A part of a schema may carry `expected`, in words: what the sentence asks for where that part does not hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import NamedTuple

from helpers.base.nearest import did_you_mean

ADDRESSES = "rfc3987_syntax"


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


def import_jsonschema() -> ModuleType:
    """jsonschema, imported without its check of international addresses (the formats iri and iri-reference).

    The package behind that check, which Jupyter brings along, builds its grammar on import: that takes longer than all
    else that jsonschema imports together, and no schema of the course or of a notebook asks for the check. Whoever
    imports nbformat calls this first, since nbformat imports jsonschema.
    """
    if "jsonschema" not in sys.modules and ADDRESSES not in sys.modules:
        sys.modules[ADDRESSES] = None  # as if it were not installed, which jsonschema allows for
        try:
            import jsonschema
        finally:
            del sys.modules[ADDRESSES]
    import jsonschema

    return jsonschema


def faults(instance: object, schema: Mapping) -> Iterator[Fault]:
    """Whatever of an instance its schema does not allow, in the order of its keys.

    >>> [fault.text for fault in faults({"sead": 1}, {"properties": {"seed": {}}, "additionalProperties": False})]
    ['sead: no such key; allowed: seed; did you mean seed?']
    """
    jsonschema = import_jsonschema()  # only here: not every command and notebook needs it
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
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
