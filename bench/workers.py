"""How much sooner a sweep of smoke runs ends: one worker per core against one, and warm kernels against fresh ones."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml

from bench.measuring import Row, in_turn, ratios, seconds_of
from course.run.threads import available_cores, threads_per_worker
from course.run.warm_kernels import can_fork
from course.sweep.driver import execute_sweep
from course.sweep.folder import Results
from course.sweep.local import execute_locally
from course.sweep.study import Study
from course.sweep.study_file import read_study
from helpers.notebook.index import find_notebook

DEFAULT = {"notebook": "02", "runs": 2, "repeats": 1}
QUICK = {"notebook": "01", "runs": 1, "repeats": 1}


def measure(*, notebook: str, runs: int, repeats: int) -> Iterator[Row]:
    """Seconds of `runs` smoke runs of a notebook, a seed each: by one worker, by one per core, by one that is warm.

    There are at least as many runs as cores.
    """
    many = max(2, available_cores())
    runs = max(runs, many)
    crews = {"1 worker": (1, False), f"{many} workers": (many, False)}
    if can_fork():
        crews["1 worker, warm kernels"] = (1, True)
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        path = Path(folder) / "bench.yml"
        content = {"notebook": str(find_notebook(notebook)), "profile": "smoke", "repeats": runs}
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        study = read_study(path)
        sweep(study, Path(folder), many, False)  # simulated data are made once, and read from the cache from then on
        rivals = {name: partial(seconds_of, partial(sweep, study, Path(folder), *crew)) for name, crew in crews.items()}
        found = in_turn(rivals, repeats)
    one, *others = found
    for name, took in found.items():
        yield Row(f"{runs} smoke runs of {notebook}: {name}", "s", took)
    for name in others:
        yield Row(
            f"{runs} smoke runs of {notebook}: {name} against {one}", "times sooner", ratios(found[one], found[name])
        )


def sweep(study: Study, folder: Path, workers: int, warm: bool):
    """Run a whole sweep in a fresh folder, the start of its workers included. Raises RuntimeError where a run fails."""
    threads = threads_per_worker(workers)

    def execute(works, take):
        execute_locally(works, take, workers=workers, threads=threads, warm=warm)

    with tempfile.TemporaryDirectory(dir=folder) as place:
        results = Results(Path(place) / "sweep")
        with results.locked():
            outcome = execute_sweep(study, results, execute)
    if outcome.failed:
        raise RuntimeError(f"a run failed: {outcome.faults[0]}")
