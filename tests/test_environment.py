"""pyproject.toml, requirements.lock and environment.yml say the same, and Binder would do what they say."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers.base.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
UV = (ROOT / "requirements-uv.txt").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PYTHONS = ("3.11", "3.12", "3.13")
NOT_LOCKED = ("frameworks", "parquet")  # extras that nobody needs for the course
MACHINES = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "linux-arm": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "aarch64",
    },
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}


def entries(lock: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock file with the number of its hashes."""
    blocks = re.split(r"\n(?=\S)", "\n".join(line for line in lock.splitlines() if not line.strip().startswith("#")))
    blocks = [block for block in blocks if block.strip()]
    return [
        (Requirement(block.split("\\")[0].strip()), len(re.findall(r"--hash=sha256:\w{64}", block))) for block in blocks
    ]


def applies(requirement: Requirement, python: str, machine: str) -> bool:
    """Whether a requirement counts for a Python version on a kind of machine."""
    if requirement.marker is None:
        return True
    versions = {"python_version": python, "python_full_version": f"{python}.9", "implementation_name": "cpython"}
    names = {"platform_python_implementation": "CPython", "extra": ""}
    return requirement.marker.evaluate(versions | names | MACHINES[machine])


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_every_direct_dependency_is_locked_within_its_range(python, machine):
    extras = [lines for name, lines in PROJECT["optional-dependencies"].items() if name not in NOT_LOCKED]
    direct = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    locked = {normal(entry.name): entry for entry, _ in entries(LOCK) if applies(entry, python, machine)}
    for requirement in map(Requirement, direct):
        if applies(requirement, python, machine):
            entry = locked.get(normal(requirement.name))
            assert entry is not None, f"{requirement.name} is not locked for Python {python} on {machine}"
            (pin,) = entry.specifier
            assert pin.operator == "=="
            assert requirement.specifier.contains(pin.version), f"{entry} against {requirement}"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_no_package_is_locked_twice(python, machine):
    names = [normal(entry.name) for entry, _ in entries(LOCK) if applies(entry, python, machine)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("lock", [LOCK, UV], ids=["requirements.lock", "requirements-uv.txt"])
def test_every_locked_package_has_hashes_and_no_address(lock):
    assert entries(lock)
    assert [str(entry) for entry, hashes in entries(lock) if hashes == 0] == []
    assert "://" not in lock
    assert "--index" not in lock
    assert "--extra-index" not in lock
    assert "--find-links" not in lock


def test_extras_that_are_not_locked_stay_out_of_the_lock():
    names = {normal(entry.name) for entry, _ in entries(LOCK)}
    for extra in NOT_LOCKED:
        for line in PROJECT["optional-dependencies"][extra]:
            assert normal(Requirement(line).name) not in names
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    locked = set(PROJECT["optional-dependencies"]) - set(NOT_LOCKED)
    assert "--all-extras" not in makefile
    assert set(re.findall(r"--extra ([\w-]+)", makefile)) == locked


def test_uv_is_pinned():
    ((entry, _),) = entries(UV)
    assert entry.name == "uv"
    assert [pin.operator for pin in entry.specifier] == ["=="]


def test_the_range_of_python_is_the_same_everywhere():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(9, 16) if f"3.{minor}" in allowed] == list(PYTHONS)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in makefile
    tested = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert all(f'python: "{python}"' in tested for python in PYTHONS)


def test_environment_yml_holds_python_pip_and_the_lock():
    python, *rest = ENVIRONMENT["dependencies"]
    assert re.fullmatch(r"python=\d+\.\d+", python)
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    assert rest == ["pip", {"pip": ["-r requirements.lock"]}]
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]


@pytest.fixture(scope="module")
def dockerfile():
    """What repo2docker would build from this repository; it writes that without a container engine."""
    command = [
        sys.executable,
        "-m",
        "repo2docker",
        "--no-build",
        "--user-id",
        "1000",
        "--user-name",
        "learner",
        str(ROOT),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_binder_picks_environment_yml(monkeypatch):
    from repo2docker.app import Repo2Docker

    monkeypatch.chdir(ROOT)
    packs = (pack(base_image="none") for pack in Repo2Docker().buildpacks)
    picked = next(pack for pack in packs if pack.detect())
    assert type(picked).__name__ == "CondaBuildPack"
    assert f"python={picked.python_version}" == ENVIRONMENT["dependencies"][0]


def test_binder_installs_the_lock_and_then_the_project(dockerfile):
    """The checkout, and with it the lock, is there before the environment is made; postBuild comes last."""
    copied = dockerfile.index("COPY --chown=1000:1000 src/ ${REPO_DIR}/")
    installed = dockerfile.index('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    project = dockerfile.index("RUN ./postBuild")
    assert copied < installed < project
    assert "--no-deps --no-build-isolation --editable ." in (ROOT / "postBuild").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no mode of a file")
@pytest.mark.parametrize("name", ["postBuild", ".ci/run"])
def test_scripts_may_be_executed(name):
    assert os.access(ROOT / name, os.X_OK)


def test_every_dependency_line_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r'\s+"[\w-]+(>=|==)[^"]*",', line)]
    assert len(lines) >= 20
    assert [line for line in lines if "#" not in line and "tensorflow" not in line] == []
