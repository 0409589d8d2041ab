"""Notebook 03 from outside: other data and other values go through, or end in words."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sample_notebooks import pictures_and_texts

from helpers.base.paths import NOTEBOOKS, ROOT

NOTEBOOK = NOTEBOOKS / "03_rnn_forecasting.ipynb"
REAL = sorted((ROOT.parent / "shared" / "data").glob("cgm_broll.csv"))


def test_whole_people_held_out_other_cell_and_shortest_windows(smoke_with, tmp_path):
    other = {"split": "person", "cell": "rnn", "history_minutes": 20, "horizon_minutes": 5, "people": 4, "seed": 2}
    run = smoke_with(NOTEBOOK, tmp_path, **other)
    assert run.error is None
    assert run.results["persistence_test_rmse"] < 9, "five minutes ahead"
    shown = json.dumps(pictures_and_texts(run.executed))
    assert "RNN over ridge" in shown


def write_cgm(path: Path, people: int, hours: float) -> Path:
    """A file of made-up readings, one every five minutes, without a low."""
    time = pd.date_range("2026-01-01", periods=round(hours * 12), freq="5min")
    rows = [
        pd.DataFrame({"id": f"P{k}", "time": time, "gl": 140 + 30 * np.sin(np.arange(len(time)) / 20 + k)})
        for k in range(people)
    ]
    pd.concat(rows).to_csv(path, index=False)
    return path


def test_a_file_without_lows_goes_through_and_its_alarm_has_no_sensitivity(smoke_with, tmp_path):
    path = write_cgm(tmp_path / "mine.csv", people=1, hours=96)
    run = smoke_with(NOTEBOOK, tmp_path / "out", dataset=str(path))
    assert run.error is None
    assert run.results["ridge_alarm_sensitivity"] is None
    assert run.results["ridge_alarm_false_a_day"] is not None


@pytest.mark.parametrize(
    ("people", "hours", "values", "sentence"),
    [
        (2, 96, {"split": "person"}, "expected at least 3 people to split by person, found 2"),
        (2, 4, {"split": "time"}, "for a window of 10 and 6 ahead"),
    ],
)
def test_what_cannot_be_split_or_cut_ends_in_a_sentence(people, hours, values, sentence, smoke_with, tmp_path):
    path = write_cgm(tmp_path / "short.csv", people, hours)
    run = smoke_with(NOTEBOOK, tmp_path / "out", dataset=str(path), **values)
    assert run.error.startswith("DataError: short.csv: ")
    assert sentence in run.error


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_people_go_through_and_are_named_as_such(path, smoke_with, tmp_path):
    run = smoke_with(NOTEBOOK, tmp_path, dataset=str(path), people=5, max_windows=20000)
    assert run.error is None
    shown = json.dumps(pictures_and_texts(run.executed), ensure_ascii=False)
    for said in ("real patients", "Broll", "GPL-2", "Subject 5"):
        assert said in shown
    assert run.results["persistence_test_rmse"] == pytest.approx(19.7, abs=0.2)
    assert run.results["ridge_test_rmse"] == pytest.approx(17.5, abs=0.3)
