"""What a file is told to be, whatever its name says."""

import gzip
import json
import pickle
import zipfile

import numpy as np
import pytest

from helpers.base.file_kinds import kind_of


def write_zip(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")


MADE = {
    "an empty file": lambda path: path.write_bytes(b""),
    "an Excel workbook": lambda path: write_zip(path, ["[Content_Types].xml", "xl/workbook.xml"]),
    "an Excel workbook or another old Office file": lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)),
    "a zip archive of a.png, b.png": lambda path: write_zip(path, ["a.png", "b.png"]),
    "a zip archive of 0, 1, 2, 3 and 2 more": lambda path: write_zip(path, map(str, range(6))),
    "gzip-compressed data": lambda path: path.write_bytes(gzip.compress(b"id,time,gl\n")),
    "JSON": lambda path: path.write_text(json.dumps([{"sgv": 120}]), encoding="utf-8"),
    "a web page (HTML)": lambda path: path.write_text("\n<!DOCTYPE html><html></html>", encoding="utf-8"),
    "text": lambda path: path.write_text("id,time,gl\nP1,2024-01-01 00:00,120\n" * 500 + "Ä", encoding="utf-16"),
    "one single array (.npy)": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "a Python pickle": lambda path: path.write_bytes(pickle.dumps({"images": [1]})),
    "one picture (PNG)": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20)),
    "one DICOM image": lambda path: path.write_bytes(bytes(128) + b"DICM" + bytes(20)),
    "": lambda path: path.write_bytes(bytes(range(256))),
}


@pytest.mark.parametrize("name", MADE)
def test_a_file_is_told_by_its_content_and_comes_with_what_to_do(tmp_path, name):
    path = tmp_path / "mine.npz"
    MADE[name](path)
    kind = kind_of(path)
    assert kind.name == name
    assert kind.todo.endswith(".")


def test_a_letter_cut_in_two_by_the_end_of_what_is_looked_at_is_still_text(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a" + "ä" * 5000, encoding="utf-8")
    assert kind_of(path).name == "text"


@pytest.mark.parametrize("kept", [4, 60, 200])
def test_the_beginning_of_a_zip_is_of_no_kind(tmp_path, kept):
    path = tmp_path / "mine.xlsx"
    write_zip(path, ["xl/workbook.xml", "xl/styles.xml"])
    path.write_bytes(path.read_bytes()[:kept])
    assert kind_of(path).name == ""
