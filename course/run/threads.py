"""How many threads a run may use, so that several at once share the cores instead of fighting for them.

NumPy's libraries and TensorFlow read these settings when they start, so they go into the environment of a process
before it begins.
"""

from __future__ import annotations

import os

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def available_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_per_worker(workers: int) -> int:
    """An equal share of the cores for each of some workers, one at least.

    >>> threads_per_worker(10_000)
    1
    """
    return max(1, available_cores() // workers)


def thread_settings(threads: int) -> dict[str, str]:
    """The environment variables that hold NumPy's libraries and TensorFlow to this many threads each.

    >>> thread_settings(2)["TF_NUM_INTRAOP_THREADS"]
    '2'
    """
    return dict.fromkeys(THREAD_VARIABLES, str(threads))
