"""What the first cell of a notebook does on Google Colab once the course is fetched: the packages that are too old.

Runs in Colab's own kernel, beside packages that Colab has loaded already; what was loaded and is replaced needs the
kernel to start again. JupyterLab, its kernel and what only the `course` command uses stay as they are.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable

from course.run.packages import PROJECT, import_names, installed, locked_versions, python_range, required_packages
from helpers.base.errors import CourseError
from helpers.base.paths import ROOT

LEFT_ALONE = {"jupyterlab", "ipykernel", "ipywidgets", "nbval", "nbconvert", "ziamath"}
OTHER_NAME = {"tensorflow-cpu": "tensorflow"}  # Colab's, which can use its GPU; the two must not meet in one folder


class ColabError(CourseError):
    """This runtime cannot run the course."""


def wanted(found: Callable[[str], str | None] = installed, python: tuple[int, ...] = sys.version_info[:2]) -> list[str]:
    """What to install, as pip takes it: each package that is missing or older than pyproject.toml asks for.

    found: the installed version of a package, or None. python: its version. Each is asked for in the newest version
    that requirements.lock knows.
    """
    locked = locked_versions((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    least = dict(re.findall(r"^([\w.-]+)>=([\d.]+)", "\n".join(PROJECT["dependencies"]), re.MULTILINE))
    packages = []
    for package in required_packages():
        if package in LEFT_ALONE:
            continue
        name = OTHER_NAME.get(package, package)
        version = found(name) or found(package)
        if version is None or _numbers(version) < _numbers(least[package]):
            packages.append(f"{name}=={newest_for(locked[package], python)}")
    return packages


def newest_for(versions: Iterable[str], python: tuple[int, ...]) -> str:
    """Of the versions that the lock has for several versions of Python the one for this: it lists the newest last.

    >>> newest_for({"2.4.6", "2.5.5"}, (3, 12)), newest_for({"2.4.6", "2.5.5"}, (3, 11))
    ('2.5.5', '2.4.6')
    """
    ordered = sorted(versions, key=_numbers)
    return ordered[0] if python < (3, 12) else ordered[-1]


def set_up():
    """Install what is wanted. Where some of it was loaded already, start the kernel again and say what to do then.

    Raises ColabError for a version of Python that the course does not run on, CalledProcessError where pip fails.
    """
    low, high = python_range()
    if not low <= sys.version_info[:2] < high:
        raise ColabError(f"The course runs on Python {low[0]}.{low[1]} to {high[0]}.{high[1] - 1}.")
    packages = wanted()
    if not packages:
        print("The course is ready.")
        return
    print("Installing, a minute or two:", *packages)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *packages], check=True)
    names = import_names([package.partition("==")[0] for package in packages])
    if loaded := sorted(set(names) & set(sys.modules)):
        print(f"{', '.join(loaded)} had been loaded before: the kernel starts again. Then run all cells once more.")
        _start_again()
    else:
        print("The course is ready.")


def _start_again():
    from IPython import get_ipython

    get_ipython().kernel.do_shutdown(True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
