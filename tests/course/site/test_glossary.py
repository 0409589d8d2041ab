"""Every term of the glossary is explained in two languages, and its link leads to a heading under which it is used."""

import json
import re
from urllib.parse import unquote

import nbformat
import pytest

from course.site import glossary
from course.site.glossary import Term, page, read_terms, sections
from helpers.base.paths import ROOT
from helpers.notebook.index import find_notebooks

ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+?) \| (.+?) \| \[(\d\d), (.+)\]\(\.\./(notebooks/.+?\.ipynb)#(\S+)\) \|$")
ROWS = [
    ROW.match(line)
    for line in glossary.PAGE.read_text(encoding="utf-8").splitlines()[len(glossary.HEAD.splitlines()) :]
]


def test_the_page_is_as_generated():
    assert glossary.PAGE.read_text(encoding="utf-8") == page(find_notebooks())


def test_every_row_can_be_read():
    assert None not in ROWS
    assert len(ROWS) == len(read_terms())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1] if row else "unreadable")
def test_a_link_leads_to_a_heading_under_which_the_term_stands(row):
    """Held against the notebook itself: the heading exists once, and the text up to the next one uses the term."""
    _, _, _, number, heading, place, anchor = row.groups()
    assert (ROOT / place).name.startswith(number)
    assert unquote(anchor) == heading.replace(" ", "-").replace("*", "")
    cells = nbformat.read(ROOT / place, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    _, *after = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)
    assert len(after) == 1, f"{place} has the heading {heading!r} {len(after)} times"
    under = heading + re.split(r"^#+ ", after[0], maxsplit=1, flags=re.MULTILINE)[0]
    words = next((entry.term, *entry.also) for entry in read_terms() if entry.term == row[1])
    assert any(re.search(rf"\b{re.escape(word)}(e?s)?\b", under, re.IGNORECASE) for word in words)


@pytest.mark.parametrize("entry", read_terms(), ids=lambda entry: entry.term)
def test_a_term_has_both_languages_and_one_sentence(entry):
    assert re.search(r"[\u4e00-\u9fff]", entry.zh)
    assert re.fullmatch(r"[^|]+\.", entry.meaning)
    assert ". " not in entry.meaning


def test_no_term_twice():
    terms = [entry.term.lower() for entry in read_terms()]
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("notebook", find_notebooks(), ids=lambda path: path.stem)
def test_every_word_in_bold_is_in_the_glossary(notebook):
    assert glossary.unexplained(notebook) == []


def test_a_bold_word_that_the_glossary_lacks_is_told(tmp_path):
    notebook = tmp_path / "01_words.ipynb"
    texts = [
        "# Words",
        "An **AUC**, a **flumsel** and **two words more**; **A whole sentence.** **Exercise 01.1: x** **b** "
        "**four words are many** and **flumsel** again; `**code**`. **Next**: 02",
    ]
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    assert glossary.unexplained(notebook) == ["flumsel", "two words more"]


@pytest.mark.parametrize(
    ("term", "prose", "found"),
    [
        ("leak", "Leaks are common.", True),
        ("leak", "A leaky pipe.", False),
        ("loss", "Two losses fall.", True),
        ("CT", "A CT scan.", True),
        ("CT", "An act.", False),
        ("learning rate", "learning  rates", False),
    ],
)
def test_what_counts_as_using_a_term(term, prose, found):
    assert Term(term, "", "").occurs_in(prose) is found


def test_other_words_count_where_they_are_named():
    assert Term("recurrent network", "", "", ("RNN",)).occurs_in("An RNN reads it.")


def test_code_formulas_and_addresses_are_no_prose(tmp_path):
    source = ["# 09 · Title\n", "\n", "| a | leak |\n"]
    text = "## One\n\n`leak` $leak$ [x](leak.md)\n\n```python\nleak\n```\n\n## Two\n\nA leak.\n"
    cells = [{"cell_type": "markdown", "source": source}, {"cell_type": "code", "source": "leak"}]
    notebook = tmp_path / "09_x.ipynb"
    notebook.write_text(json.dumps({"cells": [*cells, {"cell_type": "markdown", "source": text}]}), encoding="utf-8")
    found = list(sections(notebook))
    assert [section.heading for section in found] == ["09 · Title", "One", "Two"]
    assert [Term("leak", "", "").occurs_in(section.prose) for section in found] == [False, False, True]
    assert found[2].link == "[09, Two](../notebooks/09_x.ipynb#Two)"


@pytest.mark.parametrize("term", [Term("phlogiston", "燃素", "Nothing."), Term("alarm", "警报", "A call.", (), "01 1")])
def test_a_term_that_no_notebook_uses_or_not_where_it_says_is_an_error(monkeypatch, term):
    monkeypatch.setattr(glossary, "read_terms", lambda: [term])
    with pytest.raises(ValueError, match=f"no notebook uses '{term.term}'"):
        page(find_notebooks())


def test_a_term_leads_to_where_it_is_taught_and_else_to_its_first_use(monkeypatch):
    terms = [Term("temperature", "温度", "T.", taught=where) for where in ("", "04 5.3")]
    monkeypatch.setattr(glossary, "read_terms", lambda: terms)
    *_, first, taught = page(find_notebooks()).splitlines()
    assert "[01, 4.1 " in first
    assert "[04, 5.3 " in taught
