"""`course translation`: how far the Chinese is, and which cells are behind with the hash to write."""

import pytest
from click.testing import CliRunner

from course.cli import main
from course.site import translation as module
from course.site.translation import translation
from helpers.base.paths import NOTEBOOKS

FIRST = NOTEBOOKS / "01_background.ipynb"


@pytest.fixture
def behind(tmp_path, monkeypatch):
    """Translations of one notebook, whose first block is of an older text and whose second is gone; these two cells."""
    whole = translation(FIRST, "zh")
    one, other, *_ = whole.blocks
    text = module.blocks_file(FIRST, "zh").read_text(encoding="utf-8")
    before, rest = text.split(f"<!-- cell {other} of ")
    now = whole.blocks[one].of
    (tmp_path / "zh").mkdir()
    older = before.replace(now, "00000000") + rest[rest.index("<!-- cell ") :]
    (tmp_path / "zh" / f"{FIRST.stem}.md").write_text(older, encoding="utf-8")
    monkeypatch.setattr(module, "TRANSLATIONS", tmp_path)
    return whole, (one, now), (other, whole.blocks[other].of)


def test_what_is_committed_is_not_behind():
    shown = CliRunner().invoke(main, ["translation", "zh"])
    assert shown.exit_code == 0, shown.output
    assert FIRST.stem in shown.stdout


def test_cells_that_are_behind_are_named_with_their_hash(behind):
    whole, *stale = behind
    shown = CliRunner().invoke(main, ["translation", "zh"])
    assert shown.exit_code == 1
    row = shown.stdout.splitlines()[1].split()
    assert row == [FIRST.stem, str(len(whole.cells)), str(len(whole.cells) - 1), "2"]
    for cell, now in stale:
        assert any(line.split() == [FIRST.stem, cell, now] for line in shown.stderr.splitlines())


def test_an_unknown_language_is_refused():
    shown = CliRunner().invoke(main, ["translation", "xx"])
    assert shown.exit_code == 2
    assert "there is: zh" in shown.stderr
