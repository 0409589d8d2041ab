"""What a user's own settings do to a run: nothing, whatever the shell, the home folder and the console say."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import sample_notebooks as sample

from course.data.cards import card
from course.run.settings import user_settings
from course.run.warm_kernels import imported_modules
from helpers.base.errors import CourseError
from helpers.base.paths import ROOT
from helpers.models.keras_settings import hold_keras
from helpers.notebook.index import find_notebooks

KERAS_FILE = {"floatx": "float16", "epsilon": 0.01, "backend": "jax", "image_data_format": "channels_first"}
IMPORTS = f"import helpers.models\n{sample.IMPORTS}\nfrom helpers.plots.style import Picture, new_figure"
# What ipykernel prints, now and then, of its own thread that still passes on an output while the kernel closes
CLOSING = re.compile(
    r'^Traceback \(most recent call last\):\s+File "[^"]*ipykernel[^"]*iostream\.py".*?^\w+: .*?$', re.M | re.S
)
LIBRARIES = "import keras\nimport numpy as np"
LAYER = """layer = keras.layers.Conv2D(2, 3)
answer = layer(np.ones((1, 8, 8, 1)))
record("shape", str(tuple(answer.shape)))
record("type", str(keras.backend.standardize_dtype(answer.dtype)))
record("backend", keras.config.backend())
record("epsilon", keras.config.epsilon())"""
FIGURE = """figure, axes = new_figure()
axes[0, 0].set_title("50 % of $x_1$")
record("colours", len(set(Picture(figure, "An empty panel below its title.").png)) > 100)
Picture(figure, "An empty panel below its title.")"""
STARTED = 'record("started", "set_by_startup" in globals())'
EXPECTED = {
    "shape": "(1, 6, 6, 2)",
    "type": "float32",
    "backend": "tensorflow",
    "epsilon": "1e-07",
    "colours": "True",
    "started": "False",
    "total": "3",
}


@pytest.fixture
def home(tmp_path) -> Path:
    """A home folder full of settings: Keras' file, a matplotlibrc, and startup files of Python and of IPython."""
    home = tmp_path / "home"
    for folder in (".keras", ".config/matplotlib", "other/helpers"):
        (home / folder).mkdir(parents=True)
    (home / ".keras" / "keras.json").write_text(json.dumps(KERAS_FILE), encoding="utf-8")
    rc = "text.usetex: True\nsavefig.bbox: tight\nfigure.dpi: 300\n"
    (home / ".config" / "matplotlib" / "matplotlibrc").write_text(rc, encoding="utf-8")
    (home / "startup.py").write_text("set_by_startup = True\n", encoding="utf-8")
    (home / "other" / "helpers" / "__init__.py").touch()  # a package of somebody else's
    return home


def settings(home: Path) -> dict[str, str]:
    """An environment with every setting that could get between the course and its results."""
    kept = {name: os.environ[name] for name in ("PATH", "IPYTHONDIR", "COURSE_CACHE_DIR") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "KERAS_BACKEND": "torch",
        "TF_USE_LEGACY_KERAS": "1",
        "CUDA_VISIBLE_DEVICES": "3",
        "MPLBACKEND": "TkAgg",
        "PYTHONWARNINGS": "error",
        "PYTHONSTARTUP": str(home / "startup.py"),
        "PYTHONPATH": str(home / "other"),
        "PYTHONIOENCODING": "cp437",
        "LANG": "C",
        "LC_ALL": "C",
        "TMPDIR": str(home / "no such folder"),
    }


def course(*arguments, environment, folder, mask=None):
    return subprocess.run(
        [sys.executable, "-m", "course.start", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=300,
        umask=-1 if mask is None else mask,
    )


def test_a_notebook_runs_the_same_under_every_setting_at_once(home, tmp_path):
    """In a folder with a space, an umlaut, a percent sign, braces and Chinese; other users shut out (umask 077)."""
    folder = tmp_path / "Kurs Übung 100% {a} 课程"
    folder.mkdir()
    cells = sample.good_cells()
    cells[1].source = IMPORTS
    cells = [*cells[:2], sample.code(LIBRARIES), *cells[2:], *map(sample.code, (LAYER, FIGURE, STARTED))]
    notebook = sample.write_notebook(folder / "01_adding.ipynb", cells)
    ended = course("run", notebook.name, "--out", "out", environment=settings(home), folder=folder, mask=0o077)
    output = (ended.stdout + ended.stderr).decode("cp437")
    assert ended.returncode == 0, output
    assert "Traceback" not in CLOSING.sub("", output), output
    (row,) = csv.DictReader((folder / "out" / "results.csv").open(encoding="utf-8"))
    assert {name: row[name] for name in EXPECTED} == EXPECTED
    shown = nbformat.read(folder / "out" / notebook.name, as_version=4).cells[-2].outputs[-1].data
    assert shown["text/plain"] == "Figure: An empty panel below its title."


def test_a_console_that_lacks_signs_gets_their_numbers_and_json_is_json(home, tmp_path):
    """And the list of data sets needs no home folder, nor one for temporary files."""
    environment = settings(home)
    del environment["HOME"]
    ended = course("data", "list", environment=environment, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, b"")
    lines = ended.stdout.decode("cp437").splitlines()
    assert next(line for line in lines if line.startswith("chest ")).split()[1:4] == ["normal", "/", "pneumonia"]
    ended = course("data", "list", "--json", environment=environment, folder=tmp_path)
    facts = {facts["name"]: facts for facts in json.loads(ended.stdout.decode("ascii"))}
    assert facts["big-ideas"]["citation"] == card("big-ideas")["citation"]


def test_keras_is_held_where_it_was_imported_before_the_helpers(home):
    program = "import keras, helpers.models; c = keras.config; print(c.floatx(), c.epsilon(), c.image_data_format())"
    environment = settings(home) | {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": ""}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert ended.stdout == "float32 1e-07 channels_last\n", ended.stderr


def test_keras_on_another_library_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")  # what the helpers want, where they are told so
    with pytest.raises(CourseError, match=r"Keras on torch, and here it runs on tensorflow: it was imported before"):
        hold_keras()


def test_keras_runs_elsewhere_where_the_course_asks_for_it():
    program = "import helpers, os; print(os.environ['KERAS_BACKEND'], helpers.KERAS_BACKEND_GIVEN)"
    environment = os.environ | {"KERAS_BACKEND": "jax", "COURSE_KERAS_BACKEND": "torch"}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert ended.stdout == "torch jax\n"


@pytest.mark.parametrize("notebook", find_notebooks(), ids=lambda path: path.stem)
def test_a_notebook_imports_the_helpers_before_keras_so_that_they_choose_its_library(notebook):
    modules = [name.split(".")[0] for name in imported_modules(notebook)]
    heavy = [modules.index(name) for name in ("keras", "tensorflow") if name in modules]
    assert min(heavy, default=len(modules)) > modules.index("helpers")


def test_the_doctor_names_each_setting_and_what_it_means(home):
    found = " / ".join(setting.text for setting in user_settings(settings(home), home))
    keras_file = "floatx float16, epsilon 0.01, image_data_format channels_first, backend jax: set aside"
    assert f"{home / '.keras' / 'keras.json'}: {keras_file}" in found
    for part in (
        "TF_USE_LEGACY_KERAS=1: the course uses Keras 3",
        "CUDA_VISIBLE_DEVICES=3: it says which graphics cards",
        "MPLBACKEND=TkAgg: the course draws",
        "PYTHONWARNINGS=error: left out",
        f"PYTHONSTARTUP={home / 'startup.py'}: left out",
        "PYTHONIOENCODING=cp437: the signs",
        f"{home / '.config' / 'matplotlib' / 'matplotlibrc'}: set aside",
    ):
        assert part in found
    (todo,) = {setting.todo for setting in user_settings(settings(home), home)} - {""}
    assert todo.startswith("unset PYTHONPATH before you start JupyterLab")


def test_the_doctor_finds_nothing_to_say_of_a_machine_without_settings(tmp_path):
    assert list(user_settings({"PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"}, tmp_path)) == []
    assert list(user_settings({}, None)) == []


def test_the_doctors_line_of_settings(home):
    environment = settings(home) | {"TMPDIR": str(home), "PYTHONIOENCODING": "utf-8"}
    program = "from course import doctor\nfor check in (doctor.check_settings(), doctor.check_course()):\n"
    program += "    print(check.fine, check.found, check.todo, sep=' | ')"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    check, of_the_course = ended.stdout.splitlines()
    assert check.startswith("False | KERAS_BACKEND=torch: set aside, the course runs Keras on TensorFlow; ")
    assert f"PYTHONPATH holds {home / 'other'}, and there another package `helpers`" in check
    assert " | unset PYTHONPATH before you start JupyterLab" in check
    assert of_the_course == "True | installed | "
