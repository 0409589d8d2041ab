"""Evidence and the runs that give it: what the claims of the course rest on, and what is said of it."""

import math
import random
import statistics

import nbformat
import pytest
import sample_notebooks as sample
from click.testing import CliRunner
from scipy.stats import t as student

from course.cli import main
from course.site.refresh import refresh
from course.sweep import claim_runs
from helpers.notebook import evidence as module
from helpers.notebook.claims import Claim, claims_of
from helpers.notebook.evidence import (
    MOST_EXPECTED_OFF,
    ClaimEvidence,
    Evidence,
    course_expected_off,
    fingerprint,
    rarity,
    read_evidence,
    summarise,
)
from helpers.notebook.index import find_notebooks

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]
LEAST_RUNS = 24  # twenty seeds and four other kinds of arithmetic: what `course claims` gathers
VALUES = [0.70, 0.72, 0.74, 0.76, 0.78]


@pytest.mark.parametrize("path", COURSE)
def test_the_stored_evidence_is_of_the_notebook_as_it_is(path):
    stored, evidence = nbformat.read(path, as_version=4), read_evidence(path.stem)
    assert evidence is not None, f"no evidence: course claims {path.stem[:2]}"
    assert evidence.of.covers(fingerprint(stored)), f"older than the cells: course claims {path.stem[:2]}"
    held = {(claim.statement, claim.low, claim.high) for claim in evidence.claims}
    assert {(claim.statement, claim.low, claim.high) for claim in claims_of(stored)} == held


@pytest.mark.parametrize("path", COURSE)
def test_no_claim_is_fragile_or_idle(path):
    evidence = read_evidence(path.stem)
    assert list(claim_runs.faults(evidence)) == []
    assert min(claim.n for claim in evidence.claims) >= LEAST_RUNS
    for claim in evidence.claims:  # the row agrees with itself
        assert claim.least <= claim.mean <= claim.greatest
        assert (claim.off == 0) == (claim.contains(claim.least) and claim.contains(claim.greatest))


def test_a_run_of_the_course_on_a_new_machine_is_expected_to_find_nothing_off():
    assert course_expected_off() < MOST_EXPECTED_OFF


def of(low=0.5, high=0.9, sd=0.02, off=0, rivals=None, mean=0.7):
    rivals = {"knows nothing": 0.4} if rivals is None else rivals
    return ClaimEvidence("the AUC", low, high, 24, mean, sd, round(mean - 0.04, 2), round(mean + 0.04, 2), off, rivals)


@pytest.mark.parametrize(
    ("claim", "fragile", "idle"),
    [
        (of(), False, False),
        (of(low=None), False, True),  # .4 would pass
        (of(high=None), False, False),
        (of(low=0.63), True, False),
        (of(high=0.77), True, False),
        (of(off=1), True, False),
        (of(rivals={}), False, True),
        (of(rivals={"knows nothing": 0.4, "upside down": 0.6}), False, True),
        (of(sd=0.0), False, False),
        (of(sd=0.0, mean=0.95), True, False),
    ],
)
def test_what_is_fragile_and_what_is_idle(claim, fragile, idle):
    assert (claim.fragile, claim.idle) == (fragile, idle)


def test_the_chance_to_be_off_is_that_of_one_more_draw():
    """Simulated: 24 normal numbers give a band of three standard deviations; how often is the next one outside?"""
    import numpy as np

    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(200_000, 25))
    mean, sd = numbers[:, :24].mean(axis=1), numbers[:, :24].std(axis=1, ddof=1)
    outside = np.mean(np.abs(numbers[:, 24] - mean) > 3 * sd)
    assert of(low=0.64, high=0.76).chance_off == pytest.approx(outside, rel=0.06)
    assert of(low=0.64, high=0.76).chance_off == pytest.approx(2 * student.sf(3 / math.sqrt(1 + 1 / 24), 23))


def test_runs_are_summarised_by_the_bands_of_the_stored_notebook():
    committed = [Claim("the AUC", 0.74, 0.5, 0.77, {"knows nothing": 0.45})]
    runs = [
        [Claim("the AUC", value, 0.0, 1.0, {"knows nothing": rival})]
        for value, rival in zip(VALUES, VALUES[::-1], strict=True)
    ]
    (found,) = summarise(committed, [*runs, [Claim("the AUC", None)], []])
    assert (found.n, found.off, found.least, found.greatest) == (5, 3, 0.70, 0.78)  # one outside, two not stated
    assert found.mean == pytest.approx(0.74)
    assert found.sd == pytest.approx(statistics.stdev(VALUES))
    assert found.above == pytest.approx(0.03 / statistics.stdev(VALUES))
    assert found.contains(found.rivals["knows nothing"])
    with pytest.raises(ValueError, match="no run states this claim"):
        summarise([Claim("another", 1.0, 0.0)], runs)


def test_evidence_is_stored_and_read_back(tmp_path):
    cells = {"cells": sample.good_cells()}
    claims = (of(), of(low=None, rivals={}), of(sd=0.0, high=None))
    before = Evidence(fingerprint(cells), {"processor": "a: b, c", "runs": "24"}, claims)
    (tmp_path / "01.csv").write_text(before.written(), encoding="utf-8")
    after = read_evidence("01_adding", tmp_path)
    assert after == before
    assert read_evidence("02_other", tmp_path) is None
    assert course_expected_off(tmp_path) == pytest.approx(before.expected_off)


def test_rarity_is_told_in_words(tmp_path, monkeypatch):
    evidence = Evidence(fingerprint({"cells": []}), {}, (of(low=0.64, high=0.76),))
    (tmp_path / "01.csv").write_text(evidence.written(), encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    assert rarity("01_adding", "the AUC") == (
        "In 24 runs of the stored evidence it was never off (mean 0.7, standard deviation 0.02); "
        "expected in one in 136 of runs."
    )
    assert rarity("01_adding", "the loss") == "No evidence is stored for this claim."


BOOKKEEPING = "twice = 2 * total\nclaim('twice', twice, at_least=1)\nclaim('the sum', total, at_least=1)"


def changed(source, replaced, tags=("bookkeeping",)):
    """Fingerprints of two notebooks that differ in one cell."""
    pair = [[*sample.good_cells(), sample.code(one, tags=tags)] for one in (source, replaced)]
    return [fingerprint({"cells": cells}) for cells in pair]


@pytest.mark.parametrize(
    ("source", "replaced", "tags", "covered"),
    [
        ("x = 1", "x = 2", (), False),
        ("x = 1", "x = 1  # one", (), True),
        ("x = 1", "import math\nx = 1\nplots.curve(x, alt='A curve.')", (), True),
        ("x = 1", "display(plots.curve(1, alt='A curve.'), plots.grid(2))\nx = 1", (), True),
        ("x = 1", "x = 1\nplots.control(lambda y: plots.curve(y, alt='A curve.'), y=(0, 0, 1))", (), True),
        ("if x:\n    plots.curve(x)", "if x:\n    display(plots.curve(x))", (), True),
        ("x = 1", "x = 1\ndisplay(plots.curve(1), draw(x))", (), False),
        ("x = 1", "x = 1\ndisplay()", (), False),
        ("x = 1", "x = plots.curve(1)", (), False),
        ("x = 1", "x = plots.control(1)", (), False),
        ("x = 1", "%time x = 1", (), False),
        (
            BOOKKEEPING,
            BOOKKEEPING.replace("at_least=1", "between=(1, 9), rivals={'nothing': 0}"),
            ("bookkeeping",),
            True,
        ),
        (BOOKKEEPING, "claim('the sum', total, at_least=1)", ("bookkeeping",), True),
        (BOOKKEEPING, BOOKKEEPING.replace("2 * total", "3 * total"), ("bookkeeping",), False),
        (BOOKKEEPING, BOOKKEEPING.replace("'twice'", "'two times'"), ("bookkeeping",), False),
        (BOOKKEEPING, BOOKKEEPING + "\nclaim('half', total / 2, at_least=0)", ("bookkeeping",), False),
        (BOOKKEEPING, BOOKKEEPING.replace("2 * total", "3 * total"), (), False),
    ],
)
def test_evidence_is_old_when_what_is_computed_has_changed(source, replaced, tags, covered):
    before, after = changed(source, replaced, tags)
    assert before.covers(after) == covered


RANDOM = """import os
import random
draw = random.Random(seed).gauss(10, 1) + (os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "1")
claim("the draw", draw, between=(0, 20), rivals={"none": -1})
claim("the draw again", draw, between=(8, 12), rivals={"ten": 10})"""


@pytest.fixture
def claims(tmp_path, monkeypatch):
    """`course claims` over a small notebook with a fragile and an idle claim, its evidence and runs in a folder."""
    cells = [*sample.good_cells(), sample.code(RANDOM, tags=["bookkeeping"])]
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", cells)
    assert refresh(notebook).ok
    monkeypatch.setattr(claim_runs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return notebook, lambda *options: CliRunner().invoke(main, ["claims", str(notebook), *options])


def test_evidence_is_gathered_and_goes_on_where_it_stopped(claims, tmp_path):
    notebook, run = claims
    told = run("--seeds", "3", "--workers", "2")
    assert told.exit_code == 1
    assert "the draw again\n      fragile: off in" in told.output
    assert "the draw again\n      idle: ten would pass" in told.output
    assert "the draw\n" not in told.output
    assert "Expected claims off in one run of the whole course on a new machine:" in told.output
    evidence = read_evidence(notebook.stem)
    assert {claim.statement: claim.n for claim in evidence.claims} == {"the sum": 7, "the draw": 7, "the draw again": 7}
    draws = [random.Random(seed).gauss(10, 1) for seed in (1000, 2000, 3000, 101_000, 102_000, 103_000, 104_000)]
    draws[3] += 1  # the two runs with oneDNN
    draws[5] += 1
    assert evidence.claims[1].mean == pytest.approx(statistics.fmean(draws), abs=1e-5)
    assert evidence.about["runs"].startswith(
        "3 seeds from 1000 in steps of 1000; then TF_ENABLE_ONEDNN_OPTS=1; ONEDNN_MAX_CPU_ISA=SSE41"
    )
    finished = {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/*/*/runs/*/results.json")}
    assert len(finished) == 7
    run("--seeds", "4")
    after = {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/*/*/runs/*/results.json")}
    assert len(after) == 8
    assert finished.items() <= after.items()


def test_a_run_that_fails_is_no_evidence(claims):
    notebook, run = claims
    stored = nbformat.read(notebook, as_version=4)
    stored.cells[-1].source = "1 / 0"
    nbformat.write(stored, notebook)
    told = run("--seeds", "2")
    assert (told.exit_code, "a run failed" in told.output) == (1, True)
    assert read_evidence(notebook.stem) is None
