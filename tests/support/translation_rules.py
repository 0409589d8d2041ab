"""What a translated cell must share with its English: all that is not words. Each rule returns the faults, in words.

test_translation.py holds the committed translations against these rules, and the rules against faulty translations.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from course.site.glossary import LONGEST_TERM, read_terms

FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
TAG = re.compile(r"</?[a-z][^>]*>")
MARK = re.compile(r"[✏✎💡☼❓✓•]")
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
SENTENCE = re.compile(r"[.?!:]$")  # what ends so and is bold is no term
MULTIPLES = {"": 1, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}
NUMBER = re.compile(r"(?<![A-Za-z\d.])((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)\s?(million|billion|万|亿)?")
MONTH = re.compile(rf"\b({'|'.join(calendar.month_name[1:])}) (?=\d{{4}})")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!.(]|[);,][\u4e00-\u9fff]")
CODE = ("fence", "code_block", "code_inline")

TERMS = read_terms()

_markdown = MarkdownIt("commonmark").enable("table")


def tokens(text: str) -> Iterator[Token]:
    """What a text without its formulas is made of, blocks and what stands in their lines, in order."""
    for token in _markdown.parse(FORMULA.sub("∎", text)):
        yield token
        yield from token.children or ()


def prose(text: str) -> str:
    """The words of a text: no formulas, code, tags or addresses of links."""
    return "\n".join(token.content for token in tokens(text) if token.type == "text")


def frame(text: str) -> list[str]:
    """Headings with their levels, paragraphs, lists, tables and folds, in order; in lines, the bold and the breaks."""
    shown = [token for token in tokens(text) if token.type not in ("text", "inline", "softbreak", "code_inline")]
    kinds = [f"{token.type} {token.tag}".strip() for token in shown if not token.type.startswith(("em_", "html_"))]
    return kinds + TAG.findall("\n".join(token.content for token in shown if token.type.startswith("html_")))


def formulas(text: str) -> Counter:
    """The formulas, as they stand."""
    return Counter(FORMULA.findall(text))


def code(text: str) -> Counter:
    """Cells of code in the text, and code within lines."""
    return Counter(token.content for token in tokens(text) if token.type in CODE)


def addresses(text: str) -> Counter:
    """What links and images lead to."""
    kinds = {"link_open": "href", "image": "src"}
    return Counter(token.attrs[kinds[token.type]] for token in tokens(text) if token.type in kinds)


def numbers(text: str) -> Counter:
    """The values of all numbers in digits; 15 million and 1500 万 are one value, January before a year is 1."""
    words = MONTH.sub(lambda month: f"{list(calendar.month_name).index(month[1])} ", prose(text))
    found = NUMBER.findall(words)
    return Counter(Decimal(digits.replace(",", "")) * MULTIPLES[multiple] for digits, multiple in found)


def marks(text: str) -> Counter:
    """The signs of exercises, hints and quiz, and the points of lists in tables."""
    return Counter(MARK.findall(text))


SHARED = (frame, formulas, code, addresses, numbers, marks)


def faults(english: str, chinese: str) -> list[str]:
    """What a translated cell has otherwise than its English, or not as Chinese is written."""
    found = []
    for part in SHARED:
        ours, theirs = part(english), part(chinese)
        if ours != theirs:
            found.append(f"{part.__name__}: {_difference(ours, theirs)}")
    words = prose(chinese)
    if not re.search(r"[\u4e00-\u9fff]", chinese):
        found.append("no Chinese")
    found += [f"punctuation of half width: {match[0]!r}" for match in HALF_WIDTH.finditer(words)]
    found += [f"emphasis that does not close: {line!r}" for line in words.splitlines() if "*" in line]
    return found + unspoken_terms(english, chinese)


def unspoken_terms(english: str, chinese: str) -> list[str]:
    """The glossary's terms that are bold in English, and whose Chinese (of "a / b" one of both) is not bold."""
    bold = [found for found in BOLD.findall(english) if not SENTENCE.search(found) and len(found) > 1]
    bold = [found for found in bold if len(found.split()) <= LONGEST_TERM]
    theirs = " | ".join(BOLD.findall(chinese))
    used = [entry for entry in TERMS if any(entry.occurs_in(found) for found in bold)]
    return [
        f"{entry.term}: {entry.zh} is not bold"
        for entry in used
        if not any(word in theirs for word in entry.zh.split(" / "))
    ]


def _difference(ours: Counter | list[str], theirs: Counter | list[str]) -> str:
    if isinstance(ours, list):
        at = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), -1)
        return f"{ours[at : at + 4]} became {theirs[at : at + 4]}"
    return f"lacks {dict(ours - theirs)}, has more {dict(theirs - ours)}"
