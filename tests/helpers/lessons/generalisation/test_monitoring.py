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


def test_sums_go_on_from_where_they_were():
    scores = np.random.default_rng(4).normal(0.2, 1, (3, 40))
    first = monitoring.cusum(scores[:, :25])
    assert monitoring.cusum(scores[:, 25:], before=first[..., -1:]) == pytest.approx(monitoring.cusum(scores)[..., 25:])


def test_a_run_that_outlasts_a_block_is_counted_from_its_beginning():
    def stream(rng, shape):
        return np.full(shape, 1.25)

    late = monitoring.BLOCK + 7.0
    assert monitoring.run_lengths(stream, late, runs=2, seed=1).tolist() == [late, late]


def test_no_run_waits_for_another():
    """Runs of one seed that alarm at different times: each as the recursion has it."""
    rng = np.random.default_rng(6)
    scores = rng.normal(0, 1, (5, 10 * monitoring.BLOCK))
    at = np.zeros(5, int)

    def stream(_, shape):
        rows = [k for k in range(5) if at[k] >= 0][: shape[0]]
        block = np.stack([scores[k, at[k] : at[k] + shape[1]] for k in rows])
        for k in rows:
            at[k] += shape[1]
            if by_hand(scores[k, : at[k]], monitoring.SLACK).max() >= 10.0:
                at[k] = -1
        return block

    alone = [int((by_hand(one, monitoring.SLACK).max(axis=0) >= 10.0).argmax()) + 1 for one in scores]
    assert monitoring.run_lengths(stream, 10.0, runs=5, seed=1).tolist() == alone
    assert max(alone) > monitoring.BLOCK, "else nothing was carried over"


def test_a_run_ends_at_the_first_alarm():
    def stream(rng, shape):
        return np.full(shape, 1.25)  # adds 1 each time

    assert monitoring.run_lengths(stream, 7.0, runs=3, seed=1).tolist() == [7, 7, 7]


def test_a_stream_that_never_alarms_counts_as_never():
    def stream(rng, shape):
        return np.zeros(shape)

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
