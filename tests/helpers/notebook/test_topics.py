"""The map names every subject of the source text, points to notebooks that exist, and plans only those that do not."""

import re

import nbformat
import pytest

from helpers.base.paths import NOTEBOOKS
from helpers.notebook import topics
from helpers.notebook.index import course_metadata, find_notebooks
from helpers.notebook.topics import KINDS, course_map, read_topics, taken_up

TOPICS = read_topics()


def test_every_topic_is_described():
    for key, topic in TOPICS.items():
        assert set(topic) == {"kind", "name", "zh", "planned"}, key
        assert topic["kind"] in KINDS
        assert re.search(r"[\u4e00-\u9fff]", topic["zh"]), key


def test_the_subjects_of_the_source_text_are_there():
    """Sections 6, 8 and 9 of the source: its applications, open problems and questions."""
    assert {"imaging-tumours", "imaging-fractures", "imaging-pneumonia", "pathology", "genomic-risk"} <= set(TOPICS)
    assert {"drug-targets", "drug-design", "drug-screening"} <= set(TOPICS)
    problems = {key for key, topic in TOPICS.items() if topic["kind"] == "problem"}
    assert problems == {"privacy", "interpretability", "generalisation"}
    questions = {key for key, topic in TOPICS.items() if topic["kind"] == "question"}
    assert questions == {"missing-data", "evaluation", "overfitting"}


@pytest.mark.parametrize("key", TOPICS)
def test_a_topic_is_taken_up_or_planned(key):
    assert taken_up(find_notebooks())[key] or TOPICS[key]["planned"]


@pytest.mark.parametrize("key", TOPICS)
def test_a_planned_notebook_that_exists_lists_the_topic(key):
    for name in TOPICS[key]["planned"]:
        assert re.fullmatch(r"\d\d_[a-z_]+", name)
        path = NOTEBOOKS / f"{name}.ipynb"
        assert not path.exists() or key in course_metadata(path)["topics"]


def test_the_map_of_invented_notebooks(monkeypatch, tmp_path):
    """One notebook that takes up pathology, one that takes up nothing; what is planned and missing is to come."""
    for name, keys in [("01_cells", ["pathology", "evaluation"]), ("05_overfitting", [])]:
        notebook = nbformat.v4.new_notebook(metadata={"course": {"topics": keys}})
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    notebooks = sorted(tmp_path.glob("*.ipynb"))
    monkeypatch.setattr(topics, "find_notebooks", lambda: notebooks)
    listed = {
        "pathology": {"kind": "application", "name": "cells", "zh": "病理", "planned": []},
        "privacy": {"kind": "problem", "name": "privacy", "zh": "隐私", "planned": ["09_privacy"]},
        "evaluation": {"kind": "question", "name": "How good?", "zh": "评估", "planned": ["01_cells", "04_x"]},
        "overfitting": {"kind": "question", "name": "By heart?", "zh": "过拟合", "planned": ["05_overfitting"]},
    }
    monkeypatch.setattr(topics, "read_topics", lambda: listed)
    assert course_map("application").splitlines()[2:] == ["| cells | 病理 | [01_cells](01_cells.ipynb) |"]
    assert course_map("problem").splitlines()[2:] == ["| privacy | 隐私 | *09_privacy, to come* |"]
    assert course_map("question").splitlines()[2:] == [
        "| How good? | 评估 | [01_cells](01_cells.ipynb), *04_x, to come* |",
        "| By heart? | 过拟合 |  |",
    ]


def test_an_unknown_kind():
    with pytest.raises(KeyError):
        course_map("hobby")
