"""Lay down a new notebook that keeps the course's rules, with the files that belong to it, for an author to fill in.

CONTRIBUTING.md says what comes then, in the order in which one does it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path

from course.site.syllabus import header
from helpers.base.errors import RequestError
from helpers.base.paths import ROOT

NAME = re.compile(r"(?P<number>\d\d)_(?P<topic>[a-z][a-z0-9_]*)")
HOW_TO_READ = """**How to read this notebook.** Run the cells from top to bottom with Shift + Enter; each needs those \
above it, and no other notebook. ✎ is an exercise with a check, ☼ a hint or a solution to unfold, **?** the quiz. A \
line that begins with ✓ unfolds to what the text states there and to the band in which each number lies.

*Not for clinical use.*"""
SECTION = """## 1 How sure is a mean?

The **standard error** of a mean of $n$ numbers with standard deviation $s$ is $s / \\sqrt{n}$: how far the mean of \
another $n$ such numbers would lie from this one."""
ANSWER = """Four times as many numbers make the mean twice as sure.

✎ **Exercise {number}.1.** How many numbers does a mean need that is ten times as sure as the mean of 20?"""
SOLUTION = """<details><summary>☼ Hint</summary>

The standard error falls with the root of the number.

</details>

<details><summary>☼ Solution</summary>

```python
numbers_needed = 20 * 10**2
```

</details>"""
QUIZ = """## 2 Quiz

**?** Fill in the letters and run the cell.

1. With four times as many numbers, the standard error is
   (a) the same; (b) half as large; (c) a quarter as large; (d) twice as large.
2. The standard deviation of the numbers themselves is then about
   (a) half as large; (b) a quarter as large; (c) twice as large; (d) the same."""
QUIZ_ANSWERS = """<details><summary>☼ Answers</summary>

1. **b**: it falls with the root of the number.
2. **d**: more numbers of the same kind scatter as before; only their mean is surer.

</details>"""
END = """## Summary

A mean is the surer, the more numbers stand behind it.

## Sources

None yet."""
CHECKS = '''"""Checks of the exercises in notebooks/{stem}.ipynb."""

from __future__ import annotations

from helpers.checks.verdicts import NotYetError

QUIZ = {{1: "b", 2: "d"}}


def check_numbers_needed(count: int) -> None:
    """How many numbers a mean needs to be ten times as sure as that of 20."""
    hints = {{200: "the root of the number counts, not the number", 20: "that is as many as before"}}
    if count != 2000:
        raise NotYetError(hints.get(count, f"not {{count!r}}: the standard error is s over the root of n"))


EXERCISES = {{"{number}.1": check_numbers_needed}}
'''
ANSWERS = '''"""Answers to the exercises of notebook {number}: right, blank, and wrong, each with a part of its hint."""

RIGHT = {{"{number}.1": [2000, 2e3]}}
STUBS = {{"{number}.1": [None, ...]}}
WRONG = {{"{number}.1": [(200, "the root of the number"), (20, "as many as before"), (2001, "over the root of n")]}}
'''


def lay_down(name: str, root: Path = ROOT) -> list[Path]:
    """Write the files of a new notebook, called NN_topic; their paths. Nothing that exists is overwritten.

    Raises RequestError for another form of name, a number that is taken, or a file that exists.
    """
    found = NAME.fullmatch(name)
    if not found:
        raise RequestError(f"{name}: write two digits, an underscore and a topic in small letters, as in 13_survival")
    number, topic = found["number"], found["topic"]
    taken = list((root / "notebooks").glob(f"{number}_*.ipynb"))
    if taken:
        raise RequestError(f"{name}: {number} is taken by {taken[0].name}")
    texts = {
        root / "helpers" / "checks" / f"{topic}.py": CHECKS.format(stem=name, number=number),
        root / "tests" / "support" / f"answers_{topic}.py": ANSWERS.format(number=number),
    }
    notebook = root / "notebooks" / f"{name}.ipynb"
    for path in texts:
        if path.exists():
            raise RequestError(f"{path.relative_to(root)} exists already; choose another topic")
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    profiles = root / "notebooks" / "profiles.yml"
    with profiles.open("a", encoding="utf-8") as file:
        file.write(f"{name}:\n  smoke: {{draws: 20}}\n  full: {{draws: 100000}}\n")
    _write_notebook(notebook, number, topic)
    return [notebook, *texts, profiles]


def _write_notebook(path: Path, number: str, topic: str):
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    course = _course(topic)
    folded = {"tags": ["bookkeeping"], "jupyter": {"source_hidden": True}}
    cells = [
        new_markdown_cell(header(path, course)),
        new_markdown_cell(HOW_TO_READ),
        new_code_cell(
            "import numpy as np\n\nfrom helpers.checks import check, check_quiz\n"
            "from helpers.notebook import check_parameters, record"
        ),
        new_markdown_cell("The next cell holds everything you may want to change."),
        new_code_cell(
            "draws: int = 1000  # means to draw [10, 100000]\nseed: int = 1  # start of every random draw [0, 1000000]",
            metadata={"tags": ["parameters"]},
        ),
        new_code_cell(f'parameters = check_parameters("{number}", globals())\nclaim = parameters.claim'),
        new_markdown_cell(SECTION),
        new_code_cell(
            "numbers = np.random.default_rng(seed).normal(size=(2, draws, 80))\n"
            "few, many = numbers[0, :, :20].mean(axis=1).std(), numbers[1].mean(axis=1).std()\n"
            'print(f"spread of the means of 20 numbers over those of 80: {few / many:.1f}")',
            metadata={"tags": ["nbval-ignore-output"]},
        ),
        new_code_cell(
            'record("spread_20_over_80", few / many)\n'
            'claim("spread of the means, 20 numbers over 80", few / many, between=(1.7, 2.3), rivals={"alike": 1})',
            metadata=folded,
        ),
        new_markdown_cell(ANSWER.format(number=number)),
        new_code_cell(f'numbers_needed = None\n\ncheck("{number}.1", numbers_needed)', metadata={"tags": ["exercise"]}),
        new_markdown_cell(SOLUTION, metadata={"tags": [f"solution-{number}.1"]}),
        new_markdown_cell(QUIZ),
        new_code_cell(f'quiz = {{1: "", 2: ""}}  # a, b, c or d\n\ncheck_quiz("{number}", quiz)'),
        new_markdown_cell(QUIZ_ANSWERS),
        new_markdown_cell(END),
    ]
    for count, cell in enumerate(cells):
        cell["id"] = f"{topic[:20].replace('_', '-')}-{count}"  # the same in every skeleton of this name
    metadata = {
        "course": course,
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)


def _course(topic: str) -> Mapping[str, object]:
    """The metadata of a notebook about which nothing is known yet."""
    title = topic.replace("_", " ").capitalize()
    today = datetime.date.today().isoformat()
    return {
        "title": title,
        "description": f"{title}, in one sentence.",
        "objectives": ["say how sure a mean is"],
        "questions": ["How sure is a mean?"],
        "teaching_minutes": 5,
        "exercise_minutes": 5,
        "prerequisites": ["Python with NumPy arrays"],
        "datasets": [],
        "seconds": 60,
        "memory_mb": 600,
        "topics": [],
        "authors": ["The maintainers of Deep Learning in Healthcare"],
        "licence": "Text CC BY 4.0, code MIT",
        "created": today,
        "updated": today,
        "as_written": {"draws": 1000, "seed": 1},
    }
