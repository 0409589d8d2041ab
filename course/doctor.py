"""Check a machine for the course: each line is fine, or says the one thing to do.

Works when half of the dependencies are missing, because that is when it is needed: it imports Python's own modules,
and those of ours that need no more, and tries everything else in processes of their own. `course doctor`, or
`python -m course.doctor` where click is missing as well.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from course.run.packages import import_names, installed, locked_versions, normal_name, python_range, required_packages
from course.run.settings import user_settings
from course.run.threads import available_cores
from helpers.base.files import refusal
from helpers.base.paths import ROOT, cache_folder
from helpers.notebook.index import sound_notebooks

MEMORY_MB = 1500  # a kernel with TensorFlow, the browser's server, and room for the system
DISK_MB = 2000  # build/, an environment and the small data sets
KERNEL_SECONDS = 120
INSTALL = "run `make env` (or: pip install --require-hashes -r requirements.lock, then pip install --no-deps -e .)"


@dataclass(frozen=True)
class Check:
    """One line: what was checked, whether it is fine, what was found, and the one thing to do where it is not."""

    name: str
    fine: bool
    found: str
    todo: str = ""


def check_python() -> Check:
    """The version of Python is one that the lock resolves for."""
    low, high = python_range()
    fine = low <= sys.version_info[:2] < high
    span = f"{low[0]}.{low[1]} to {high[0]}.{high[1] - 1}"
    todo = "" if fine else f"install Python {span}; make env PYTHON=/path/to/it"
    return Check("Python", fine, platform.python_version(), todo)


def check_packages(root: Path = ROOT) -> Check:
    """Every package of the course is installed, in the version of the lock."""
    path = root / "requirements.lock"
    if not path.is_file():
        return Check("packages", False, "no requirements.lock", "clone the repository again: the lock is part of it")
    locked = locked_versions(path.read_text(encoding="utf-8"))
    wrong, missing = [], []
    packages = required_packages()
    for package in packages:
        found, pinned = installed(package), locked.get(normal_name(package), set())
        if found is None:
            missing.append(package)
        elif pinned and found not in pinned:
            wrong.append(f"{package} {found} (lock: {' or '.join(sorted(pinned))})")
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"other than the lock: {', '.join(wrong)}"] if wrong else []
    return Check("packages", not parts, "; ".join(parts) or f"{len(packages)} as in the lock", INSTALL if parts else "")


def check_imports() -> Check:
    """The packages that are there can be imported: an installed one may be damaged. Tried in one other process."""
    names = import_names(required_packages())
    program = (
        "import importlib, json\nfaults = {}\n"
        f"for name in {names}:\n"
        "    try:\n        importlib.import_module(name)\n"
        "    except Exception as error:\n"
        "        faults[name] = f'{type(error).__name__}: {error}'.splitlines()[0]\n"
        "print('FAULTS', json.dumps(faults))\n"
    )
    code, output = _run([sys.executable, "-c", program], KERNEL_SECONDS)
    answer = re.search(r"^FAULTS (.*)$", output, re.MULTILINE)
    if answer is None:
        return Check("imports", False, f"the process that tried them ended with code {code}", INSTALL)
    faults = json.loads(answer[1])
    found = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
    return Check("imports", not faults, found or "all that are installed", INSTALL if faults else "")


def check_course() -> Check:
    """The helpers that Python finds are those of this folder."""
    program = "import helpers; print('AT', helpers.__file__)"
    elsewhere = tempfile.gettempdir()
    _, output = _run([sys.executable, "-c", program], 30, cwd=elsewhere, without="PYTHONPATH")  # see check_settings
    answer = re.search(r"^AT (.*)$", output, re.MULTILINE)
    if answer is None:
        return Check(
            "course", False, "helpers cannot be imported from elsewhere", "pip install --no-deps -e . (make env)"
        )
    fine = Path(answer[1]).resolve().parents[1] == ROOT
    return Check(
        "course",
        fine,
        "installed" if fine else "another copy is installed",
        "" if fine else "run `make env` in this folder",
    )


def check_settings() -> Check:
    """Nothing among the user's own settings changes the course but what it sets aside itself."""
    try:
        home = Path.home()
    except RuntimeError:  # HOME is not set, and the system knows none
        home = None
    settings = list(user_settings(os.environ, home))
    todo = "; ".join(dict.fromkeys(setting.todo for setting in settings if setting.todo))
    found = "; ".join(setting.text for setting in settings)
    return Check("settings", not todo, found or "none that touches the course", todo)


def check_memory() -> Check:
    """Enough memory is free for a kernel with TensorFlow."""
    free = available_memory_mb()
    if free is None:
        return Check("memory", True, "not known on this system")
    todo = "" if free >= MEMORY_MB else f"close other programs or kernels: {MEMORY_MB} MB are wanted"
    return Check("memory", not todo, f"{free:.0f} MB free", todo)


def available_memory_mb() -> float | None:
    """Free memory in 10^6 bytes, no more than a container allows; None where the system does not say."""
    free = []
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        free.append(int(re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024 / 1e6)
        cgroup = Path("/sys/fs/cgroup")
        limit = (cgroup / "memory.max").read_text(encoding="ascii").strip()
        if limit.isdigit():
            free.append((int(limit) - int((cgroup / "memory.current").read_text(encoding="ascii"))) / 1e6)
    except (OSError, TypeError):  # no Linux, or no such control group
        pass
    return min(free) if free else None


def check_cores() -> Check:
    """How many cores there are; one is enough."""
    cores = available_cores()
    return Check("cores", True, f"{cores}" + ("" if cores > 1 else ", so the course takes about twice as long"))


def check_disk(root: Path = ROOT) -> Check:
    """Enough disk is free where results are written."""
    free = shutil.disk_usage(root).free / 1e6
    todo = "" if free >= DISK_MB else f"free some disk: {DISK_MB} MB are wanted for results and data"
    return Check("disk", not todo, f"{free:.0f} MB free", todo)


def check_writing(root: Path = ROOT) -> Check:
    """The folders that the course writes to can be written: this one, the cache, the temporary one."""
    folders = {"the course's folder": root, "the temporary folder": Path(tempfile.gettempdir())}
    with contextlib.suppress(ImportError):  # without pooch there are no downloads
        folders["the cache"] = cache_folder()
    refused = []
    for name, folder in folders.items():
        if why := refusal(folder):
            refused.append(f"{name} ({why})")
    todo = "make it writable, or name another (COURSE_CACHE_DIR for the cache, TMPDIR for temporary files)"
    return Check(
        "writing", not refused, f"not: {'; '.join(refused)}" if refused else "allowed", todo if refused else ""
    )


def check_ports() -> Check:
    """Kernels can listen on this machine's own address; JupyterLab finds a port."""
    try:
        sockets = [socket.socket() for _ in range(5)]  # a kernel listens on five
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
                one.listen()
            with socket.create_connection(sockets[0].getsockname(), timeout=5):
                pass
        finally:
            for one in sockets:
                one.close()
    except OSError as error:
        todo = "allow programs to listen on 127.0.0.1 (a firewall or sandbox forbids it)"
        return Check("ports", False, f"refused: {error}", todo)
    with socket.socket() as usual:
        taken = usual.connect_ex(("127.0.0.1", 8888)) == 0
    return Check("ports", True, "8888 is taken, so JupyterLab will take the next" if taken else "free")


def check_kernel() -> Check:
    """A kernel of this interpreter starts and computes."""
    program = (
        "from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel()\n"
        "reply = client.execute_interactive('print(6 * 7)', timeout=60)\n"
        "client.stop_channels()\nmanager.shutdown_kernel(now=True)\n"
    )
    code, output = _run([sys.executable, "-c", program], KERNEL_SECONDS)
    fine = code == 0 and "42" in output
    last = output.strip().splitlines()[-1] if output.strip() else f"code {code}"
    return Check("kernel", fine, "starts and computes" if fine else last[:200], "" if fine else INSTALL)


def check_notebooks() -> Check:
    """Every notebook of the course can be read, names a kernel, and has a parameters cell that is Python."""
    notebooks, faults = sound_notebooks()
    todo = "mend what is named, or take the stored notebooks back: git restore notebooks" if faults else ""
    return Check("notebooks", not faults, " ".join(faults) or f"{len(notebooks)} can be run", todo)


def check_data(root: Path = ROOT) -> Check:
    """The data that the repository ships are there and whole; the others are downloaded when they are asked for."""
    described = root / "data" / "glucose.yml"
    shipped = root / "data" / "glucose.csv.gz"
    todo = "git restore data (or clone the repository again)"
    if not (described.is_file() and shipped.is_file()):
        return Check("data", False, "data/glucose.csv.gz or its description is missing", todo)
    expected = re.search(r"\b[0-9a-f]{64}\b", described.read_text(encoding="utf-8"))
    whole = expected is None or hashlib.sha256(shipped.read_bytes()).hexdigest() == expected[0]
    notebooks = len(list((root / "notebooks").glob("[0-9][0-9]_*.ipynb")))
    if not notebooks:
        return Check("data", False, "no notebook in notebooks/", todo.replace("data", "notebooks", 1))
    return Check(
        "data",
        whole,
        f"{notebooks} notebooks, shipped data whole" if whole else f"{shipped.name} differs",
        "" if whole else todo,
    )


CHECKS: tuple[Callable[[], Check], ...] = (
    check_python,
    check_packages,
    check_imports,
    check_course,
    check_settings,
    check_memory,
    check_cores,
    check_disk,
    check_writing,
    check_ports,
    check_kernel,
    check_notebooks,
    check_data,
)


def examine() -> list[Check]:
    """Every check, in order; one that fails in an unforeseen way is a line of its own and stops no other."""
    found = []
    for check in CHECKS:
        try:
            found.append(check())
        except Exception as error:  # a doctor that dies of the illness helps nobody
            name = check.__name__.removeprefix("check_")
            found.append(Check(name, False, f"{type(error).__name__}: {error}", INSTALL))
    return found


def _run(command: list[str], seconds: float, cwd: str | None = None, without: str = "") -> tuple[int | None, str]:
    """Exit code and output of a command; None where it takes longer. without: a variable that it does not get."""
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    quiet.pop(without, None)
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd=cwd, env=quiet)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {seconds:.0f} s"
    return ended.returncode, ended.stdout + ended.stderr


def main(arguments: list[str] | None = None) -> int:
    """Print the checks; the exit code is 1 where something needs doing."""
    parser = argparse.ArgumentParser(prog="course doctor", description="Check this machine for the course.")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    found = examine()
    if given.json:
        print(json.dumps([asdict(check) for check in found], indent=1))
    else:
        for check in found:
            print(f"{'fine' if check.fine else 'TO DO':5}  {check.name:9}  {check.found}")
            if check.todo:
                print(f"{'':18}-> {check.todo}")
    return int(not all(check.fine for check in found))


if __name__ == "__main__":
    sys.exit(main())
