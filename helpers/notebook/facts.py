"""Facts about a notebook's data: what its report card reads, as data beside what the page prints of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.notebook.claims import payloads

FACT_MIME = "application/vnd.course.fact+json"


def publish_fact(name: str, value: object):
    """Put a fact into the outputs of the running notebook, where it shows nothing; outside a kernel do nothing.

    name: of the fact, such as "counts". value: what JSON can hold; the keys of a file's objects are sorted, so what has
    an order is a list. A table is pandas' to_dict(orient="split").
    """
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display({FACT_MIME: {"name": name, "value": value}}, raw=True)


def published_facts(notebook: Mapping) -> dict[str, Any]:
    """The facts that an executed notebook (a NotebookNode) carries; of those of one name the first."""
    facts: dict[str, Any] = {}
    for payload in payloads(notebook, FACT_MIME):
        facts.setdefault(payload["name"], payload["value"])
    return facts
