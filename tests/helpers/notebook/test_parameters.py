"""helpers.notebook.parameters: declarations, values from the command line, the check inside the notebook, profiles."""

import subprocess
import sys

import pytest
import sample_notebooks as sample

from course.run.execute import run_notebook
from helpers.base.paths import ROOT
from helpers.notebook.parameters import (
    Parameter,
    ParameterError,
    declared,
    profile_names,
    profile_values,
    read_parameters,
)
from helpers.notebook.running import check_parameters

CELL = """# what this notebook runs with
dataset: str = "chest"   # images to learn from {chest, pneumoniamnist} or a path
epochs: int = 5   # passes over the training images [1, 50]
dropout: float = 0   # share of units silenced while training [0, 0.9]
pixels: int = 28   # side of an image {28, 56, 112}
augment: bool = True   # whether images are varied
title: str = ""   # free text for the figures
"""


@pytest.fixture
def contract():
    return declared(CELL)


def test_every_part_of_a_declaration_is_read(contract):
    assert list(contract) == ["dataset", "epochs", "dropout", "pixels", "augment", "title"]
    assert contract["epochs"] == Parameter("epochs", int, 5, "passes over the training images", low=1, high=50)
    dataset = contract["dataset"]
    assert (dataset.default, dataset.choices, dataset.accepts_path) == ("chest", ("chest", "pneumoniamnist"), True)
    assert contract["pixels"].choices == (28, 56, 112)
    assert not contract["pixels"].accepts_path
    assert contract["augment"].allowed == "true or false"
    assert isinstance(contract["dropout"].default, float)


def test_a_notebook_file_declares_the_same_as_its_cell(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    assert read_parameters(notebook) == declared(sample.PARAMETERS)


def test_a_folder_with_braces_in_its_name_is_only_a_folder(tmp_path):
    folder = tmp_path / "{run}"
    folder.mkdir()
    assert "size" in read_parameters(sample.write_notebook(folder / "01_adding.ipynb"))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("epochs = 5  # passes [1, 50]", "epochs = 5: not a parameter"),
        ("epochs: list = [5]  # passes", "epochs: type 'list' is not allowed"),
        ("epochs: int = 99  # passes [1, 50]", "epochs: 99 is not allowed; allowed: a whole number from 1 to 50"),
        ("epochs: int = 'five'  # passes [1, 50]", "epochs: 'five' is not an int"),
        ("epochs: int = 5  # passes [one, 50]", "epochs: its comment says 'one'"),
        ("pixels: int = 28  # side {small, 56}", "pixels: its comment says 'small'"),
        ("epochs: int = 5  # passes, n=5 [1, 50]", "epochs: papermill cannot read its line"),
    ],
)
def test_a_broken_declaration_is_named(cell, message, tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", [sample.code(cell, tags=["parameters"])])
    with pytest.raises(ParameterError) as caught:
        read_parameters(notebook)
    assert str(caught.value).startswith(message)


def test_a_running_notebook_reads_its_parameters_without_papermill(tmp_path):
    """papermill's import takes longer than a second, and every kernel of a sweep would pay it."""
    sample.write_notebook(tmp_path / "01_adding.ipynb")
    probe = f"import sys\nsys.path.append({str(ROOT)!r})\n{sample.IMPORTS}\n{sample.PARAMETERS}\n{sample.CHECK}\n"
    probe += "print('papermill' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ended.stdout == "False\n"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", " 7 ", 7),
        ("dropout", "0", 0.0),
        ("dropout", ".5", 0.5),
        ("dropout", "1e-3", 0.001),
        ("augment", "False", False),
        ("dataset", "pneumoniamnist", "pneumoniamnist"),
        ("pixels", "56", 56),
        ("title", "two words", "two words"),
    ],
)
def test_text_from_the_command_line_becomes_a_value(contract, name, text, value):
    parsed = contract[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("epochs", "3.5", ["epochs", "'3.5'", "a whole number from 1 to 50"]),
        ("epochs", "0", ["epochs", "0", "from 1 to 50"]),
        ("epochs", "51", ["epochs", "51"]),
        ("dropout", "nan", ["dropout", "nan", "a number from 0 to 0.9"]),
        ("dropout", "inf", ["dropout"]),
        ("dropout", "0,3", ["dropout", "'0,3'", "a number from 0 to 0.9"]),
        ("dropout", "−1", ["dropout", "'−1'", "a number from 0 to 0.9"]),
        ("dropout", "-1", ["dropout", "-1", "a number from 0 to 0.9"]),
        ("dropout", "", ["dropout", "''", "a number from 0 to 0.9"]),
        ("epochs", "1e3", ["epochs", "'1e3'", "a whole number from 1 to 50"]),
        ("epochs", "", ["epochs", "''"]),
        ("augment", "", ["augment", "''", "true or false"]),
        ("dataset", "", ["dataset", "''", "existing file"]),
        ("dataset", "~nobody/x.npz", ["'~nobody/x.npz'", "existing file"]),
        ("dataset", "x" * 256, ["x" * 256, "existing file"]),
        ("dataset", "zero\0byte", ["existing file"]),
        ("augment", "maybe", ["augment", "'maybe'", "true or false"]),
        ("pixels", "57", ["pixels", "57", "one of 28, 56, 112"]),
        ("dataset", "chset", ["dataset", "'chset'", "chest, pneumoniamnist or the path", "did you mean chest?"]),
        ("dataset", "no/such.npz", ["dataset", "'no/such.npz'", "existing file"]),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(contract, name, text, parts):
    with pytest.raises(ParameterError) as caught:
        contract[name].parse(text)
    for part in parts:
        assert part in str(caught.value)
    assert caught.value.name == name


def test_a_path_becomes_absolute(contract, tmp_path, monkeypatch):
    (tmp_path / "scans.npz").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert contract["dataset"].parse("scans.npz") == str((tmp_path / "scans.npz").resolve())
    with pytest.raises(ParameterError):
        contract["dataset"].parse(str(tmp_path))  # a folder is no file


@pytest.mark.parametrize(("name", "value"), [("epochs", True), ("epochs", 5.0), ("augment", 1), ("dataset", None)])
def test_a_value_of_another_type_is_refused(contract, name, value):
    with pytest.raises(ParameterError, match=name):
        contract[name].check(value)


@pytest.fixture
def run_cells(tmp_path, monkeypatch):
    """What check_parameters returns after some cells ran in a notebook that declares CELL, with variables changed."""
    cells = [sample.code(CELL, tags=["parameters"])]
    values = {name: parameter.default for name, parameter in declared(CELL).items()}
    sample.write_notebook(tmp_path / "01_adding.ipynb", cells, as_written=values)
    monkeypatch.chdir(tmp_path)

    def run(*cells: str, **changed):
        namespace = {}
        for cell in cells:
            exec(cell, namespace)
        return check_parameters("01", namespace | changed | {"In": ["", *cells]})

    return run


def test_the_notebook_as_committed_changes_nothing(run_cells, capsys):
    given = run_cells("import math", CELL, "x = 1")
    assert given.values["epochs"] == 5
    assert given.changed == ()
    assert given.as_written
    assert capsys.readouterr().out == ""
    with pytest.raises(TypeError):
        given.values["epochs"] = 6


def test_an_injected_value_is_a_change(run_cells, capsys):
    given = run_cells(CELL, "# Parameters\nepochs = 2\ndropout = 0\n")
    assert (given.values["epochs"], given.changed, given.as_written) == (2, ("epochs",), False)
    assert "epochs = 2 (text: 5)" in capsys.readouterr().out


def test_another_seed_keeps_the_text_binding(tmp_path, monkeypatch, capsys):
    sample.write_notebook(tmp_path / "01_adding.ipynb")
    monkeypatch.chdir(tmp_path)
    given = check_parameters("01", {"size": 3, "share": 0.5, "shape": "plain", "seed": 7})
    assert given.changed == ("seed",)
    assert given.as_written
    assert capsys.readouterr().out == ""


def test_an_injected_name_that_is_not_declared_fails(run_cells):
    with pytest.raises(ParameterError, match=r"epoch: no such parameter.*did you mean epochs"):
        run_cells(CELL, "# Parameters\nepoch = 2\n")


def test_an_injected_value_out_of_range_fails(run_cells):
    with pytest.raises(ParameterError, match="epochs: 99 is not allowed"):
        run_cells(CELL, "# Parameters\nepochs = 99\n")


def test_values_edited_in_the_cell_itself_and_saved_differ_from_the_committed_ones(tmp_path, monkeypatch):
    edited = sample.good_cells()
    edited[2] = sample.code(sample.PARAMETERS.replace("= 3 ", "= 4 "), tags=["parameters"])
    sample.write_notebook(tmp_path / "01_adding.ipynb", edited)
    monkeypatch.chdir(tmp_path)
    given = check_parameters("01", {"size": 4, "share": 0.5, "shape": "plain", "seed": 1})
    assert given.changed == ("size",)


def test_where_no_such_notebook_lies_the_course_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match="dataset: has no value; allowed: run the parameters cell first"):
        check_parameters("02", {})
    with pytest.raises(ParameterError, match="99: no such notebook"):
        check_parameters("99", {})


@pytest.mark.parametrize(
    ("name", "fault"), [("sizes", "sizes: no such parameter"), ("size", "size: 99 is not allowed")]
)
def test_papermill_itself_stops_at_the_check(tmp_path, name, fault):
    """run_notebook hands the values to papermill as they are; nothing but the notebook looks at them."""
    run = run_notebook(sample.write_notebook(tmp_path / "01_adding.ipynb"), {name: 99}, tmp_path / "out")
    assert run.error.startswith(f"ParameterError: {fault}")
    assert run.cell.endswith(sample.CHECK.splitlines()[0])
    assert run.results == {}


def test_profiles_are_read_and_checked(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    assert profile_names(notebook) == ["default", "smoke", "full"]
    assert profile_values(notebook, "smoke") == {"size": 2}
    assert profile_values(notebook, "default") == {}
    with pytest.raises(ParameterError, match="smok: no such profile of 01_adding; allowed: default, smoke, full; did"):
        profile_values(notebook, "smok")
    (tmp_path / "profiles.yml").write_text("01_adding: {smoke: {sizes: 2}, full: {size: 51}}", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"sizes: no such parameter.*did you mean size"):
        profile_values(notebook, "smoke")
    with pytest.raises(ParameterError, match="size: 51 is not allowed"):
        profile_values(notebook, "full")
