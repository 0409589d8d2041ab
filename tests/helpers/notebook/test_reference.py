"""The stored results on real data are complete, recent and summed up rightly."""

import importlib.util
import json
import os
import re

import pandas as pd
import pytest

from course.sweep.study_file import study_values
from course.sweep.work import Done
from helpers.base.paths import DATA, NOTEBOOKS, ROOT
from helpers.datasets.sources.catalogue import RemoteFile, read_catalogue
from helpers.datasets.sources.download import DATA_DIR_VARIABLE, file_hash
from helpers.notebook.parameters import read_parameters
from helpers.notebook.reference import by_size, published, real_files, real_results, study_results, summary

STORED = [pytest.param(path, id=path.stem) for path in sorted((DATA / "reference").glob("*.json"))]


@pytest.mark.parametrize("path", STORED)
def test_five_seeds_with_the_same_names(path, make_reference):
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert list(stored["results"]) == ["1", "2", "3", "4", "5"]
    assert len({tuple(sorted(row)) for row in stored["results"].values()}) == 1
    assert set(stored["versions"]) == set(make_reference.PACKAGES)
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in stored["versions"].values())
    assert set(stored["parameters"]) <= set(read_parameters(NOTEBOOKS / f"{stored['notebook']}.ipynb"))


def test_a_kept_study_has_the_runs_of_its_file_and_the_names_that_its_notebook_records():
    study, runs = study_values(ROOT / "studies" / "organs.yml"), study_results("organs")
    planned = [(dataset, seed) for dataset in study["grid"]["dataset"] for seed in study["seeds"]]
    assert list(zip(runs["dataset"], runs["seed"], strict=True)) == planned
    assert set(runs) - {"dataset", "seed"} == set(real_results("02_cnn_imaging"))
    assert not runs.isna().to_numpy().any()
    assert runs["logistic_regression_test_auc"].nunique() == len(runs), "each seed draws other patients"


def test_seeds_differ_in_what_is_trained_and_not_in_the_floors():
    results = real_results("02_cnn_imaging")
    assert len(set(results["network_test_auc"])) == 5
    assert len(set(results["logistic_regression_test_auc"])) == 1


def test_summary_gives_mean_and_range():
    table = summary(pd.DataFrame({"a_b_test_auc": [0.90, 0.92, 0.97], "a_b_test_accuracy": [0.5, 0.5, 0.5]}))
    assert table.loc["a b", "test AUC"] == ".930 (.900 to .970)"
    assert table.loc["a b", "test accuracy"] == ".500"
    assert table.columns.tolist() == ["test AUC", "test accuracy"]


def test_summary_leaves_empty_what_a_model_did_not_record():
    table = summary(pd.DataFrame({"a_test_auc": [0.9], "a_at_threshold_test_specificity": [0.7], "a_loss": [0.1]}))
    assert table.index.tolist() == ["a", "a at threshold"]
    assert table.loc["a at threshold"].tolist() == ["", ".700"]


def test_published_scores_belong_to_a_catalogued_set_and_are_shares():
    table = published("pneumoniamnist")
    assert "pneumoniamnist" in read_catalogue()
    assert len(table) == 7
    assert table.to_numpy().min() > 0.8
    assert table.to_numpy().max() < 1


def test_the_other_sets_are_in_the_catalogue():
    table = published("medmnist")
    assert set(table.index) <= set(read_catalogue()) - {"pneumoniamnist"}
    assert table.to_numpy().min() > 0.5
    assert table.to_numpy().max() < 1


def test_errors_in_mg_are_written_with_two_digits():
    table = summary(pd.DataFrame({"ridge_test_rmse": [17.5, 17.7], "ridge_minus_ridge": [0.0, 0.0]}))
    assert table.loc["ridge", "test RMSE, 30 min"] == "17.60 (17.50 to 17.70)"
    assert list(table) == ["test RMSE, 30 min"]


def test_published_errors_of_glucose_stand_under_their_own_average():
    table = published("broll")
    assert list(table) == ["root of median MSE, 60 min", "median MAE, 60 min"]
    assert table.index[0] == "ARIMA", "the best of the table is no network"
    assert (table["root of median MSE, 60 min"] > table["median MAE, 60 min"]).all()


@pytest.fixture(scope="module")
def make_reference():
    """data/make_reference.py as a module."""
    spec = importlib.util.spec_from_file_location("make_reference", DATA / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_copy_is_used_by_its_path_where_a_folder_has_one(make_reference, tmp_path):
    assert make_reference.copy_of("pneumoniamnist", None) == {}
    assert make_reference.copy_of("pneumoniamnist", tmp_path) == {}
    (tmp_path / "pneumoniamnist.npz").write_bytes(b"anything")
    (tmp_path / "cgm.csv").write_text("id,time,gl\n", encoding="utf-8")
    assert make_reference.copy_of("pneumoniamnist", tmp_path) == {"dataset": str(tmp_path / "pneumoniamnist.npz")}
    assert make_reference.copy_of("cgm.csv", tmp_path) == {"dataset": str(tmp_path / "cgm.csv")}


def test_the_original_is_loaded_by_its_name(make_reference, executed, tmp_path, monkeypatch):
    original = tmp_path / "pneumoniamnist.npz"
    original.write_bytes(b"what was published")
    file = RemoteFile("pneumoniamnist.npz", (), f"md5:{file_hash(original, 'md5')}", largest=100)
    monkeypatch.setattr(make_reference, "remote_files", lambda name: [file])
    monkeypatch.setenv(DATA_DIR_VARIABLE, "elsewhere")
    make_reference.main(["--data", str(tmp_path), "02_cnn_imaging"])
    assert {parameters["dataset"] for parameters in executed} == {"pneumoniamnist"}
    assert os.environ[DATA_DIR_VARIABLE] == str(tmp_path)
    stored = json.loads((tmp_path / "reference" / "02_cnn_imaging.json").read_text(encoding="utf-8"))
    assert stored["files"] == "original"


def test_the_reference_results_of_radiographs_are_from_the_original():
    for notebook in ("02_cnn_imaging", "04_evaluation", "05_overfitting"):
        assert real_files(notebook) == "original"


@pytest.fixture
def executed(make_reference, tmp_path, monkeypatch):
    """The parameters of the runs that were executed; no kernel starts."""
    asked = []

    def execute(works, take, **_):
        for work in works:
            asked.append(work.order()["parameters"])
            seed = asked[-1]["seed"]
            run = {"name": work.job.name, "status": "ok", "notebook": "02_cnn_imaging", "parameters": asked[-1]}
            run |= {"seed": seed, "results": {"a_test_auc": seed / 3}, "seconds": 1.0, "peak_mb": 1.0, "error": None}
            work.folder.mkdir()
            (work.folder / "results.json").write_text(json.dumps(run), encoding="utf-8")
            take(Done(work, run))

    (tmp_path / "reference").mkdir()
    monkeypatch.setattr(make_reference, "execute_locally", execute)
    monkeypatch.setattr(make_reference, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(make_reference, "DATA", tmp_path)
    return asked


def test_what_is_recorded_is_the_name_and_not_the_path(make_reference, executed, tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, "elsewhere")
    (tmp_path / "pneumoniamnist.npz").write_bytes(b"anything")
    make_reference.main(["--data", str(tmp_path), "02_cnn_imaging"])
    assert [parameters["seed"] for parameters in executed] == [1, 2, 3, 4, 5]
    assert {parameters["dataset"] for parameters in executed} == {str(tmp_path / "pneumoniamnist.npz")}
    text = (tmp_path / "reference" / "02_cnn_imaging.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    assert stored["parameters"] == study_values(make_reference.FILES["02_cnn_imaging"])["parameters"]
    assert stored["files"] == "copy"
    assert stored["results"]["2"] == {"a_test_auc": 0.666667}
    assert str(tmp_path) not in text


def test_runs_that_are_there_are_not_repeated(make_reference, executed, tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, "elsewhere")
    (tmp_path / "pneumoniamnist.npz").write_bytes(b"anything")
    for _ in range(2):
        make_reference.main(["--data", str(tmp_path), "02_cnn_imaging"])
    assert len(executed) == 5


def test_an_unknown_study_ends_before_any_run(make_reference, capsys):
    with pytest.raises(SystemExit):
        make_reference.main(["02_cnn"])
    assert "no study 02_cnn" in capsys.readouterr().err


def test_a_folder_of_copies_that_is_none_ends_before_any_run(make_reference, tmp_path, capsys):
    with pytest.raises(SystemExit):
        make_reference.main(["--data", str(tmp_path / "misspelt")])
    assert "misspelt is no folder" in capsys.readouterr().err


def test_recorded_sizes_become_a_table():
    results = pd.DataFrame({"weight_decay_at_50_test_auc": [0.8, 0.9], "l2_at_all_test_auc": [0.9, 1], "x_test_auc": 1})
    table = by_size(results, "test_auc")
    assert table.loc["weight decay", "50"].tolist() == [0.8, 0.9]
    assert table.loc["l2", "all"].tolist() == [0.9, 1]
    assert "x" not in table.index


def test_a_further_file_of_a_study_is_found_in_the_folder(make_reference, tmp_path):
    parameters = {"dataset": "pneumoniamnist", "elsewhere": "nih/other.npz", "draws": 500, "table": "heart"}
    assert make_reference.files_of(parameters, tmp_path) == {"elsewhere": str(tmp_path / "nih" / "other.npz")}
    assert make_reference.files_of(parameters, None) == {}
