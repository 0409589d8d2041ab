"""The Chinese edition, a Sphinx extension: each page from its translation where there is one, and a search.

A notebook's translation is that of course.site.translation, a page's lies beside it with the ending `.zh.md`. A page
without one is in English: it says so at its head, and is marked as English for whoever has it read aloud.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.zh import SearchChinese

from course.site import outputs
from course.site.translation import TRANSLATIONS, blocks_file, translation
from helpers.base.paths import NOTEBOOKS, ROOT
from helpers.notebook.index import find_notebooks

STILL_ENGLISH = "本页还没有中文译文，以下为英文。"
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


class SearchPairs(SearchChinese):
    """Chinese without a dictionary: each two neighbouring characters are a word, in pages and in what is sought."""

    language_name = (
        "English"  # of the stemmer, which is for the words in other letters; Sphinx names one that is not there
    )
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/[\u4e00-\u9fff]+|(?:(?![\u4e00-\u9fff])[\p{Letter}\p{Number}_])+/gu) ?? []).flatMap((run) =>
    /[\u4e00-\u9fff]{2}/.test(run) ? [...run].slice(1).map((one, before) => run[before] + one) : [run]);
"""

    def split(self, text: str) -> list[str]:
        """The words of a text in other letters, and the pairs of Chinese characters.

        >>> SearchPairs({}).split("X线片里的ReLU")
        ['线片', '片里', '里的', 'X', 'ReLU']
        """
        runs = re.findall(r"[\u4e00-\u9fff]+", text)
        latin = re.findall(r"[^\W\u4e00-\u9fff]+", text)
        self.latin_terms.update(latin)
        return [run[at : at + 2] for run in runs for at in range(len(run) - 1)] + latin


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls when it loads the extension."""
    app.add_search_language(SearchPairs)
    app.connect("source-read", _translate)
    app.connect("doctree-read", _mark_english)
    app.connect("build-finished", _hand_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def translated_source(source: Path) -> Path | None:
    """The file that holds the translation of a page's source; None where there is none."""
    file = blocks_file(source, "zh") if source.suffix == ".ipynb" else source.with_suffix(".zh.md")
    return file if file.exists() else None


def edited() -> dict[str, str]:
    """Where a translated page is edited: its source, as a path in the repository, and the file of its translation."""
    sources = [*find_notebooks(), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = {source: translated_source(source) for source in sources}
    return {
        source.relative_to(ROOT).as_posix(): file.relative_to(ROOT).as_posix() for source, file in found.items() if file
    }


def translated(source: Path) -> str:
    """The text of a page's source in Chinese: a notebook as JSON, with the code and outputs of the English one."""
    if source.suffix == ".ipynb":
        return nbformat.writes(translation(source, "zh").notebook())
    return source.with_suffix(".zh.md").read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """The anchor of a heading: of a translated one that of its English, so that a link to it holds in both editions."""
    return outputs.slug(_english_headings().get(heading, heading))


@cache
def _english_headings() -> dict[str, str]:
    """The headings of all translated notebooks, without marks: Chinese, and the English in the same place."""
    headings = {}
    for file in (TRANSLATIONS / "zh").glob("*.md"):
        whole = translation(NOTEBOOKS / f"{file.stem}.ipynb", "zh")
        for cell, block in whole.blocks.items():
            ours, theirs = (
                _HEADING.findall(re.sub("[*`]", "", text)) for text in (block.text, whole.cells.get(cell, ""))
            )
            headings |= dict(zip(ours, theirs, strict=False))  # of a block that is behind, as far as they go
    return headings


def _translate(app: Sphinx, name: str, source: list[str]):
    english = app.env.doc2path(name)
    if file := translated_source(english):
        app.env.note_dependency(file)
        source[0] = translated(english)


def _mark_english(app: Sphinx, page: nodes.document):
    if translated_source(app.env.doc2path(app.env.docname)):
        return
    for section in page.findall(nodes.section):
        section["classes"].append("language-en")
        break
    note = nodes.paragraph("", STILL_ENGLISH, classes=["language-zh", "still-english"])
    section.insert(1, note)


def _hand_out(app: Sphinx, failed: Exception | None):
    """Put the translated sources where a page's button downloads them."""
    if failed is None:
        for name in app.env.found_docs:
            english = app.env.doc2path(name)
            if translated_source(english):
                copy = app.outdir / "_sources" / english.relative_to(app.srcdir)
                copy.write_text(translated(english), encoding="utf-8")
