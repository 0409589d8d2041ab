"""What pyproject.toml and requirements.lock ask for, and what is installed; imports only what Python itself brings."""

from __future__ import annotations

import platform
import re
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, packages_distributions, version

from helpers.base.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def python_range() -> tuple[tuple[int, int], tuple[int, int]]:
    """The versions of Python that the course runs on, as pyproject.toml has them: from, and below.

    >>> python_range()[0] >= (3, 11)
    True
    """
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    return (3, int(low)), (3, int(high))


def required_packages() -> list[str]:
    """The packages that pyproject.toml asks for on this machine.

    >>> {"nbconvert", "nbval", "click"} <= set(required_packages())
    True
    """
    here = {"sys_platform": sys.platform, "platform_machine": platform.machine()}
    names = []
    for line in PROJECT["dependencies"]:
        requirement, _, marker = line.partition(";")
        if not marker or eval(marker, {"__builtins__": {}}, here):  # a marker of ours, in Python's own syntax
            names.append(re.match(r"[A-Za-z0-9._-]+", requirement)[0])
    return names


def locked_versions(lock: str) -> dict[str, set[str]]:
    """The versions that the text of a lock names for each package (several where platforms differ).

    >>> sorted(locked_versions("numpy==2.3.0 ; python_version < '3.12'\\nnumpy==2.4.0\\n    # via scipy")["numpy"])
    ['2.3.0', '2.4.0']
    """
    found: dict[str, set[str]] = {}
    for name, pin in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE):
        found.setdefault(normal_name(name), set()).add(pin)
    return found


def installed(package: str) -> str | None:
    """The version of a package that is installed, None where it is missing or damaged."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def import_names(packages: Sequence[str]) -> list[str]:
    """How the packages that are installed are imported: `scikit-learn` as `sklearn`.

    Of a package with several names the one like its own, else the shortest.

    >>> import_names(["scikit-learn", "jupyterlab"])
    ['sklearn', 'jupyterlab']
    """
    names: dict[str, list[str]] = {}
    for name, distributions in packages_distributions().items():
        for distribution in distributions:
            names.setdefault(normal_name(distribution), []).append(name)
    found = (names.get(normal_name(package), []) for package in packages)
    return [
        min(some, key=lambda name: (normal_name(name) != normal_name(own), len(name)))
        for own, some in zip(packages, found, strict=True)
        if some
    ]


def normal_name(name: str) -> str:
    """The name of a package as indexes compare it.

    >>> normal_name("Scikit_Learn")
    'scikit-learn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()
