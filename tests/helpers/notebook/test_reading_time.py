"""The count of minutes: each word, cell and figure once, where it is read, and by section."""

import pytest
import sample_notebooks as sample

from helpers.notebook import reading_time

LONG_TEXT = "A curve that rises from left to right."
SHOWN = sample.code(f"plots.f(alt='{LONG_TEXT}')", sample.figure(LONG_TEXT))

TEXTS = {
    "words of the lesson": ("## A\n\n" + "word " * 178, reading_time.Count(180, 0, 0, 0)),
    "an optional section": ("## A\n\n### More (optional)\n\nmany words\n\n## B", reading_time.Count(4, 0, 0, 0)),
    "an exercise": ("Read this. ✎ **Exercise 01.1: add.** Not this.", reading_time.Count(2, 0, 0, 0)),
    "a quiz": ("## 9 Quiz\n\n1. What?\n\n## Summary\n\n## Sources\n\n* A", reading_time.Count(2, 0, 0, 0)),
}


@pytest.mark.parametrize(("text", "count"), TEXTS.values(), ids=TEXTS)
def test_words_are_counted_where_they_are_read(text, count):
    assert reading_time.count(sample.new_notebook(cells=[sample.new_markdown_cell(text)])) == count


def test_cells_and_figures_are_counted_where_they_are_read():
    cells = [
        sample.code(SHOWN.source, *SHOWN.outputs),
        sample.code("x", tags=["bookkeeping"]),
        sample.code("x", tags=["exercise"]),
        sample.code("x", tags=["solution-01.1"]),
        sample.new_markdown_cell("## Optional: more"),
        sample.code(SHOWN.source, *SHOWN.outputs),
    ]
    counted = reading_time.count(sample.new_notebook(cells=cells))
    assert counted == reading_time.Count(0, 1, 1, 1)
    assert counted.reading == 40 / 60 + 1
    assert counted.exercising == reading_time.MINUTES_AN_EXERCISE


def test_sections_add_up_to_the_whole_and_say_what_is_optional():
    cells = [
        sample.new_markdown_cell("# Title\n\nthree words here"),
        sample.new_markdown_cell("## 1 One\n\n```\n# no heading\n```\n\n### 1.1 Optional: more\n\ntwo words"),
        sample.code(SHOWN.source, *SHOWN.outputs),
        sample.new_markdown_cell("### 1.2 Again\n\nword"),
        sample.code("x", tags=["exercise"]),
        sample.new_markdown_cell("## Sources\n\nnobody reads this"),
    ]
    notebook = sample.new_notebook(cells=cells)
    opening, one = reading_time.sections(notebook)
    assert opening == (reading_time.OPENING, reading_time.Count(5), {})
    assert one.heading == "1 One"
    assert one.count == reading_time.Count(3 + 5 + 4, 0, 0, 1)
    assert one.optional == {"1.1 Optional: more": reading_time.Count(6, 1, 1, 0)}
    assert reading_time.count(notebook) == reading_time.Count(17, 0, 0, 1)
