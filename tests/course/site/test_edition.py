"""The web edition of a small course: one lesson cut from a notebook of the course, built as `make site` builds all."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from docutils.core import publish_doctree

from course.site.chinese import STILL_ENGLISH, slug
from course.site.explained import row_name
from course.site.facts import citation, measured_table
from course.site.quizzes import ask
from course.site.translation import translation
from helpers.base.paths import NOTEBOOKS, ROOT
from helpers.notebook.claims import RESULT_MIME
from helpers.notebook.index import find_notebooks

LESSON = NOTEBOOKS / "02_cnn_imaging.ipynb"
GLOSSARY = "# Glossary\n\n| term | meaning |\n|---|---|\n| **convolutional network** | x |\n| **heat map** | x |\n"


def kept(cells: list) -> list:
    """The first of each kind of cell that a page treats in its own way, and the quiz with its answers."""
    kinds = {
        "title": lambda cell: cell.source.startswith("# "),
        "folded": lambda cell: "bookkeeping" in cell.metadata.get("tags", []),
        "figure": lambda cell: any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])),
        "table": lambda cell: any("<table" in str(output.get("data", {})) for output in cell.get("outputs", [])),
        "formula": lambda cell: cell.cell_type == "markdown" and "$$" in cell.source,
        "solution": lambda cell: "<details>" in cell.source,
    }
    first = {id(next(filter(kind, cells))) for kind in kinds.values()}
    quiz = next(
        place for place, cell in enumerate(cells) if cell.source.endswith("run the cell.") or "Quiz" in cell.source
    )
    return [cell for place, cell in enumerate(cells) if id(cell) in first or quiz <= place < quiz + 4]


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A function that builds a course of one lesson with a text in it: its exit status, what it said, and the pages.

    language: en, or zh for the Chinese edition.
    """

    def run(text: str, language: str = "en"):
        folder = tmp_path_factory.mktemp("course")
        lesson = nbformat.read(LESSON, as_version=4)
        lesson.cells = [*kept(lesson.cells), nbformat.v4.new_markdown_cell(text)]
        for name in ("notebooks", "docs"):
            (folder / name).mkdir()
        nbformat.write(lesson, folder / "notebooks" / LESSON.name)
        (folder / "docs" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
        contents = "# Course\n\n```{toctree}\n:glob:\nnotebooks/*\ndocs/*\n```\n"
        (folder / "index.md").write_text(contents, encoding="utf-8")
        sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", ROOT / "docs", "-t", language]
        done = subprocess.run([*sphinx, folder, folder / "built" / "site"], capture_output=True, text=True, cwd=ROOT)
        return done.returncode, done.stderr, folder / "built" / "site"

    return run


@pytest.fixture(scope="module")
def page(build):
    status, said, site = build("## More\n\nA heat map again, and a [link](../docs/glossary.md).")
    assert status == 0, said
    return (site / "notebooks" / "02_cnn_imaging.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chinese(build):
    """The folder of the Chinese pages, whose lesson has a cell that nobody has translated."""
    status, said, site = build("## More\n\nIn English.", "zh")
    assert status == 0, said
    return site


def test_a_chinese_page_has_the_translated_words_and_the_same_code(chinese, page):
    translated = (chinese / "notebooks" / "02_cnn_imaging.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN"' in translated
    assert "<h1>02 · 图像：卷积神经网络" in translated
    assert "此译文落后原文 1 个单元格" in translated
    assert "In English." in translated
    assert re.search(
        r'<a class="term[^>]*title="convolutional network \(卷积神经网络\)[^>]*>卷积神经网络</a>', translated
    )
    code, letters = r'<div class="highlight[^>]*>.*?</div>', r'data-right="(\w)"'
    assert re.findall(code, translated, re.DOTALL) == re.findall(code, page, re.DOTALL) != []
    assert re.findall(letters, translated) == re.findall(letters, page) != []


def test_a_link_to_a_heading_holds_in_chinese_too():
    whole = translation(LESSON, "zh")
    heading = next(block.text.partition("\n")[0] for block in whole.blocks.values() if block.text.startswith("## 1 "))
    assert slug(heading.removeprefix("## ")) == "1-What-a-medical-image-is-to-a-computer"
    assert slug("More") == "More"


def test_a_page_that_nobody_translated_says_so_and_is_marked_as_english(chinese):
    glossary = (chinese / "docs" / "glossary.html").read_text(encoding="utf-8")
    assert re.search(r'<section [^>]*lang="en"', glossary)
    assert STILL_ENGLISH in glossary
    assert STILL_ENGLISH not in (chinese / "notebooks" / "02_cnn_imaging.html").read_text(encoding="utf-8")


def test_the_button_of_a_chinese_page_edits_the_translation_where_there_is_one(chinese, page):
    edits = re.compile(r'href="[^"]*/edit/main/([^"]*)"')
    translated, glossary = (
        (chinese / name).read_text(encoding="utf-8") for name in ("notebooks/02_cnn_imaging.html", "docs/glossary.html")
    )
    assert set(edits.findall(page)) == {"notebooks/02_cnn_imaging.ipynb"}
    assert set(edits.findall(translated)) == {"translations/zh/02_cnn_imaging.md"}
    assert set(edits.findall(glossary)) == {"docs/glossary.md"}


def test_the_button_of_a_chinese_page_downloads_the_chinese_notebook(chinese):
    cells = nbformat.read(chinese / "_sources" / "notebooks" / LESSON.name, as_version=4).cells
    assert cells[0].source.startswith("# 02 · 图像")


def test_what_is_sought_in_chinese_is_split_as_the_pages_are(chinese):
    index = (chinese / "searchindex.js").read_text(encoding="utf-8")
    terms = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))["terms"]
    assert {"卷积", "积神"} <= terms.keys()
    assert "卷积神经网络" not in terms
    assert "splitQuery" in (chinese / "_static" / "language_data.js").read_text(encoding="utf-8")


def test_a_figure_has_the_alternative_text_that_was_stored(page):
    outputs = [output for cell in kept(nbformat.read(LESSON, 4).cells) for output in cell.get("outputs", [])]
    stored = [output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})]
    assert stored
    assert re.findall(r'<img alt="([^"]*)" src="\.\./_images/', page) == stored


def test_bookkeeping_is_folded_and_nothing_of_the_machinery_is_shown(page):
    assert 'class="cell tag_bookkeeping tag_hide-input docutils container"' in page
    assert "<summary>✓ " in page
    assert RESULT_MIME not in page


def test_formulas_are_drawn_and_nothing_is_loaded_from_elsewhere(page):
    assert page.count('<svg role="img" aria-label=') > 3
    assert "$$" not in page
    assert re.findall(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="https?:[^"]*"', page) == []


def test_solutions_open(page):
    assert re.search(r"<details><summary>\S+ (Hint|Solution)</summary>", page)


def test_the_quiz_knows_the_right_letters(page):
    answers = kept(nbformat.read(LESSON, 4).cells)[-1].source
    letters = re.findall(r"^\d\. \*\*([a-d])\*\*", answers, re.MULTILINE)
    assert len(letters) == 6
    assert re.findall(r'data-right="(\w)"', page) == letters
    assert page.count('<input type="radio"') == 4 * len(letters)
    assert re.search(r'value="c"><span>\(c\) a cross-correlation plus a bias;</span></label>', page)


def test_a_word_of_the_glossary_is_explained_once(page):
    (link,) = re.findall(r'<a class="term[^>]*title="heat map [^>]*>', page)
    assert 'href="../docs/glossary.html#term-heat-map"' in link
    assert row_name("heat map") == "term-heat-map"


def test_a_page_leads_to_binder_and_to_its_source(page):
    for place in (
        "mybinder.org/v2/gh/",
        "github.com/deep-learning-in-healthcare/",
    ):
        assert re.search(rf'href="https://{place}[^"]*notebooks/02_cnn_imaging\.ipynb"', page)
    assert citation() in page


def test_what_is_wrong_on_a_page_stops_the_build(build):
    status, said, _ = build("[gone](../docs/gone.md), [gone](../docs/glossary.md#Gone), $\\frac{1}$.")
    assert status != 0
    for fault in ("'../docs/gone.md'", "'Gone'", r"a formula that cannot be drawn: \frac{1}"):
        assert fault in said


def test_a_question_that_the_checks_do_not_know_stops_the_build():
    page = publish_doctree(
        "1 Quiz\n------\n\n1. One? (a) yes; (b) no; (c) perhaps.", settings_overrides={"doctitle_xform": 0}
    )
    with pytest.raises(ValueError, match="02_cnn_imaging: 1 questions in the quiz, 6 in its checks"):
        ask(page, LESSON.stem)


def test_every_lesson_is_in_the_table_of_times_and_versions():
    rows = measured_table().splitlines()[2:]
    assert [re.search(r"notebooks/(.+?)\.ipynb", row)[1] for row in rows] == [path.stem for path in find_notebooks()]
    assert "python 3." in rows[0]
    assert "numpy" in rows[0]


def test_the_citation_names_version_and_place():
    assert re.search(
        r"\(\d{4}\)\. Deep Learning in Healthcare: .+, version \d+\.\d+\.\d+\. https://github\.com/", citation()
    )
