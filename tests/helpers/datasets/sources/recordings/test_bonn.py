"""Bonn EEG by path: a folder or an archive, every segment once and whole, and what differs between sets is said."""

import shutil
import tarfile

import numpy as np
import pytest
from sample_tables import SHARED

from helpers.datasets import DataError, load, provenance
from helpers.datasets.eeg import EegDataset
from helpers.datasets.sources.recordings import bonn
from helpers.datasets.sources.recordings.bonn import load_bonn
from helpers.plots import dataset_figure

COPIES = sorted(SHARED.glob("eeg_bonn.tar.xz"))  # none on a machine without the real copies


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Five sets of two short segments, one folder a set, as the originals come out of their zip files."""
    monkeypatch.setattr(bonn, "SAMPLES", 40)
    monkeypatch.setattr(bonn, "SEGMENTS", 2)
    for number, group in enumerate("ZONFS"):
        (tmp_path / "eeg" / group).mkdir(parents=True)
        for segment in (1, 2):
            lines = "\r\n".join(str(100 * number + 10 * segment + sample % 7) for sample in range(40))
            ending = "TXT" if group == "N" else "txt"
            (tmp_path / "eeg" / group / f"{group}{segment:03d}.{ending}").write_text(lines + "\r\n")
    (tmp_path / "eeg" / "readme.txt").write_text("not a segment")
    return tmp_path / "eeg"


@pytest.mark.parametrize("kind", ["folder", "tar", "tar.xz", "tar.gz"])
def test_a_folder_or_an_archive_of_it_is_read_in_the_sources_order(folder, kind):
    path = folder
    if kind != "folder":
        path = folder.with_name(f"eeg.{kind}")
        with tarfile.open(path, {"tar": "w", "tar.xz": "w:xz", "tar.gz": "w:gz"}[kind]) as archive:
            archive.add(folder, "eeg")
    data = load(str(path))
    assert isinstance(data, EegDataset)
    assert "".join(data.groups) == "ZZOONNFFSS"
    assert data.names[:3].tolist() == ["Z001", "Z002", "O001"]
    assert data.signal[:, 0].tolist() == [10, 20, 110, 120, 210, 220, 310, 320, 410, 420]
    assert data.signal.shape == (10, 40)
    assert data.seconds[-1] == pytest.approx(39 / 173.61)
    assert "not identified: a split by segment" in provenance(data)


FAULTS = {
    "one absent": (lambda path: (path / "F" / "F002.txt").unlink(), "found 9; F002.txt is the first that is absent"),
    "a short one": (
        lambda path: (path / "S" / "S001.txt").write_text("1\n2\n"),
        "S001.txt: expected 40 numbers, found 2",
    ),
    "a word": (lambda path: (path / "S" / "S001.txt").write_text("1\nx\n"), "S001.txt: expected a number in each line"),
    "one twice": (lambda path: shutil.copy(path / "Z" / "Z001.txt", path / "Z001.txt"), "segment Z001.txt once"),
}


@pytest.mark.parametrize(("damage", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_damaged_set_is_refused_with_the_file(folder, damage, fault):
    damage(folder)
    with pytest.raises(DataError) as caught:
        load_bonn(folder)
    assert fault in str(caught.value)
    assert str(caught.value).endswith("(Z, O, N, F, S) into one folder, and give that folder's path.")


def test_half_an_archive_and_nothing_are_refused(folder, tmp_path):
    path = tmp_path / "eeg.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        archive.add(folder, "eeg")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match=r"eeg\.tar\.xz: expected a whole archive of text files"):
        load(str(path))
    with pytest.raises(
        DataError, match=r"none\.tar: expected a folder of 500 text files, .* found nothing at that path"
    ):
        load(str(tmp_path / "none.tar"))


def test_what_differs_between_two_sets_is_said(folder):
    data = load_bonn(folder)
    assert set(data.confounds("Z", "S")) == {"state", "people", "electrodes"}
    assert set(data.confounds("F", "S")) == {"state", "electrodes"}
    assert data.confounds("Z", "O") == {"state": ("awake, eyes open", "awake, eyes closed")}
    with pytest.raises(ValueError, match="group: expected one of Z, O, N, F, S, got 'A'"):
        data.confounds("Z", "A")


def test_a_segment_of_each_set_is_drawn(folder):
    assert dataset_figure(load_bonn(folder)).alt.startswith("a segment of each group of Bonn EEG")


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.name)
def test_the_real_segments(path):
    """Sums per set: from awk over the unpacked files."""
    data = load(str(path))
    assert data.signal.shape == (500, 4097)
    assert data.summary()["segments"].tolist() == [100] * 5
    sums = {group: data.signal[data.groups == group].astype(float).sum() for group in data.group_table.index}
    assert sums == {"Z": -2_565_068, "O": -5_126_696, "N": -3_638_150, "F": -2_541_374, "S": -1_945_630}
    squares = (data.signal[data.groups == "Z"].astype(float) ** 2).sum()
    assert squares == 973_387_060
    assert data.signal[data.names == "N028"][0, :3].tolist() == [2, -1, -6]
    assert len(np.unique(data.signal, axis=0)) == 500  # no segment is there twice
    spread = data.summary()["median SD of a segment"]
    assert spread["S"] > 3 * spread["Z"]
