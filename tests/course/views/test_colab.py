"""Colab's first cell: elsewhere it does nothing; there it fetches the course at its commit and what is too old."""

import ast
import re
import subprocess
import sys

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from course.run.packages import PROJECT, required_packages
from course.views import colab, colab_setup
from course.views.export import export
from helpers.base.paths import ROOT
from helpers.notebook.index import find_notebook, find_notebooks

RUN = """
import sys, types
if {there}:
    sys.modules["google"] = types.ModuleType("google")
    sys.modules["google.colab"] = types.ModuleType("google.colab")
exec(open({cell!r}).read())
import helpers
print("FROM", helpers.__file__)
"""


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path):
    """A repository with the course's machinery as it is here, and a later commit that breaks it; the first's hash."""
    folder = tmp_path / "remote"
    folder.mkdir()
    git(folder, "init", "--quiet")
    listed = git(ROOT, "ls-files", "course", "helpers", "pyproject.toml", "requirements.lock").splitlines()
    for name in listed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "right")
    right = git(folder, "rev-parse", "HEAD")
    (folder / "helpers" / "__init__.py").write_text("raise ImportError('a later version')\n", encoding="utf-8")
    git(folder, "commit", "--quiet", "--all", "--message", "later")
    return folder, right


def run_cell(source, tmp_path, there):
    """Run the cell in a process of its own, in an empty folder, where Colab's module is there or not."""
    folder = tmp_path / "content"
    folder.mkdir(exist_ok=True)
    (tmp_path / "cell.py").write_text(source, encoding="utf-8")
    program = RUN.format(there=there, cell=str(tmp_path / "cell.py"))
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, folder


def test_on_colab_the_course_comes_from_the_commit_of_the_notebook(remote, tmp_path):
    source = colab.CELL.format(repository=remote[0], commit=remote[1])
    for _ in range(2):  # the second time the clone is there already
        printed, folder = run_cell(source, tmp_path, there=True)
        assert "The course is ready." in printed
        assert f"FROM {folder.resolve() / 'fetched-course' / 'helpers' / '__init__.py'}" in printed


def test_elsewhere_the_cell_does_nothing(tmp_path):
    printed, folder = run_cell(colab.CELL.format(repository="nowhere", commit="none"), tmp_path, there=False)
    assert list(folder.iterdir()) == []
    assert "ready" not in printed


def test_the_view_has_the_cell_behind_the_title_and_nothing_else_changed(tmp_path):
    (path,) = export("colab", [find_notebook("02")], tmp_path)
    before, after = nbformat.read(find_notebook("02"), 4), nbformat.read(path, 4)
    assert [after.cells[0], *after.cells[2:]] == before.cells
    added = after.cells[1].source
    assert git(ROOT, "rev-parse", "HEAD") in added
    assert PROJECT["urls"]["Repository"] in added
    assert max(map(len, added.splitlines())) <= 120
    ast.parse(added)


def test_a_folder_that_is_no_checkout_is_told(tmp_path):
    with pytest.raises(colab.VersionError, match="Clone the course"):
        colab.commit(tmp_path)


def test_where_all_is_new_enough_nothing_is_installed():
    assert colab_setup.wanted(lambda name: "9999") == []


def test_what_is_missing_or_too_old_is_asked_for_in_a_version_that_serves():
    found = {"numpy": "2.0.2", "pandas": "2.2.2", "scikit-learn": "1.6.1", "tensorflow": "2.19.0"}
    packages = [Requirement(package) for package in colab_setup.wanted(found.get, (3, 12))]
    asked = {package.name: Version(str(package.specifier).removeprefix("==")) for package in packages}
    assert {"pandas", "scikit-learn", "tensorflow", "keras", "wfdb", "rdkit"} <= set(asked)
    assert "numpy" not in asked  # any from 2 on serves
    assert set(asked) & (colab_setup.LEFT_ALONE | {"tensorflow-cpu"}) == set()
    for line in PROJECT["dependencies"]:
        least = Requirement(line)
        if least.name in asked:
            assert least.specifier.contains(asked[least.name])


def test_what_is_left_alone_no_notebook_needs_in_its_kernel():
    """Of the packages that are left alone, helpers import ipywidgets at most, and Colab has that."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "helpers").rglob("*.py")]
    for notebook in find_notebooks():
        sources += [cell.source for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    names = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module.split(".")[0])
    assert names & colab_setup.LEFT_ALONE == {"ipywidgets"}
    assert set(required_packages()) > colab_setup.LEFT_ALONE


def test_a_package_that_was_loaded_starts_the_kernel_again(monkeypatch, capsys):
    installing, started = [], []
    monkeypatch.setattr(colab_setup, "wanted", lambda: ["packaging==25.0"])
    monkeypatch.setattr(colab_setup.subprocess, "run", lambda command, check: installing.append(command[1:]))
    monkeypatch.setattr(colab_setup, "_start_again", lambda: started.append(True))
    colab_setup.set_up()
    assert installing == [["-m", "pip", "install", "--quiet", "packaging==25.0"]]
    assert started == [True]
    assert "packaging had been loaded before" in capsys.readouterr().out
    monkeypatch.delitem(sys.modules, "packaging")
    colab_setup.set_up()
    assert started == [True]
    assert capsys.readouterr().out.endswith("The course is ready.\n")


def test_another_python_is_refused_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(colab_setup, "python_range", lambda: ((3, 99), (3, 100)))
    monkeypatch.setattr(colab_setup, "wanted", lambda: pytest.fail("looked for packages"))
    with pytest.raises(colab_setup.ColabError, match=re.escape("Python 3.99 to 3.99")):
        colab_setup.set_up()


def test_versions_of_the_lock_are_ordered_by_number():
    assert colab_setup.newest_for({"2.9.0", "2.10.0"}, (3, 13)) == "2.10.0"
