"""Words of the glossary on a page: at its first use in a lesson, a term leads to its row, and its meaning hovers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from docutils import nodes

from course.site.glossary import Term, read_terms

NO_PROSE = (nodes.title, nodes.reference, nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw, nodes.container)
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")  # one character alone is part of too many words


def row_name(term: str) -> str:
    """The anchor of a term's row in the glossary.

    >>> row_name("Clarke's error grid")
    'term-clarke-s-error-grid'
    """
    return "term-" + "-".join(re.findall(r"\w+", term.lower()))


def name_rows(page: nodes.document):
    """Give each row of the glossary's table its anchor."""
    for row in page.findall(nodes.row):
        term = row.next_node(nodes.strong)
        if term is not None:
            row["ids"].append(row_name(term.astext()))


def explain_words(page: nodes.document, glossary: str):
    """Turn the first use of each term in a lesson's prose into a link to its row, with the meaning as its title.

    glossary: address of the glossary from the page. Headings, code, outputs, quizzes, formulas and links stay.
    """
    seen: set[str] = set()
    for text in list(page.findall(nodes.Text)):
        if not any(isinstance(above, NO_PROSE) for above in _above(text)):
            parts = list(_parts(text.astext(), seen, glossary))
            if any(isinstance(part, nodes.reference) for part in parts):
                text.parent.replace(text, parts)


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _parts(prose: str, seen: set[str], glossary: str) -> Iterator[nodes.Node]:
    """The prose with the terms not `seen` before as links; adds them to `seen`."""
    pattern, by_word = _words()
    start = 0
    for found in pattern.finditer(prose):
        entry = by_word[found["word"].lower()]
        if entry.term not in seen:
            seen.add(entry.term)
            if prose[start : found.start()]:
                yield nodes.Text(prose[start : found.start()])
            yield _link(found[0], entry, glossary)
            start = found.end()
    if prose[start:]:
        yield nodes.Text(prose[start:])


def _link(word: str, entry: Term, glossary: str) -> nodes.reference:
    link = nodes.reference(word, word, internal=True, refuri=f"{glossary}#{row_name(entry.term)}", classes=["term"])
    link["reftitle"] = f"{entry.term} ({entry.zh}): {entry.meaning}"
    return link


@cache
def _words(terms: Sequence[Term] | None = None) -> tuple[re.Pattern, dict[str, Term]]:
    """A pattern of every word that the glossary explains, in English and in Chinese, and the term of each.

    The longest come first. Chinese is written without spaces, so its words are found within others.
    """
    terms = terms or read_terms()
    english = {word.lower(): entry for entry in terms for word in (*entry.also, entry.term)}
    chinese = {word.lower(): entry for entry in terms for word in entry.zh.split(" / ") if CHINESE.search(word)}
    either = (
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) for words in (english, chinese)
    )
    pattern = r"(?P<word>(?<!\w)(?:{})(?=(?:e?s)?(?!\w))|{})(?:e?s(?!\w))?".format(*either)
    return re.compile(pattern, re.IGNORECASE), chinese | english
