"""A monitor that says when to look: the CUSUM of a score over people in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

SLACK = 0.25  # standard deviations by which a score may be off before anything adds up: half of a shift of .5
NEVER = 20_000  # people after which a monitor that has not alarmed counts as silent

BLOCK = 500  # people of each run that are drawn at a time

Stream = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def cusum(scores: np.ndarray, slack: float = SLACK, before: np.ndarray | float = 0.0) -> np.ndarray:
    """Two cumulative sums, (2, ..., n): how far scores have run above and below 0, each forgotten when below 0.

    scores: standardised, so that at home their mean is 0 and their standard deviation 1; shape (..., n), over people.
    before: the sums that they go on from, (2, ..., 1). S = max(0, S + score - slack), and the same of -score.
    Source: Page, Biometrika 41:100, 1954. Taught in notebooks/08_generalisation.ipynb, section 2.4.
    """
    steps = np.stack([scores, -scores]) - slack
    total = before + np.cumsum(steps, axis=-1)
    return total - np.minimum(np.minimum.accumulate(total, axis=-1), 0)  # S as the height above the lowest point so far


def run_lengths(stream: Stream, height: float, *, runs: int, seed: int, slack: float = SLACK) -> np.ndarray:
    """How many people pass before the monitor alarms, (runs,): it does where either sum reaches `height`.

    stream(rng, (k, n)): the scores of n people in a row, in each of k runs. A run that never alarms counts as NEVER.
    """
    rng = np.random.default_rng(seed)
    lengths = np.full(runs, float(NEVER))
    silent, sums = np.arange(runs), np.zeros((2, runs, 1))
    for passed in range(0, NEVER, BLOCK):
        walk = cusum(stream(rng, (len(silent), BLOCK)), slack, sums)
        above = walk.max(axis=0) >= height
        alarmed = above.any(axis=1)
        lengths[silent[alarmed]] = passed + above[alarmed].argmax(axis=1) + 1
        silent, sums = silent[~alarmed], walk[:, ~alarmed, -1:]
        if not len(silent):
            break
    return lengths


def height_for(
    stream: Stream, false_alarm_every: float, *, runs: int, seed: int, slack: float = SLACK, most: float = 64.0
) -> float:
    """The least height, to a tenth, at which false alarms are on average at least so many people apart.

    Twice as high each time until it is high enough (or `most`), then by halves. stream: of people for whom nothing has
    changed; not those on whom the monitor is tried out.
    Taught in notebooks/08_generalisation.ipynb, section 2.4.
    """

    def rare(height: float) -> bool:
        return run_lengths(stream, height, runs=runs, seed=seed, slack=slack).mean() >= false_alarm_every

    low, high = 0.0, 1.0
    while high < most and not rare(high):
        low, high = high, 2 * high
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (low, middle) if rare(middle) else (middle, high)
    return high


def people_of(scores: np.ndarray) -> Stream:
    """A stream of people drawn with replacement from scores (n,), one per person."""
    return lambda rng, shape: rng.choice(scores, shape)


def delays(
    home: Stream, after: dict[str, Stream], heights: Sequence[float], *, runs: int, seed: int, slack: float = SLACK
) -> pd.DataFrame:
    """Mean run length at home (false alarms, one every so many people), and after each change (delay), by height.

    A row per height, with the columns height, at home, and one per change; each change begins with an empty sum.
    Taught in notebooks/08_generalisation.ipynb, section 2.4.
    """
    return pd.DataFrame(
        [
            {"height": height, "at home": run_lengths(home, height, runs=runs, seed=seed, slack=slack).mean()}
            | {
                name: run_lengths(stream, height, runs=runs, seed=seed, slack=slack).mean()
                for name, stream in after.items()
            }
            for height in heights
        ]
    )
