"""Rivals take turns; a process of its own prepares once; memory that is taken is seen."""

import os
import sys

import numpy as np
import pytest

from bench.measuring import Apart, Row, in_turn, ratios, seconds_and_mb_of, seconds_of


def counted(start):
    """Prepared once: each call gives one more, with this process' number and a variable of it."""
    calls = [start]

    def again():
        calls[0] += 1
        return calls[0], os.getpid(), os.environ.get("BENCH_TEST")

    return again


def failing():
    raise ValueError("cannot be prepared")


def test_each_rival_has_its_turn_in_every_round_and_nobody_is_always_first():
    order = []
    rivals = {name: lambda name=name: order.append(name) or float(len(order)) for name in "abc"}
    found = in_turn(rivals, 3)
    assert order == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]
    assert found == {"a": (1, 6, 8), "b": (2, 4, 9), "c": (3, 5, 7)}


def test_ratios_are_of_the_same_round():
    assert ratios((2.0, 9.0), (1.0, 3.0)) == (2, 3)
    with pytest.raises(ValueError, match="shorter"):
        ratios((2.0, 9.0), (1.0,))


def test_a_row_tells_median_least_and_greatest():
    assert Row("a", "s", (3.0, 1.0, 2.0)).spread == (2, 1, 3)
    assert Row("a", "s", note="not installed").spread is None


def test_a_call_is_timed():
    done = []
    assert 0 <= seconds_of(lambda: done.append(1)) < 1
    assert done == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_memory_of_a_call_is_its_highest_and_forgets_what_was_before():
    np.ones(20_000_000).sum()  # 160 MB, gone again
    for _ in range(2):
        assert 75 < seconds_and_mb_of(lambda: np.ones(10_000_000).sum())[1] < 90


def test_a_process_of_its_own_prepares_once_in_its_environment(monkeypatch):
    monkeypatch.setenv("BENCH_TEST", "here")
    with Apart(counted, 10, environment={"BENCH_TEST": "there"}) as one:
        first, second = one(), one()
    assert (first[0], second[0]) == (11, 12)
    assert first[1] == second[1] != os.getpid()
    assert first[2] == "there"
    assert os.environ["BENCH_TEST"] == "here"


def test_an_error_there_is_raised_here():
    with pytest.raises(ValueError, match="cannot be prepared"):
        Apart(failing)
