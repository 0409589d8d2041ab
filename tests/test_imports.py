"""The rooms of the house import one way only, and a new notebook adds no room to the machinery."""

import ast
from pathlib import Path

import pytest

from helpers.base.paths import ROOT

# From the top: a package imports only what stands on a later line, and nothing that stands beside it.
FLOORS = (
    ("bench",),
    ("course",),  # the command itself: start, cli, doctor
    ("course.sweep",),
    ("course.views",),
    ("course.site",),
    ("course.data",),
    ("course.run",),
    ("helpers.checks", "helpers.plots"),
    ("helpers.lessons",),
    ("helpers.models",),
    ("helpers.evaluation",),
    ("helpers.datasets",),
    ("helpers.notebook", "helpers.from_scratch"),
    ("helpers.base",),
)
HOUSES = ("bench", "course", "helpers")
FLOOR = {package: number for number, packages in enumerate(FLOORS) for package in packages}
MODULES = sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.py"))
IDS = [path.relative_to(ROOT).as_posix() for path in MODULES]
MOST_LINES, MOST_MODULES = 400, 15


def package_of(name: str) -> str:
    """The package of FLOORS that a module belongs to, by its dotted name."""
    parts = name.split(".")
    inner = ".".join(parts[:2])
    return inner if inner in FLOOR else parts[0]


def imported(path: Path, root: Path = ROOT) -> set[str]:
    """The dotted names of this house that a file imports, at its top or inside a function, by their whole names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(root)}: relative import; write the whole name"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] in HOUSES}


@pytest.mark.parametrize("package", FLOOR)
def test_every_package_of_the_order_exists_with_a_sentence_of_what_it_is_for(package):
    file = ROOT / package.replace(".", "/") / "__init__.py"
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


def test_no_package_is_left_out_of_the_order():
    packages = {f"{file.parents[1].name}.{file.parent.name}" for file in ROOT.glob("*/*/__init__.py")}
    assert {name for name in packages if name.startswith(("course.", "helpers."))} == FLOOR.keys() - {"bench", "course"}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_package_imports_only_what_lies_below(path):
    if path == ROOT / "helpers" / "__init__.py":
        assert imported(path) == set()
        return
    own = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    below = imported(path) - {"helpers.KERAS_BACKEND_GIVEN"}  # of helpers/__init__.py, which imports nothing
    upward = [name for name in below if package_of(name) != own and FLOOR[package_of(name)] <= FLOOR[own]]
    assert upward == [], f"{upward} stand above or beside {own}"


def test_the_check_sees_an_import_that_goes_up(tmp_path):
    path = tmp_path / "chest.py"
    path.write_text("from helpers.models import build_cnn\ndef f():\n    import course.run.execute\n")
    assert imported(path) == {"helpers.models.build_cnn", "course.run.execute"}
    assert [package_of(name) for name in sorted(imported(path))] == ["course.run", "helpers.models"]
    path.write_text("from . import x\n")
    with pytest.raises(AssertionError, match="relative import"):
        imported(path, tmp_path)


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_module_is_small_enough_to_oversee(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=lambda path: path.name)
def test_a_package_is_small_enough_to_oversee(folder):
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= MOST_MODULES


def test_a_test_lies_in_the_folder_of_what_it_tests():
    tested = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    for path in tested:
        if path.parts[0] in HOUSES:
            assert (ROOT / path.parent).is_dir(), f"tests/{path}: there is no {path.parent}/"
        else:
            assert path.parts[0] == "notebooks" or len(path.parts) == 1, f"tests/{path}: in no room of the house"
