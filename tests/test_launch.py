"""Every way into the course leads to what exists: workflows, the container, the links that pages name."""

import json
import re
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from course.site.launch import HUB, codespaces, links, on_hub
from course.site.syllabus import launch_links, repository
from helpers.base.paths import README, ROOT
from helpers.notebook.index import find_notebooks

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})")
RANGE = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
HERE = repository().removeprefix("https://github.com/")
ADDRESS = re.compile(r"https://[^\s)>\"'`]+")


def jobs(workflow):
    return yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]


def steps(workflow):
    return [step for job in jobs(workflow).values() for step in job["steps"]]


def rows(job):
    """The machines of a job: each row of its matrix, or its own one."""
    return job.get("strategy", {}).get("matrix", {}).get("include") or [{"os": job["runs-on"]}]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_yaml_with_rights_limits_and_pinned_actions(workflow):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content[True]  # how YAML 1.1 reads the key `on`
    assert content["permissions"]
    for job in content["jobs"].values():
        assert job["timeout-minutes"] <= 240
        names = [row["os"] for row in rows(job)]
        assert all(re.fullmatch(r"(ubuntu|macos|windows)-(latest|\d+(\.\d+)?)", name) for name in names)
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert PINNED.fullmatch(step["uses"]), step["uses"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_what_exists(workflow):
    commands = "\n".join(step["run"] for step in steps(workflow) if "run" in step)
    assert set(re.findall(r"^make (\w+)", commands, re.MULTILINE)) <= TARGETS
    for script in re.findall(r"^(\.ci/\w+)", commands, re.MULTILINE):
        assert (ROOT / script).is_file()
    for step in steps(workflow):
        for file in re.findall(r"\S+\.(?:yml|lock)$", str(step.get("with", {}).get("environment-file", ""))):
            assert (ROOT / file).is_file()
    for version in re.findall(r'python(?:-version)?: "([\d.]+)"', workflow.read_text(encoding="utf-8")):
        assert f"{version}.9" in RANGE


def test_every_push_is_tried_on_three_systems_and_every_python():
    machines = [row for job in jobs(ROOT / ".github/workflows/ci.yml").values() for row in rows(job)]
    assert {row["os"].split("-")[0] for row in machines} == {"ubuntu", "macos", "windows"}
    (mac,) = [row["os"].removeprefix("macos-") for row in machines if "macos" in row["os"]]
    assert int(mac) >= 14  # from then on they are arm64
    pythons = {row["python"] for row in machines if "ubuntu" in row["os"]}
    assert pythons == {f"3.{minor}" for minor in range(9, 20) if f"3.{minor}.9" in RANGE}


def test_the_container_installs_while_it_is_prepared_and_opens_what_exists():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    command = container["updateContentCommand"].split()
    assert command[0] == "make"
    assert set(command[1:]) <= TARGETS
    assert "postCreateCommand" not in container
    (python,) = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:\d+-(3\.\d+)-\w+", container["image"]).groups()
    assert f"{python}.9" in RANGE
    opened = container["customizations"]["codespaces"]["openFiles"]
    assert opened
    assert all((ROOT / name).is_file() for name in opened)
    assert ".venv/bin" in container["remoteEnv"]["PATH"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_a_page_links_to_exist(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target = link.partition("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_addresses_of_this_repository_name_what_it_has(page):
    for address in ADDRESS.findall(page.read_text(encoding="utf-8")):
        if HERE not in address:
            continue
        for name in re.findall(r"(?:notebooks/|notebooks%2F)([\w.-]+\.ipynb)", address):
            assert (ROOT / "notebooks" / name).is_file(), address
        for name in re.findall(r"/actions/workflows/([\w.-]+?)(?:/badge\.svg)?$", address):
            assert (ROOT / ".github" / "workflows" / name).is_file(), address


def test_colab_opens_the_branch_that_a_workflow_writes():
    _, colab = launch_links(find_notebooks()[0])
    branch = re.search(r"/blob/([\w-]+)/notebooks/", colab)[1]
    commands = "\n".join(step["run"] for step in steps(ROOT / ".github/workflows/colab.yml") if "run" in step)
    assert f"--initial-branch {branch}" in commands
    assert f'" {branch}' in commands.splitlines()[-1]
    assert "export --view colab --out build/colab/notebooks" in commands


def test_links_to_a_hub_and_to_codespaces_name_repository_branch_and_notebook():
    notebook = find_notebooks()[0]
    link = on_hub(notebook, "https://hub.here.org")
    assert link.startswith("https://hub.here.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2F")
    assert link.endswith(f"&branch=main&urlpath=lab%2Ftree%2Fcourse%2Fnotebooks%2F{notebook.name}")
    assert codespaces() == f"https://codespaces.new/{HERE}"
    table = links(notebook)
    assert all(address in table for address in (*launch_links(notebook), codespaces(), on_hub(notebook), HUB))
