"""From a file to text: compressed or not, in the encodings that exports come in; what is no text is named."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path
from typing import NamedTuple

from helpers.datasets.errors import DataError

# how files begin that are no text, and what they are
_EXCEL = {b"PK\x03\x04": "an Excel workbook or another zip archive", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}
_GZIP = b"\x1f\x8b"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Content(NamedTuple):
    """The text of a file without a byte-order mark, the encoding it came in ("utf-8", "utf-16", "cp1252"), sentences on
    what was put right, and, where it is not UTF-8, the line and the byte at which that shows."""

    name: str
    text: str
    encoding: str
    report: tuple[str, ...] = ()
    odd_line: int = 1
    odd_byte: int = 0


def read_content(path: Path) -> Content:
    """The text of a file, which may be compressed with gzip.

    UTF-8 and UTF-16 are told by their marks and bytes; everything else is taken for Windows-1252.
    Raises DataError for a file that cannot be read, is empty, or is an Excel workbook or another archive.
    """
    content = _read_bytes(path)
    if not content.strip():
        raise DataError(
            path.name, expected="a table of readings", found="an empty file", todo="Export the readings again."
        )
    for mark, encoding in _UTF16.items():
        if content.startswith(mark):
            text = content[2:].decode(encoding, errors="replace")
            return Content(path.name, text, "utf-16", ("The file is in UTF-16.",), 1, content[0])
    if content[:200].count(0) > len(content[:200]) // 4:  # every other byte of Latin letters in UTF-16 is zero
        encoding = "utf-16-le" if content[1] == 0 else "utf-16-be"
        text = content.decode(encoding, errors="replace")
        return Content(path.name, text, "utf-16", ("The file is in UTF-16.",), 1, 0)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", errors="replace")
        line = content.count(b"\n", 0, error.start) + 1
        note = ("The file is not in UTF-8; it was read as Windows-1252.",)
        return Content(path.name, text, "cp1252", note, line, content[error.start])
    if text.startswith("\ufeff"):
        return Content(path.name, text[1:], "utf-8", ("A byte-order mark at the start of the file was left out.",))
    return Content(path.name, text, "utf-8")


def _read_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            path.name, expected="a file that can be read", found=str(error), todo="Check the path."
        ) from error
    for start, kind in _EXCEL.items():
        if content.startswith(start):
            raise DataError(
                path.name,
                expected="readings as text (.csv, .tsv, .txt or .json)",
                found=kind,
                todo="If it is a workbook, open it and save the sheet with the readings as CSV UTF-8; if it is a zip "
                "archive, unpack it and name a file that was in it.",
            )
    if content.startswith(_GZIP):
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                path.name,
                expected="a whole file compressed with gzip",
                found=f"one that cannot be unpacked ({error})",
                todo="Copy or export it again.",
            ) from error
    return content
