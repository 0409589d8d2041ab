"""An executed notebook as a page that a browser opens without a network: nothing in it is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import nbformat
import ziamath
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.run.outputs import leave_out_recorded

ziamath.config.svg2 = False  # outlines in each formula instead of references to glyphs of the formula before
FONT_SIZE = 16  # pixels, beside text of 14: the letters come out equally high
TEMPLATE = Path(__file__).with_name("templates") / "notebook.html.j2"


def notebook_page(path: Path) -> str:
    """The notebook at a path as one HTML page: text, code, outputs, figures, and formulas as drawings."""
    notebook = nbformat.read(path, as_version=4)
    leave_out_recorded(notebook)
    exporter = _Exporter(template_name="lab", template_file=str(TEMPLATE))
    body, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    return body


def draw_formula(latex: str, *, inline: bool) -> str:
    """A formula, given without its dollar signs, as an SVG drawing that is read aloud as its LaTeX.

    inline: within a line of text; otherwise on a line of its own. What cannot be drawn is shown as it was written.

    >>> draw_formula("x_1", inline=True).startswith('<svg role="img" aria-label="x_1" style="vertical-align: ')
    True
    >>> draw_formula("x_1_2", inline=True)
    '<code>x_1_2</code>'
    """
    try:
        drawn = ziamath.Latex(latex.strip().replace("{aligned}", "{align*}"), size=FONT_SIZE, inline=inline)
        drawing, below = drawn.svg(), drawn.getyofst()
    except Exception:  # of half a dozen kinds, by what is wrong with the formula; a page says it all the same
        return f"<code>{escape(latex)}</code>"
    words = escape(" ".join(latex.split()))
    drawing = drawing.replace(
        "<svg ", f'<svg role="img" aria-label="{words}" style="vertical-align: {below:.2f}px" ', 1
    )
    return drawing if inline else f'<span style="display: block; overflow-x: auto; text-align: center">{drawing}</span>'


class _Renderer(IPythonRenderer):
    """Markdown whose formulas are drawn, where nbconvert leaves them to a script."""

    def inline_math(self, body: str) -> str:
        return draw_formula(body, inline=True)

    def block_math(self, body: str) -> str:
        return draw_formula(body, inline=False)

    def latex_environment(self, name: str, body: str) -> str:
        return draw_formula(rf"\begin{{{name}}}{body}\end{{{name}}}", inline=False)


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context: Mapping, source: str) -> str:
        pictures = context.get("cell", {}).get("attachments", {})
        return MarkdownWithMath(renderer=_Renderer(escape=False, attachments=pictures)).render(source)
