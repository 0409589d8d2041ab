"""Progress is what the checks' lines say in saved notebooks, and what was solved once stays solved."""

import datetime
import json

import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course.cli import main
from course.views import progress
from helpers.base import paths
from helpers.checks import EXERCISES, QUIZZES, check, check_quiz
from helpers.notebook import index

DAY, NEXT = datetime.date(2026, 11, 27), datetime.date(2026, 11, 28)
RIGHT = QUIZZES["02"][1]
WRONG = "a" if RIGHT != "a" else "b"
KERNEL = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]


def printed_by(capsys, call, *arguments):
    """What a check really prints, as a cell's output."""
    call(*arguments)
    return sample.printed(capsys.readouterr().out)


@pytest.fixture
def write(tmp_path):
    """Writes a learner's copy with exercise cells, each a source and an output."""

    def write(*cells, name="02_cnn_imaging.ipynb"):
        return sample.write_notebook(tmp_path / name, [sample.code(*cell) for cell in cells], profiles=False)

    return write


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_line_of_an_untouched_stub_is_read(exercise, write, capsys):
    path = write((f'check("{exercise}", None)', printed_by(capsys, check, exercise, None)))
    assert progress.answered(path) == {exercise: "not attempted"}
    assert progress.asked(path) == [exercise]


@pytest.mark.parametrize(
    ("answer", "status"), [(KERNEL, "correct"), ([[1]], "not yet"), ("correct", "not yet"), (..., "not attempted")]
)
def test_the_line_of_a_check_is_read(answer, status, write, capsys):
    path = write(('check("02.1", kernel)', printed_by(capsys, check, "02.1", answer)))
    assert progress.answered(path) == {"02.1": status}


def test_the_lines_of_a_quiz_are_read(write, capsys):
    given = {1: RIGHT, 2: "x", 3: 7, 4: ""}
    source = 'quiz = {1: "", 2: "", 3: "", 4: "", 5: "", 6: ""}  # a, b, c or d\n\ncheck_quiz("02", quiz)'
    path = write((source, printed_by(capsys, check_quiz, "02", given)))
    assert progress.asked(path) == [f"02 question {number}" for number in range(1, 7)]
    read = progress.answered(path)
    assert [read[f"02 question {number}"] for number in range(1, 7)] == [
        "correct",
        *["not yet"] * 2,
        *["not attempted"] * 3,
    ]


def test_the_better_of_two_cells_counts(write, capsys):
    right, wrong = (printed_by(capsys, check, "02.1", answer) for answer in (KERNEL, [[1]]))
    assert progress.answered(write(("x", right), ("x", wrong))) == {"02.1": "correct"}


def test_what_was_solved_once_stays_solved_with_its_day(tmp_path):
    progress.keep(tmp_path, {"02.1": "correct", "02.2": "not yet"}, DAY)
    together = progress.keep(tmp_path, {"02.1": "not attempted", "02.2": "correct"}, NEXT)
    assert together == {"02.1": "correct", "02.2": "correct"}
    assert json.loads((tmp_path / progress.FILE).read_text(encoding="utf-8")) == {
        "02.1": {"status": "correct", "since": "2026-11-27"},
        "02.2": {"status": "correct", "since": "2026-11-28"},
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"02.1": "correct"}', '{"02.1": {"status": "done", "since": "x"}}'])
def test_another_file_of_that_name_is_told_and_kept(text, tmp_path):
    (tmp_path / progress.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(progress.ProgressError, match="Move it away"):
        progress.keep(tmp_path, {"02.1": "correct"}, DAY)
    assert (tmp_path / progress.FILE).read_text(encoding="utf-8") == text


def test_a_folder_that_may_not_be_written_is_only_read(tmp_path):
    progress.keep(tmp_path, {"02.1": "correct"}, DAY)
    before = (tmp_path / progress.FILE).read_bytes()
    assert progress.keep(tmp_path, {"02.2": "not yet"}, NEXT, write=False) == {"02.1": "correct", "02.2": "not yet"}
    assert (tmp_path / progress.FILE).read_bytes() == before


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one notebook with an exercise and a quiz of two questions."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    quiz = 'quiz = {1: "", 2: ""}\n\ncheck_quiz("02", quiz)'
    cells = [sample.code(sample.PARAMETERS, tags=["parameters"]), sample.code('check("02.1", kernel)')]
    sample.write_notebook(folder / "02_adding.ipynb", [*cells, sample.code('check("02.2", f)'), sample.code(quiz)])
    for module in (index, paths):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    return folder


def test_the_command_shows_a_row_per_notebook_and_names_what_it_cannot_read(course, write, tmp_path, capsys):
    write(
        ('check("02.1", kernel)', printed_by(capsys, check, "02.1", KERNEL)),
        ('check_quiz("02", quiz)', printed_by(capsys, check_quiz, "02", {1: RIGHT, 2: ""})),
        name="02_adding-Copy1.ipynb",
    )
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    result = CliRunner().invoke(main, ["progress", str(tmp_path)])
    assert result.exit_code == 1
    assert "broken.ipynb" in result.stderr
    head, row, total, *_ = result.stdout.splitlines()
    assert head.split() == ["no.", "title", "solved", "attempted", "not", "attempted", "quiz"]
    assert row.split() == ["02", "Adding", "1", "0", "1", "1", "of", "2"]
    assert total.split() == ["in", "all", "1", "0", "1", "1", "of", "2"]
    assert f"Kept in {tmp_path / 'progress.json'}. Nothing was sent." in result.stdout


def test_without_a_folder_the_courses_own_notebooks_are_read(course):
    result = CliRunner().invoke(main, ["progress"])
    assert result.exit_code == 0
    assert (course / "progress.json").is_file()
