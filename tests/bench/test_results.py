"""The table, the JSON and the history say what was measured, where, and nothing that names the machine."""

import json
import socket
import subprocess
from pathlib import Path

import pandas as pd

from bench.measuring import Row
from bench.results import about, record, release, table, write_json
from helpers.base.paths import ROOT

FOUND = {
    "loops": [Row("one", "s", (3.0, 1.0, 2.0), "a note", {"more": [1]})],
    "training": [Row("two", "s", note="none")],
}
FACTS = {"processor": "some", "cores": 2, "memory_gb": 4.0, "load": 0.1, "date": "2026-11-28", "release": "v1"}


def test_the_table_has_a_line_per_row_with_median_least_and_greatest():
    head, rule, one, two = table(FOUND).splitlines()
    assert head.split() == ["measure", "what", "median", "least", "greatest", "unit", "repeats", "note"]
    assert set(rule) == {"-", " "}
    assert one.split() == ["loops", "one", "2", "1", "3", "s", "3", "a", "note"]
    assert two.split() == ["training", "two", "s", "0", "none"]


def test_the_json_holds_every_repeat_and_the_machine(tmp_path):
    write_json(tmp_path / "new", "loops", FOUND["loops"], FACTS)
    stored = json.loads((tmp_path / "new" / "loops.json").read_text(encoding="utf-8"))
    assert stored.items() >= FACTS.items()
    assert stored["measure"] == "loops"
    (row,) = stored["rows"]
    assert (row["median"], row["least"], row["greatest"], row["repeats"]) == (2, 1, 3, 3)
    assert (row["values"], row["note"], row["details"]) == ([3, 1, 2], "a note", {"more": [1]})


def test_what_is_told_of_the_machine_names_neither_it_nor_a_path_of_it():
    facts = about()
    assert facts["processor"]
    assert facts["cores"] >= 1
    assert {"python", "keras", "numpy", "code"} <= facts["versions"].keys()
    text = json.dumps(facts)
    assert socket.gethostname() not in text
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


def test_the_history_has_a_line_per_release_and_measure(tmp_path):
    history = tmp_path / "history.csv"
    record(FOUND, FACTS, history)
    record(FOUND, FACTS | {"release": "0123456"}, history)
    record({"loops": [Row("one", "s", (9.0,))]}, FACTS | {"date": "2026-11-29"}, history)
    stored = pd.read_csv(history, dtype={"release": str}, keep_default_na=False)
    assert stored["release"].tolist() == ["0123456", "v1"]
    assert stored["median"].tolist() == [2, 9]
    assert stored["repeats"].tolist() == [3, 1]
    assert stored["date"].tolist() == ["2026-11-28", "2026-11-29"]


def test_a_release_is_what_git_calls_it(tmp_path):
    assert release(tmp_path) == "?"
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"], ["tag", "v7"]):
        subprocess.run([*git, *arguments], check=True)
    assert release(tmp_path) == "v7"
    for name in ("bench/history.csv", "docs/costs.md", "code.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "second"], check=True)
    for name in ("bench/history.csv", "docs/costs.md"):
        (tmp_path / name).write_text("2")
    assert not release(tmp_path).endswith("-dirty"), "what a record writes is no other code"
    (tmp_path / "code.py").write_text("2")
    assert release(tmp_path).endswith("-dirty")
