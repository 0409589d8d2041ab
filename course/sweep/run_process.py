"""A process that executes runs, and how it is spoken to: one line of JSON with an order in, one with the answer out.

The other side is course.sweep.worker. The process ends when its owner does, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from course.run.settings import kernel_environment
from course.run.threads import thread_settings


class RunProcess:
    """A process for runs, started when the first comes, and anew where the last has died.

    threads: of each run. warm: fork kernels from a process that has imported already. settings: further environment
    variables.
    """

    def __init__(self, threads: int, *, warm: bool = False, settings: Mapping[str, str] | None = None):
        self._command = [sys.executable, "-m", "course.sweep.worker", *(["--warm"] if warm else [])]
        self._environment = kernel_environment(os.environ) | thread_settings(threads) | (settings or {})
        self._process: subprocess.Popen | None = None

    def run(self, order: Mapping[str, object]) -> dict[str, object]:
        """Execute one run, an order of course.sweep.work.Work, and wait for it.

        Returns its description as `run`; or why no run can go on, as `full_disk`; or how the process died, as `died`.
        """
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
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:  # it died before it took the run
            line = ""
        return json.loads(line) if line else {"died": f"the worker ended with {_exit(self.stop())}"}

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
