"""README.zh.md, the front page in Chinese, says to do what README.md says, and leads where that leads."""

import re

import pytest

from course.site.syllabus import pages_address, repository
from helpers.base.paths import README, ROOT
from helpers.notebook.index import find_notebooks

ENGLISH = README.read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| \[(\d\d) · (.+?)\]\((notebooks/\S+)\) \|.*?\b(\d+ \+ \d+) \|.*?(\[Binder\].+) \|$", re.MULTILINE)


def commands(page):
    """The lines of a page that are to be typed, without their comments."""
    return {re.sub(r"\s+#.*", "", line).strip() for block in BLOCK.findall(page) for line in block.splitlines()}


def rows(page):
    """Of each row about a notebook: its number, its address, its minutes and where it opens; its title is left out."""
    return [(number, place, minutes, launch) for number, _, place, minutes, launch in ROW.findall(page)]


def test_its_commands_are_those_of_the_english_page():
    assert {"make course", "make test"} <= commands(CHINESE)
    assert commands(CHINESE) <= commands(ENGLISH)


def test_its_words_of_code_are_those_of_the_english_page():
    spans = set(re.findall(r"`([^`\n]+)`", BLOCK.sub("", CHINESE)))
    assert {span for span in spans if span not in ENGLISH} == set()


def test_it_lists_the_same_notebooks_with_the_same_minutes_and_launch_links():
    assert len(rows(CHINESE)) == len(find_notebooks())
    assert rows(CHINESE) == rows(ENGLISH)


def test_every_title_is_chinese():
    assert all(re.search(r"[\u4e00-\u9fff]", title) for _, title, *_ in ROW.findall(CHINESE))


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_pages_lead_to_each_other_from_their_first_lines(page):
    other = "README.zh.md" if page is ENGLISH else "README.md"
    assert f"]({other})" in "\n".join(page.splitlines()[:4])


def test_its_links_lead_to_files_that_exist_or_where_the_english_page_leads():
    for address in ADDRESS.findall(CHINESE):
        if "://" in address:
            assert address in ENGLISH or address == f"{pages_address()}zh/"
        else:
            assert (ROOT / address.partition("#")[0]).exists(), address


def test_it_names_every_notebook_that_is_translated():
    for file in (ROOT / "translations" / "zh").glob("*.md"):
        assert f"](translations/zh/{file.name})" in CHINESE


def test_it_says_what_a_visitor_needs():
    for needed in ("不可用于临床", "CC BY 4.0", "MIT", repository()):
        assert needed in CHINESE
