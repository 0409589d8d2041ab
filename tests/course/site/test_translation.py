"""The translations: of the committed text, as in English but for the words, and honest where they are behind."""

from copy import deepcopy
from dataclasses import replace

import nbformat
import pytest
from translation_rules import faults

from course.site import translation as module
from course.site.translation import Block, TranslationError, read_blocks, text_hash, translation
from helpers.base.errors import RequestError
from helpers.base.paths import NOTEBOOKS

COMMITTED = [
    pytest.param(NOTEBOOKS / f"{file.stem}.ipynb", file.parent.name, id=f"{file.parent.name}-{file.stem}")
    for file in sorted(module.TRANSLATIONS.glob("*/*.md"))
]
FIRST = NOTEBOOKS / "01_background.ipynb"


@pytest.fixture
def first():
    """The Chinese translation of the first notebook, whole and of the committed text."""
    return translation(FIRST, "zh")


def changed(whole, cell):
    """The same translation after somebody has added a sentence to a cell's English."""
    english = deepcopy(whole.english)
    next(found for found in english.cells if found.id == cell).source += " One more sentence."
    return replace(whole, english=english)


@pytest.mark.parametrize(("notebook", "language"), COMMITTED)
def test_every_cell_is_translated_from_the_committed_text(notebook, language):
    of_committed = translation(notebook, language)
    assert list(of_committed.blocks) == list(of_committed.cells), "a block for each Markdown cell, in reading order"
    assert of_committed.behind == {}, "translate what changed, then write its new hash into its block"
    assert of_committed.stamp == ""


@pytest.mark.parametrize(("notebook", "language"), COMMITTED)
def test_all_that_is_not_words_is_as_in_english(notebook, language):
    whole = translation(notebook, language)
    assert {cell: faults(whole.cells[cell], block.text) for cell, block in whole.blocks.items()} == {
        cell: [] for cell in whole.blocks
    }


@pytest.mark.parametrize(("notebook", "language"), COMMITTED)
def test_code_and_outputs_are_those_of_the_english_notebook(notebook, language):
    whole = translation(notebook, language)
    ours, theirs = whole.english, whole.notebook()
    nbformat.validate(theirs)
    assert len(ours.cells) == len(theirs.cells)
    for english, translated in zip(ours.cells, theirs.cells, strict=True):
        if english.cell_type == "markdown":
            assert translated.source == whole.blocks[english.id].text
            assert (translated.id, translated.metadata) == (english.id, english.metadata)
        else:
            assert translated == english


def test_a_changed_cell_is_behind_and_the_page_says_so(first):
    cell = list(first.cells)[5]
    behind = changed(first, cell)
    assert behind.behind == {cell: text_hash(behind.cells[cell])}
    title, stamp = behind.notebook().cells[0].source.split("\n\n")[:2]
    assert title == first.notebook().cells[0].source.split("\n\n")[0]
    assert stamp == "> 此译文落后原文 1 个单元格。"
    assert next(shown for shown in behind.notebook().cells if shown.id == cell).source == first.blocks[cell].text
    assert behind.english.cells[0].source == first.english.cells[0].source, "the English notebook stays as it is"


def test_a_missing_block_stays_english_and_is_counted(first):
    one, other = list(first.cells)[3:5]
    fewer = replace(first, blocks={cell: block for cell, block in first.blocks.items() if cell != one})
    assert list(fewer.missing) == [one]
    assert next(shown for shown in fewer.notebook().cells if shown.id == one).source == first.cells[one]
    assert "落后原文 2 个" in changed(fewer, other).stamp


def test_a_block_whose_cell_is_gone_is_named(first):
    more = replace(first, blocks=first.blocks | {"gone": Block("0" * 8, "没有了")})
    assert more.left_over == ["gone"]
    assert more.notebook() == first.notebook()


def test_a_notebook_without_a_file_is_english_and_says_so():
    untranslated = translation(NOTEBOOKS / "04_evaluation.ipynb", "zh")
    assert list(untranslated.missing) == list(untranslated.cells)
    assert f" {len(untranslated.cells)} " in untranslated.stamp


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- cell a of 00000000 -->\n\n一\n\n<!-- cell a of 00000000 -->\n\n二\n", "cell a has two blocks"),
        ("<!-- cell a of 00000000 -->\n\n<!-- cell b of 00000000 -->\n\n二\n", "cell a has no text"),
        ("<!-- cell a -->\n\n一\n", "before the first"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, text, message):
    file = tmp_path / "01_background.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TranslationError, match=message):
        read_blocks(file)


def test_an_unknown_language_is_refused():
    with pytest.raises(RequestError, match="there is: zh"):
        translation(FIRST, "xx")


ENGLISH = """## 2 Sums

A **neuron** adds $a + b$ up for 1.5 million people, in `numpy` ([see](../docs/glossary.md)):

* one, .5
* two, in March 2024

<details><summary>☼ Hint</summary>

```python
1 + 1
```

</details>"""
CHINESE = """## 2 求和

**神经元**为 150 万人把 $a + b$ 加起来，用 `numpy`（[参见](../docs/glossary.md)）：

* 一，0.5
* 二，2024 年 3 月

<details><summary>☼ 提示</summary>

```python
1 + 1
```

</details>"""


def test_a_right_translation_has_no_faults():
    assert faults(ENGLISH, CHINESE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("## 2", "### 2", "frame"),
        ("* 二，2024 年 3 月", "二，2024 年 3 月", "frame"),
        ("</details>", "", "frame"),
        ("**神经元**为", "神经元为", "frame"),
        ("$a + b$", "$a - b$", "formulas"),
        ("`numpy`", "`pandas`", "code"),
        ("1 + 1\n", "1 + 2\n", "code"),
        ("glossary.md", "glossary.yml", "addresses"),
        ("150 万", "15 万", "numbers"),
        ("0.5", "0.05", "numbers"),
        ("3 月", "5 月", "numbers"),
        ("☼", "", "marks"),
        ("一，0.5", "一,0.5", "half width"),
        ("为 150 万人", "为 150 万*人", "does not close"),
        ("**神经元**", "**细胞**", "neuron: 神经元 is not bold"),
        (CHINESE, ENGLISH, "no Chinese"),
    ],
)
def test_a_fault_is_found(right, wrong, fault):
    assert right in CHINESE
    assert any(fault in found for found in faults(ENGLISH, CHINESE.replace(right, wrong)))
