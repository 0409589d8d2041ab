"""Checks let right answers pass however they are written, and meet each usual mistake with a hint of its own."""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from scipy.signal import correlate2d
from sklearn.metrics import roc_curve

from helpers.checks import EXERCISES, QUIZZES, check, check_quiz
from helpers.checks.verdicts import NotAttemptedError, NotYetError, attempted, judge

PREWITT = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])


# 02.2: the size of a convolution's output


def size_by_formula(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride + 1


def size_by_counting(n, kernel, stride, padding):
    return sum(1 for start in range(0, n + 2 * padding, stride) if start + kernel <= n + 2 * padding)


def size_by_floor(n, kernel, stride, padding):
    return np.int64(math.floor(Fraction(n + 2 * padding - kernel, stride)) + 1)


# 02.4: the highest threshold with enough sensitivity


def threshold_by_sorting(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[math.ceil(round(sensitivity * len(ill), 9)) - 1]


def threshold_by_trying(labels, scores, sensitivity):
    for threshold in sorted(set(scores.tolist()), reverse=True):
        found = sum(1 for label, score in zip(labels, scores, strict=True) if label == 1 and score >= threshold)
        if found / labels.sum() >= sensitivity:
            return threshold
    return None


def threshold_of_scikit_learn(labels, scores, sensitivity):
    _, found, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    return thresholds[np.argmax(found >= sensitivity)]


def threshold_between_scores(labels, scores, sensitivity):
    """Half way down to the next score: the same people are called ill."""
    best = threshold_by_sorting(labels, scores, sensitivity)
    below = scores[scores < best]
    return best if len(below) == 0 else (best + below.max()) / 2


def threshold_on_everybody(labels, scores, sensitivity):
    return np.quantile(scores, 1 - sensitivity)


def threshold_on_the_healthy(labels, scores, sensitivity):
    return np.quantile(scores[labels == 0], sensitivity)


def threshold_one_too_high(labels, scores, sensitivity):
    ill = np.sort(scores[labels == 1])[::-1]
    return ill[min(int(sensitivity * len(ill)), len(ill) - 1)] + 0.01


def threshold_with_the_share_turned_round(labels, scores, sensitivity):
    return np.quantile(scores[labels == 1], sensitivity, method="lower")


def threshold_of_the_interpolated_quantile(labels, scores, sensitivity):
    return np.quantile(scores[labels == 1], 1 - sensitivity)


def threshold_that_is_the_first_in_ascending_order(labels, scores, sensitivity):
    return next(t for t in np.unique(scores) if (scores[labels == 1] >= t).mean() >= sensitivity)


def threshold_of_scikit_learns_first_entry(labels, scores, sensitivity):
    return roc_curve(labels, scores)[2][0]


def counts(first, second, dense) -> dict:
    return {"first convolution": first, "second convolution": second, "dense": dense}


AUGMENTATIONS = {
    "shift by 2 pixels": True,
    "rotation by 5 degrees": True,
    "flip left to right": False,
    "flip upside down": False,
    "brightness by 10 %": True,
    "paste a nodule from another patient": False,
}

# Exercise -> answers that must pass, written as differently as learners write them.
RIGHT = {
    "02.1": [PREWITT, SOBEL.tolist(), np.array([[0, -0.1, 0], [0, 0, 0], [0, 0.1, 0]]), SOBEL.astype(np.float32)],
    "02.2": [size_by_formula, size_by_counting, size_by_floor],
    "02.3": [
        counts(1216, 3480, 3460),
        counts(np.int64(16 * (5 * 5 * 3 + 1)), 24 * (9 * 16 + 1), 4 * (6 * 6 * 24 + 1)),
    ],
    "02.4": [threshold_by_sorting, threshold_by_trying, threshold_of_scikit_learn, threshold_between_scores],
    "02.5": [AUGMENTATIONS, {change: np.bool_(allowed) for change, allowed in reversed(AUGMENTATIONS.items())}],
}

# Exercise -> what its cell holds before anybody has written in it, as it stands in the notebook, and other blanks.
STUBS = {
    "02.1": [None, ...],
    "02.2": [None, ..., lambda n, kernel, stride, padding: None, lambda n, kernel, stride, padding: ...],
    "02.3": [None, counts(None, None, None), counts(..., ..., ...), counts(1216, None, None)],
    "02.4": [None, ..., lambda labels, scores, sensitivity: None],
    "02.5": [None, dict.fromkeys(AUGMENTATIONS), AUGMENTATIONS | {"flip upside down": None}],
}

# Exercise -> mistakes that learners make, each with a part of the hint that has to meet it.
WRONG = {
    "02.1": [
        (-PREWITT, "signs"),
        (PREWITT.T, "upright edge"),
        (np.eye(3), "nine weights"),
        (np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), "upright edge"),
        (np.array([[-1, 0, 0], [0, 0, 0], [0, 0, 1]]), "upright edge"),
        (np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1]]), "nine weights"),
        (np.zeros((3, 3)), "signs"),
        (np.array([-1, 0, 1]), "shape (3, 3)"),
        (PREWITT[..., np.newaxis, np.newaxis], "shape (3, 3)"),
        (np.full((3, 3), np.nan), "nine weights"),
    ],
    "02.2": [
        (lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride, "26 positions"),
        (lambda n, kernel, stride, padding: n - kernel + 1, "padding 1"),
        (lambda n, kernel, stride, padding: (n + padding - kernel) // stride + 1, "padding 1"),
        (lambda n, kernel, stride, padding: (n - kernel) // stride + 1, "padding 1"),
        (lambda n, kernel, stride, padding: n + 2 * padding - kernel + 1, "stride 2"),
        (lambda n, kernel, stride, padding: -(-(n + 2 * padding - kernel) // stride) + 1, "stride 2"),
        (lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride + 1, "whole number"),
        (lambda n, kernel, stride, padding: round((n + 2 * padding - kernel) / stride) + 1, "stride 2"),
        (lambda n, kernel, stride, padding: n // stride, "28 pixels, kernel 3"),
        (lambda n, kernel: n - kernel + 1, "TypeError"),
    ],
    "02.3": [
        (counts(1200, 3480, 3460), "first convolution: did you forget the 16 biases"),
        (counts(416, 3480, 3460), "three channels"),
        (counts(1216, 3456, 3460), "24 biases"),
        (counts(1216, 240, 3460), "16 maps"),
        (counts(1216, 3480, 3456), "4 biases"),
        (counts(1216, 3480, 8 * 8 * 24 * 4 + 4), "dense is not 6148"),
        (counts(28 * 28 * 16, 3480, 3460), "first convolution is not 12544"),
        ({"conv": 1216, "conv2": 3480, "dense": 3460}, "exactly the keys"),
        (counts("1216", 3480, 3460), "first convolution is not 1216"),
    ],
    "02.4": [
        (lambda labels, scores, sensitivity: 0.5, "was asked for"),
        (lambda labels, scores, sensitivity: 0.0, "a higher threshold"),
        (lambda labels, scores, sensitivity: sensitivity, "was asked for"),
        (threshold_on_everybody, "threshold"),
        (threshold_on_the_healthy, "threshold"),
        (threshold_one_too_high, "was asked for"),
        (threshold_with_the_share_turned_round, "was asked for"),
        (threshold_of_the_interpolated_quantile, "was asked for"),
        (threshold_that_is_the_first_in_ascending_order, "a higher threshold"),
        (threshold_of_scikit_learns_first_entry, "calls nobody ill"),
        (lambda labels, scores, sensitivity: scores[labels == 1] >= 0.5, "TypeError"),
    ],
    "02.5": [
        (dict.fromkeys(AUGMENTATIONS, True), "where would the heart point"),
        (dict.fromkeys(AUGMENTATIONS, False), "never stand in exactly the same place"),
        (AUGMENTATIONS | {"flip left to right": True}, "heart"),
        (AUGMENTATIONS | {"flip upside down": True}, "diaphragm"),
        (AUGMENTATIONS | {"brightness by 10 %": False}, "exposure"),
        (AUGMENTATIONS | {"paste a nodule from another patient": True}, "label still be right"),
        (AUGMENTATIONS | {"rotation by 5 degrees": "yes"}, "True or False"),
        (dict(list(AUGMENTATIONS.items())[:-1]), "exactly the keys"),
    ],
}


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
    check_quiz(notebook, dict.fromkeys(key, ""))
    assert capsys.readouterr().out.splitlines() == [f"Question {q}: not answered yet" for q in key]
    check_quiz(notebook, {q: f" {letter.upper()} " for q, letter in key.items()})
    assert capsys.readouterr().out.splitlines() == [f"Question {q}: ✓ right" for q in key]
    check_quiz(notebook, {q: "b" if letter == "a" else "a" for q, letter in key.items()})
    assert capsys.readouterr().out.splitlines() == [f"Question {q}: ✗ no: read the section again" for q in key]
    check_quiz(notebook, {1: key[1]})
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "Question 1: ✓ right"
    assert others == [f"Question {q}: not answered yet" for q in key if q != 1]


def test_a_quiz_is_not_won_by_one_letter():
    assert all(len(set(key.values())) > 1 for key in QUIZZES.values())
