"""What is known of each data set, and data/README.md, which tells it: a card for each.

Facts come from where they are kept once: data/catalogue.yml for what is downloaded, the CARDS beside the loader for
what ships with a library, the docstring of its module for what is simulated. `make refresh` writes the page;
tests/course/data/test_cards.py shows that what is committed is what this module makes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from helpers.base.paths import DATA
from helpers.datasets import LOADERS, TABLES
from helpers.datasets.sources.catalogue import read_catalogue, remote_files

PAGE = DATA / "README.md"
NOT_STATED = "not stated by the source"
QUESTIONS = {"people": "Who", "measured": "How measured", "labelled": "How labelled", "bias": "Known bias"}

OF_EVERY_SIMULATION = {
    "people": "nobody: a program draws people at random, with a seed",
    "labelled": "by the program, which draws the disease and so cannot be wrong about it",
    "bias": "a program's idea of the disease: results tell about methods, not about patients",
    "licence": "CC BY 4.0",
    "citation": "Deep Learning in Healthcare: an executable course",
}

_PARAGRAPH = re.compile(r"^([A-Z][\w -]+): (.*?)(?=^[A-Z][\w -]+: |\Z)", re.DOTALL | re.MULTILINE)

HEAD = """\
# Data

Generated from `catalogue.yml` and the loaders by `make refresh`: edit those.

`course data list` shows these sets and which of them are on your machine; `course data fetch NAME` downloads one and
verifies it; `course data verify NAME` counts it and looks for copies across its splits; `course data show NAME` draws
some of it. `load(NAME)` in a notebook gives it to you. Not for clinical use.
"""


def card(name: str) -> dict:
    """What is known of a data set, by the keys of data/catalogue.yml, with `simulated` (bool) added.

    Of a set that needs no download: the CARDS beside its loader, and where that says nothing the docstring of the
    loader's module, which begins with a title and has paragraphs that begin "How it is made:", "Left out:" and "Known
    limits:". It counts as simulated unless it is one of TABLES or its card says otherwise.
    Raises KeyError for a name that is no data set.
    """
    if name not in LOADERS:
        entry = read_catalogue()[name]
        series = {"task": "time series", "size": f"{len(remote_files(name))} files"} if "rows" not in entry else {}
        return {"simulated": False} | series | entry
    module = inspect.getmodule(LOADERS[name])
    own = {"simulated": name not in TABLES} | getattr(module, "CARDS", {}).get(name, {})
    return OF_EVERY_SIMULATION | _from_module(module, LOADERS[name]) | own if own["simulated"] else own


def _from_module(module, simulator) -> dict:
    """What the source of a simulator says: title, how it is made, its limits, its classes and how many people."""
    title, _, body = inspect.cleandoc(module.__doc__ or simulator.__name__).partition("\n\n")
    paragraphs = {head: " ".join(text.split()) for head, text in _PARAGRAPH.findall(body)}
    limits = [
        paragraphs.get("Known limits", ""),
        f"Left out: {paragraphs['Left out']}" if "Left out" in paragraphs else "",
    ]
    facts = {
        "title": title.rstrip("."),
        "measured": paragraphs.get("How it is made", ""),
        "bias": " ".join(text for text in limits if text),
        "classes": list(getattr(module, "CLASS_NAMES", ())),
    }
    patients = inspect.signature(simulator).parameters.get("patients")
    if patients:
        facts["size"] = f"{patients.default:,} people"
    return {key: value for key, value in facts.items() if value}


def task(facts: Mapping) -> str:
    """What is predicted, in a few words: the classes, or how many there are, or what the card says.

    >>> task({"classes": ["normal", "pneumonia"], "task": "binary"}), task({"classes": list("abcd")})
    ('normal / pneumonia', '4 classes')
    """
    classes = facts.get("classes", [])
    if not classes:
        return facts.get("task", NOT_STATED)
    return " / ".join(classes) if len(classes) <= 3 else f"{len(classes)} classes"


def size(facts: Mapping) -> str:
    """How much there is, in words: the sum of the splits' images, or what the card says."""
    return f"{sum(facts['rows'].values()):,} images" if "rows" in facts else facts.get("size", NOT_STATED)


def markdown_card(name: str) -> str:
    """The card of one data set in Markdown; what nobody says is said to be not stated."""
    facts = card(name)
    rows = {"Origin": "simulated" if facts["simulated"] else facts.get("origin", "real patients")}
    rows |= {question: facts.get(key, NOT_STATED) for key, question in QUESTIONS.items()}
    rows["Predict"] = task(facts)
    if facts.get("classes"):
        rows["Classes"] = ", ".join(f"{number} {label}" for number, label in enumerate(facts["classes"]))
        rows["Disease"] = facts.get("disease_note") or facts["classes"][facts.get("disease_class", 1)]
    if "reduction" in facts:
        rows["One label of many"] = facts["reduction"]
    if "rows" in facts:
        rows["Splits"] = ", ".join(f"{n:,} {split}" for split, n in facts["rows"].items())
    if "left_out" in facts:
        rows["No feature"] = "; ".join(f"`{column}`: {reason.strip()}" for column, reason in facts["left_out"].items())
    if "hashes_from" in facts:
        rows["From"] = (
            f"{' or '.join(facts.get('addresses', [])) or facts['obtain'].strip()}; {facts['hashes_from'].strip()}"
        )
    rows |= {"Size": size(facts), "Licence": facts["licence"], "Cite": facts["citation"]}
    table = "\n".join(f"| **{heading}** | {_cell(text)} |" for heading, text in rows.items())
    faults = "\n".join(f"* {_cell(fault)}" for fault in facts.get("faults", []))
    parts = [f"## `{name}`: {facts['title']}", _sentence(facts.get("about", "")), f"| | |\n|---|---|\n{table}"]
    return "\n\n".join(part for part in [*parts, f"Known faults:\n\n{faults}" if faults else ""] if part)


def page() -> str:
    """The text of data/README.md: a card for each data set, those that need no download first."""
    return "\n".join([HEAD, "\n\n".join(markdown_card(name) for name in [*LOADERS, *read_catalogue()]), ""])


def _cell(text: str) -> str:
    """
    >>> _cell("a | b ")
    'a \\\\| b'
    """
    return text.strip().replace("|", "\\|")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
