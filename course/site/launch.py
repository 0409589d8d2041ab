"""Addresses that open the course elsewhere than on Binder and Colab (those: course.site.syllabus.launch_links)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from course.site.syllabus import launch_links, repository

HUB = "https://hub.example.org"  # stands for the hub that a reader has


def codespaces() -> str:
    """The address that opens the repository in a codespace, as .devcontainer/ describes it."""
    return f"https://codespaces.new/{repository().removeprefix('https://github.com/')}"


def on_hub(notebook: Path, hub: str = HUB) -> str:
    """The address by which nbgitpuller on a JupyterHub fetches the course, or its changes, and opens a notebook.

    hub: the hub's address. Work that a learner saved is never replaced.
    """
    folder = repository().rpartition("/")[2]  # where nbgitpuller clones to
    place = f"lab/tree/{folder}/notebooks/{notebook.name}"
    return f"{hub}/hub/user-redirect/git-pull?{urlencode({'repo': repository(), 'branch': 'main', 'urlpath': place})}"


def links(notebook: Path) -> str:
    """All ways to a notebook as a Markdown table."""
    binder, colab = launch_links(notebook)
    ways = {
        "Binder: nothing is kept": binder,
        "Colab: needs a Google account": colab,
        "Codespaces, or VS Code with containers: needs a GitHub account": codespaces(),
        f"a JupyterHub with nbgitpuller; put yours in place of {HUB}": on_hub(notebook),
    }
    return "\n".join(["| where | link |", "|---|---|", *(f"| {where} | <{link}> |" for where, link in ways.items())])
