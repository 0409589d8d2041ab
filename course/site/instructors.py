"""The instructor's pages, docs/instructors: minutes by section, plans with breaks, made from notebooks and metadata.

`make refresh` writes what stands between the markers; tests/course/site/test_instructors.py shows that it is current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from course.site import launch
from course.site.syllabus import with_blocks
from helpers.base.paths import ROOT
from helpers.notebook import reading_time
from helpers.notebook.index import course_metadata
from helpers.notebook.reading_time import Section

FOLDER = ROOT / "docs" / "instructors"
INDEX = FOLDER / "index.md"
MACHINES = FOLDER / "machines.md"
PLANS = ("half-day", "one-day", "three-day")
IN_HALF_A_DAY, IN_A_DAY = ("02", "04"), ("01", "02", "04", "05")
FIRST_OF_THREE_DAYS = 4  # notebooks; the others share the second and the third
START = 9 * 60  # minutes after midnight
WELCOME, CLOSING = 15, 10  # minutes at both ends of a day
PAUSE, SHORT_PAUSE, LUNCH = 15, 10, 60  # between two notebooks, before the exercises of a long one, at noon
LONG = 75  # minutes of a notebook, exercises included, from which on it is interrupted by the short pause
SAYS_SO = re.compile(r"\*?Optional\*?: ")  # in a heading
LUNCH_FROM = 11 * 60 + 45  # the first pause that begins later than this is lunch


def page_of(notebook: Path) -> Path:
    """The instructor's page of a notebook of the course."""
    return FOLDER / f"{notebook.stem}.md"


def minutes(section: Section) -> str:
    """How long a section takes: `9 min to read and run, 2 exercises of 5 min`; empty for a wholly optional one."""
    parts = [f"{section.count.reading:.0f} min to read and run"] if section.count.reading else []
    if number := section.count.exercises:
        exercises = "1 exercise" if number == 1 else f"{number} exercises"
        parts.append(f"{exercises} of {reading_time.MINUTES_AN_EXERCISE} min")
    return ", ".join(parts)


def optional(section: Section) -> str:
    """The optional parts of a section with the minutes that each adds."""
    named = ((SAYS_SO.sub("", heading), count) for heading, count in section.optional.items())
    return "; ".join(f"{heading} ({count.reading:.0f})" for heading, count in named)


def table(notebook) -> str:
    """A notebook (nbformat) by section as a Markdown table: minutes, exercises, and what is optional."""
    lines = ["| section | read and run | exercises | optional: cut first (minutes, not counted) |", "|---|---|---|---|"]
    for section in reading_time.sections(notebook):
        reading, exercising = section.count.reading, section.count.exercising
        times = (f"{time:.0f}" if time else "" for time in (reading, exercising))
        cells = [SAYS_SO.sub("", section.heading), *times, optional(section)]
        lines.append(f"| {' | '.join(cells)} |")
    counted = reading_time.count(notebook)
    lines.append(f"| **in all, as counted** | **{counted.reading:.0f}** | **{counted.exercising:.0f}** | |")
    course = notebook.metadata["course"]
    lines += ["", f"Planned with {course['teaching_minutes']} + {course['exercise_minutes']} minutes."]
    return "\n".join(lines)


def page(text: str, notebook: Path) -> str:
    """The text of a notebook's page with its generated part as the notebook has it now."""
    import nbformat

    return with_blocks(text, {"minutes": table(nbformat.read(notebook, as_version=4))})


def notes(path: Path, notebook) -> str:
    """What stands on a notebook's page, for a cell of its own; of a notebook without a page, the table alone."""
    if not page_of(path).is_file():
        return f"## For the teacher\n\n{table(notebook)}"
    text = with_blocks(page_of(path).read_text(encoding="utf-8"), {"minutes": table(notebook)})
    _, _, body = text.partition("\n")
    return f"# For the teacher\n{body.rstrip()}"


def index(text: str, notebooks: Sequence[Path]) -> str:
    """The text of the first page with its generated parts: the notebooks, and the plans with their breaks."""
    plans = {f"{name} plan": plan(name, notebooks) for name in PLANS}
    return with_blocks(text, {"notebooks": overview(notebooks)} | plans)


def machines(text: str, notebooks: Sequence[Path]) -> str:
    """The text of the page on machines with the links to the first notebook as they are now."""
    return with_blocks(text, {"links": launch.links(notebooks[0])})


def overview(notebooks: Sequence[Path]) -> str:
    """The notebooks as a Markdown table: minutes, and what they ask of who comes."""
    lines = ["| notes on | read and run | exercises | asks for |", "|---|---|---|---|"]
    for notebook in notebooks:
        course = course_metadata(notebook)
        link = f"[{notebook.stem[:2]} · {course['title']}]({page_of(notebook).name})"
        cells = [link, course["teaching_minutes"], course["exercise_minutes"], "; ".join(course["prerequisites"])]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def plan(name: str, notebooks: Sequence[Path]) -> str:
    """A plan (one of PLANS) as Markdown, a table a day, with the time by the clock and the breaks."""
    by_number = {notebook.stem[:2]: course_metadata(notebook) for notebook in notebooks}
    tables, planned = [], days(name, list(by_number))
    for number, day in enumerate(planned, start=1):
        rows = [f"| {clock(begin)} to {clock(end)} | {what} |" for begin, end, what in hours(day, by_number)]
        heading = [f"Day {number}", ""] if len(planned) > 1 else []
        tables.append("\n".join([*heading, "| time | what |", "|---|---|", *rows]))
    return "\n\n".join(tables)


def days(name: str, numbers: Sequence[str]) -> list[Sequence[str]]:
    """The notebooks of a plan (one of PLANS), by day. numbers: of all notebooks, in teaching order.

    >>> days("three-day", ["01", "02", "03", "04", "05", "06", "07"])
    [['01', '02', '03', '04'], ['05', '06'], ['07']]
    """
    first, others = numbers[:FIRST_OF_THREE_DAYS], numbers[FIRST_OF_THREE_DAYS:]
    half = (len(others) + 1) // 2
    return {
        "half-day": [IN_HALF_A_DAY],
        "one-day": [IN_A_DAY],
        "three-day": [first, others[:half], others[half:]],
    }[name]


def hours(day: Sequence[str], courses: dict[str, dict]) -> Iterator[tuple[int, int, str]]:
    """What happens in a day: begin and end in minutes after midnight, and what.

    day: numbers of notebooks. courses: the metadata of each by its number.
    """
    now, lunch = START + WELCOME, False
    yield START, now, "welcome; everybody's `course doctor` is fine"
    for number in day:
        if number != day[0]:
            noon = not lunch and now > LUNCH_FROM
            lunch |= noon
            yield now, now + (LUNCH if noon else PAUSE), "lunch" if noon else "break"
            now += LUNCH if noon else PAUSE
        course = courses[number]
        teaching, exercising = course["teaching_minutes"], course["exercise_minutes"]
        yield now, now + teaching, f"{number} · {course['title']}"
        now += teaching
        if teaching + exercising > LONG:
            yield now, now + SHORT_PAUSE, "short break"
            now += SHORT_PAUSE
        yield now, now + exercising, f"{number}: exercises and quiz"
        now += exercising
    yield now, now + CLOSING, "what each takes home; the survey"


def clock(after_midnight: int) -> str:
    """Minutes after midnight as a clock shows them.

    >>> clock(9 * 60 + 5)
    '9:05'
    """
    return f"{after_midnight // 60}:{after_midnight % 60:02}"


def refresh(notebooks: Sequence[Path]):
    """Write the generated parts of all pages. Raises FileNotFoundError for a notebook that has none."""
    for notebook in notebooks:
        text = page_of(notebook).read_text(encoding="utf-8")
        page_of(notebook).write_text(page(text, notebook), encoding="utf-8")
    for path, made in ((INDEX, index), (MACHINES, machines)):
        path.write_text(made(path.read_text(encoding="utf-8"), notebooks), encoding="utf-8")
