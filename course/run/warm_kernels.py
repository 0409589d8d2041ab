"""Kernels that start warm: one process imports what a notebook imports, and each kernel is a fork of it.

A forked kernel begins with the modules loaded and nothing executed: no variable, no random state and no TensorFlow
operation is shared with the kernels before it, so its results are those of a kernel started afresh. What it saves is
the import, most of the time of a short run. Linux only: the libraries of macOS do not survive a fork, Windows has none.

`python -m course.run.warm_kernels MODULE...` is the other side: it forks one kernel per line of JSON on standard input.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from course.run.settings import kernel_environment

POLL_SECONDS = 0.05
COLUMNS_IN_A_KERNEL = 20  # pandas' own default where it is imported in one (pandas/core/config_init.py)


def can_fork() -> bool:
    """Whether this system can start warm kernels."""
    return sys.platform == "linux"


def imported_modules(notebook: Path) -> list[str]:
    """The modules that a notebook's cells import at their top level, in their order.

    A module that is imported inside a function or a condition is left to the kernel.
    """
    names = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            statements = ast.parse("".join(cell["source"])).body
        except SyntaxError:  # a line of IPython's own (%, !): that cell is left to the kernel
            continue
        for statement in statements:
            if isinstance(statement, ast.Import):
                names += [alias.name for alias in statement.names]
            elif isinstance(statement, ast.ImportFrom) and not statement.level:
                names.append(statement.module)
    return list(dict.fromkeys(names))


class WarmKernels:
    """The process that the kernels of one notebook are forked from. Close it when done; it also ends with its owner."""

    def __init__(self, notebook: Path):
        if not can_fork():
            raise OSError("warm kernels need a system that can fork (Linux); leave --warm out")
        command = [sys.executable, "-m", "course.run.warm_kernels", *imported_modules(notebook)]
        environment = kernel_environment(os.environ)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        self._read()  # ready: everything is imported

    def fork(self, command: Sequence[str], *, cwd: str, env: Mapping[str, str]) -> ForkedKernel:
        """Fork a kernel: what `command` would start, in a folder, with an environment."""
        arguments = list(command[command.index("ipykernel_launcher") + 1 :])
        log = str(Path("/proc/self/fd/2").readlink())
        kernel = self._ask({"fork": arguments, "cwd": cwd, "env": dict(env), "log": log})
        return ForkedKernel(kernel["pid"], self)

    def status(self, pid: int) -> int | None:
        """The exit code of a forked kernel, None while it runs; its kernels end with this process, if that has died."""
        try:
            return self._ask({"poll": pid})["code"]
        except (BrokenPipeError, RuntimeError):
            return 1

    @property
    def alive(self) -> bool:
        """Whether kernels can still be forked."""
        return self._process.poll() is None

    def close(self):
        """End the process; kernels that still run end with it."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, question: Mapping[str, object]) -> dict:
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that forks kernels has ended with code {self._process.wait()}")
        return json.loads(line)


class ForkedKernel:
    """A forked kernel, with what jupyter_client asks of a subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, origin: WarmKernels):
        self.pid, self.returncode, self._origin = pid, None, origin

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._origin.status(self.pid)
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(POLL_SECONDS)
        return self.returncode

    def send_signal(self, number: int):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


def _become_kernel(order: Mapping[str, object], parent: int):
    """Turn this process, just forked, into a kernel; does not return."""
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(order["env"])
    os.environ["JPY_PARENT_PID"] = str(parent)
    os.chdir(order["cwd"])
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # else every kernel would draw the same unseeded numbers
    if "pandas" in sys.modules:  # it was imported outside a kernel, where it fits tables to a terminal's width
        sys.modules["pandas"].set_option("display.max_columns", COLUMNS_IN_A_KERNEL)
    from ipykernel.kernelapp import launch_new_instance

    # ipykernel has read JPY_PARENT_PID at its import: told again, so that the kernel ends when its parent does
    launch_new_instance(argv=[*order["fork"], f"--IPKernelApp.parent_handle={parent}"])
    os._exit(0)


def main():
    """Import the modules named on the command line, then fork a kernel for each order, until the input ends."""
    sys.path[:] = [folder for folder in sys.path if folder not in ("", str(Path.cwd()))]
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as a kernel has it before any import
    orders, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    importlib.import_module("ipykernel.kernelapp")
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):  # the notebook fails there itself, with its own message
            importlib.import_module(name)
    ended: dict[int, int] = {}
    answers.write("{}\n")
    answers.flush()
    for line in iter(orders.readline, ""):
        order = json.loads(line)
        if "fork" in order:
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                os.close(orders.fileno())
                os.close(answers.fileno())
                _become_kernel(order, parent)
            answer = {"pid": pid}
        else:
            pid = order["poll"]
            if pid not in ended:
                found, code = os.waitpid(pid, os.WNOHANG)
                if found:
                    ended[pid] = os.waitstatus_to_exitcode(code)
            answer = {"code": ended.get(pid)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
