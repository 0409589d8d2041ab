"""Hand the runs of a sweep to a Dask cluster: the same study, the same table, other machines.

Each run is one task: the notebook travels with it, a process of its own executes it in a temporary folder of the
worker, and the files come back to the driver, which alone lands them. A worker that is lost has its run repeated
elsewhere by Dask. Needs the extra `cluster` (distributed). docs/clusters.md tells how to start a cluster.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from course.run.code_version import code_hash
from course.sweep.folder import SweepError
from course.sweep.run_process import RunProcess
from course.sweep.work import Done, Work
from course.sweep.worker import LOG, NOTEBOOK, RESULTS

CONNECT_SECONDS = 20
INSTALL = 'Install it in the course\'s folder: .venv/bin/uv pip install --no-build-isolation -e ".[cluster]"'


def run_remotely(order: Mapping[str, object], notebook: bytes, threads: int) -> dict[str, object]:
    """Execute one run on the worker where this is called.

    order: as Work.order of course.sweep.work gives it; its folder is not used here. Returns what
    the run's process answered, and the files by name.
    """
    with tempfile.TemporaryDirectory(prefix="course-run-") as place:
        folder, path = Path(place) / "run", Path(place) / Path(order["notebook"]).name
        path.write_bytes(notebook)
        process = RunProcess(threads)
        answer = process.run({**order, "notebook": str(path), "folder": str(folder)})
        process.stop()
        if "full_disk" in answer:
            return {"died": f"the disk of the worker is full ({answer['full_disk']})"}
        files = {name: (folder / name).read_bytes() for name in (NOTEBOOK, LOG, RESULTS) if (folder / name).exists()}
        return {**answer, "files": files}


def connect(address: str):
    """A client of the cluster at an address. Raises SweepError where there is none or its code is another."""
    try:
        from distributed import Client
    except ImportError as error:
        raise SweepError(f"--scheduler needs distributed ({error}). {INSTALL}") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # a timeout is an OSError
        raise SweepError(
            f"no Dask scheduler answers at {address} ({error}). docs/clusters.md tells how to start one"
        ) from error
    try:
        versions = client.run(code_hash)
    except Exception as error:  # whatever a worker raises when it lacks the course
        client.close()
        raise SweepError(f"the workers cannot import the course ({error}): install it there, this version") from error
    others = sorted(worker for worker, version in versions.items() if version != code_hash())
    if others:
        client.close()
        raise SweepError(f"other code on {', '.join(others)}: install this version on every worker")
    return client


def execute_on_cluster(works: Sequence[Work], take: Callable[[Done], Work | None], *, address: str, threads: int):
    """Execute runs on the workers of a cluster; `take` gets each Done in this thread and may return a run to repeat.

    threads: of each run; as many runs at once as the workers have threads.
    """
    client = connect(address)
    from distributed import as_completed

    def submit(work: Work):
        notebook = work.notebook.read_bytes()
        future = client.submit(
            run_remotely, work.order(), notebook, threads, key=f"{work.folder}-{os.getpid()}", pure=False
        )
        pending[future.key] = work
        return future

    pending: dict[str, Work] = {}
    try:
        ended = as_completed([submit(work) for work in works], loop=client.loop)
        for future in ended:
            again = take(_done(pending.pop(future.key), future))
            if again is not None:
                ended.add(submit(again))
    finally:
        client.close()  # what still runs is given up with its client


def _done(work: Work, future) -> Done:
    """What came of a task, its files written into the folder of the run."""
    if future.status != "finished":
        return Done(work, died=f"Dask gave up: {type(future.exception()).__name__}: {future.exception()}")
    answer = future.result()
    work.folder.mkdir(parents=True, exist_ok=True)
    for name, content in answer.get("files", {}).items():
        (work.folder / name).write_bytes(content)
    return Done.of(work, answer)
