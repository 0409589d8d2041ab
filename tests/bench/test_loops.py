"""The helpers and the obvious loops give the same; a loop that gives something else is never timed."""

from pathlib import Path

import numpy as np
import pytest

from bench import loops
from bench.rivals import obvious
from helpers.evaluation import Interval

PAIRS = {"simulators": 3, "loaders": 3, "evaluations": 1, "imputers": 4}


def pairs(tmp_path: Path) -> dict[str, list[loops.Pair]]:
    return {
        "simulators": list(loops.simulators(20)),
        "loaders": list(loops.loaders(50, tmp_path)),
        "evaluations": list(loops.evaluations(60, 20)),
        "imputers": list(loops.imputers(80)),
    }


def test_both_agree_in_every_pair(tmp_path):
    found = pairs(tmp_path)
    assert {kind: len(some) for kind, some in found.items()} == PAIRS
    for pair in (pair for some in found.values() for pair in some):
        pair.agree(pair.helper(), pair.loop())


def wrong(result):
    """The same with something changed in it."""
    if isinstance(result, dict):
        name, first = next(iter(result.items()))
        return result | {name: first[::-1]}
    if isinstance(result, Interval):
        return Interval(result.estimate, result.low - 0.01, result.high)
    if isinstance(result, tuple):
        return (result[0] + 1, *result[1:])
    if isinstance(result, list):
        return result[1:]
    return np.where(np.isnan(result), result, result + 3)


def test_each_pair_notices_a_loop_that_gives_something_else(tmp_path):
    for pair in (pair for some in pairs(tmp_path).values() for pair in some):
        with pytest.raises(AssertionError):
            pair.agree(pair.helper(), wrong(pair.loop()))


def test_nothing_is_timed_where_the_results_differ(monkeypatch):
    monkeypatch.setattr(loops, "simulators", lambda patients: iter(()))
    monkeypatch.setattr(loops, "loaders", lambda rows, folder: iter(()))
    monkeypatch.setattr(loops, "evaluations", lambda rows, draws: iter(()))
    monkeypatch.setattr(obvious, "mean_filled", lambda holed: np.nan_to_num(holed))
    monkeypatch.setattr(loops, "in_turn", lambda rivals, repeats: pytest.fail("timed"))
    with pytest.raises(AssertionError):
        list(loops.measure(patients=20, rows=50, draws=10, repeats=1))
