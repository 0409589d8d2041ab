"""How much sooner two workers finish than one, on a sweep of smoke runs: `make bench`. Prints, and asserts nothing.

Four runs of a notebook's smoke profile, one seed each: by one worker with all cores, by one worker per core, and by one
worker with warm kernels. Only an otherwise idle machine gives numbers worth having.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from course.run.threads import available_cores, threads_per_worker
from course.run.warm_kernels import can_fork
from course.sweep.driver import execute_sweep
from course.sweep.folder import Results
from course.sweep.local import execute_locally
from course.sweep.study import Study
from course.sweep.study_file import read_study
from helpers.notebook.index import find_notebook


def seconds(study: Study, folder: Path, workers: int, warm: bool = False) -> float:
    """Wall time of a whole sweep, the start of its workers included. Raises SystemExit where a run fails."""
    threads = threads_per_worker(workers)
    start = time.perf_counter()

    def execute(works, take):
        execute_locally(works, take, workers=workers, threads=threads, warm=warm)

    results = Results(folder)
    with results.locked():
        outcome = execute_sweep(study, results, execute)
    if outcome.failed:
        raise SystemExit(f"a run failed: {outcome.faults[0]}")
    took = time.perf_counter() - start
    kind = ", warm" if warm else ""
    print(
        f"{workers} worker{'s' if workers > 1 else ''} x {threads} threads{kind}: {study.size} runs in {took:.1f} s",
        flush=True,
    )
    return took


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare one worker with one per core, and fresh with warm kernels.")
    parser.add_argument("--notebook", default="02", help="whose smoke profile to run (default: 02)")
    parser.add_argument("--runs", type=int, default=4, help="how many runs, one seed each (default: 4)")
    given = parser.parse_args()
    notebook, cores = find_notebook(given.notebook), available_cores()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "bench.yml"
        path.write_text(f"notebook: {notebook}\nprofile: smoke\nrepeats: {given.runs}\n", encoding="utf-8")
        study = read_study(path)
        warm_up = Path(place) / "files"  # the simulated data are made once, and read from the cache from then on
        seconds(study, warm_up, cores)
        one = seconds(study, Path(place) / "one", 1)
        many = seconds(study, Path(place) / "many", max(2, cores))
        print(f"{max(2, cores)} workers against one: {one / many:.2f} times sooner")
        if can_fork():
            warm = seconds(study, Path(place) / "warm", 1, warm=True)
            print(f"warm against fresh kernels, one worker: {one / warm:.2f} times sooner")


if __name__ == "__main__":
    main()
