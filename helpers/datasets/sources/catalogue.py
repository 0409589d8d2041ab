"""The catalogue of downloadable data sets (data/catalogue.yml): addresses, hashes, licences, classes, known faults.

The file is checked as it is read: a set without a licence, a class without a name or a hash with a digit missing ends
here, before anybody downloads anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

import yaml

from helpers.base.paths import DATA
from helpers.datasets.contract import DataError

CATALOGUE = DATA / "catalogue.yml"
SMALLEST = 28  # pixels a side of the images that a MedMNIST set's name stands for
SPLITS = ["train", "validation", "test"]
TASKS = ("binary", "multi-class", "ordinal", "multi-label")

_EVERY = {"kind": str, "title": str, "about": str, "licence": str, "citation": str, "addresses": list, "faults": list}
_FIELDS = {
    "medmnist": _EVERY
    | {"task": str, "classes": list, "disease_class": int, "channels": int, "rows": dict, "md5": dict},
    "physionet": _EVERY | {"version": str, "checksums": str, "checksums_from": str, "largest_bytes": int},
}
_CARD = {"people": str, "measured": str, "labelled": str, "bias": str}  # what data/README.md tells beside the rest
_OPTIONAL = {
    "medmnist": _CARD
    | {"disease_note": str, "findings": list, "reduction": str, "mirrors": dict, "fingerprints": dict},
    "physionet": _CARD,
}
_ADDRESS = re.compile(r"https://\S*\{file\}\S*")
_MD5 = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")


class RemoteFile(NamedTuple):
    """A file to download: its path below the cache folder, where it is found, and how it is recognised.

    known_hash: "md5:..." or "sha256:..." of the original. largest: bytes that the file cannot exceed.
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
        _Check(f"{path.name}, {name}", entry).run()
        for known in entry.get("md5", {}).values():
            if known in seen:
                _refuse(f"{path.name}, {name}", "an MD5 of its own", f"that of {seen[known]}")
            seen[known] = name
    return entries


def names_of_kind(kind: str) -> list[str]:
    """The names of the catalogue's sets of one kind, in its order: "medmnist" or "physionet"."""
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
    """The files of a catalogued set: the one of a MedMNIST set at the size its name gives, or all of a PhysioNet set.

    Raises ValueError for a name that the catalogue does not have.

    >>> [file.name for file in remote_files("bloodmnist-64")]
    ['bloodmnist_64.npz']
    """
    known = set_and_size(dataset)
    if known:
        return [_medmnist_file(*known)]
    if dataset in names_of_kind("physionet"):
        return _physionet_files(dataset)
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


def _refuse(where: str, expected: str, found: str) -> NoReturn:
    raise DataError(where, expected=expected, found=found, todo="Correct the catalogue.")


class _Check:
    """The check of one entry: its fields, their types, and what they may say."""

    def __init__(self, where: str, entry: Mapping):
        self.where, self.entry = where, entry

    def run(self):
        kind = self.entry.get("kind")
        self.hold(kind in _FIELDS, f"a kind among {', '.join(_FIELDS)}", repr(kind))
        self.fields(_FIELDS[kind], _OPTIONAL[kind])
        for text in self.entry["faults"]:
            self.hold(isinstance(text, str), "faults that are sentences", repr(text))
        self.addresses("addresses", self.entry["addresses"])
        if kind == "medmnist":
            self.images()
        else:
            self.checksums()

    def hold(self, condition: bool, expected: str, found: str):
        if not condition:
            _refuse(self.where, expected, found)

    def fields(self, required: Mapping[str, type], optional: Mapping[str, type]):
        missing = required.keys() - self.entry.keys()
        self.hold(not missing, f"the fields {', '.join(required)}", f"no {', '.join(sorted(missing))}")
        for field, value in self.entry.items():
            kind = (required | optional).get(field)
            self.hold(kind is not None, "no other field", repr(field))
            good = type(value) is kind and value not in ("", [], {})
            self.hold(good, f"{field} as {kind.__name__}, not empty", repr(value))

    def addresses(self, field: str, addresses: list):
        for address in addresses:
            good = isinstance(address, str) and _ADDRESS.fullmatch(address) is not None
            self.hold(good, f"{field} that begin with https:// and have {{file}} in them", repr(address))

    def images(self):
        entry, sizes = self.entry, list(self.entry["md5"])
        self.hold(entry["task"] in TASKS, f"a task among {', '.join(TASKS)}", repr(entry["task"]))
        self.hold(entry["channels"] in (1, 3), "1 or 3 channels", str(entry["channels"]))
        classes = entry["classes"]
        named = all(isinstance(each, str) for each in classes) and len(set(classes)) == len(classes) >= 2
        self.hold(named, "two or more classes with different names", repr(classes))
        last = len(classes) - 1
        self.hold(0 <= entry["disease_class"] <= last, f"a disease_class from 0 to {last}", str(entry["disease_class"]))
        several = entry["task"] == "multi-label"
        good = ("findings" in entry, "reduction" in entry) == (several, several)
        self.hold(good, "findings and a reduction in a multi-label set and nowhere else", f"task {entry['task']}")
        good = list(entry["rows"]) == SPLITS and all(type(n) is int and n > 0 for n in entry["rows"].values())
        self.hold(good, "rows of train, validation and test", repr(entry["rows"]))
        good = sizes == sorted(sizes) and sizes[0] == SMALLEST and all(type(size) is int for size in sizes)
        self.hold(good, f"md5 by size, {SMALLEST} first", repr(sizes))
        for known in entry["md5"].values():
            self.hold(_MD5.fullmatch(str(known)) is not None, "MD5 hashes of 32 hexadecimal digits", repr(known))
        for size, addresses in entry.get("mirrors", {}).items():
            self.hold(size in sizes, "mirrors of a size it has", repr(size))
            self.addresses("mirrors", addresses)
        for size, prints in entry.get("fingerprints", {}).items():
            good = size in sizes and list(prints) == SPLITS
            self.hold(good, "fingerprints of train, validation and test at a size it has", f"{size!r}: {prints!r}")
            for known in prints.values():
                self.hold(
                    _SHA256.fullmatch(str(known)) is not None, "fingerprints of 64 hexadecimal digits", repr(known)
                )

    def checksums(self):
        path = CATALOGUE.parent / self.entry["checksums"]
        self.hold(path.is_file(), "a file of checksums under data/", f"none at {self.entry['checksums']}")
        names = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            known, _, file = line.partition("  ")
            good = _SHA256.fullmatch(known) is not None and re.fullmatch(r"\w[\w./-]*", file) is not None
            self.hold(good and ".." not in file, "lines of a SHA-256, two spaces and a name", repr(line))
            self.hold(file not in names, "each file once", file)
            names.add(file)
