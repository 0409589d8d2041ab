"""What every notebook of the course must be. Each rule takes a notebook's path and returns its faults, in words.

test_notebooks.py holds the course's notebooks against these rules; test_notebook_rules.py holds the rules against
notebooks that are broken on purpose.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import reading_time

from helpers.base import schemas
from helpers.notebook.claims import RESULT_MIME, claims_of
from helpers.notebook.evidence import BOOKKEEPING
from helpers.notebook.parameters import profile_names, profile_values, read_parameters
from helpers.notebook.running import as_written
from helpers.notebook.topics import read_topics

CHECK = 'parameters = check_parameters("{number}", globals())\nclaim = parameters.claim'
LONGEST_CELL = 15  # lines of code
LONGEST_TEXT = 200  # words of a Markdown cell; its tables, folded boxes, quiz and sources left out
NOT_RUNNING_TEXT = re.compile(r"(?s)<details>.*?</details>|^## (Sources|\d+ Quiz)$.*|(?-s:^\|.*$)", re.MULTILINE)
EMOJI = re.compile("[\N{BLACK QUESTION MARK ORNAMENT}\N{VARIATION SELECTOR-16}\U0001f000-\U0001faff]")
LARGEST_FILE = 1_000_000  # bytes
SHORTEST_ALTERNATIVE = 20  # characters
CELLS_PER_IGNORED = 4
MINUTES_OFF = 0.2  # of the minutes that a notebook promises, those counted may differ by so much,
LEAST_MINUTES_OFF = 2  # or by this

FORBIDDEN_TEXT = {
    "a progress bar": re.compile(r"\r|\d+%\||it/s|ms/step|s/step|\u2501{3}|\u2588"),
    "a machine path": re.compile(
        r"(?<![\w.])/(home|Users|root|tmp|work|opt|var|usr|mnt)/|\b[A-Za-z]:\\|-packages[/\\]"
    ),
    "the address of a package index": re.compile(
        r"\bpypi\b|pythonhosted|--(extra-)?index-url|Looking in indexes", re.I
    ),
}


TEXT = {"type": "string", "pattern": r"\S", "expected": "a text"}
TEXTS = {"type": "array", "items": TEXT, "expected": "a list of texts"}
FILLED = TEXTS | {"minItems": 1, "expected": "a list of texts, not empty"}
COUNT = {"type": "integer", "minimum": 1, "expected": "a whole number above 0"}
DATE = {"type": "string", "format": "date", "expected": "a date as in 2026-11-23"}
SENTENCE = "one sentence of at most 100 characters that ends in a full stop"
COURSE_SCHEMA = {
    "type": "object",
    "expected": "the metadata of a notebook",
    "additionalProperties": False,
    "properties": {
        "title": TEXT,
        "description": TEXT | {"maxLength": 100, "pattern": r"\S.*\.$", "expected": SENTENCE},
        "objectives": FILLED,
        "questions": FILLED,
        "teaching_minutes": COUNT,
        "exercise_minutes": COUNT,
        "prerequisites": TEXTS,
        "datasets": TEXTS,
        "seconds": COUNT,
        "memory_mb": COUNT,
        "topics": TEXTS,
        "authors": FILLED,
        "licence": TEXT,
        "created": DATE,
        "updated": DATE,
        "as_written": {"type": "object", "expected": "the values of the parameters, by name"},
    },
}
COURSE_SCHEMA["required"] = list(COURSE_SCHEMA["properties"])


def read(path: Path):
    """The notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def outputs(path: Path) -> Iterator[tuple[int, dict]]:
    """Every output with the number of its code cell, from 1."""
    for number, cell in enumerate(code_cells(path), start=1):
        for output in cell.outputs:
            yield number, output


def texts_of(output: dict) -> Iterator[str]:
    """All that a reader of an output sees as text."""
    if output.output_type == "stream":
        yield output.text
    for kind, content in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(content, str):
            yield content


def metadata_follows_the_schema(path: Path) -> list[str]:
    found = schemas.faults(read(path).metadata.get("course", {}), COURSE_SCHEMA)
    return [f"metadata course.{fault.text}" for fault in found]


def topics_are_known(path: Path) -> list[str]:
    topics = read(path).metadata.get("course", {}).get("topics", [])
    return [f"metadata course.topics: {topic} is not in topics.yml" for topic in topics if topic not in read_topics()]


def metadata_is_the_same_on_every_machine(path: Path) -> list[str]:
    notebook = read(path)
    faults = [f"metadata {name}: not the lesson's" for name in ("papermill", "widgets") if name in notebook.metadata]
    if notebook.metadata.get("language_info") != {"name": "python"}:
        faults.append("metadata language_info: more than the name of the language")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        faults.append("metadata kernelspec: not python3")
    for number, cell in enumerate(notebook.cells, start=1):
        if {"execution", "papermill", "ExecuteTime"} & set(cell.metadata):
            faults.append(f"cell {number}: keeps the time of its run (`make refresh` takes it out)")
    return faults


def parameters_are_declared_and_checked(path: Path) -> list[str]:
    cells = code_cells(path)
    tagged = [i for i, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells tagged `parameters`, not one"]
    following = cells[tagged[0] + 1].source.strip() if tagged[0] + 1 < len(cells) else ""
    check = CHECK.format(number=path.stem[:2])
    faults = [] if following == check else [f"the cell after the parameters is not `{check}`"]
    for parameter in read_parameters(path).values():
        if not parameter.help:
            faults.append(f"parameter {parameter.name}: no comment")
        if parameter.type in (int, float) and parameter.low is None and not parameter.choices:
            faults.append(f"parameter {parameter.name}: neither a range nor choices in its comment")
    return faults


def profiles_are_allowed(path: Path) -> list[str]:
    missing = {"smoke", "full"} - set(profile_names(path))
    faults = [f"profiles.yml: no profile {profile} for {path.stem}" for profile in sorted(missing)]
    for profile in profile_names(path):
        profile_values(path, profile)  # raises ParameterError, which names the fault
    return faults


def parameters_are_as_written(path: Path) -> list[str]:
    declared = {name: parameter.default for name, parameter in read_parameters(path).items()}
    if as_written(path) != declared:
        return ["metadata course.as_written: other values than the parameters cell: run `make refresh`"]
    return []


def executed_in_order(path: Path) -> list[str]:
    counts = [cell.execution_count for cell in code_cells(path)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"cells executed as {counts}, not 1 to n in order"]


def outputs_are_clean(path: Path) -> list[str]:
    faults = []
    for number, output in outputs(path):
        if output.output_type == "error":
            faults.append(f"In [{number}]: a traceback, {output.ename}")
        if output.output_type == "stream" and output.name == "stderr":
            faults.append(f"In [{number}]: text on stderr, {output.text[:60]!r}")
        for text in texts_of(output):
            faults += [f"In [{number}]: {what}" for what, pattern in FORBIDDEN_TEXT.items() if pattern.search(text)]
    return faults


def figures_have_alternative_text(path: Path) -> list[str]:
    faults = []
    for number, output in outputs(path):
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            if len(alt.strip()) < SHORTEST_ALTERNATIVE:
                faults.append(f"In [{number}]: a figure with {alt!r} as alternative text")
    return faults


def figures_are_shown(path: Path) -> list[str]:
    """A figure is the last expression of its cell, or displayed: elsewhere nobody sees it."""
    faults = []
    for number, cell in enumerate(code_cells(path), start=1):
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and _is_figure(node.value) and node is not tree.body[-1]:
                faults.append(f"In [{number}]: {ast.unparse(node.value.func)} is not the last expression: display it")
    return faults


def _is_figure(node: ast.expr) -> bool:
    """Whether an expression is a call of plots.something that takes a text."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="plots"))):
            return any(keyword.arg == "alt" for keyword in node.keywords)
    return False


def most_cells_are_compared(path: Path) -> list[str]:
    cells = code_cells(path)
    ignored = [cell for cell in cells if _has_marker(cell, "nbval-ignore-output")]
    skipped = [cell for cell in cells if _has_marker(cell, "nbval-skip") or _has_marker(cell, "raises-exception")]
    faults = [f"{len(skipped)} cells that nbval does not check at all"] if skipped else []
    if len(ignored) * CELLS_PER_IGNORED > len(cells):
        faults.append(
            f"{len(ignored)} of {len(cells)} code cells are tagged nbval-ignore-output: more than one in four"
        )
    return faults


def _has_marker(cell, tag: str) -> bool:
    """Whether nbval sees the tag, or the comment that stands for it, on the cell."""
    comment = tag.replace("-", "_").upper()
    lines = {line.strip().lstrip("#").strip() for line in cell.source.splitlines() if line.strip().startswith("#")}
    return tag in cell.metadata.get("tags", []) or comment in lines


def cells_are_short(path: Path) -> list[str]:
    lengths = enumerate((len(cell.source.splitlines()) for cell in code_cells(path)), start=1)
    return [
        f"In [{number}]: {length} lines, more than {LONGEST_CELL}"
        for number, length in lengths
        if length > LONGEST_CELL
    ]


def texts_are_short(path: Path) -> list[str]:
    faults = []
    for number, cell in enumerate(read(path).cells):
        if cell.cell_type == "markdown":
            running = NOT_RUNNING_TEXT.sub("", cell.source)
            if (words := len(running.split())) > LONGEST_TEXT:
                faults.append(f"cell {number}: {words} words, more than {LONGEST_TEXT}")
    return faults


def minutes_are_those_counted(path: Path) -> list[str]:
    notebook = read(path)
    counted, course = reading_time.count(notebook), notebook.metadata.get("course", {})
    faults = []
    for name, minutes in (("teaching_minutes", counted.reading), ("exercise_minutes", counted.exercising)):
        if abs(minutes - course[name]) > max(MINUTES_OFF * course[name], LEAST_MINUTES_OFF):
            faults.append(f"metadata course.{name}: {course[name]}, counted {minutes:.0f} ({counted})")
    return faults


def signs_are_in_every_font(path: Path) -> list[str]:
    """An emoji is an empty box where no emoji font is."""
    faults = []
    for number, cell in enumerate(read(path).cells):
        found = "".join(dict.fromkeys(EMOJI.findall(cell.source)))
        if found:
            faults.append(
                f"cell {number}: {found}; write ✎ for an exercise, ☼ for a hint or a solution, **?** for a quiz"
            )
    return faults


def file_is_small(path: Path) -> list[str]:
    size = path.stat().st_size
    return [f"{size:,} bytes, more than {LARGEST_FILE:,}"] if size > LARGEST_FILE else []


def results_are_recorded_once(path: Path) -> list[str]:
    payloads = (output.get("data", {}).get(RESULT_MIME) for _, output in outputs(path))
    counts = Counter(payload["name"] for payload in payloads if payload)
    return [f"result {name}: recorded {count} times" for name, count in counts.items() if count > 1]


def claims_are_stated_once(path: Path) -> list[str]:
    counts = Counter(claim.statement for claim in claims_of(read(path)))
    return [f"claim {statement!r}: stated {count} times" for statement, count in counts.items() if count > 1]


def claims_hold(path: Path) -> list[str]:
    return [f"claim off in the stored outputs: {claim}" for claim in claims_of(read(path)) if claim.off]


def bookkeeping_is_folded(path: Path) -> list[str]:
    faults = []
    for number, cell in enumerate(code_cells(path), start=1):
        tagged = BOOKKEEPING in cell.metadata.get("tags", [])
        states = any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("claim", "record")
            for node in ast.walk(ast.parse(cell.source))
        )
        if states and not tagged:
            faults.append(f"In [{number}]: states or records something without the tag {BOOKKEEPING}")
        if tagged and not cell.metadata.get("jupyter", {}).get("source_hidden"):
            faults.append(f"In [{number}]: is tagged {BOOKKEEPING}, and its source is not hidden")
    return faults


def cells_read_no_name_of_bookkeeping(path: Path) -> list[str]:
    """Folded cells compute nothing that others use: a reader of the open ones sees where each name comes from."""
    faults, folded = [], set()  # names whose last binding so far stands in a folded cell
    for number, cell in enumerate(code_cells(path), start=1):
        bound, read = _names(cell.source)
        if BOOKKEEPING in cell.metadata.get("tags", []):
            folded |= bound
        else:
            faults += [f"In [{number}]: reads {name} of a folded cell" for name in sorted((read - bound) & folded)]
            folded -= bound
    return faults


def _names(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell binds (by assignment, import, def or loop) and those that it reads somewhere."""
    cell = symtable.symtable(source, "cell", "exec")
    bound = {one.get_name() for one in cell.get_symbols() if one.is_assigned() or one.is_imported()}
    read = {one.get_name() for one in cell.get_symbols() if one.is_referenced()}
    inner = list(cell.get_children())
    while inner:
        scope = inner.pop()
        read |= {one.get_name() for one in scope.get_symbols() if one.is_global() and one.is_referenced()}
        inner += scope.get_children()
    return bound, read


RULES = (
    metadata_follows_the_schema,
    topics_are_known,
    metadata_is_the_same_on_every_machine,
    parameters_are_declared_and_checked,
    profiles_are_allowed,
    parameters_are_as_written,
    executed_in_order,
    outputs_are_clean,
    figures_have_alternative_text,
    figures_are_shown,
    most_cells_are_compared,
    cells_are_short,
    texts_are_short,
    minutes_are_those_counted,
    signs_are_in_every_font,
    file_is_small,
    results_are_recorded_once,
    claims_are_stated_once,
    claims_hold,
    bookkeeping_is_folded,
    cells_read_no_name_of_bookkeeping,
)
