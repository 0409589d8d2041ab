"""The monitor's sums by hand, and that it waits as long as it is said to."""

import numpy as np
import pytest

from helpers.lessons.generalisation import monitoring


def by_hand(scores, slack):
    up = down = 0.0
    sums = []
    for score in scores:
        up, down = max(0, up + score - slack), max(0, down - score - slack)
        sums.append((up, down))
    return np.array(sums).T


@pytest.mark.parametrize("slack", [0.0, 0.25, 1.0])
def test_the_sums_are_those_of_pages_recursion(slack):
    scores = np.random.default_rng(1).normal(0.2, 1, 300)
    assert monitoring.cusum(scores, slack) == pytest.approx(by_hand(scores, slack))


def test_a_run_ends_at_the_first_alarm():
    def stream(rng, n):
        return np.full(n, 1.25)  # adds 1 each time

    assert monitoring.run_lengths(stream, 7.0, runs=3, seed=1).tolist() == [7, 7, 7]


def test_a_stream_that_never_alarms_counts_as_never():
    def stream(rng, n):
        return np.zeros(n)

    assert monitoring.run_lengths(stream, 5.0, runs=1, seed=1).tolist() == [monitoring.NEVER]


def test_the_height_holds_false_alarms_and_a_shift_is_found_far_sooner():
    scores = np.random.default_rng(2).normal(size=400)
    home = monitoring.people_of((scores - scores.mean()) / scores.std())
    height = monitoring.height_for(home, 200, runs=200, seed=1)
    table = monitoring.delays(
        home, {"shifted": monitoring.people_of(scores + 1)}, [height / 2, height], runs=300, seed=9
    )
    assert table["at home"].iloc[1] == pytest.approx(200, rel=0.35)
    assert table["shifted"].iloc[1] < 0.15 * table["at home"].iloc[1]
    assert table["at home"].iloc[0] < 0.5 * table["at home"].iloc[1]
