"""helpers.datasets.given: the path that a person hands over, through the door that every notebook uses."""

from pathlib import Path

import pytest

from helpers.datasets import DataError, load
from helpers.datasets.given import readable


@pytest.mark.parametrize("ending", [".npz", ".csv"])
@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "~nobody_of_that_name/x",
            "~nobody_of_that_name/x{}: expected a file that can be read, found no home folder of nobody_of_that_name. "
            "Write the whole path.",
        ),
        (
            "x" * 256,
            "x" * 256 + "{}: expected a file that can be read, found a fault of the system: File name too long. "
            "Take a shorter path.",
        ),
    ],
)
def test_a_path_that_leads_nowhere_is_a_sentence(path, sentence, ending):
    with pytest.raises(DataError) as refused:
        load(path + ending)
    assert str(refused.value) == sentence.format(ending)


@pytest.mark.parametrize("name", ["scans.npz", "glucose.csv"])
def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch, name):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError) as refused:
        load(str(tmp_path / name))
    assert str(refused.value) == (
        f"{name}: expected a file that can be read, found a fault of the system: Permission denied. "
        "Allow yourself to read it."
    )


def test_a_file_in_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert readable("~/x.csv") == str(tmp_path / "x.csv")  # its loader says that there is none
    with pytest.raises(DataError, match=r"x\.csv.* No such file"):
        load("~/x.csv")
