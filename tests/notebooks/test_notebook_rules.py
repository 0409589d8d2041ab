"""Broken on purpose: each rule, and nbval itself, turns red on a notebook that breaks it."""

import re
import subprocess
import sys

import notebook_rules as rules
import pytest
import reading_time
import sample_notebooks as sample

from helpers.base.paths import ROOT

LONG_TEXT = "A curve that rises from left to right."
SHOWN = sample.code(f"plots.f(alt='{LONG_TEXT}')", sample.figure(LONG_TEXT))
DISPLAYED = sample.code(f"display(plots.f(alt='{LONG_TEXT}'))\nplots.show_source(f)\nx = 1", sample.figure(LONG_TEXT))


@pytest.fixture
def write(tmp_path):
    """Writes a notebook from cells and metadata, with what the rules want beside it."""

    def write(cells=None, **course):
        return sample.write_notebook(tmp_path / "01_adding.ipynb", cells, **course)

    return write


def with_cell(*cells):
    """The good notebook with cells at its end."""
    return [*sample.good_cells(), *cells]


def changed(position, cell):
    """The good notebook with another cell in one place."""
    cells = sample.good_cells()
    cells[position] = cell
    return cells


def open_bookkeeping():
    """A cell whose tag says that it is folded, and which is not."""
    cell = sample.code("x = 1", tags=["bookkeeping"])
    del cell.metadata["jupyter"]
    return cell


def folded(source):
    """A cell of bookkeeping."""
    return sample.code(source, tags=["bookkeeping"])


FOLDED = folded("hidden = 2")
OWN_NAMES = (
    FOLDED,
    sample.code("hidden = 3"),
    sample.code("hidden + 1"),
    folded("shown, other = 1, 4"),
    sample.code("[shown for shown in (1, 2)]"),
    sample.code("def f(shown):\n    other = shown\n    return other"),
)


def test_names_of_a_functions_own_and_names_bound_again_are_no_fault(write):
    assert rules.cells_read_no_name_of_bookkeeping(write(with_cell(*OWN_NAMES))) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_good_notebook_keeps_every_rule(write, rule):
    assert rule(write(with_cell(SHOWN, DISPLAYED))) == []


BROKEN = [
    (rules.figures_have_alternative_text, with_cell(sample.code("plot()", sample.figure(None))), "alternative text"),
    (rules.figures_have_alternative_text, with_cell(sample.code("plot()", sample.figure("A curve."))), "A curve."),
    (rules.figures_are_shown, with_cell(sample.code("plots.f(alt='A curve.')\nx = 1")), "plots.f is not the last"),
    (rules.figures_are_shown, with_cell(sample.code("if x:\n    plots.f(alt='A curve.')")), "plots.f is not the last"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.printed("oh\n", "stderr"))), "text on stderr"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.printed(" 40%|####   | 2/5"))), "a progress bar"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.printed("1/5\r2/5"))), "a progress bar"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.text("'/home/me/scan.npz'"))), "a machine path"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.text(r"'C:\Users\me'"))), "a machine path"),
    (rules.outputs_are_clean, with_cell(sample.code("x", sample.printed("Looking in indexes: "))), "package index"),
    (
        rules.outputs_are_clean,
        with_cell(sample.code("1 / 0", sample.new_output("error", ename="ZeroDivisionError", evalue="", traceback=[]))),
        "a traceback, ZeroDivisionError",
    ),
    (
        rules.most_cells_are_compared,
        with_cell(sample.code("x", tags=["nbval-ignore-output"]), *map(sample.code, ["# NBVAL_IGNORE_OUTPUT"] * 2)),
        "3 of 9 code cells",
    ),
    (rules.most_cells_are_compared, with_cell(sample.code("x", tags=["nbval-skip"])), "not check at all"),
    (rules.parameters_are_declared_and_checked, changed(3, sample.code("x = 1")), "the cell after the parameters"),
    (rules.parameters_are_declared_and_checked, changed(2, sample.code("x = 1")), "0 cells tagged `parameters`"),
    (
        rules.parameters_are_declared_and_checked,
        changed(2, sample.code("size: int = 3  # how many", tags=["parameters"])),
        "size: neither a range nor choices",
    ),
    (
        rules.parameters_are_declared_and_checked,
        changed(2, sample.code("x: bool = True", tags=["parameters"])),
        "x: no comment",
    ),
    (
        rules.parameters_are_as_written,
        changed(2, sample.code(sample.PARAMETERS.replace("= 3", "= 4"), tags=["parameters"])),
        "make refresh",
    ),
    (rules.cells_are_short, with_cell(sample.code("x = 1\n" * 16)), "16 lines"),
    (rules.texts_are_short, with_cell(sample.new_markdown_cell("word " * 201)), "201 words"),
    (
        rules.minutes_are_those_counted,
        with_cell(sample.new_markdown_cell("word " * 900)),
        "teaching_minutes: 5",
    ),
    (rules.minutes_are_those_counted, with_cell(SHOWN, sample.code("x", tags=["exercise"])), "exercise_minutes: 1"),
    (
        rules.signs_are_in_every_font,
        with_cell(sample.new_markdown_cell("\N{ELECTRIC LIGHT BULB} Hint")),
        "☼ for a hint",
    ),
    (rules.file_is_small, with_cell(sample.code("x", sample.printed("y" * 1_000_000))), "more than 1,000,000"),
    (rules.results_are_recorded_once, with_cell(sample.code("x", sample.recorded_output("total", 1))), "2 times"),
    (rules.claims_are_stated_once, with_cell(sample.code("x", sample.claims_output())), "2 times"),
    (rules.claims_hold, changed(5, sample.code("x", sample.claims_output(4.0))), "measured 4, the text says 3 to 3"),
    (rules.bookkeeping_is_folded, with_cell(sample.code(sample.CLAIM)), "without the tag bookkeeping"),
    (rules.bookkeeping_is_folded, with_cell(open_bookkeeping()), "not hidden"),
    (rules.cells_read_no_name_of_bookkeeping, with_cell(FOLDED, sample.code("hidden + 1")), "reads hidden"),
    (
        rules.cells_read_no_name_of_bookkeeping,
        with_cell(sample.code("hidden = 1"), FOLDED, sample.code("def f():\n    return [hidden for _ in '12']")),
        "reads hidden",
    ),
]


@pytest.mark.parametrize(("rule", "cells", "fault"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
def test_a_broken_notebook_is_told(write, rule, cells, fault):
    faults = rule(write(cells))
    assert len(faults) == 1
    assert fault in faults[0]


TEXTS = {
    "words of the lesson": ("## A\n\n" + "word " * 178, reading_time.Count(180, 0, 0, 0)),
    "an optional section": ("## A\n\n### More (optional)\n\nmany words\n\n## B", reading_time.Count(4, 0, 0, 0)),
    "an exercise": ("Read this. ✎ **Exercise 01.1: add.** Not this.", reading_time.Count(2, 0, 0, 0)),
    "a quiz": ("## 9 Quiz\n\n1. What?\n\n## Summary\n\n## Sources\n\n* A", reading_time.Count(2, 0, 0, 0)),
}


@pytest.mark.parametrize(("text", "count"), TEXTS.values(), ids=TEXTS)
def test_words_are_counted_where_they_are_read(text, count):
    assert reading_time.count(sample.new_notebook(cells=[sample.new_markdown_cell(text)])) == count


def test_cells_and_figures_are_counted_where_they_are_read():
    cells = [
        sample.code(SHOWN.source, *SHOWN.outputs),
        sample.code("x", tags=["bookkeeping"]),
        sample.code("x", tags=["exercise"]),
        sample.code("x", tags=["solution-01.1"]),
        sample.new_markdown_cell("## Optional: more"),
        sample.code(SHOWN.source, *SHOWN.outputs),
    ]
    counted = reading_time.count(sample.new_notebook(cells=cells))
    assert counted == reading_time.Count(0, 1, 1, 1)
    assert counted.reading == 40 / 60 + 1
    assert counted.exercising == reading_time.MINUTES_AN_EXERCISE


@pytest.mark.parametrize(
    ("course", "fault"),
    [
        ({"description": "No full stop"}, "course.description"),
        ({"description": "x" * 100 + "."}, "course.description"),
        ({"objectives": []}, "course.objectives"),
        ({"teaching_minutes": "45"}, "course.teaching_minutes"),
        ({"updated": "23/11/2026"}, "course.updated"),
        ({"datasets": "chest"}, "course.datasets"),
        ({"topics": "privacy"}, "course.topics"),
        ({"as_written": [3]}, "course.as_written"),
        ({"author": ["me"]}, "course.author: no such key"),
    ],
)
def test_broken_metadata_is_told(write, course, fault):
    assert [fault in found for found in rules.metadata_follows_the_schema(write(**course))] == [True]


def test_an_unknown_topic_is_told(write):
    faults = rules.topics_are_known(write(topics=["privacy", "astrology"]))
    assert faults == ["metadata course.topics: astrology is not in topics.yml"]


def test_a_profile_that_is_missing_or_not_allowed_is_told(write):
    notebook = write()
    profiles = notebook.parent / "profiles.yml"
    profiles.write_text("01_adding: {smoke: {}}", encoding="utf-8")
    assert rules.profiles_are_allowed(notebook) == ["profiles.yml: no profile full for 01_adding"]
    profiles.write_text("01_adding: {smoke: {sizes: 1}, full: {}}", encoding="utf-8")
    with pytest.raises(ValueError, match="did you mean size"):
        rules.profiles_are_allowed(notebook)


def test_cells_out_of_order_and_notes_of_a_run_are_told(write):
    path = write()
    notebook = rules.read(path)
    notebook.cells[2].execution_count = 9
    notebook.cells[3].metadata["execution"] = {}
    notebook.metadata["papermill"] = {}
    notebook.metadata.language_info["version"] = "3.11"
    notebook.metadata.kernelspec["name"] = "conda-env"
    sample.nbformat.write(notebook, path)
    assert len(rules.executed_in_order(path)) == 1
    assert len(rules.metadata_is_the_same_on_every_machine(path)) == 4


REACHING_OUT = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)"
FACT = "from helpers.notebook.facts import publish_fact\npublish_fact('counts', [3])"
OWN_WARNING = "import warnings\nwarnings.warn_explicit('old', UserWarning, 'x.py', 1, module='helpers.models.networks')"


@pytest.fixture(scope="module")
def nbval(tmp_path_factory):
    """What `pytest --nbval` says about four notebooks, of which one is good: its report, a line per cell."""
    folder = tmp_path_factory.mktemp("nbval")
    number = sample.good_cells()
    number[-1] = sample.code("total + 1", sample.text("5"))
    off = sample.good_cells()
    off[4] = sample.code(
        sample.RESULT.replace("sum(", "1 + sum("), sample.recorded_output("total", 3), tags=["bookkeeping"]
    )
    off[-1] = sample.code("total + 1", sample.text("4"))
    result = sample.good_cells()
    result[4] = sample.code(sample.RESULT, sample.recorded_output("total", 3.0001), tags=["bookkeeping"])
    result[5] = sample.code(sample.CLAIM, sample.claims_output(3.0001), tags=["bookkeeping"])
    result.append(sample.code(FACT, sample.fact_output("counts", [2])))
    result.append(sample.code(FACT))  # as stored before there were facts
    sample.write_notebook(folder / "01_good.ipynb", result)
    sample.write_notebook(folder / "02_number.ipynb", number)
    sample.write_notebook(folder / "03_off.ipynb", off)
    network = [sample.code("1", sample.text("1")), sample.code(REACHING_OUT), sample.code(OWN_WARNING)]
    sample.write_notebook(folder / "04_network.ipynb", network)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        "pyproject.toml",
        "-p",
        "conftest",
        "--nbval",
        "--nbval-current-env",
    ]
    done = subprocess.run([*command, "-vv", "--color=no", str(folder)], cwd=ROOT, capture_output=True, text=True)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def outcomes(report: str, name: str) -> list[str]:
    return re.findall(rf"{re.escape(name)}::Cell \d+ (PASSED|FAILED) ", report)


def test_nbval_is_green_where_only_numbers_beside_the_text_differ(nbval):
    assert outcomes(nbval, "01_good.ipynb") == ["PASSED"] * 8


def test_nbval_is_red_where_one_stored_number_differs(nbval):
    assert outcomes(nbval, "02_number.ipynb") == ["PASSED"] * 5 + ["FAILED"]


def test_nbval_is_red_where_a_claim_is_off(nbval):
    assert outcomes(nbval, "03_off.ipynb") == ["PASSED"] * 4 + ["FAILED"] * 2
    assert "✗ the sum: measured 4, the text says 3 to 3" in nbval


def test_nbval_is_red_where_a_notebook_reaches_out_or_our_code_warns(nbval):
    assert outcomes(nbval, "04_network.ipynb") == ["PASSED", "FAILED", "FAILED"]
    assert "SocketConnectBlockedError" in nbval
    assert "UserWarning: old" in nbval
