"""A notebook that cannot be read is one line, and the others are listed, run, mapped and fetched for."""

import json

import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course import doctor
from course.cli import main
from course.data import files
from helpers.base import paths
from helpers.notebook import index, topics
from helpers.notebook.index import fault_of
from helpers.notebook.reading import NotebookError
from helpers.notebook.topics import course_map


def conflicted(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "<<<<<<< HEAD", "=======", ">>>>>>> theirs", *lines[2:]]), encoding="utf-8")


def without(*keys):
    def take_out(path):
        content = json.loads(path.read_text(encoding="utf-8"))
        for key in keys:
            del content["metadata"][key]
        path.write_text(json.dumps(content), encoding="utf-8")

    return take_out


def with_parameters(source):
    def change(path):
        cells = [sample.code(source, tags=["parameters"]), sample.code("1")]
        sample.write_notebook(path, cells, profiles=False, topics=["pathology"], datasets=["chest"])

    return change


PARAMETERS = "02_broken.ipynb, parameters cell, line {}: expected Python, as in `epochs: int = 5  # passes over the "
PARAMETERS += "images [1, 50]`, found {} Correct that line."
GIT = "`git restore 02_broken.ipynb` brings the last stored one back."
BROKEN = {
    "conflict": (
        conflicted,
        "02_broken.ipynb: expected a notebook in JSON, found a conflict that git has marked in line 3. "
        "Settle it, or take one side: `git checkout --ours 02_broken.ipynb`, or --theirs.",
    ),
    "half": (
        lambda path: path.write_text('{"cells": [\n', encoding="utf-8"),
        f"02_broken.ipynb: expected a notebook in JSON, found something else in line 2 (Expecting value). {GIT}",
    ),
    "bytes": (
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        f"02_broken.ipynb: expected a notebook in JSON, found bytes that are not UTF-8 (invalid start byte). {GIT}",
    ),
    "no cells": (
        lambda path: path.write_text('{"metadata": {}}', encoding="utf-8"),
        f"02_broken.ipynb: expected a notebook in JSON, found JSON without a list of cells and their metadata. {GIT}",
    ),
    "no kernel": (
        without("kernelspec"),
        "02_broken.ipynb: expected a kernel (kernelspec) in its metadata, found none. "
        "Open it in JupyterLab, choose the kernel Python 3, and save it.",
    ),
    "magic": (
        with_parameters("size: int = 3\n%matplotlib inline"),
        PARAMETERS.format(2, "'%matplotlib inline' (invalid syntax)."),
    ),
    "slip": (with_parameters("size: int = = 3"), PARAMETERS.format(1, "'size: int = = 3' (invalid syntax).")),
    "open bracket": (
        with_parameters("size: int = (3"),
        PARAMETERS.format(1, "'size: int = (3' (EOF in multi-line statement)."),
    ),
    "no constant": (
        with_parameters("size: int = len('abc')"),
        "02_broken.ipynb, parameters cell: size: int = len('abc'): not a parameter; allowed: "
        "name: type = constant  # comment",
    ),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A course of two good notebooks, and between them a place for a broken one."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("01_adding", "02_broken", "03_more"):
        sample.write_notebook(folder / f"{name}.ipynb", datasets=["wisconsin"], topics=["evaluation"], profiles=False)
    for module in (index, paths):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    monkeypatch.chdir(tmp_path)
    return folder


def course(*arguments):
    ended = CliRunner().invoke(main, arguments)
    assert isinstance(ended.exception, SystemExit | None), ended.exception
    return ended


@pytest.mark.parametrize(("damage", "sentence"), BROKEN.values(), ids=BROKEN)
def test_it_is_one_line_with_what_is_wrong_and_what_to_do(folder, damage, sentence):
    damage(folder / "02_broken.ipynb")
    assert fault_of(folder / "02_broken.ipynb") == sentence
    listed = course("list")
    assert listed.exit_code == 1
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["no.", "01", "03"]
    assert listed.stderr == f"Error: {sentence}\n"
    check = doctor.check_notebooks()
    assert (check.fine, check.found) == (False, sentence)
    assert "git restore notebooks" in check.todo


def test_a_good_one_has_no_fault(folder):
    assert fault_of(folder / "02_broken.ipynb") is None
    assert course("list").exit_code == 0
    assert doctor.check_notebooks() == doctor.Check("notebooks", True, "3 can be run")


@pytest.mark.parametrize("kind", ["conflict", "no kernel", "magic"])
def test_the_others_run(folder, tmp_path, kind):
    damage, sentence = BROKEN[kind]
    damage(folder / "02_broken.ipynb")
    ended = course("run", "--all", "--out", "out")
    assert ended.exit_code == 1
    assert f"before the first cell: {sentence}" in next(
        line for line in ended.stdout.splitlines() if line.startswith("02_broken  failed")
    )
    for name in ("01_adding", "03_more"):
        assert any(line.startswith(name) and " ok " in line for line in ended.stdout.splitlines())
        assert (tmp_path / "out" / f"{name}.html").exists()
    assert "3 notebooks in" in ended.stdout


@pytest.mark.parametrize("kind", ["conflict", "no kernel", "open bracket"])
def test_a_study_of_it_and_its_own_list_end_with_the_same_sentence(folder, tmp_path, kind):
    damage, sentence = BROKEN[kind]
    damage(folder / "02_broken.ipynb")
    (tmp_path / "study.yml").write_text("notebook: '2'\nrepeats: 2", encoding="utf-8")
    for command in (["list", "2"], ["sweep", "study.yml", "--out", "out"], ["refresh", "2"]):
        ended = course(*command)
        assert (ended.exit_code, ended.stderr) == (1, f"Error: {sentence}\n")


def test_data_sets_of_the_others_are_fetched(folder, monkeypatch):
    damage, sentence = BROKEN["conflict"]
    damage(folder / "02_broken.ipynb")
    assert files.core_names() == ["wisconsin"]
    ended = course("data", "fetch", "--all-core")
    assert (ended.exit_code, ended.stdout) == (1, "wisconsin: built in, nothing to fetch\n")
    assert ended.stderr == f"Error: {sentence}\n"


def test_the_map_leaves_it_out_and_says_so(folder, monkeypatch):
    damage, sentence = BROKEN["conflict"]
    damage(folder / "02_broken.ipynb")
    listed = {"evaluation": {"kind": "question", "name": "How good?", "zh": "评估", "planned": []}}
    monkeypatch.setattr(topics, "read_topics", lambda: listed)
    assert course_map("question").splitlines()[2:] == [
        "| How good? | 评估 | [01_adding](01_adding.ipynb), [03_more](03_more.ipynb) |",
        "",
        f"*Left out: {sentence}*",
    ]


def test_a_file_that_may_not_be_read_is_named(folder, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "read_text", refuse)
    with pytest.raises(NotebookError, match=r"found a file that cannot be read \(Permission denied\)\. Allow"):
        index.course_metadata(folder / "02_broken.ipynb")
