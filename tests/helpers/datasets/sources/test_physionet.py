"""Files of PhysioNet sets: found among the originals or the cache, verified, and never mixed."""

import hashlib
from pathlib import Path

import pytest

from helpers.datasets import DataError
from helpers.datasets.sources import physionet
from helpers.datasets.sources.catalogue import RemoteFile, read_catalogue
from helpers.datasets.sources.physionet import fetch_files, fetch_record

FILES = {"100.atr": b"beats", "100.dat": b"signal", "100.hea": b"header", "101.hea": b"another", "x/1.csv": b"table"}


@pytest.fixture
def originals(tmp_path, monkeypatch) -> Path:
    """A folder of originals with a made-up mitdb in it, which is what the catalogue has; no network."""
    folder = tmp_path / "originals"
    for name, content in FILES.items():
        (folder / "mitdb" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "mitdb" / name).write_bytes(content)
    made_up = [
        RemoteFile(f"mitdb/{name}", ("https://example.org/",), f"sha256:{hashlib.sha256(content).hexdigest()}", 100)
        for name, content in FILES.items()
    ]
    monkeypatch.setattr(physionet, "remote_files", lambda dataset: made_up)
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return folder / "mitdb"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", list(FILES)),
        ("100.*", ["100.atr", "100.dat", "100.hea"]),
        ("*.hea", ["100.hea", "101.hea"]),
        ("x/*", ["x/1.csv"]),
    ],
)
def test_files_by_pattern(originals, pattern, names):
    assert fetch_files("mitdb", pattern) == [originals / name for name in names]


def test_no_such_file_or_set(originals):
    with pytest.raises(ValueError, match=r"pattern: expected one that a file of mitdb matches, found '99\.\*'"):
        fetch_files("mitdb", "99.*")
    with pytest.raises(ValueError, match="dataset: expected one of mitdb, big-ideas, found 'pneumoniamnist'"):
        fetch_files("pneumoniamnist")


def test_a_record_is_named_without_its_suffix(originals):
    assert fetch_record("100") == originals / "100"


def test_a_file_that_is_not_the_original_is_refused(originals):
    (originals / "100.hea").write_bytes(b"header with a comment")
    with pytest.raises(DataError, match=r"mitdb/100\.hea: expected the original, whose SHA256 is .*Pass its path"):
        fetch_record("100")


def test_an_absent_file_is_named(originals):
    (originals / "100.dat").unlink()
    with pytest.raises(DataError, match=r"mitdb/100\.dat: expected the file on this machine"):
        fetch_record("100")


def test_a_record_in_two_folders_is_refused(originals, tmp_path):
    other = tmp_path / "cache" / "mitdb"
    other.mkdir(parents=True)
    (originals / "100.dat").rename(other / "100.dat")
    with pytest.raises(
        DataError, match=r"mitdb/100: expected its files in one folder, found .*cache/mitdb and .*originals"
    ):
        fetch_record("100")


def test_every_file_of_the_real_catalogue_has_an_address_and_a_hash():
    for name in ("mitdb", "big-ideas"):
        assert read_catalogue()[name]["licence"] == "ODC-BY 1.0"
        for file in physionet.remote_files(name):
            assert len(file.addresses) == 2
            assert file.known_hash.startswith("sha256:")
            assert file.addresses[0].startswith("https://physionet.org/files/")
