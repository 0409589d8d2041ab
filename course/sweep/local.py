"""Execute the runs of a sweep on this machine, in processes that share its cores."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence

from course.sweep.run_process import RunProcess
from course.sweep.work import Done, Work


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
    crew = [RunProcess(threads, warm=warm, settings=settings) for _ in range(min(workers, len(works)))]

    def serve(process: RunProcess):
        try:
            while (work := todo.get()) is not None:
                done.put(Done.of(work, process.run(work.order())))
        except BaseException as error:  # told to the main thread, which stops everything
            done.put(error)

    for work in works:
        todo.put(work)
    for process in crew:
        threading.Thread(target=serve, args=(process,), daemon=True).start()
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
        for process in crew:
            process.stop()
