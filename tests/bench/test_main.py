"""`python -m bench` refuses what makes no sense, and else prints a table and stores it."""

import json

import pytest
from click.testing import CliRunner

from bench import __main__ as bench_main
from bench import loops, suite
from bench.__main__ import EVERY, main
from helpers.base.paths import ROOT

NOT_MEASURES = {"measuring", "results", "growth"}


def bench(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_every_module_of_the_room_is_a_measure_or_serves_one():
    assert {path.stem for path in (ROOT / "bench").glob("[a-z]*.py")} == {*EVERY, *NOT_MEASURES}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--quick", "--record"), "--quick measures too little"),
        (("--only", "xrays"), "--xrays FOLDER"),
        (("--xrays", "nowhere"), "nowhere is no folder"),
        (("--only", "speed"), "'speed' is not one of"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, said):
    result = bench(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_one_measure_is_printed_and_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(loops, "QUICK", {"patients": 20, "rows": 40, "draws": 20, "repeats": 1})
    result = bench("--only", "loops", "--quick", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    stored = json.loads((tmp_path / "loops.json").read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["loops.json"]
    assert len(stored["rows"]) == 22
    for row in stored["rows"]:
        assert row["what"] in result.output
        assert row["least"] > 0
    assert stored["release"] in result.output


def test_a_measure_is_recorded_before_a_later_one_fails(tmp_path, monkeypatch):
    told = []

    def fail(**_):
        raise RuntimeError("a test of the suite fails")

    monkeypatch.setattr(loops, "DEFAULT", {"patients": 20, "rows": 40, "draws": 20, "repeats": 1})
    monkeypatch.setattr(suite, "measure", fail)
    monkeypatch.setattr(bench_main, "record", lambda found, facts: told.extend(found))
    monkeypatch.setattr(bench_main.measurements, "refresh", lambda: told.append("docs"))
    result = bench("--only", "loops", "--only", "suite", "--record", "--out", tmp_path)
    assert isinstance(result.exception, RuntimeError)
    assert told == ["loops", "docs"]
