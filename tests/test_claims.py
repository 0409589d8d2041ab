"""helpers.notebook.claims: recorded results and claims with a band."""

import math

import numpy as np
import pytest
import sample_notebooks as sample

from helpers.notebook.claims import RESULT_MIME, claim, record, recorded
from helpers.notebook.parameters import Parameters

AS_WRITTEN = Parameters({"epochs": 5, "seed": 1}, ())
OTHER_SEED = Parameters({"epochs": 5, "seed": 2}, ("seed",))
OTHER = Parameters({"epochs": 1, "seed": 2}, ("epochs", "seed"))


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, instead of displaying it."""
    payloads = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: payloads.append(data))
    return payloads


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0.91, 0.91),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array(2.0), 2.0),
        (True, True),
        ("chest", "chest"),
        (math.nan, None),
        (np.inf, None),
        (None, None),
    ],
)
def test_a_result_is_stored_as_json_has_it(shown, value, stored):
    record("test_auc", value)
    assert shown[0][RESULT_MIME] == {"name": "test_auc", "value": stored}
    assert type(shown[0][RESULT_MIME]["value"]) is type(stored)


def test_the_visible_text_of_a_result_is_the_same_for_every_value(shown):
    record("test_auc", 0.91)
    record("test_auc", 0.12)
    assert shown[0]["text/plain"] == shown[1]["text/plain"] == "recorded: test_auc"


@pytest.mark.parametrize("name", ["Test AUC", "", "1st", "auc%"])
def test_a_name_is_one_of_a_variable(name):
    with pytest.raises(ValueError, match="lower-case words"):
        record(name, 1)


def test_more_than_one_number_is_no_result():
    with pytest.raises(TypeError, match="test_auc must be one number"):
        record("test_auc", np.array([1.0, 2.0]))


def test_results_are_read_back_in_order():
    cells = [
        sample.code("", sample.recorded_output("b", 2), sample.recorded_output("a", 1.5)),
        sample.code("", sample.text("3")),
    ]
    assert list(recorded({"cells": cells}).items()) == [("b", 2), ("a", 1.5)]


@pytest.mark.parametrize("given", [AS_WRITTEN, OTHER_SEED])
@pytest.mark.parametrize(
    ("low", "high", "line"),
    [
        (0.86, 0.94, "✓ The model is good. [0.86 to 0.94]\n"),
        (0.9, None, "✓ The model is good. [at least 0.9]\n"),
        (None, 0.9, "✓ The model is good. [at most 0.9]\n"),
    ],
)
def test_a_claim_that_holds_prints_a_line_without_the_value(capsys, given, low, high, line):
    claim("The model is good.", 0.9, low, high, given)
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("value", "low", "high"), [(0.8599, 0.86, 0.94), (0.95, 0.86, 0.94), (0.1, 0.2, None), (3, None, 2)]
)
def test_a_claim_that_fails_names_statement_value_and_band(value, low, high):
    with pytest.raises(AssertionError) as caught:
        claim("The model is good.", value, low, high, AS_WRITTEN)
    assert "The model is good." in str(caught.value)
    assert f"{value:.4g}" in str(caught.value)
    assert str(low if low is not None else high) in str(caught.value)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, None), (None, 1)])
def test_a_score_that_is_not_defined_never_holds(low, high):
    with pytest.raises(AssertionError, match="nan"):
        claim("The model is good.", math.nan, low, high, AS_WRITTEN)


@pytest.mark.parametrize("value", [0.9, 0.2, math.nan])
def test_other_parameters_are_told_and_never_fail(capsys, value):
    claim("The model is good.", value, 0.86, 0.94, OTHER)
    line = capsys.readouterr().out
    assert "✓" not in line
    assert f"Here: {value:.4g}." in line
    assert "The text says 0.86 to 0.94, for other parameters (changed: epochs, seed)." in line


def test_a_claim_needs_a_band_and_the_parameters():
    with pytest.raises(ValueError, match="lower end"):
        claim("The model is good.", 0.9, given=AS_WRITTEN)
    with pytest.raises(TypeError, match="given=parameters"):
        claim("The model is good.", 0.9, 0.86, 0.94)
