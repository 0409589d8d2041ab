"""The rooms of helpers/ import one way only, and the command line starts without anything heavy."""

import ast
from pathlib import Path

import pytest

import helpers

ROOT = Path(helpers.__file__).parent
# From the top: a room imports only what stands on a later line.
FLOORS = (
    ("start",),
    ("cli",),
    ("data_commands", "sweep_commands"),
    ("claim_runs",),
    ("compare", "cluster", "sweep_local"),
    ("sweep_results",),
    ("sweep",),
    ("studies", "sweep_worker"),
    ("data_files", "data_verify"),
    ("refresh", "report", "report_card"),
    ("data_cards", "syllabus", "topics", "glossary"),
    ("runs", "pages"),
    ("notebook",),
    ("checks", "controls"),
    ("plots",),
    ("optimism",),
    ("forecasting", "alarms", "candidates", "overfitting", "cross_validation"),
    ("evaluation", "clarke"),
    ("explain", "privacy", "imputation"),
    ("training",),
    ("models", "frameworks", "repeated_fits"),
    ("from_scratch_dense",),
    ("from_scratch", "from_scratch_recurrent"),
    ("datasets", "reference"),
    ("code_version",),
    ("paths", "files", "source_code", "sessions", "threads", "doctor", "nursery"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(ROOT.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room a file lies in: helpers/models/networks.py and helpers/datasets/simulators/chest.py lie in models and datasets."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a file imports, at its top or inside a function."""
    package = ("helpers", *path.relative_to(ROOT).parent.parts)
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*parents, *([node.module] if node.module else [])])
            names.update(f"{base}.{alias.name}" for alias in node.names)
    parts = (name.split(".") for name in names)
    return {part[1] for part in parts if part[0] == "helpers" and len(part) > 1}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_lies_below(path):
    if path == ROOT / "__init__.py":
        assert imported_rooms(path) == set()
        return
    room = room_of(path)
    assert room in FLOOR, f"helpers/{room} has no place in the order of rooms: add it to FLOORS"
    upward = [name for name in imported_rooms(path) - {room} if FLOOR.get(name, -1) <= FLOOR[room]]
    assert upward == [], f"{path.name} imports {upward}, which stand above or beside {room}"


def test_the_check_sees_an_import_that_goes_up(tmp_path, monkeypatch):
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets" / "chest.py"
    path.write_text("from ..models import build\ndef f():\n    import helpers.models.training\n    from . import x\n")
    monkeypatch.setattr("test_imports.ROOT", tmp_path)
    assert imported_rooms(path) == {"models", "training", "datasets"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_is_small_enough_to_oversee(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 420
