"""A quiz on a page: letters become buttons, and docs/_static/quiz.js says whether the chosen one is right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from docutils import nodes

from helpers.base.paths import ROOT

HEADING = re.compile(r"\d+ (?:Quiz|测验)")
LETTER = re.compile(r"(?:^|\s|(?<=；))\(([a-d])\)\s")  # Chinese puts no space before it


def right_letters(lesson: str) -> dict[int, str]:
    """The right letter of each question of a lesson, such as 02_cnn_imaging, from its checks.

    Read as text: importing helpers.checks takes TensorFlow and seconds.
    """
    source = (ROOT / "helpers" / "checks" / f"{lesson[3:]}.py").read_text(encoding="utf-8")
    assigned = (node for node in ast.parse(source).body if isinstance(node, ast.Assign))
    (letters,) = (node.value for node in assigned if node.targets[0].id == "QUIZ")
    return ast.literal_eval(letters)


def ask(page: nodes.document, lesson: str):
    """Turn the choices of each question under the heading "Quiz" into buttons that know the right letter.

    Raises ValueError where the questions on the page are not those that the checks know.
    """
    for section in page.findall(nodes.section):
        if HEADING.fullmatch(section.next_node(nodes.title).astext()):
            items = (item for part in section.findall(nodes.enumerated_list) for item in part.children)
            questions = [item for item in items if LETTER.findall(item.astext())[:3] == ["a", "b", "c"]]
            letters = right_letters(lesson)
            if len(questions) != len(letters):
                raise ValueError(f"{lesson}: {len(questions)} questions in the quiz, {len(letters)} in its checks")
            for (number, right), question in zip(letters.items(), questions, strict=True):
                _choices(question, f"quiz-{number}", right)


def _choices(question: nodes.list_item, name: str, right: str):
    """Put each choice of a question on a line of its own, behind a button."""
    (_, text), *choices = _split(question.next_node(nodes.paragraph).children)
    group = nodes.container(classes=["quiz"])
    group += nodes.paragraph("", "", *text, ids=[name])
    group += nodes.raw("", f'<div role="radiogroup" aria-labelledby="{name}" data-right="{right}">', format="html")
    for letter, words in choices:
        group += nodes.raw("", f'<label><input type="radio" name="{name}" value="{letter}">', format="html")
        group += nodes.inline("", "", nodes.Text(f"({letter}) "), *words)
        group += nodes.raw("", "</label>", format="html")
    group += nodes.raw("", '<p class="verdict" role="status"></p></div>', format="html")
    question.children[:] = []
    question += group


def _split(parts: list[nodes.Node]) -> Iterator[tuple[str, list[nodes.Node]]]:
    """The question, under an empty letter, and then each choice: its letter and what stands behind it."""
    letter, words = "", []
    for part in parts:
        pieces = LETTER.split(part.astext()) if isinstance(part, nodes.Text) else [part]
        for place, piece in enumerate(pieces):
            if place % 2:
                yield letter, words
                letter, words = piece, []
            elif isinstance(piece, nodes.Node):
                words.append(piece)
            elif piece:
                words.append(nodes.Text(piece))
    yield letter, words
