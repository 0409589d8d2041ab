"""What all measures share: repeat rivals in turn, tell how the repeats spread, keep a rival in a process of its own.

The clock is Python's time.perf_counter. Libraries for benchmarks (pyperf, asv, pytest-benchmark) time one thing after
the other; here rivals take turns, so that whatever else the machine does hits all of them, and ratios are of one turn.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, in which unit, each repeat, and what the reader must know of it.

    values: one per repeat; none where it could not be measured, as `note` then says. details: more of it, for the JSON
    alone.
    """

    what: str
    unit: str
    values: tuple[float, ...] = ()
    note: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """Median, least and greatest of the repeats; None where there are none."""
        return (statistics.median(self.values), min(self.values), max(self.values)) if self.values else None


def seconds_of(action: Callable[[], object]) -> float:
    """How long a call takes, in seconds of wall time."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turn(rivals: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, tuple[float, ...]]:
    """What each rival returns in each of so many rounds; who is first in one round is last in the next.

    >>> in_turn({"one": lambda: 1.0, "two": lambda: 2.0}, 2)
    {'one': (1.0, 1.0), 'two': (2.0, 2.0)}
    """
    names, found = list(rivals), {name: [] for name in rivals}
    for number in range(repeats):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(rivals[name]())
    return {name: tuple(values) for name, values in found.items()}


def ratios(over: Sequence[float], under: Sequence[float]) -> tuple[float, ...]:
    """One by the other, round by round.

    >>> ratios([6.0, 8.0], [3.0, 2.0])
    (2.0, 4.0)
    """
    return tuple(one / other for one, other in zip(over, under, strict=True))


def seconds_and_mb_of(action: Callable[[], object]) -> tuple[float, float | None]:
    """How long a call takes, and how much memory this process holds at its highest above what it held before, in 10^6
    bytes: as Linux counts it (VmHWM), None elsewhere."""
    forget = Path("/proc/self/clear_refs")
    if counts := forget.exists():
        forget.write_text("5", encoding="ascii")  # the highest so far is forgotten
        before = _highest_mb()
    seconds = seconds_of(action)
    return seconds, _highest_mb() - before if counts else None


def _highest_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6


class Apart:
    """A process of its own that prepares something once, and then does it as often as it is asked.

    prepare: a function of a module; takes the arguments and returns what is to be called, without arguments, each time.
    environment: variables that differ from this process'. An error there is raised here.
    """

    def __init__(self, prepare: Callable[..., Callable], *arguments, environment: Mapping[str, str] | None = None):
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            with with_environment(environment or {}):  # the process starts with the first call
                self._pool.submit(_prepare, prepare, arguments).result()
        except BaseException:
            self.close()
            raise

    def __call__(self):
        return self._pool.submit(_again).result()

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the process."""
        self._pool.shutdown(cancel_futures=True)


_prepared: list[Callable] = []  # in the process of an Apart


def _prepare(prepare: Callable[..., Callable], arguments: Sequence):
    _prepared.append(prepare(*arguments))


def _again():
    return _prepared[-1]()


@contextmanager
def with_environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Change environment variables for as long as the block lasts."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
