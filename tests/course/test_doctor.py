"""course.doctor and course.start: a sound machine is fine, a broken one is told the one thing to do."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner

from course import doctor
from course.cli import main
from helpers.base.paths import ROOT, cache_folder


@pytest.fixture(scope="module")
def healthy():
    return CliRunner().invoke(main, ["doctor", "--json"])


def test_this_machine_is_fine(healthy):
    checks = json.loads(healthy.output)
    assert {check["name"] for check in checks} >= {"Python", "packages", "memory", "cores", "disk", "writing", "kernel"}
    unfine = [check for check in checks if not check["fine"]]
    assert [check for check in unfine if check["name"] not in ("memory", "disk")] == []
    assert healthy.exit_code == int(bool(unfine))
    assert all(bool(check["todo"]) != check["fine"] for check in checks)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """An environment with Python and nothing else, and this repository's helpers on its path."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(*command):
        return subprocess.run([str(python), *command], cwd=ROOT, capture_output=True, text=True, timeout=120)

    return run


@pytest.mark.parametrize("module", ["course.doctor", "course.start"])
def test_without_any_package_it_still_answers(bare, module):
    ended = bare("-m", module, *(["doctor"] if module == "course.start" else []))
    assert ended.returncode == 1
    assert ended.stderr == ""
    lines = ended.stdout.splitlines()
    assert next(line for line in lines if "packages" in line).startswith("TO DO  packages   missing: jupyterlab, ")
    assert any(line.startswith("fine   Python") for line in lines)
    assert any(line.startswith("TO DO  kernel") and "jupyter_client" in line for line in lines)
    assert sum(line.strip().startswith("-> ") for line in lines) == sum(line.startswith("TO DO") for line in lines)


def test_any_other_command_without_click_names_the_doctor(bare):
    ended = bare("-m", "course.start", "list")
    assert ended.returncode == 1
    assert (
        ended.stderr.strip() == "course: No module named 'click'. `course doctor` says what is missing and what to do."
    )


def test_a_version_other_than_the_locks_is_named(tmp_path):
    (tmp_path / "requirements.lock").write_text("numpy==1.0.0 \\\n    --hash=sha256:0\nclick==99\n", encoding="utf-8")
    check = doctor.check_packages(tmp_path)
    assert not check.fine
    assert "numpy " in check.found
    assert "(lock: 1.0.0)" in check.found
    assert "(lock: 99)" in check.found
    assert "make env" in check.todo
    assert doctor.check_packages(tmp_path / "none").found == "no requirements.lock"


@pytest.mark.parametrize("package", ["nbconvert", "nbval", "jinja2", "ziamath", "threadpoolctl", "filelock"])
def test_a_package_of_pyproject_that_is_missing_is_named(package, monkeypatch):
    there = doctor.installed
    monkeypatch.setattr(doctor, "installed", lambda name: None if name == package else there(name))
    assert doctor.check_packages().found == f"missing: {package}"


def test_every_package_of_pyproject_is_imported():
    names = doctor.import_names(doctor.required_packages())
    assert len(names) == len(doctor.required_packages())
    assert {"sklearn", "PIL", "yaml", "skimage", "tensorflow", "nbconvert"} <= set(names)


def test_a_package_that_is_there_and_broken_is_named(tmp_path, monkeypatch):
    (tmp_path / "tqdm.py").write_text("raise ValueError('half written')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(doctor, "required_packages", lambda: ["tqdm", "pyyaml", "none"])
    check = doctor.check_imports()
    assert (check.fine, check.found) == (False, "tqdm: ValueError: half written")


def test_little_memory_and_disk_are_told(monkeypatch):
    monkeypatch.setattr(doctor, "available_memory_mb", lambda: 700.0)
    assert (doctor.check_memory().fine, doctor.check_memory().found) == (False, "700 MB free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10e6})())
    assert "free some disk" in doctor.check_disk().todo


def test_data_that_are_missing_or_damaged_are_told(tmp_path):
    assert "missing" in doctor.check_data(tmp_path).found
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    for name in ("glucose.yml", "glucose.csv.gz"):
        shutil.copy(ROOT / "data" / name, tmp_path / "data")
    assert "no notebook" in doctor.check_data(tmp_path).found
    (tmp_path / "notebooks" / "01_x.ipynb").touch()
    assert doctor.check_data(tmp_path).fine
    with (tmp_path / "data" / "glucose.csv.gz").open("ab") as file:
        file.write(b"x")
    assert doctor.check_data(tmp_path).found == "glucose.csv.gz differs"


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file"))
    check = doctor.check_writing()
    assert not check.fine
    assert f"the cache ({tmp_path / 'file'}" in check.found


def test_a_check_that_fails_itself_stops_no_other(monkeypatch):
    def check_luck():
        raise RuntimeError("none left")

    monkeypatch.setattr(doctor, "CHECKS", (check_luck, doctor.check_cores))
    first, second = doctor.examine()
    assert (first.name, first.fine, first.found) == ("luck", False, "RuntimeError: none left")
    assert second.fine


def test_it_imports_nothing_but_python():
    program = "import sys; before = set(sys.modules); import course.doctor; print(*set(sys.modules) - before)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    roots = {name.partition(".")[0] for name in ended.stdout.split()}
    assert roots - set(sys.stdlib_module_names) <= {"course", "helpers"}


def test_the_cache_is_where_downloads_go(monkeypatch, tmp_path):

    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
    assert cache_folder() == Path(tmp_path)
