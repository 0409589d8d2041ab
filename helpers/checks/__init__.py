"""Exercises and quizzes: `check` tells whether an answer holds, and if not, where to look.

A checker tests what an answer does, not how it is written. tests/helpers/checks/ runs every solution that the
notebooks print, every untouched stub, and at least three plausible wrong answers to each.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from helpers.checks.verdicts import judge
from helpers.notebook.index import find_notebooks

# of notebooks/NN_topic.ipynb the module helpers/checks/topic.py
LESSONS = {path.stem[:2]: import_module(f"helpers.checks.{path.stem[3:]}") for path in find_notebooks()}
EXERCISES = {exercise: checker for lesson in LESSONS.values() for exercise, checker in lesson.EXERCISES.items()}
QUIZZES = {number: lesson.QUIZ for number, lesson in LESSONS.items()}


def check(exercise: str, answer: Any) -> None:
    """Print whether the answer to an exercise, for example "02.1", holds.

    Raises KeyError for an exercise that does not exist.
    """
    verdict = judge(EXERCISES[exercise], answer)
    print(f"Exercise {exercise}: {verdict.message}")


def check_quiz(notebook: str, answers: Mapping[int, str | None]) -> None:
    """Print for each question of a quiz whether the chosen letter is right.

    answers: letter by number of the question, {1: "b"}; "B" and "(b)" are the same letter. "" and None count as not
    answered.
    """
    if not isinstance(answers, Mapping):
        print(f'Give the letters by the number of the question, {{1: "b", 2: "a"}}: found {answers!r}')
        return
    for question, right in QUIZZES[notebook].items():
        print(f"Question {question}: {_mark(answers.get(question), right)}")


def _mark(given: Any, right: str) -> str:
    if given is None or given == "":
        return "not answered yet"
    letter = given.strip().strip("().").strip().lower() if isinstance(given, str) else ""
    if len(letter) != 1 or not letter.isalpha():
        return f'expected one letter such as "b", found {given!r}'
    return "✓ right" if letter == right else "✗ no: read the section again"
