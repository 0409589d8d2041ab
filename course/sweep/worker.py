"""One worker of a sweep: a process that executes runs, one after the other, until its input ends.

`python -m course.sweep.worker` reads one job per line of JSON on standard input and answers each with one line on
standard output. Each run leaves notebook.ipynb, results.json and log.txt in the folder that its job names. When the
input ends (the driver has finished, or was killed), the worker ends at once, and with it the kernel that it runs.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import queue
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from course.run.code_version import code_hash
from course.run.execute import run_notebook
from course.run.threads import THREAD_VARIABLES
from course.run.warm_kernels import WarmKernels
from helpers.base.errors import FULL_DISK
from helpers.base.files import write_whole
from helpers.notebook.parameters import read_parameters

PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "scikit-learn", "papermill", "ipykernel")
RESULTS, NOTEBOOK, LOG = "results.json", "notebook.ipynb", "log.txt"
DIED = "DeadKernelError"


def execute(job: Mapping[str, object], warm: WarmKernels | None = None) -> dict[str, object]:
    """Execute one run in its folder and describe it.

    job: name, notebook (a path), parameters, folder. warm: what to fork the kernel from. Returns what results.json
    holds. Raises OSError where the disk is full.
    """
    notebook, folder = Path(job["notebook"]), Path(job["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    started = time.time()
    with logged_to(folder / LOG):
        run = run_notebook(notebook, job["parameters"], folder, warm=warm)
        print(f"{notebook.stem} {'ok' if run.ok else f'failed at {run.cell}: {run.error}'}", file=sys.stderr)
    if run.executed is not None:
        run.executed.replace(folder / NOTEBOOK)
    declared = {name: parameter.default for name, parameter in read_parameters(notebook).items()}
    values = declared | dict(job["parameters"])
    described = {
        "name": job["name"],
        "status": "ok" if run.ok else "failed",
        "notebook": notebook.stem,
        "parameters": values,
        "seed": values.get("seed"),
        "results": dict(run.results),
        "claims": sum(claim.asserted for claim in run.claims),
        "claims_off": [str(claim) for claim in run.off],
        "seconds": round(run.seconds, 3),
        "peak_mb": round(run.peak_mb, 1),
        "cell": run.cell,
        "error": run.error,
        "started": round(started, 3),
        "warm": warm is not None,
        "threads": os.environ.get(THREAD_VARIABLES[0]),
        "versions": versions(),
    }
    write_whole(folder / RESULTS, json.dumps(described, indent=1))
    return described


def versions() -> dict[str, str]:
    """What the results depend on: Python, the machine's kind, the packages, and a hash over course/ and helpers/."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # one of the two TensorFlows is not there, by design
            continue
    return found | {"code": code_hash()}


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """Send what this process and its kernels write to standard output and error, and papermill's log, to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logger = logging.getLogger("papermill")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, number in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(file)
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()


def _answer(job: Mapping[str, object], warm: WarmKernels | None) -> dict[str, object]:
    """What the worker says about a job: the run's description, or that the disk is full."""
    try:
        return {"run": execute(job, warm)}
    except OSError as error:
        if error.errno in FULL_DISK:
            return {"full_disk": str(error)}
        raise


def main(arguments: list[str] | None = None):
    """Answer jobs until the input ends."""
    parser = argparse.ArgumentParser(description="Execute the runs that the driver of a sweep sends.")
    parser.add_argument("--warm", action="store_true", help="fork kernels from a process that has imported already")
    given = parser.parse_args(arguments)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever prints must not get between the answers
    jobs: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    busy = threading.Event()

    def listen():
        for line in sys.stdin:
            jobs.put(line)
        if busy.is_set():
            os._exit(1)  # the driver is gone: nobody would take this run's result
        jobs.put(None)

    threading.Thread(target=listen, daemon=True).start()
    warm = None
    while (line := jobs.get()) is not None:
        busy.set()
        job = json.loads(line)
        if given.warm and warm is None:
            warm = WarmKernels(Path(job["notebook"]))
        answer = _answer(job, warm)
        if warm is not None and not warm.alive:
            os._exit(1)  # the process that forks kernels has died: the driver starts another worker, repeats the run
        answers.write(json.dumps(answer) + "\n")
        busy.clear()
    if warm is not None:
        warm.close()


if __name__ == "__main__":
    main()
