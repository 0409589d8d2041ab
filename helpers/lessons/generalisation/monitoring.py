"""A monitor that says when to look: the CUSUM of a score over people in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

SLACK = 0.25  # standard deviations by which a score may be off before anything adds up: half of a shift of .5
NEVER = 20_000  # people after which a monitor that has not alarmed counts as silent

Stream = Callable[[np.random.Generator, int], np.ndarray]


def cusum(scores: np.ndarray, slack: float = SLACK) -> np.ndarray:
    """Two cumulative sums, (2, n): how far scores have run above and below 0, each forgotten when it falls below 0.

    scores: standardised, so that at home their mean is 0 and their standard deviation 1; shape (n,).
    S = max(0, S + score - slack), and the same of -score. Source: Page, Biometrika 41:100, 1954.
    Taught in notebooks/08_generalisation.ipynb, section 2.4.
    """
    steps = np.stack([scores, -scores]) - slack
    total = np.cumsum(steps, axis=1)
    return total - np.minimum(np.minimum.accumulate(total, axis=1), 0)  # S as the height above the lowest point so far


def run_lengths(stream: Stream, height: float, *, runs: int, seed: int, slack: float = SLACK) -> np.ndarray:
    """How many people pass before the monitor alarms, (runs,): it does where either sum reaches `height`.

    stream(rng, n): the scores of n people in a row. A run that never alarms counts as NEVER.
    """
    rng = np.random.default_rng(seed)
    lengths = np.empty(runs)
    for run in range(runs):
        n = 500
        scores = stream(rng, n)
        while not (above := cusum(scores, slack).max(axis=0) >= height).any() and len(scores) < NEVER:
            scores = np.concatenate([scores, stream(rng, n)])
        lengths[run] = above.argmax() + 1 if above.any() else NEVER
    return lengths


def height_for(
    stream: Stream, false_alarm_every: float, *, runs: int, seed: int, slack: float = SLACK, most: float = 60.0
) -> float:
    """The least height, to a tenth, at which false alarms are on average at least so many people apart.

    stream: of people for whom nothing has changed; not those on whom the monitor is tried out.
    Taught in notebooks/08_generalisation.ipynb, section 2.4.
    """
    low, high = 0.0, most
    while high - low > 0.1:
        middle = (low + high) / 2
        long_enough = run_lengths(stream, middle, runs=runs, seed=seed, slack=slack).mean() >= false_alarm_every
        low, high = (low, middle) if long_enough else (middle, high)
    return high


def people_of(scores: np.ndarray) -> Stream:
    """A stream of people drawn with replacement from scores (n,), one per person."""
    return lambda rng, n: rng.choice(scores, n)


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
