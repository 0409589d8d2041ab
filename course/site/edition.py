"""The web edition's own part, a Sphinx extension: formulas as drawings, words that are explained, quizzes that answer.

All else is Sphinx, MyST-NB and the theme, as docs/conf.py sets them.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from course.run.pages import draw_formula
from course.site.explained import explain_words, name_rows
from course.site.quizzes import ask

GLOSSARY = "docs/glossary"
LESSONS = "notebooks/"
logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls when it loads the extension."""
    app.add_html_math_renderer("drawn", (_inline_formula, None), (_formula, None))
    app.connect("doctree-resolved", _enrich)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _enrich(app: Sphinx, page: nodes.document, name: str):
    """Of a page about to be written: words explained and the quiz asked in a lesson, rows to link to in the glossary.

    The empty head that Markdown asks of every table goes: it reads as a row without a name.
    """
    for head in list(page.findall(nodes.thead)):
        if not head.astext().strip():
            head.parent.remove(head)
    if name == GLOSSARY:
        name_rows(page)
    if name.startswith(LESSONS):
        ask(page, name.removeprefix(LESSONS))
        explain_words(page, app.builder.get_relative_uri(name, GLOSSARY))


def _inline_formula(writer, node: nodes.math):
    writer.body.append(f'<span class="math">{_drawn(node, inline=True)}</span>')
    raise nodes.SkipNode


def _formula(writer, node: nodes.math_block):
    writer.body.append(f'<div class="math">{_drawn(node, inline=False)}</div>')
    raise nodes.SkipNode


def _drawn(node: nodes.Element, inline: bool) -> str:
    drawing = draw_formula(node.astext(), inline=inline)
    if "<svg " not in drawing:
        logger.warning("a formula that cannot be drawn: %s", node.astext(), location=node)
    return drawing
