"""studies/: each ready study is planned as its file says, by the command, without a run."""

import math

import pytest
import yaml
from click.testing import CliRunner

from course.cli import main
from course.sweep.study import MAX_RUNS
from course.sweep.study_file import read_study, study_values
from helpers.base.paths import ROOT
from helpers.notebook.index import find_notebook

STUDIES = [
    pytest.param(path, id=path.stem)
    for path in sorted((ROOT / "studies").glob("*.yml"))
    if "notebook" in yaml.safe_load(path.read_text(encoding="utf-8"))
]
FILES = {  # data that are not shipped and have no address: the parameter and the file
    "medmnist": ("dataset", "breastmnist.npz"),
    "real_03_rnn_forecasting": ("dataset", "cgm_broll.csv"),
    "real_08_generalisation": ("elsewhere", "nih_pneumonia_28.npz"),
    "real_12_biosignals_bonn": ("eeg", "eeg_bonn.tar.xz"),
}


def test_the_questions_of_the_course_have_a_study():
    assert {"dose", "patients", "seeds", "history"} <= {path.values[0].stem for path in STUDIES}
    assert {"real_01_background", "real_02_cnn_imaging", "real_03_rnn_forecasting"} <= {
        p.values[0].stem for p in STUDIES
    }


@pytest.mark.parametrize("path", STUDIES)
def test_a_ready_study_is_planned(path, tmp_path):
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    options = []
    if path.stem in FILES:
        parameter, file = FILES[path.stem]
        (tmp_path / file).touch()
        options = ["-p", f"{parameter}={tmp_path / file}"]
    plan = CliRunner().invoke(main, ["sweep", str(path), "--out", str(tmp_path / "out"), "--dry-run", *options])
    assert plan.exit_code == 0, plan.output
    runs = math.prod(map(len, written.get("grid", {}).values())) * len(written["seeds"])
    assert f"{runs} runs, 0 finished, {runs} to go" in plan.output
    assert runs <= MAX_RUNS
    assert written["title"] in plan.output
    assert "about" in plan.output


@pytest.mark.parametrize("path", [path for path in STUDIES if path.id in FILES])
def test_a_study_of_a_file_that_is_not_there_says_so(path, tmp_path):
    plan = CliRunner().invoke(main, ["sweep", str(path), "--out", str(tmp_path / "out"), "--dry-run"])
    assert plan.exit_code == 2
    assert "or the path of an existing file" in plan.output


def test_reference_studies_are_named_after_their_notebook():
    """data/make_reference.py names what it stores after the file: the notebook, and behind it a further data set."""
    for parameter in STUDIES:
        path = parameter.values[0]
        if path.stem.startswith("real_"):
            values = study_values(path)
            named = f"real_{find_notebook(values['notebook']).stem}"
            sets = [values["parameters"].get(parameter) for parameter in ("dataset", "table", "motif_data")]
            sets += [name.removeprefix("eeg_").partition(".")[0] for name in [values["parameters"].get("eeg", "")]]
            assert path.stem in (named, *(f"{named}_{name}" for name in sets))
            assert set(values) <= {"title", "notebook", "parameters", "seeds"}, "make_reference.py runs no grid"
            assert values["seeds"] == [1, 2, 3, 4, 5]


def test_a_study_read_from_another_folder_is_the_same(tmp_path, monkeypatch):
    path = ROOT / "studies" / "dose.yml"
    here = read_study(path).identity()
    monkeypatch.chdir(tmp_path)
    assert read_study(path).identity() == here
