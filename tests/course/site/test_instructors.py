"""The instructor's pages are as generated, their days are bearable, and what they name exists."""

import re
from itertools import pairwise

import nbformat
import pytest

from course.site import instructors
from course.site.syllabus import repository
from helpers.base.paths import ROOT
from helpers.notebook import reading_time
from helpers.notebook.index import course_metadata, find_notebooks

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]
COURSES = {path.stem[:2]: course_metadata(path) for path in find_notebooks()}
DAYS = [
    pytest.param(day, id=f"{name} {number}")
    for name in instructors.PLANS
    for number, day in enumerate(instructors.days(name, list(COURSES)), start=1)
]
PARTS = ["Misconceptions to expect", "Questions to ask", "Where to cut"]
NAMED = re.compile(r"sections? (\d+(?:\.\d+)?(?:(?:, | and | or )\d+(?:\.\d+)?)*)")
LONGEST_STRETCH = 75  # minutes without a break
LATEST_END = 18 * 60


@pytest.mark.parametrize("notebook", COURSE)
def test_every_notebook_has_a_page_as_generated(notebook):
    text = instructors.page_of(notebook).read_text(encoding="utf-8")
    assert text == instructors.page(text, notebook), "run `make refresh`"
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        assert len(re.findall(r"^\* ", part, re.MULTILINE)) >= 3


def test_the_first_page_is_as_generated():
    text = instructors.INDEX.read_text(encoding="utf-8")
    assert text == instructors.index(text, find_notebooks()), "run `make refresh`"


def test_the_links_on_the_page_of_machines_are_as_generated():
    text = instructors.MACHINES.read_text(encoding="utf-8")
    assert text == instructors.machines(text, find_notebooks()), "run `make refresh`"


def test_the_first_page_says_how_minutes_are_counted_and_days_are_made():
    text = " ".join(instructors.INDEX.read_text(encoding="utf-8").split())
    rate = f"{reading_time.WORDS_A_MINUTE} words a minute, {reading_time.SECONDS_A_CELL} seconds a code cell"
    assert f"{rate}, a minute a figure, {reading_time.MINUTES_AN_EXERCISE} minutes an exercise" in text
    assert f"begins with {instructors.WELCOME} minutes for setting up and ends with {instructors.CLOSING}" in text
    assert f"{instructors.PAUSE} minutes of break, at noon {instructors.LUNCH}, and before the exercises" in text
    assert f"of a long notebook {instructors.SHORT_PAUSE}." in text


@pytest.mark.parametrize("notebook", COURSE)
def test_a_page_names_sections_and_exercises_that_its_notebook_has(notebook):
    text = instructors.page_of(notebook).read_text(encoding="utf-8").partition("<!-- minutes: end -->")[2]
    lesson = "\n".join(cell.source for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "markdown")
    there = set(re.findall(r"^##+ (\d+(?:\.\d+)?)\b", lesson, re.MULTILINE))
    named = {number for found in NAMED.findall(text) for number in re.findall(r"\d+(?:\.\d+)?", found)}
    assert len(named) >= 5
    assert named - there == set()
    for exercise in re.findall(r"exercise (\d\d\.\d+)", text):
        assert f"Exercise {exercise}" in lesson


@pytest.mark.parametrize("notebook", COURSE)
def test_the_minutes_by_section_add_up_to_the_count(notebook):
    lesson = nbformat.read(notebook, 4)
    counts = [section.count for section in reading_time.sections(lesson)]
    counted = reading_time.count(lesson)
    assert sum(count.reading for count in counts) == pytest.approx(counted.reading)
    assert sum(count.exercising for count in counts) == counted.exercising
    assert f"| **{counted.reading:.0f}** | **{counted.exercising:.0f}** |" in instructors.table(lesson)


@pytest.mark.parametrize("day", DAYS)
def test_a_day_has_breaks_lunch_and_an_end(day):
    hours = list(instructors.hours(day, COURSES))
    assert all(end == begin for (_, end, _), (begin, _, _) in pairwise(hours))
    assert hours[-1][1] <= LATEST_END
    stretch = 0
    for begin, end, what in hours[1:-1]:
        rests = "break" in what or what == "lunch"
        stretch = 0 if rests else stretch + end - begin
        assert stretch <= LONGEST_STRETCH, what
    lunches = [begin for begin, _, what in hours if what == "lunch"]
    assert all(11.5 * 60 <= begin <= 13.5 * 60 for begin in lunches)
    assert len(lunches) == (hours[-1][1] > 14 * 60)
    taught = sum(COURSES[number]["teaching_minutes"] + COURSES[number]["exercise_minutes"] for number in day)
    assert sum(end - begin for begin, end, what in hours if re.match(r"\d\d", what)) == taught


def test_three_days_hold_every_notebook_once_in_order():
    numbers = [number for day in instructors.days("three-day", list(COURSES)) for number in day]
    assert numbers == sorted(COURSES)


def test_links_between_the_pages_lead_somewhere():
    pages = sorted(instructors.FOLDER.glob("*.md"))
    assert len(pages) == len(COURSES) + 3
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (page.parent / link).is_file(), f"{page.name}: {link}"


def test_the_pages_name_this_repository():
    text = "".join(page.read_text(encoding="utf-8") for page in instructors.FOLDER.glob("*.md"))
    assert repository() in text
    mail = (instructors.FOLDER / "people.md").read_text(encoding="utf-8")
    assert "course doctor" in mail
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {*re.findall(r"\bmake (\w+)$", mail.replace("> ", ""), re.MULTILINE)} <= set(targets)
