"""The solutions that the notebooks print hold, and their untouched stubs are reported as such."""

import re

import nbformat
import numpy as np
import pytest
from sklearn import metrics

from helpers.checks import EXERCISES, QUIZZES
from helpers.checks.verdicts import judge
from helpers.notebook.index import find_notebooks

CHECK = re.compile(r'^check\("(?P<exercise>[\d.]+)", (?P<answer>\w+)\)$', re.MULTILINE)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def exercises():
    """For each exercise of each notebook: its number, the name of the answer, the stub's code, the solution's code."""
    for path in find_notebooks():
        cells = nbformat.read(path, as_version=4).cells
        solutions = {
            tag.removeprefix("solution-"): "\n".join(CODE.findall(cell.source))
            for cell in cells
            for tag in cell.metadata.get("tags", [])
            if tag.startswith("solution-")
        }
        for cell in cells:
            if found := CHECK.search(cell.source):
                stub = cell.source[: found.start()]
                yield found["exercise"], found["answer"], stub, solutions[found["exercise"]]


FOUND = [pytest.param(*exercise, id=exercise[0]) for exercise in exercises()]


def value_of(answer, code):
    """What the name `answer` stands for after the code has run, with what notebooks import at hand."""
    names = {"np": np, "metrics": metrics}
    exec(code, names)
    return names[answer]


@pytest.mark.parametrize(("exercise", "answer", "stub", "solution"), FOUND)
def test_the_printed_solution_holds(exercise, answer, stub, solution):
    assert judge(EXERCISES[exercise], value_of(answer, solution)).status == "correct"


@pytest.mark.parametrize(("exercise", "answer", "stub", "solution"), FOUND)
def test_the_untouched_stub_is_not_attempted(exercise, answer, stub, solution):
    assert judge(EXERCISES[exercise], value_of(answer, stub)).status == "not attempted"


def test_every_check_belongs_to_an_exercise_of_a_notebook():
    assert sorted(EXERCISES) == sorted(exercise.values[0] for exercise in FOUND)


@pytest.mark.parametrize("notebook", QUIZZES)
def test_the_quiz_and_its_printed_answers_agree(notebook):
    path = next(path for path in find_notebooks() if path.stem.startswith(notebook))
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    printed = dict(re.findall(r"^(\d)\. \*\*([a-d])\*\*:", text, re.MULTILINE))
    assert {int(question): letter for question, letter in printed.items()} == QUIZZES[notebook]
