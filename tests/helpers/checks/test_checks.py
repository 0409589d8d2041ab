"""Checks let right answers pass however they are written, and meet each usual mistake with a hint of its own."""

from collections.abc import Mapping
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from answers_cnn_imaging import PREWITT, threshold_by_sorting
from scipy.signal import correlate2d

from course.site.quizzes import right_letters
from helpers.checks import EXERCISES, QUIZZES, check, check_quiz
from helpers.checks.verdicts import NotAttemptedError, NotYetError, attempted, judge
from helpers.notebook.index import find_notebooks

ANSWERS = [import_module(f"answers_{path.stem[3:]}") for path in find_notebooks()]
# Exercise -> answers that must pass, written as differently as learners write them.
RIGHT = {exercise: answers for module in ANSWERS for exercise, answers in module.RIGHT.items()}
# Exercise -> what its cell holds before anybody has written in it, as it stands in the notebook, and other blanks.
STUBS = {exercise: answers for module in ANSWERS for exercise, answers in module.STUBS.items()}
# Exercise -> mistakes that learners make, each with a part of the hint that has to meet it.
WRONG = {exercise: answers for module in ANSWERS for exercise, answers in module.WRONG.items()}


def each(answers: Mapping[str, list]) -> list:
    return [
        pytest.param(exercise, answer, id=f"{exercise}-{number}")
        for exercise, listed in answers.items()
        for number, answer in enumerate(listed)
    ]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_is_tested_here(exercise):
    assert len(RIGHT[exercise]) >= 2
    assert len(STUBS[exercise]) >= 2
    assert len(WRONG[exercise]) >= 3


@pytest.mark.parametrize(("exercise", "answer"), each(RIGHT))
def test_a_right_answer_passes(exercise, answer):
    verdict = judge(EXERCISES[exercise], answer)
    assert (verdict.status, verdict.message) == ("correct", "✓ correct")


@pytest.mark.parametrize(("exercise", "answer"), each(STUBS))
def test_a_stub_is_not_attempted(exercise, answer):
    verdict = judge(EXERCISES[exercise], answer)
    assert verdict.status == "not attempted"
    assert verdict.message.startswith("… not attempted yet")


@pytest.mark.parametrize(("exercise", "planted"), each(WRONG))
def test_a_wrong_answer_is_met_with_its_hint(exercise, planted):
    answer, hint = planted
    verdict = judge(EXERCISES[exercise], answer)
    assert verdict.status == "not yet"
    assert verdict.message.startswith("✗ not yet: ")
    assert hint in verdict.message
    assert len(verdict.message) > len("✗ not yet: ") + 20


@pytest.mark.parametrize("exercise", EXERCISES)
def test_different_mistakes_get_different_hints(exercise):
    messages = {judge(EXERCISES[exercise], answer).message for answer, _ in WRONG[exercise]}
    assert len(messages) >= 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answer_to_another_exercise_is_wrong_too(exercise):
    """Whatever type comes in, there is a verdict and no traceback."""
    for other, answers in RIGHT.items():
        if other != exercise:
            assert judge(EXERCISES[exercise], answers[0]).status == "not yet"
    for junk in ("", "42", 42, [], {}, np.zeros(3), object()):
        assert judge(EXERCISES[exercise], junk).status == "not yet"


def test_the_hint_on_upright_edges_gives_the_right_rule():
    """Of kernels whose weights add up to 0, those whose columns do so leave upright edges alone; rows do not matter."""
    edge = np.repeat([[0.0, 100.0]], 9, axis=0).repeat([4, 5], axis=1)
    columns, rows = PREWITT, PREWITT.T
    assert (columns.sum(axis=0) == 0).all()
    assert not correlate2d(edge, columns, mode="valid").any()
    assert (rows.sum(axis=1) == 0).all()
    assert correlate2d(edge, rows, mode="valid").any()
    assert "each column" in judge(EXERCISES["02.1"], rows).message


def test_the_threshold_is_not_taken_from_labels_changed_in_place():
    """A learner's function that spoils its arguments spoils its own copies only."""

    def spoiling(labels, scores, sensitivity):
        best = threshold_by_sorting(labels, scores, sensitivity)
        labels[:] = 1
        scores[:] = 0
        return best

    assert judge(EXERCISES["02.4"], spoiling).status == "correct"


def stopping(error, *_):
    raise error


@pytest.mark.parametrize("exercise", ["02.2", "02.4"])
@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), NameError("name 'np' is not defined")])
def test_an_error_in_the_learners_code_is_named(exercise, error):
    verdict = judge(EXERCISES[exercise], partial(stopping, error))
    assert verdict.status == "not yet"
    assert verdict.message == f"✗ not yet: your code stops with {type(error).__name__}: {error}"


def test_an_interruption_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        judge(EXERCISES["02.2"], partial(stopping, KeyboardInterrupt()))


def test_a_check_prints_one_line(capsys):
    check("02.1", PREWITT)
    check("02.1", None)
    check("02.1", -PREWITT)
    right, stub, wrong = capsys.readouterr().out.splitlines()
    assert right == "Exercise 02.1: ✓ correct"
    assert stub.startswith("Exercise 02.1: … not attempted yet")
    assert wrong.startswith("Exercise 02.1: ✗ not yet: where it is dark above")


def test_an_exercise_that_does_not_exist():
    with pytest.raises(KeyError):
        check("02.99", PREWITT)


@pytest.mark.parametrize("blank", [None, ..., {"a": 1, "b": None}, {"a": ...}])
def test_blanks_are_not_attempted(blank):
    with pytest.raises(NotAttemptedError):
        attempted(blank)


@pytest.mark.parametrize("value", [0, False, "", {}, {"a": 0}])
def test_what_only_looks_blank_counts_as_an_answer(value):
    assert attempted(value) is value


def test_a_hint_reaches_the_learner_word_by_word():
    def checker(_):
        raise NotYetError("look at the left")

    assert judge(checker, 1).message == "✗ not yet: look at the left"


@pytest.mark.parametrize("notebook", QUIZZES)
def test_a_quiz_says_right_wrong_or_not_answered(notebook, capsys):
    key = QUIZZES[notebook]
    assert list(key) == list(range(1, len(key) + 1))
    assert set(key.values()) <= set("abcd")
    for blank in ("", None):
        check_quiz(notebook, dict.fromkeys(key, blank))
        assert capsys.readouterr().out.splitlines() == [f"Question {q}: not answered yet" for q in key]
    check_quiz(notebook, {q: f" {letter.upper()} " for q, letter in key.items()})
    assert capsys.readouterr().out.splitlines() == [f"Question {q}: ✓ right" for q in key]
    check_quiz(notebook, {q: "b" if letter == "a" else "a" for q, letter in key.items()})
    assert capsys.readouterr().out.splitlines() == [f"Question {q}: ✗ no: read the section again" for q in key]
    check_quiz(notebook, {1: key[1]})
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "Question 1: ✓ right"
    assert others == [f"Question {q}: not answered yet" for q in key if q != 1]


@pytest.mark.parametrize("given", ["c", "C", "(c)", " c ", "c)", "(C).", "c."])
def test_a_letter_is_taken_as_it_is_printed(given, capsys, monkeypatch):
    monkeypatch.setitem(QUIZZES, "01", {1: "c"})
    check_quiz("01", {1: given})
    assert capsys.readouterr().out == "Question 1: ✓ right\n"


@pytest.mark.parametrize("given", [3, ["c"], "both", "3", "()", float("nan")])
def test_what_is_no_letter_is_told_and_ends_in_no_traceback(given, capsys, monkeypatch):
    monkeypatch.setitem(QUIZZES, "01", {1: "c"})
    check_quiz("01", {1: given})
    assert capsys.readouterr().out == f'Question 1: expected one letter such as "b", found {given!r}\n'


def test_answers_without_numbers_are_told(capsys):
    check_quiz("01", ["b", "c"])
    assert capsys.readouterr().out.startswith("Give the letters by the number of the question")


def test_a_quiz_is_not_won_by_one_letter():
    assert all(len(set(key.values())) > 1 for key in QUIZZES.values())


def test_no_quiz_has_the_key_of_another():
    keys = [tuple(key.values()) for key in QUIZZES.values()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("notebook", find_notebooks(), ids=lambda path: path.stem)
def test_the_web_edition_reads_the_same_letters(notebook):
    assert right_letters(notebook.stem) == QUIZZES[notebook.stem[:2]]
