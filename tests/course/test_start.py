"""course.start: whatever happens, the command ends in a sentence, and what nobody foresaw leaves a file."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli, start, unforeseen
from helpers.base.paths import ROOT


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """A function that runs the command, which raises an error of its choice; gives the exit code and the file left."""
    monkeypatch.setattr(unforeseen.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["course", "run", "99"])
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(error):
        def command():
            raise error

        monkeypatch.setattr(cli, "main", command)
        with pytest.raises(SystemExit) as ended:
            start.main()
        return ended.value.code, next(tmp_path.glob("course-error-*.txt"), None)

    return run


def test_what_nobody_foresaw_is_a_sentence_and_a_file(failing, capsys):
    code, file = failing(KeyError("seeds\nand more"))
    assert code == 70
    said = capsys.readouterr().err
    assert said.splitlines() == [
        r"Error: `course` stopped at something that it did not foresee (KeyError: 'seeds\nand more').",
        f"What is known of it is in {file}: send that file along when you report it.",
        "`course doctor` looks for faults of this machine.",
    ]
    kept = file.read_text(encoding="utf-8")
    assert kept.startswith(f"course run 99\nPython {sys.version_info.major}.{sys.version_info.minor}.")
    assert "Traceback (most recent call last)" in kept
    assert "raise error\nKeyError: " in kept


def test_without_a_place_for_the_file_the_sentence_says_where_it_happened(failing, capsys, monkeypatch, tmp_path):
    nowhere = tmp_path / "none"
    monkeypatch.setattr(unforeseen.tempfile, "gettempdir", lambda: str(nowhere))
    monkeypatch.setattr(Path, "home", lambda: nowhere)
    assert failing(ValueError("odd")) == (70, None)
    said = capsys.readouterr().err
    told = r"^It happened in test_start\.py, line \d+; no file with more could be written \(.*none"
    assert re.search(told, said, re.MULTILINE)
    assert "Traceback" not in said


def test_the_exit_codes_are_told(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert "70, a fault of the command" in " ".join(capsys.readouterr().out.split())


def test_ctrl_c_before_a_command_begins_is_no_fault(failing, capsys):
    code, file = failing(KeyboardInterrupt())
    assert (code, file) == ("\nAborted!", None)  # which Python prints, ending with exit code 1


def test_the_command_is_this_folders_whatever_else_is_called_helpers(tmp_path):
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "__init__.py").write_text("raise ValueError('another')", encoding="utf-8")
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]\nimport importlib.util as u\n"
    program += f"spec = u.spec_from_file_location('start', {str(ROOT / 'course' / 'start.py')!r})\n"
    program += "start = u.module_from_spec(spec); spec.loader.exec_module(start); sys.argv[1:] = ['list', '77']\n"
    ended = subprocess.run([sys.executable, "-c", program + "start.main()"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "77: no such notebook" in ended.stderr
