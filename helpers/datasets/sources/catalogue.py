"""The catalogue of downloadable data sets (data/catalogue.yml): addresses, hashes, licences, classes, known faults.

The file is checked as it is read: a set without a licence, a class without a name or a hash with a digit missing ends
here, before anybody downloads anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

import yaml

from helpers.base.paths import DATA
from helpers.base.schemas import faults
from helpers.datasets.contract import DataError

CATALOGUE = DATA / "catalogue.yml"
SMALLEST = 28  # pixels a side of the images that a MedMNIST set's name stands for
SPLITS = ["train", "validation", "test"]
TASKS = ["binary", "multi-class", "ordinal", "multi-label"]

_TEXT = {"type": "string", "minLength": 1}
_SENTENCES = {"type": "array", "minItems": 1, "items": _TEXT | {"expected": "faults that are sentences"}}
_MD5 = {"type": "string", "pattern": "^[0-9a-f]{32}$", "expected": "MD5 hashes of 32 hexadecimal digits"}
_FINGERPRINT = {"type": "string", "pattern": "^[0-9a-f]{64}$", "expected": "fingerprints of 64 hexadecimal digits"}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$", "expected": "SHA-256 hashes of 64 hexadecimal digits"}
_ROWS = {"type": "integer", "minimum": 1, "expected": "rows of train, validation and test"}


def _addresses(field: str, *, of_one_file: bool = False) -> dict:
    """A list of addresses with {file} in them; those of_one_file may do without."""
    expected = f"{field} that begin with https://" + ("" if of_one_file else " and have {file} in them")
    pattern = r"^https://\S+$" if of_one_file else r"^https://\S*\{file\}\S*$"
    return {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "pattern": pattern, "expected": expected},
    }


def _by_split(value: dict, expected: str) -> dict:
    return {
        "type": "object",
        "properties": dict.fromkeys(SPLITS, value),
        "required": SPLITS,
        "maxProperties": len(SPLITS),
        "expected": expected,
    }


def _named(fields: dict) -> dict:
    """The fields, each asking for its own type in words where it does not say better."""
    words = {"string": "str", "array": "list", "integer": "int", "object": "dict"}
    return {
        name: {"expected": f"{name} as {words[field['type']]}, not empty"} | field for name, field in fields.items()
    }


def _schema(required: dict, optional: dict) -> dict:
    every = {"kind": _TEXT, "title": _TEXT, "about": _TEXT, "licence": _TEXT, "citation": _TEXT}
    every |= {"faults": _SENTENCES}
    # what data/README.md tells beside the rest
    card = {"people": _TEXT, "measured": _TEXT, "labelled": _TEXT, "bias": _TEXT}
    return {
        "type": "object",
        "properties": _named(every | required | card | optional),
        "required": list(every | required),
        "additionalProperties": False,
    }


SCHEMAS = {
    "medmnist": _schema(
        {
            "task": {"type": "string", "enum": TASKS, "expected": f"a task among {', '.join(TASKS)}"},
            "classes": {
                "type": "array",
                "items": _TEXT | {"expected": "two or more classes with different names"},
                "minItems": 2,
                "uniqueItems": True,
                "expected": "two or more classes with different names",
            },
            "disease_class": {"type": "integer"},
            "channels": {"type": "integer", "enum": [1, 3], "expected": "1 or 3 channels"},
            "rows": _by_split(_ROWS, "rows of train, validation and test"),
            "md5": {"type": "object", "minProperties": 1, "additionalProperties": _MD5},
            "addresses": _addresses("addresses"),
        },
        {
            "disease_note": _TEXT,
            "findings": {"type": "array", "minItems": 1, "items": _TEXT},
            "reduction": _TEXT,
            "mirrors": {"type": "object", "minProperties": 1, "additionalProperties": _addresses("mirrors")},
            "fingerprints": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": _by_split(_FINGERPRINT, "fingerprints of train, validation and test"),
            },
        },
    ),
    "physionet": _schema(
        {
            "version": _TEXT,
            "checksums": _TEXT,
            "checksums_from": _TEXT,
            "largest_bytes": {"type": "integer", "minimum": 1},
            "addresses": _addresses("addresses"),
        },
        {},
    ),
    "files": _schema(
        {
            "folder": {"type": "string", "pattern": r"^\w*$", "expected": "folder as one word, or empty"},
            "sha256": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": r"^\w[\w.-]*$"},
                "additionalProperties": _SHA256,
                "expected": "the SHA-256 of each file by its name",
            },
            "hashes_from": _TEXT,
            "largest_bytes": {"type": "integer", "minimum": 1},
            "task": _TEXT,
            "size": _TEXT,
        },
        {
            "addresses": _addresses("addresses", of_one_file=True),
            "obtain": _TEXT,
            "origin": _TEXT,
            "classes": {"type": "array", "minItems": 2, "uniqueItems": True, "items": _TEXT},
            "disease_class": {"type": "integer"},
            "disease_note": _TEXT,
            "left_out": {"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
        },
    ),
}


class RemoteFile(NamedTuple):
    """A file to download: its path below the cache folder, where it is found, and how it is recognised.

    addresses: none where nobody offers this very file. known_hash: "md5:..." or "sha256:..." of the original.
    largest: bytes that the file cannot exceed.
    """

    name: str
    addresses: tuple[str, ...]
    known_hash: str
    largest: int


@cache
def read_catalogue(path: Path = CATALOGUE) -> dict[str, dict]:
    """Every downloadable data set by name, as written in data/catalogue.yml.

    Raises DataError naming the entry and the field where one is missing, unknown, of another type or impossible.

    >>> read_catalogue()["pneumoniamnist"]["classes"]
    ['normal', 'pneumonia']
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    seen: dict[str, str] = {}
    for name, entry in entries.items():
        _check(f"{path.name}, {name}", entry)
        for known in entry.get("md5", {}).values():
            if known in seen:
                _refuse(f"{path.name}, {name}", "an MD5 of its own", f"that of {seen[known]}")
            seen[known] = name
    return entries


def names_of_kind(kind: str) -> list[str]:
    """The names of the catalogue's sets of one kind, in its order: "medmnist", "physionet" or "files"."""
    return [name for name, entry in read_catalogue().items() if entry["kind"] == kind]


def set_and_size(dataset: str) -> tuple[str, int] | None:
    """The MedMNIST set and the pixels a side that a name stands for, or None where it is no such name.

    >>> set_and_size("pneumoniamnist"), set_and_size("pneumoniamnist-224"), set_and_size("pneumoniamnist-100")
    (('pneumoniamnist', 28), ('pneumoniamnist', 224), None)
    """
    for name in names_of_kind("medmnist"):
        for size in read_catalogue()[name]["md5"]:
            if dataset == sized_name(name, size):
                return name, size
    return None


def sized_name(name: str, size: int) -> str:
    """The name of a MedMNIST set at one size: the set's own at 28 pixels, with the size behind it otherwise.

    >>> sized_name("bloodmnist", 28), sized_name("bloodmnist", 64)
    ('bloodmnist', 'bloodmnist-64')
    """
    return name if size == SMALLEST else f"{name}-{size}"


def remote_files(dataset: str) -> list[RemoteFile]:
    """The files of a catalogued set: the one of a MedMNIST set at the size its name gives, or all of any other set.

    Raises ValueError for a name that the catalogue does not have.

    >>> [file.name for file in remote_files("bloodmnist-64")]
    ['bloodmnist_64.npz']
    """
    known = set_and_size(dataset)
    if known:
        return [_medmnist_file(*known)]
    if dataset in names_of_kind("physionet"):
        return _physionet_files(dataset)
    if dataset in names_of_kind("files"):
        return _listed_files(dataset)
    raise ValueError(f"dataset: expected a name of the catalogue ({', '.join(read_catalogue())}), found {dataset!r}.")


def _medmnist_file(name: str, size: int) -> RemoteFile:
    entry = read_catalogue()[name]
    file = f"{name}.npz" if size == SMALLEST else f"{name}_{size}.npz"
    patterns = entry["addresses"] + entry.get("mirrors", {}).get(size, [])
    labels = len(entry.get("findings", [0]))
    uncompressed = sum(entry["rows"].values()) * (size * size * entry["channels"] + labels)
    return RemoteFile(
        file,
        tuple(pattern.format(file=file) for pattern in patterns),
        f"md5:{entry['md5'][size]}",
        largest=uncompressed + 1_000_000,  # compression adds at most a little, the archive's directory less
    )


def _physionet_files(name: str) -> list[RemoteFile]:
    entry = read_catalogue()[name]
    lines = (CATALOGUE.parent / entry["checksums"]).read_text(encoding="utf-8").splitlines()
    return [
        RemoteFile(
            f"{name}/{file}",
            tuple(pattern.format(file=file) for pattern in entry["addresses"]),
            f"sha256:{known}",
            entry["largest_bytes"],
        )
        for known, file in (line.split("  ") for line in lines)
    ]


def _listed_files(name: str) -> list[RemoteFile]:
    entry = read_catalogue()[name]
    return [
        RemoteFile(
            f"{entry['folder']}/{file}".lstrip("/"),
            tuple(pattern.format(file=file) for pattern in entry.get("addresses", [])),
            f"sha256:{known}",
            entry["largest_bytes"],
        )
        for file, known in entry["sha256"].items()
    ]


def _refuse(where: str, expected: str, found: str) -> NoReturn:
    raise DataError(where, expected=expected, found=found, todo="Correct the catalogue.")


def _check(where: str, entry: Mapping) -> None:
    """Hold one entry against the schema of its kind, and what a schema cannot say."""

    def hold(condition: bool, expected: str, found: str):
        if not condition:
            _refuse(where, expected, found)

    kind = entry.get("kind")
    hold(kind in SCHEMAS, f"a kind among {', '.join(SCHEMAS)}", repr(kind))
    for fault in faults(entry, SCHEMAS[kind]):
        _refuse(where, fault.expected, fault.found)
    if kind == "physionet":
        _check_sums(hold, CATALOGUE.parent / entry["checksums"])
        return
    if kind == "files":
        hold("addresses" in entry or "obtain" in entry, "addresses, or what to obtain and where", "neither")
        several = "addresses" in entry and len(entry["sha256"]) > 1
        hold(not several or all("{file}" in one for one in entry["addresses"]), "{file} in each address", "one without")
        last = len(entry.get("classes", [])) - 1
        fits = last < 0 or 0 <= entry.get("disease_class", 0) <= last
        hold(fits, f"a disease_class from 0 to {last}", str(entry.get("disease_class")))
        return
    last, several = len(entry["classes"]) - 1, entry["task"] == "multi-label"
    hold(0 <= entry["disease_class"] <= last, f"a disease_class from 0 to {last}", str(entry["disease_class"]))
    fits = ("findings" in entry, "reduction" in entry) == (several, several)
    hold(fits, "findings and a reduction in a multi-label set and nowhere else", f"task {entry['task']}")
    sizes = list(entry["md5"])
    fits = all(type(size) is int for size in sizes) and sizes == sorted(sizes) and sizes[0] == SMALLEST
    hold(fits, f"md5 by size, {SMALLEST} first", repr(sizes))
    for field in ("mirrors", "fingerprints"):
        for size in entry.get(field, {}):
            hold(size in sizes, f"{field} of a size it has", repr(size))


def _check_sums(hold: Callable[[bool, str, str], None], path: Path) -> None:
    """Hold each line of a file of checksums against what one is."""
    hold(path.is_file(), "a file of checksums under data/", f"none at {path.name}")
    names = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        known, _, file = line.partition("  ")
        good = re.fullmatch("[0-9a-f]{64}", known) and re.fullmatch(r"\w[\w./-]*", file) and ".." not in file
        hold(bool(good), "lines of a SHA-256, two spaces and a name", repr(line))
        hold(file not in names, "each file once", file)
        names.add(file)
