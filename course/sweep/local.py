"""Execute the runs of a sweep on this machine, in worker processes that share its cores.

A worker is `python -m course.sweep.worker`; it ends when this process does, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

from course.run.threads import thread_settings
from course.sweep.work import Done, Work
from course.sweep.worker import DIED


class Worker:
    """A worker process, started when the first run comes."""

    def __init__(self, threads: int, warm: bool, settings: Mapping[str, str]):
        self._command = [sys.executable, "-m", "course.sweep.worker", *(["--warm"] if warm else [])]
        self._environment = os.environ | thread_settings(threads) | settings
        self._process: subprocess.Popen | None = None

    def run(self, work: Work) -> Done:
        """Execute one run and wait for it."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C is for the driver, which then ends its workers
            )
        try:
            self._process.stdin.write(json.dumps(work.order()) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:  # it died before it took the run
            line = ""
        if not line:
            return Done(work, died=f"the worker ended with {_exit(self.stop())}")
        answer = json.loads(line)
        if "full_disk" in answer:
            return Done(work, fatal=f"The disk is full ({answer['full_disk']})")
        run = answer["run"]
        if run["status"] == "failed" and str(run["error"]).startswith(DIED):
            return Done(work, run, died=f"the kernel died at {run['cell']}")
        return Done(work, run)

    def stop(self) -> int:
        """End the process, whatever it does; its exit code, 0 where there was none."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            process.stdin.close()
        code = process.wait()
        process.stdout.close()
        return code


def _exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def execute_locally(
    works: Sequence[Work],
    take: Callable[[Done], Work | None],
    *,
    workers: int,
    threads: int,
    warm: bool = False,
    settings: Mapping[str, str] | None = None,
):
    """Execute runs in worker processes; `take` gets each Done in this thread and may return a run to repeat.

    settings: further environment variables of the workers and their kernels.
    """
    todo: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[Done | BaseException] = queue.SimpleQueue()
    crew = [Worker(threads, warm, settings or {}) for _ in range(min(workers, len(works)))]

    def serve(worker: Worker):
        try:
            while (work := todo.get()) is not None:
                done.put(worker.run(work))
        except BaseException as error:  # told to the main thread, which stops everything
            done.put(error)

    for work in works:
        todo.put(work)
    for worker in crew:
        threading.Thread(target=serve, args=(worker,), daemon=True).start()
    try:
        left = len(works)
        while left:
            ended = done.get()
            if isinstance(ended, BaseException):
                raise ended
            again = take(ended)
            if again is None:
                left -= 1
            else:
                todo.put(again)
    finally:
        for _ in crew:
            todo.put(None)
        for worker in crew:
            worker.stop()
