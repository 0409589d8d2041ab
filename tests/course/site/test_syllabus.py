"""What is generated from the notebooks' metadata is what stands in the notebooks and in the README."""

import nbformat
import pytest

from course.site.syllabus import (
    PICTURE,
    SHOWN,
    header,
    launch_links,
    other_sets,
    pages_address,
    picture,
    readme,
    repository,
    with_blocks,
)
from helpers.base.paths import README
from helpers.notebook.index import course_metadata, find_notebooks
from helpers.notebook.reference import study_results

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]


@pytest.mark.parametrize("notebook", COURSE)
def test_the_header_is_made_from_the_metadata(notebook):
    first = nbformat.read(notebook, as_version=4).cells[0]
    assert first.source == header(notebook, course_metadata(notebook))


def test_the_readme_is_as_generated():
    text = README.read_text(encoding="utf-8")
    assert text == readme(text, find_notebooks())


def test_the_readme_shows_a_figure_that_a_notebook_has():
    image, alt = picture(SHOWN)
    assert image.startswith(b"\x89PNG")
    assert PICTURE.read_bytes() == image, "run `make refresh`"
    assert "three networks" in alt


def test_the_readme_tells_each_lesson_in_a_line_and_leaves_its_objectives_to_it():
    text = README.read_text(encoding="utf-8")
    for notebook in find_notebooks():
        course = course_metadata(notebook)
        (line,) = (
            line for line in text.splitlines() if line.startswith("|") and f"(notebooks/{notebook.name})" in line
        )
        assert course["description"] in line
        assert not any(objective in text for objective in course["objectives"])


def test_what_a_newcomer_needs_stands_before_all_else():
    text = README.read_text(encoding="utf-8")
    wanted = (
        "Not for clinical use",
        pages_address(),
        "docs/test_auc.png",
        "make course",
        "make test",
        "## The lessons",
    )
    places = [text.index(one) for one in wanted]
    assert places == sorted(places)
    assert text[: places[-1]].count("\n") <= 40  # a screen


def test_the_readme_says_what_a_visitor_needs():
    text = README.read_text(encoding="utf-8")
    for needed in ("make course", "make test", "Not for clinical use", "CC BY 4.0", "MIT", repository()):
        assert needed in text


def test_launch_links_name_the_repository_and_the_notebook():
    binder, colab = launch_links(find_notebooks()[0])
    owner_and_name = repository().removeprefix("https://github.com/")
    assert binder.startswith(f"https://mybinder.org/v2/gh/{owner_and_name}/")
    assert colab.startswith(f"https://colab.research.google.com/github/{owner_and_name}/")
    assert binder.endswith(find_notebooks()[0].name)
    assert colab.endswith(find_notebooks()[0].name)


def test_a_missing_part_is_an_error():
    with pytest.raises(ValueError, match="no part between"):
        with_blocks("nothing here", {"schedule": "x"})


def test_a_recorded_set_has_a_row_beside_the_published_score(tmp_path):
    assert other_sets(tmp_path) == []
    study_results("organs").query("dataset == 'bone'").to_csv(tmp_path / "breastmnist.csv", index=False)
    (tmp_path / "nosuchset.csv").write_text("seed\n1\n", encoding="utf-8")
    (table,) = other_sets(tmp_path)
    *_, row = table.splitlines()
    assert row.startswith("| breastmnist | ")
    assert row.endswith(" | .901; .863 |")
    assert row.count(" to ") == 6
    assert "nosuchset" not in table
