"""The glossary: docs/glossary.md, made from docs/glossary.yml and from where the notebooks first use each term."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import yaml

from helpers.base.paths import ROOT

SOURCE = ROOT / "docs" / "glossary.yml"
PAGE = ROOT / "docs" / "glossary.md"
HEAD = """# Glossary

The medical and technical words of the course, each with its Chinese term and a link to the section that teaches it, or
else to the one that uses it first. Made by `make refresh` from glossary.yml and the notebooks.

| term | 中文 | meaning | where |
|---|---|---|---|"""
LONGEST_TERM = 3  # words: what is longer and bold is a sentence, not a term
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_NO_TERM = re.compile(r"[.?!:]$|^.$|^(Exercise|Next)\b")  # sentences, the letters of a quiz, signposts
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`|\]\([^)]*\)", re.DOTALL)


@dataclass(frozen=True)
class Term:
    """term in English, zh in Chinese, its meaning in one sentence; also: other words that count as using it.

    taught: notebook and section ("04 5.3") to which its link leads, where its first use is of another sense of the word
    or only in passing; else empty.
    """

    term: str
    zh: str
    meaning: str
    also: tuple[str, ...] = ()
    taught: str = ""

    def occurs_in(self, prose: str) -> bool:
        """Whether a text uses the term, in singular or plural, in capitals or not."""
        words = "|".join(re.escape(word) for word in (self.term, *self.also))
        return bool(re.search(rf"(?<!\w)(?:{words})(?:e?s)?(?!\w)", prose, re.IGNORECASE))


@dataclass(frozen=True)
class Section:
    """A stretch of a notebook's prose under one heading, without code, formulas and addresses of links."""

    notebook: Path
    heading: str
    prose: str

    @property
    def number(self) -> str:
        """Notebook and section, such as "04 5.3"; "04 Sources" where the heading bears no number."""
        return f"{self.notebook.stem[:2]} {self.heading.split()[0]}"

    @property
    def link(self) -> str:
        """A Markdown link to the section, from the docs folder; Jupyter's anchors are headings with hyphens."""
        place = f"../notebooks/{self.notebook.name}#{anchor(self.heading)}"
        return f"[{self.notebook.stem[:2]}, {self.heading}]({place})"


def anchor(heading: str) -> str:
    """What a link to a heading ends in: Jupyter calls its place by its words, without marks, with hyphens.

    >>> anchor("2 *Optional*: why?")
    '2-Optional%3A-why%3F'
    """
    return quote(re.sub("[*`]", "", heading).replace(" ", "-"), safe="")


def read_terms() -> list[Term]:
    """The terms of glossary.yml, in alphabetical order."""
    entries = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    terms = [Term(**(entry | {"also": tuple(entry.get("also", ()))})) for entry in entries]
    return sorted(terms, key=lambda entry: entry.term.lower())


def sections(notebook: Path) -> Iterator[Section]:
    """A notebook's prose by heading, from the cell after its generated header on, in reading order."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    title = _HEADING.search(texts[0])[1]
    text = _NOT_PROSE.sub(" ", f"# {title}\n\n" + "\n\n".join(texts[1:]))
    starts = list(_HEADING.finditer(text))
    ends = [following.start() for following in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=True):
        yield Section(notebook, start[1], text[start.start() : end])


def unexplained(notebook: Path) -> list[str]:
    """The words that a notebook sets in bold, as it does with a term at its first use, and that the glossary lacks."""
    prose = " ".join(section.prose for section in sections(notebook))
    bold = [found for found in _BOLD.findall(prose) if not _NO_TERM.search(found)]
    terms = read_terms()
    return [
        word
        for word in dict.fromkeys(bold)
        if len(word.split()) <= LONGEST_TERM and not any(entry.occurs_in(word) for entry in terms)
    ]


def page(notebooks: Sequence[Path]) -> str:
    """The glossary as Markdown. Raises ValueError for a term that no notebook uses, or not where it says."""
    everything = [section for notebook in notebooks for section in sections(notebook)]
    lines = [HEAD]
    for entry in read_terms():
        using = (section for section in everything if entry.occurs_in(section.prose))
        first = next((section for section in using if entry.taught in ("", section.number)), None)
        if first is None:
            raise ValueError(
                f"glossary.yml: no notebook uses {entry.term!r} where it should; take it out, or mend `also`, `taught`"
            )
        lines.append(f"| **{entry.term}** | {entry.zh} | {entry.meaning} | {first.link} |")
    return "\n".join(lines) + "\n"
