"""What a file is, told from its content whatever its name says, and what to do where it is not what was wanted."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import NamedTuple

HEAD_BYTES = 4096  # so much of a file is looked at
_DICOM_AT = 128  # bytes before the mark of a DICOM file
_LISTED = 4  # names of members that a sentence gives


class FileKind(NamedTuple):
    """What a file is, as a sentence names it, and what its owner can do."""

    name: str
    todo: str


_TOGETHER = "Save images and labels together: numpy.savez(file, images=..., labels=...)."
_AS_CSV = "Save the sheet that holds the data as .csv and pass that."
_UNPACK = "Unpack it and pass what is in it."
_SIGNATURES = {
    b"\x93NUMPY": FileKind("one single array (.npy)", _TOGETHER),
    b"\x1f\x8b": FileKind("gzip-compressed data", _UNPACK),
    b"BZh": FileKind("bzip2-compressed data", _UNPACK),
    b"\xfd7zXZ": FileKind("xz-compressed data", _UNPACK),
    b"7z\xbc\xaf": FileKind("a 7z archive", _UNPACK),
    b"Rar!": FileKind("a RAR archive", _UNPACK),
    b"\xd0\xcf\x11\xe0": FileKind("an Excel workbook or another old Office file", _AS_CSV),
    b"\x89HDF": FileKind("an HDF5 file", "Save its arrays with numpy.savez."),
    b"\x89PNG": FileKind("one picture (PNG)", _TOGETHER),
    b"\xff\xd8\xff": FileKind("one picture (JPEG)", _TOGETHER),
    b"%PDF": FileKind("a PDF document", "Pass the file with the data themselves."),
    b"SQLite": FileKind("an SQLite database", "Export the table that holds the data as .csv."),
    **{
        b"\x80" + bytes([version]): FileKind(
            "a Python pickle", "A pickle can run foreign code: save plain arrays with numpy.savez."
        )
        for version in range(2, 6)
    },
}
_EMPTY = FileKind("an empty file", "Nothing was written to it: save or copy it anew.")
_UNKNOWN = FileKind("", "If it was cut off on its way, copy it again; your own arrays save anew with numpy.savez.")
_HTML = FileKind("a web page (HTML)", "Take the link to the file itself, not to the page that shows it.")
_JSON = FileKind("JSON", "Save readings as .csv, and images as arrays with numpy.savez.")
_TEXT = FileKind("text", "Readings belong into a file whose name ends in .csv; images are saved with numpy.savez.")


def kind_of(path: Path) -> FileKind:
    """What the file at `path` is; a kind without a name where nothing gives it away.

    Raises OSError where it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        return _EMPTY
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head[_DICOM_AT : _DICOM_AT + 4] == b"DICM":
        return FileKind("one DICOM image", _TOGETHER)
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    return _kind_of_text(head)


def _kind_of_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, struct.error):  # cut off, or damaged
        return _UNKNOWN
    if any(name.startswith("xl/") for name in names):
        return FileKind("an Excel workbook", _AS_CSV)
    shown = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
    return FileKind(f"a zip archive of {shown or 'nothing'}", _UNPACK if names else _TOGETHER)


def _kind_of_text(head: bytes) -> FileKind:
    """The kind of a file whose first bytes are no signature: text of some sort, or unknown."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = head.decode(encoding, errors="strict" if len(head) < HEAD_BYTES else "ignore").lstrip()
    except UnicodeDecodeError:
        return _UNKNOWN
    if not all(character.isprintable() or character.isspace() for character in text):
        return _UNKNOWN
    if text[:200].lower().startswith(("<!doctype html", "<html")):
        return _HTML
    return _JSON if text.startswith(("{", "[")) else _TEXT
