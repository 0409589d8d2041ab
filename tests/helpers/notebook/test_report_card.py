"""The report card: made from a study, found again in a notebook, and collected where a notebook made none."""

import json
from importlib.metadata import version

import nbformat
import numpy as np
import pytest
import sample_notebooks as sample
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.cli import main
from course.run.execute import run_notebook
from course.run.pages import notebook_page
from helpers.base import paths
from helpers.base.paths import NOTEBOOKS
from helpers.datasets import load
from helpers.evaluation import Interval
from helpers.notebook.facts import FACT_MIME
from helpers.notebook.report_card import (
    CARD_MIME,
    ITEMS,
    NOT_REPORTED,
    as_json,
    as_text,
    data_hash,
    make_card,
    publish,
    read_card,
)

WORDS = {"calibration": "Brier .1", "rebalancing": "none", "threshold": ".3 from validation", "subgroups": "none"}


@pytest.fixture(scope="module")
def data():
    return load("wisconsin")


@pytest.fixture(scope="module")
def card(data):
    parameters = {"dataset": "/some/where/file.npz", "seed": 3}
    return make_card(data, parameters=parameters, disease_class=1, intervals={"AUC": Interval(0.9, 0.8, 0.95)}, **WORDS)


def written(tmp_path, *outputs, source="x = 1", tags=()):
    cell = new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})
    path = tmp_path / "09_study.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    return path


def test_the_card_counts_patients_and_events(card, data):
    ill = int(data.test.labels.sum())
    assert f"test {len(data.test)} patients, {ill} with the disease, {len(data.test)} rows" in card["patients"]
    assert card["disjoint"] == "none shared"
    assert card["intervals"] == "AUC .900 (.800 to .950)"
    assert card["licence"] == "CC BY 4.0"
    assert f"numpy {version('numpy')}" in card["versions"]
    assert card["seed"] == "dataset = file.npz, seed = 3"  # the folder of a file is nobody's business
    assert list(card) == list(ITEMS)


def test_what_a_study_does_not_state_reads_not_reported(card, data):
    unstated = ("setting", "outcome", "size", "missing", "fairness", "heterogeneity")
    assert all(card[key] == NOT_REPORTED for key in unstated)
    assert f"{len(ITEMS) - len(unstated)} of {len(ITEMS)} items recorded" in as_text(card, "x")
    told = make_card(data, parameters={}, disease_class=1, intervals={}, fairness="by sex", **WORDS)
    assert told["fairness"] == "by sex"
    with pytest.raises(TypeError, match="no item licences"):
        make_card(data, parameters={}, disease_class=1, intervals={}, licences="MIT", **WORDS)


def test_the_hash_is_of_the_data(data):
    assert data_hash(data) == data_hash(load("wisconsin"))
    assert data_hash(data) != data_hash(load("wisconsin", seed=2))
    assert data_hash(data) != data_hash(data.with_train(np.arange(10)))


def test_shared_patients_are_counted(data):
    class Leaky:
        title, simulated, licence, patients_known, rows_are = "leaky", True, "CC0", False, "rows"

        def splits(self):
            yield from {
                "train": data.train,
                "validation": data.validation,
                "test": data.train.rows(np.arange(7)),
            }.items()

    card = make_card(Leaky(), parameters={}, disease_class=1, intervals={}, **WORDS)
    assert card["disjoint"] == "7 SHARED, but the source does not identify patients"
    assert card["data"] == "leaky (simulated)"


def test_a_published_card_is_read_again(card, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    publish(card, "09_study", tmp_path / "reports")
    assert json.loads((tmp_path / "reports" / "09_study.json").read_text())["licence"]["answer"] == "CC BY 4.0"
    assert "| licence of the data | 18e | CC BY 4.0 |" in shown[0]["text/markdown"]
    path = written(tmp_path, new_output("display_data", {CARD_MIME: shown[0][CARD_MIME], "text/plain": "report card"}))
    assert read_card(path) == card


def test_a_card_with_a_missing_item_is_refused(card, tmp_path):
    with pytest.raises(ValueError, match="hash missing"):
        publish({key: value for key, value in card.items() if key != "hash"}, "x", tmp_path)


def test_a_notebook_without_a_card_says_what_it_can(tmp_path):
    source = 'dataset: str = "chest"  # images {chest, bone}\nseed: int = 4  # start [0, 9]'
    about = {"title": "Pictures", "simulated": True, "licence": "CC0", "patients_disjoint": False}
    table = {"index": ["train", "test"], "columns": ["well", "not well", "rows"], "data": [[9, 1, 10], [2, 1, 3]]}
    found = [
        sample.fact_output("provenance", about),
        sample.printed("AUC .900 (.850 to .940)\n"),
        sample.fact_output("counts", table),
    ]
    path = written(tmp_path, *found, source=source, tags=["parameters"])
    card = read_card(path)
    assert card["data"] == "Pictures (simulated)"
    assert card["licence"] == "CC0"
    assert card["disjoint"] is None
    assert card["patients"] == "train 9 well, 1 not well, 10 rows; test 2 well, 1 not well, 3 rows"
    assert card["intervals"].startswith("1 scores shown")
    assert card["seed"] == "dataset = chest, seed = 4"
    assert card["hash"] is None
    assert "SHA-256 of the data as used                 not recorded by this notebook" in as_text(card, "x")
    assert json.loads(as_json(card))["hash"] == {"item": ITEMS["hash"][0], "tripod_ai": "12a", "answer": None}


def test_an_executed_notebook_without_a_card_says_what_its_data_layer_published(tmp_path):
    cells = sample.good_cells()
    cells[1].source += "\nfrom helpers.datasets import counts, load, provenance"
    cells.append(sample.code('data = load("wisconsin")\nprint(provenance(data))\ncounts(data)'))
    run = run_notebook(sample.write_notebook(tmp_path / "01_adding.ipynb", cells), {}, tmp_path / "out")
    assert run.error is None
    card = read_card(run.executed)
    assert card["data"] == "Breast cancer Wisconsin (diagnostic), 569 masses (real patients)"
    assert card["licence"] == "CC BY 4.0"
    assert card["patients"] == (
        "train 214 benign, 127 malignant, 341 rows, 341 patients; validation 71 benign, 43 malignant, 114 rows, "
        "114 patients; test 72 benign, 42 malignant, 114 rows, 114 patients"
    )
    assert card["disjoint"] == "none shared: the course's data layer refuses a set that shares any"
    assert card["seed"] == "size = 3, share = 0.5, shape = plain, seed = 1"
    texts = [output for output in sample.pictures_and_texts(run.executed)[-1] if FACT_MIME not in output]
    assert [type(output) for output in texts] == [list, dict]  # as printed and as shown, without the facts
    assert "vnd.course.fact" not in notebook_page(run.executed)


def test_what_was_not_executed_or_is_no_notebook_is_named(tmp_path):
    with pytest.raises(ValueError, match="was not executed"):
        read_card(written(tmp_path))
    (tmp_path / "bad.ipynb").write_text("no json")
    with pytest.raises(ValueError, match=r"bad\.ipynb: expected a notebook"):
        read_card(tmp_path / "bad.ipynb")


@pytest.mark.parametrize("name", ["01", "02", "03", "04"])
def test_course_report_prints_the_card_of_every_notebook(name):
    result = CliRunner().invoke(main, ["report", name])
    assert result.exit_code == 0, result.output
    assert f"of {len(ITEMS)} items recorded" in result.output
    answers = json.loads(CliRunner().invoke(main, ["report", name, "--json"]).output)
    assert list(answers) == list(ITEMS)
    assert answers["seed"]["answer"]
    assert (answers["hash"]["answer"] is not None) == (name == "04")


def test_course_report_of_nothing_is_a_usage_error():
    result = CliRunner().invoke(main, ["report", "nothing"])
    assert result.exit_code == 2
    assert "no such notebook" in result.output
    assert (NOTEBOOKS / "04_evaluation.ipynb").is_file()


def test_in_a_folder_that_cannot_be_written_the_card_goes_to_the_cache_and_that_is_said(
    card, tmp_path, monkeypatch, capsys
):
    (tmp_path / "build").touch()  # in its place no folder can be made
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    publish(card, "09_study")
    folder = tmp_path / "cache" / "build" / "reports"
    assert (folder / "09_study.json").read_text(encoding="ascii") == as_json(card)
    assert capsys.readouterr().out == f"The course's folder cannot be written: this report card goes to {folder}.\n"
