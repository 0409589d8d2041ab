"""Run notebooks with papermill: execute them with other values, and say how that went.

Every kernel is this interpreter, whatever kernels the machine knows, and works in the notebook's own folder. An
executed notebook carries its recorded results. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from course.run.settings import kernel_environment
from course.run.warm_kernels import WarmKernels
from helpers.base.errors import FULL_DISK
from helpers.base.schemas import import_jsonschema
from helpers.notebook.claims import Claim, claims_of, recorded
from helpers.notebook.index import fault_of

SAMPLING_SECONDS = 0.05
BEFORE = "before the first cell"
ANSI = re.compile(r"\x1b\[[0-9;]*m")  # colours of a traceback
POINTED = re.compile(r"-+> ?\d+ +(.+)")  # the line of a traceback that its arrow points at
ANNOUNCED_NOT = ("Detected at ", "<stack traces", 'File "', "[[", "Traceback ")  # what TensorFlow says of itself
LONGEST_FOLDER = 80  # characters of a folder for sockets: Linux allows 107 for the path of one


@dataclass(frozen=True)
class Run:
    """How one execution of a notebook went.

    seconds: wall time, from the kernel's start to its end. peak_mb: highest anonymous memory of the kernel in 10^6
    bytes. cell, error: where and why it failed, None where it did not. claims: what its text states, held against its
    numbers. executed: the executed notebook, or None where none could be written.
    """

    notebook: Path
    parameters: Mapping[str, object]
    seconds: float
    peak_mb: float
    results: Mapping[str, object] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    executed: Path | None = None
    cell: str | None = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it ran to its end; a claim that is off does not stop it."""
        return self.error is None

    @property
    def off(self) -> tuple[Claim, ...]:
        """The claims that are not true of this run."""
        return tuple(claim for claim in self.claims if claim.off)

    @property
    def claims_held(self) -> str:
        """`24 of 25`; empty where nothing was asserted, as with other parameters than the text's."""
        asserted = sum(claim.asserted for claim in self.claims)
        return f"{asserted - len(self.off)} of {asserted}" if asserted else ""


class PeakMemory:
    """The highest anonymous memory of one process, sampled in a thread until it ends or is no longer watched."""

    def __init__(self):
        self.bytes = 0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, pid: int):
        """Start sampling the process of this number."""
        self._thread = threading.Thread(target=self._sample, args=(psutil.Process(pid),), daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop sampling; the peak in 10^6 bytes, 0 where nothing was watched."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        return self.bytes / 1e6

    def _sample(self, process: psutil.Process):
        while not self._done.wait(SAMPLING_SECONDS):
            try:
                self.bytes = max(self.bytes, anonymous_bytes(process))
            except psutil.Error:  # the kernel has ended
                return


def anonymous_bytes(process: psutil.Process) -> int:
    """Memory that is the process' own, without files and libraries mapped from disk, in bytes."""
    memory = process.memory_info()
    if hasattr(memory, "shared"):  # Linux
        return memory.rss - memory.shared
    return process.memory_full_info().uss


def kernel_class(folder: Path, memory: PeakMemory, sockets: Path, warm: WarmKernels | None = None) -> type:
    """The kernel manager of one run: this interpreter in the given folder, its memory watched.

    sockets: an empty folder of this user alone. On Linux the kernel is spoken to through sockets there: of two kernels
    that start at once, each may find the same port of the machine free, and only one then gets it.
    warm: what to fork the kernel from, instead of starting it.
    """
    import zmq
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    class ThisInterpreter(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
            if warm is not None:
                provisioner = {"provisioner_name": "course-fork", "config": {"origin": warm}}
                spec.metadata = {**spec.metadata, "kernel_provisioner": provisioner}
            return spec

    class CourseKernel(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _this_interpreter(self) -> KernelSpecManager:
            return ThisInterpreter(parent=self)

        @default("transport")
        def _sockets_where_possible(self) -> str:
            return "ipc" if sys.platform == "linux" and len(str(sockets)) <= LONGEST_FOLDER else "tcp"

        @default("connection_file")
        def _connection_file(self) -> str:
            return str(sockets / "kernel.json")

        @default("transport_encryption")
        def _encrypted_where_possible(self) -> str:  # other users of the machine can read loopback traffic otherwise
            return "auto" if zmq.has("curve") else "disabled"

        async def start_kernel(self, **kwargs):
            environment = kernel_environment(kwargs.get("env") or os.environ)
            await super().start_kernel(**kwargs | {"cwd": str(folder), "env": environment})
            memory.watch(self.provisioner.pid)

        async def _async_interrupt_kernel(self):
            if not self.shutting_down:  # on its way out it would log the interrupt as an error, after the last cell
                await super()._async_interrupt_kernel()

    return CourseKernel


def run_notebook(
    notebook: Path,
    parameters: Mapping[str, object],
    out: Path,
    progress: bool = False,
    warm: WarmKernels | None = None,
) -> Run:
    """Execute a notebook with the given values and store it, executed, in the folder `out` under its own name.

    The values are taken as they are: check them first. progress: a bar on stderr, one step per cell. warm: what to
    fork the kernel from. A failure of any kind, also a kernel that dies, comes back in the Run with its cell and error;
    a disk that is full is no fault of the notebook and is raised.
    """
    import_jsonschema()  # before papermill does
    import papermill

    notebook = notebook.resolve()
    out.mkdir(parents=True, exist_ok=True)
    executed = out.resolve() / notebook.name
    executed.unlink(missing_ok=True)
    memory, start = PeakMemory(), time.perf_counter()
    failure = None
    try:
        with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as sockets:
            papermill.execute_notebook(
                _literal(notebook),
                _literal(executed),
                parameters=dict(parameters),
                kernel_name="python3",
                kernel_manager_class=kernel_class(notebook.parent, memory, Path(sockets), warm),
                progress_bar={"desc": notebook.stem, "leave": False} if progress else False,
                engine_name=_register_engine(),
            )
    except Exception as error:  # whatever stops one notebook is reported with it and must not stop the others
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise
        failure = error
    finally:
        peak_mb = memory.stop()
    seconds = time.perf_counter() - start
    common = {"notebook": notebook, "parameters": dict(parameters), "seconds": seconds, "peak_mb": peak_mb}
    if not executed.exists():
        return Run(**common, cell=BEFORE, error=_describe(failure))
    content = _with_whole_texts(executed)
    common |= {"results": recorded(content), "claims": tuple(claims_of(content)), "executed": executed}
    if failure is not None:
        return Run(**common, cell=_failed_cell(content, failure), error=_describe(failure))
    return Run(**common)


def run_many(
    jobs: Iterable[tuple[Path, Mapping[str, object]]],
    out: Path,
    progress: bool = False,
    report: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Run several notebooks, each with its values, one after the other; a failing one does not stop the rest.

    report: called with each Run as it ends. One that cannot be run (helpers.notebook.index.fault_of) starts no kernel.
    """
    runs = []
    for notebook, parameters in jobs:
        fault = fault_of(notebook)
        if fault is None:
            runs.append(run_notebook(notebook, parameters, out, progress))
        else:
            runs.append(Run(notebook, dict(parameters), 0.0, 0.0, cell=BEFORE, error=fault))
        report(runs[-1])
    return runs


def _register_engine() -> str:
    """The name of papermill's own engine, made to write the executed notebook when it starts and when it ends.

    As it comes, it writes the whole file twice per cell, which takes seconds of a notebook of sixty cells. And it waits
    until a kernel has put everything away, seconds where that has TensorFlow; here it is killed, its outputs being in.
    """
    from papermill.engines import NBClientEngine, papermill_engines

    class WrittenAtTheEnd(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, manager, kernel_name, **settings):
            path, manager.output_path = manager.output_path, None
            try:
                super().execute_managed_notebook(manager, kernel_name, shutdown_kernel="immediate", **settings)
            finally:
                manager.output_path = path

    papermill_engines.register("course", WrittenAtTheEnd)
    return "course"


def _literal(path: Path) -> str:
    """A path that papermill, which fills in {names}, takes as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _with_whole_texts(executed: Path):
    """The executed notebook, stored again with each text in one piece: a kernel cuts what is printed by the clock.

    What a carriage return has written over goes out; a figure between two texts keeps its place.
    """
    import nbformat
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor

    content, _ = CoalesceStreamsPreprocessor().preprocess(nbformat.read(executed, as_version=4), {})
    nbformat.write(content, executed)
    return content


def _describe(error: Exception) -> str:
    """The error in one line that says what: papermill wraps the one raised in the notebook.

    A first line that only announces others, as TensorFlow's do, is followed by the one that it announces; an error
    without a word by the statement that raised it.
    """
    name, text = getattr(error, "ename", None), getattr(error, "evalue", None)
    if name is None:
        name, text = type(error).__name__, str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        statement = _raised_by(error)
        return f"{name}: raised without a message" + (f" by {statement}" if statement else "")
    first, *rest = lines
    if first.endswith(":"):
        first += next((f" {line}" for line in rest if not line.startswith(ANNOUNCED_NOT)), "")
    return f"{name}: {first}"


def _raised_by(error: Exception) -> str | None:
    """The statement that the traceback of a notebook's error points at last, None where there is none."""
    lines = ANSI.sub("", "\n".join(getattr(error, "traceback", None) or [])).splitlines()
    pointed = [match[1] for line in lines if (match := POINTED.match(line))]
    return pointed[-1] if pointed else None


def _failed_cell(content: Mapping, error: Exception) -> str:
    """The number and first line of the cell that failed: the one papermill names, or the last that began."""
    began = [
        cell
        for cell in content["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("papermill", {}).get("start_time")
    ]
    if not began:
        return BEFORE
    source = "".join(began[-1]["source"])
    number = getattr(error, "exec_count", None) or began[-1]["execution_count"] or len(began)
    first_line = source.strip().splitlines()[0] if source.strip() else ""
    return f"In [{number}] {first_line}".strip()
