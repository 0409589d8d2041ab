"""helpers.notebook.claims: recorded results, and claims that take nothing away."""

import math

import numpy as np
import pytest
import sample_notebooks as sample

from course.run.execute import run_notebook
from helpers.notebook.claims import CLAIMS_MIME, RESULT_MIME, Claim, Claims, claims_of, record, recorded


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
def test_a_result_is_stored_as_json_has_it_and_shows_nothing(shown, value, stored):
    record("test_auc", value)
    assert shown == [{RESULT_MIME: {"name": "test_auc", "value": stored}}]
    assert type(shown[0][RESULT_MIME]["value"]) is type(stored)


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


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ({"between": (0.86, 0.94)}, "0.86 to 0.94"),
        ({"at_least": 0.9}, "at least 0.9"),
        ({"at_most": 0.9}, "at most 0.9"),
    ],
)
def test_a_claim_that_holds_shows_its_band_and_not_its_number(shown, band, words):
    Claims()("the AUC", np.float64(0.9), **band)
    assert shown[0]["text/plain"] == f"✓ 1 statement of the text holds\n    ✓ the AUC: {words}"
    assert shown[0]["text/html"].startswith("<details><summary>✓ 1 statement of the text holds</summary>")
    assert shown[0][CLAIMS_MIME][0]["value"] == 0.9


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (0.8599, {"between": (0.86, 0.94)}),
        (0.95, {"between": (0.86, 0.94)}),
        (0.1, {"at_least": 0.2}),
        (3, {"at_most": 2}),
        (math.nan, {"at_least": 0}),
        (math.inf, {"at_least": 0}),
    ],
)
def test_a_claim_that_is_off_says_so_and_goes_on(shown, value, band):
    Claims(rarity=lambda statement: f"{statement} is never off.")("the AUC", value, **band)
    lines = shown[0]["text/plain"].splitlines()
    assert lines[0] == "✗ 1 of 1 statement of the text is not true of this run"
    assert lines[1].startswith("    ✗ the AUC: measured ")
    assert lines[1].endswith("the AUC is never off.")
    assert (f"{value:.4g}" if math.isfinite(value) else "no finite number") in lines[1]
    assert shown[0]["text/html"].startswith("<details open>")
    assert Claim(**shown[0][CLAIMS_MIME][0]).off


@pytest.mark.parametrize("value", [0.9, 0.2, math.nan])
def test_with_other_parameters_nothing_is_asserted(shown, value):
    Claims(changed=["epochs"])("the AUC", value, between=(0.86, 0.94))
    text = shown[0]["text/plain"]
    assert text.startswith("1 statement of the text, for other parameters (changed: epochs)")
    assert "the text says 0.86 to 0.94, for other parameters" in text
    assert not Claim(**shown[0][CLAIMS_MIME][0]).off
    assert not {"✓", "✗"} & set(text)


def test_what_is_wrong_with_a_claim_is_named():
    claim = Claims()
    with pytest.raises(TypeError, match=r"'the AUC': give one of between="):
        claim("the AUC", 0.9)
    with pytest.raises(TypeError, match="give one of"):
        claim("the AUC", 0.9, between=(0, 1), at_least=0)
    with pytest.raises(ValueError, match="above its upper end"):
        claim("the AUC", 0.9, between=(1, 0))
    with pytest.raises(TypeError, match="must be a number"):
        claim("the AUC", "high", at_least=0)
    with pytest.raises(TypeError, match="must be one number"):
        claim("the AUC", np.array([1.0, 2.0]), at_least=0)


def test_texts_of_a_claim_cannot_break_the_page(shown):
    Claims()("a < b & c", 1, at_least=0)
    assert "a &lt; b &amp; c" in shown[0]["text/html"]


TWO = 'claim("the sum", total, at_least=0)\nclaim("twice the sum", 2 * total, at_most=5)\ntotal'


@pytest.fixture(scope="module")
def off(tmp_path_factory):
    """A notebook whose second claim is off, run to its end."""
    folder = tmp_path_factory.mktemp("off")
    cells = [*sample.good_cells()[:5], sample.code(TWO, tags=["bookkeeping"]), sample.code("print('the end')")]
    return run_notebook(sample.write_notebook(folder / "01_off.ipynb", cells), {}, folder / "out")


def test_a_claim_that_is_off_does_not_stop_the_notebook(off):
    assert off.ok
    assert sample.pictures_and_texts(off.executed)[-1] == [["the end\n"]]
    assert [str(claim) for claim in off.off] == ["twice the sum: measured 6, the text says at most 5"]
    assert off.claims_held == "1 of 2"


def test_the_claims_of_a_cell_are_one_output(off):
    cell = sample.pictures_and_texts(off.executed)[5]
    assert len(cell) == 2  # the claims, and the cell's own last value
    texts = ["".join(output["text/plain"]) for output in cell]
    assert [text.splitlines()[0] for text in texts] == ["3", "✗ 1 of 2 statements of the text is not true of this run"]


def test_claims_are_read_back(off):
    import nbformat

    found = claims_of(nbformat.read(off.executed, as_version=4))
    assert [(one.statement, one.value, one.low, one.high) for one in found] == [
        ("the sum", 3, 0, None),
        ("twice the sum", 6, None, 5),
    ]
