"""The page of an executed notebook: it loads nothing from elsewhere, and every formula on it is drawn."""

import html
import re
from pathlib import Path

import nbformat
import pytest
import sample_notebooks as sample
from nbconvert import HTMLExporter

from course.run import pages
from helpers.base.paths import NOTEBOOKS

COURSE = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
LOADED = re.compile(r"""<(?:script|link|iframe)\b[^>]*(?:src|href)=|\bsrc="(?!data:)|url\(["']?https?:|@import""")


def outputs(path: Path) -> list:
    """Everything that the code cells of a notebook have put on the page."""
    return [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """The formulas that the pages of this test draw, as they stand there."""
    found, draw = [], pages.draw_formula
    monkeypatch.setattr(
        pages, "draw_formula", lambda latex, inline: found.append(draw(latex, inline=inline)) or found[-1]
    )
    return found


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_a_page_of_the_course_needs_no_network_draws_every_formula_and_describes_every_figure(path, drawn):
    page = pages.notebook_page(path)
    assert LOADED.findall(page) == []
    written = "".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown").count("$")
    assert len(drawn) > 10
    assert 2 * len(drawn) <= written <= 4 * len(drawn)  # one dollar on either side, or two
    assert [formula for formula in drawn if "<svg " not in formula] == []
    assert page.count(' role="img"') == len(drawn)
    figures = [
        output["metadata"]["image/png"]["alt"] for output in outputs(path) if "image/png" in output.get("data", {})
    ]
    assert len(figures) > 5
    assert [html.unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', page)] == figures


def test_bookkeeping_is_folded_and_a_recorded_result_is_not_shown(tmp_path, recwarn):
    page = pages.notebook_page(sample.write_notebook(tmp_path / "01_adding.ipynb"))
    folded = re.findall(r"<details><summary>code</summary>.*?</details>", page, re.DOTALL)
    assert [len(re.findall(word, "".join(folded))) for word in ("record", "rivals", "check_parameters")] == [1, 1, 0]
    assert "<details><summary>✓ 1 statement of the text holds</summary>" in page
    assert page.count('data-mime-type="text/html"') == 1
    assert "vnd.course.result" not in page
    assert not [warning for warning in recwarn if "mimetype" in str(warning.message)]


def test_what_a_page_would_load_is_found():
    page, _ = HTMLExporter(template_name="lab").from_filename(str(COURSE[0]))
    assert len(LOADED.findall(page)) >= 2


def test_a_formula_is_read_aloud_as_it_was_written():
    inline, block = (pages.draw_formula('a <\n "b"', inline=inline) for inline in (True, False))
    for drawing in (inline, block):
        assert 'role="img" aria-label="a &lt; &quot;b&quot;" style="vertical-align: -' in drawing
        assert "<path" in drawing
    assert inline.startswith("<svg ")
    assert "display: block" in block


@pytest.mark.parametrize("latex", ["x_1_2", r"\left( x", r"\frac{1}", "{", "&", r"\begin{cases}1"])
def test_what_cannot_be_drawn_is_shown_as_it_was_written(latex):
    assert pages.draw_formula(latex, inline=True) == f"<code>{latex.replace('&', '&amp;')}</code>"


def test_equations_under_each_other_are_drawn_as_rows(tmp_path, drawn):
    rows = r"\begin{aligned} a &= b \\ c &= d \end{aligned}"
    cells = [nbformat.v4.new_markdown_cell(f"$${rows}$$\n\n{rows.replace('aligned', 'align')}\n\nIn line: $a$.")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "rows.ipynb")
    pages.notebook_page(tmp_path / "rows.ipynb")
    heights = [float(re.search(r'height="([\d.]+)"', drawing).group(1)) for drawing in drawn]
    assert len(heights) == 3
    assert min(heights[:2]) > 2 * heights[2]
    assert all("<svg " in drawing for drawing in drawn)


def test_a_picture_pasted_into_a_cell_stays_in_it(tmp_path):
    cell = nbformat.v4.new_markdown_cell(
        "![a dot](attachment:dot.png)", attachments={"dot.png": {"image/png": "iVBORw=="}}
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "pasted.ipynb")
    assert 'src="data:image/png;base64,iVBORw=="' in pages.notebook_page(tmp_path / "pasted.ipynb")
