"""What a learner has solved, read from the checks' lines in saved notebooks: nothing is run, nothing is sent.

A file beside the copies, progress.json, keeps the best that was ever seen of each exercise, with the day: so what was
solved once stays solved when a copy is run afresh, cleared or replaced.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from helpers.base.errors import CourseError
from helpers.base.files import write_whole
from helpers.notebook.reading import read_notebook

FILE = "progress.json"
STATUSES = ("not attempted", "not yet", "correct")  # from the least to the best
EXERCISE = re.compile(r"^Exercise (\d\d\.\d+): .*?\b(correct|not yet|not attempted)\b", re.MULTILINE)
QUESTION = re.compile(r"^Question (\d+): (.*)$", re.MULTILINE)
CHECKED = re.compile(r"^check\(\"(\d\d\.\d+)\"", re.MULTILINE)
QUIZ = re.compile(r"^check_quiz\(\"(\d\d)\"", re.MULTILINE)
ASKED = re.compile(r"^quiz = (\{.*?\})", re.MULTILINE | re.DOTALL)


class ProgressError(CourseError):
    """The file that keeps the progress cannot be read."""


def asked(notebook: Path) -> list[str]:
    """What a notebook asks: its exercises ("02.1") and the questions of its quiz ("02 question 1").

    Raises NotebookError where the file is no notebook.
    """
    found = []
    for source, _ in _code_cells(notebook):
        found += CHECKED.findall(source)
        if (quiz := QUIZ.search(source)) and (questions := ASKED.search(source)):
            found += [f"{quiz[1]} question {number}" for number in re.findall(r"(\d+)\s*:", questions[1])]
    return list(dict.fromkeys(found))


def answered(notebook: Path) -> dict[str, str]:
    """What the checks' stored lines say: exercise or question to one of STATUSES, the best where there are several.

    Raises NotebookError where the file is no notebook.
    """
    found: dict[str, str] = {}
    for source, text in _code_cells(notebook):
        said = EXERCISE.findall(text)
        if quiz := QUIZ.search(source):
            said += [(f"{quiz[1]} question {number}", _quiz_status(mark)) for number, mark in QUESTION.findall(text)]
        found = best(found, dict(said))
    return found


def best(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Of each exercise the better status of two.

    >>> best({"02.1": "correct"}, {"02.1": "not yet", "02.2": "not yet"})
    {'02.1': 'correct', '02.2': 'not yet'}
    """
    together = dict(one)
    for exercise, status in other.items():
        together[exercise] = max(status, together.get(exercise, status), key=STATUSES.index)
    return together


def kept(folder: Path) -> dict[str, dict[str, str]]:
    """What the folder's file keeps: exercise to its `status` and the day `since` when it was first seen.

    Empty where there is no file. Raises ProgressError where it is another one's.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        for entry in entries.values():
            STATUSES.index(entry["status"])
            datetime.date.fromisoformat(entry["since"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProgressError(f"{path}: not written by `course progress` ({error}). Move it away.") from error
    return entries


def keep(folder: Path, seen: Mapping[str, str], today: datetime.date, write: bool = True) -> dict[str, str]:
    """Add what was seen to the folder's file; the best status of each exercise, those of the file included.

    write: whether the file may be changed. Raises ProgressError where the file is another one's, OSError where it
    cannot be written.
    """
    before = kept(folder)
    together = best({exercise: entry["status"] for exercise, entry in before.items()}, seen)
    entries = {}
    for exercise, status in sorted(together.items()):
        old = before.get(exercise)
        same = old is not None and old["status"] == status
        entries[exercise] = old if same else {"status": status, "since": today.isoformat()}
    if write:
        write_whole(folder / FILE, json.dumps(entries, indent=1) + "\n")
    return together


def counts(asked_for: Iterable[str], statuses: Mapping[str, str]) -> tuple[list[int], list[int]]:
    """How many exercises, and how many questions of quizzes, are solved, attempted in vain, and not attempted."""
    exercises, questions = [0, 0, 0], [0, 0, 0]
    for one in asked_for:
        row = questions if "question" in one else exercises
        row[len(STATUSES) - 1 - STATUSES.index(statuses.get(one, STATUSES[0]))] += 1
    return exercises, questions


def table(titles: Mapping[str, str], asked_for: Sequence[str], statuses: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row per notebook, and one for all: number, title, exercises solved, attempted, not attempted, quiz.

    titles: by the notebooks' numbers.
    """
    rows = [("no.", "title", "solved", "attempted", "not attempted", "quiz")]
    for number, title in titles.items():
        rows.append((number, title, *_cells([one for one in asked_for if one[:2] == number], statuses)))
    rows.append(("", "in all", *_cells(asked_for, statuses)))
    return rows


def _cells(asked_for: Sequence[str], statuses: Mapping[str, str]) -> tuple[str, ...]:
    exercises, questions = counts(asked_for, statuses)
    return (*map(str, exercises), f"{questions[0]} of {sum(questions)}")


def _quiz_status(mark: str) -> str:
    if mark.startswith("not answered"):
        return "not attempted"
    return "correct" if re.search(r"\bright\b", mark) else "not yet"


def _code_cells(notebook: Path) -> Iterator[tuple[str, str]]:
    """Each code cell's source, and the text that it printed when it was last run."""
    for cell in read_notebook(notebook)["cells"]:
        if cell["cell_type"] == "code":
            printed = (output.get("text", "") for output in cell.get("outputs", []))
            yield "".join(cell["source"]), "".join("".join(text) for text in printed)
