"""A report card of an executed notebook: what a reader of TRIPOD+AI and CLAIM asks and code can answer.

A notebook makes its card with `make_card` and puts it on the page with `publish`; `read_card` finds it again. Of a
notebook without one, `read_card` collects what its parameters, the facts about its data (helpers.notebook.facts) and
its other outputs say, and leaves the rest as not recorded.
Nothing here imports TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from helpers.base.errors import RequestError
from helpers.base.files import write_whole
from helpers.base.paths import ROOT, build_folder
from helpers.base.schemas import import_jsonschema
from helpers.notebook.claims import payloads, recorded
from helpers.notebook.facts import published_facts
from helpers.notebook.parameters import declared, parameters_source

CARD_MIME = "application/vnd.course.report+json"
PACKAGES = ("keras", "numpy", "scikit-learn")
NOT_RECORDED = "not recorded by this notebook"
NOT_REPORTED = "not reported"  # what a study leaves out of its card
# Key -> what is asked, and where TRIPOD+AI (BMJ 2024;385:e078378) asks it; CLAIM 2024 asks the same of imaging.
ITEMS = {
    "data": ("data set, and whether real or simulated", "5a"),
    "licence": ("licence of the data", "18e"),
    "hash": ("SHA-256 of the data as used", "12a"),
    "setting": ("setting: where, when and for whom", "6a"),
    "outcome": ("outcome, and its reference standard", "8a"),
    "patients": ("patients and events in each split", "20a, 21"),
    "disjoint": ("patients in more than one split", "12a"),
    "size": ("why so many patients", "10"),
    "missing": ("missing data, and what was done about them", "11"),
    "intervals": ("scores with intervals", "23a"),
    "calibration": ("calibration", "12e"),
    "rebalancing": ("classes rebalanced, and recalibrated after", "13"),
    "threshold": ("threshold and where it was chosen", "15"),
    "subgroups": ("results by subgroup", "23a"),
    "fairness": ("fairness: what was done for it", "14"),
    "heterogeneity": ("differences between hospitals", "12d, 23b"),
    "seed": ("seed and other parameters", "18f"),
    "versions": ("versions of the software", "18f"),
}
STATED = {"setting", "outcome", "size", "missing", "fairness", "heterogeneity"}  # what no code can count
_INTERVAL = re.compile(r"-?\d*\.\d+ \(-?\d*\.\d+ to -?\d*\.\d+\)")


def make_card(
    data,
    *,
    parameters: Mapping[str, object],
    disease_class: int,
    intervals: Mapping[str, object],
    calibration: str,
    rebalancing: str,
    threshold: str,
    subgroups: str,
    **more: str,
) -> dict[str, str]:
    """The card of a study: the text of each item of ITEMS, in their order.

    data: an ImageDataset or TableDataset; its numbers, its hash and the patients that two splits share are counted
    here, from the rows. intervals: name of a score -> its Interval. The other texts are the study's own words. more:
    texts of setting, outcome, size, missing, fairness or heterogeneity; those that are not given read "not reported".
    Raises TypeError for another item.

    Taught in notebooks/04_evaluation.ipynb, section 10.
    """
    if unknown := set(more) - STATED:
        raise TypeError(f"make_card: no item {', '.join(sorted(unknown))}")
    people, seen = [], {}
    for name, rows in data.splits():
        ill = np.unique(rows.patients[rows.labels == disease_class])
        everybody = np.unique(rows.patients)
        people.append(f"{name} {len(everybody)} patients, {len(ill)} with the disease, {len(rows)} {data.rows_are}")
        seen[name] = set(everybody.tolist())
    shared = sum(
        len(seen[a] & seen[b]) for a, b in (("train", "validation"), ("train", "test"), ("validation", "test"))
    )
    known = "none shared" if not shared else f"{shared} SHARED"
    card = {
        "data": f"{data.title} ({'simulated' if data.simulated else 'real patients'})",
        "licence": data.licence,
        "hash": data_hash(data),
        "patients": "; ".join(people),
        "disjoint": known if data.patients_known else f"{known}, but the source does not identify patients",
        "intervals": "; ".join(f"{name} {interval}" for name, interval in intervals.items()),
        "calibration": calibration,
        "rebalancing": rebalancing,
        "threshold": threshold,
        "subgroups": subgroups,
        "seed": ", ".join(f"{name} = {_named(value)}" for name, value in parameters.items()),
        "versions": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
    }
    return {key: (card | more).get(key, NOT_REPORTED) for key in ITEMS}


def data_hash(data) -> str:
    """SHA-256 of the inputs, targets and patients of all splits, with their shapes and types."""
    digest = hashlib.sha256()
    for _, rows in data.splits():
        for array in (rows.inputs, rows.target, rows.patients):
            digest.update(f"{array.shape}{array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def publish(card: Mapping[str, str], name: str, folder: Path | None = None) -> None:
    """Put a card on the page as a table, into the executed notebook as JSON, and into the file folder/name.json.

    folder: build/reports where none is given, or one in the cache, which is then said, where that cannot be written.
    Raises ValueError where an item is missing.

    Taught in notebooks/04_evaluation.ipynb, section 10.
    """
    from IPython.display import display

    if missing := [key for key in ITEMS if key not in card]:
        raise ValueError(f"report card: {', '.join(missing)} missing")
    if folder is None:
        folder = build_folder() / "reports"
        if ROOT not in folder.parents:
            print(f"The course's folder cannot be written: this report card goes to {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{name}.json", as_json(card))
    rows = "\n".join(f"| {what} | {number} | {card[key]} |" for key, (what, number) in ITEMS.items())
    table = f"| item | TRIPOD+AI | this study |\n|---|---|---|\n{rows}"
    display({CARD_MIME: dict(card), "text/markdown": table, "text/plain": "report card"}, raw=True)


def read_card(notebook: Path) -> dict[str, str | None]:
    """The card of an executed notebook: the one it published, or what its outputs say; None where they say nothing.

    Raises RequestError where the file is no notebook, or was not executed.
    """
    import_jsonschema()  # before nbformat does
    import nbformat

    try:
        content = nbformat.read(notebook, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError, AttributeError) as error:
        raise RequestError(f"{notebook.name}: expected a notebook in JSON, found something else") from error
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell["outputs"]]
    if not outputs:
        raise RequestError(
            f"{notebook.name}: was not executed; name the one that `course run {notebook.stem[:2]}` stores"
        )
    for card in payloads(content, CARD_MIME):
        return {key: card.get(key) for key in ITEMS}
    return dict.fromkeys(ITEMS) | _collected(content, "\n".join(map(_text, outputs)))


def as_json(card: Mapping[str, str | None]) -> str:
    """The card as JSON: for each item what is asked, where in TRIPOD+AI, and the answer, null where there is none."""
    items = {key: {"item": what, "tripod_ai": number, "answer": card[key]} for key, (what, number) in ITEMS.items()}
    return json.dumps(items, indent=1) + "\n"


def as_text(card: Mapping[str, str | None], title: str) -> str:
    """The card as lines for a terminal, with how many items the notebook answers."""
    width = max(len(what) for what, _ in ITEMS.values())
    answered = sum(card[key] not in (None, NOT_REPORTED) for key in ITEMS)
    lines = [f"{what.ljust(width)}  {card[key] or NOT_RECORDED}" for key, (what, _) in ITEMS.items()]
    return "\n".join([f"Report card of {title}: {answered} of {len(ITEMS)} items recorded", "", *lines])


def _collected(content: Mapping, shown: str) -> dict[str, str]:
    """What a notebook without a card says all the same."""
    found, facts = {}, published_facts(content)
    if about := facts.get("provenance"):
        found["data"] = f"{about['title']} ({'simulated' if about['simulated'] else 'real patients'})"
        found["licence"] = about["licence"]
        if about["patients_disjoint"]:
            found["disjoint"] = "none shared: the course's data layer refuses a set that shares any"
    if table := facts.get("counts"):
        lines = zip(table["index"], table["data"], strict=True)
        found["patients"] = "; ".join(f"{split} {_counted(table['columns'], numbers)}" for split, numbers in lines)
    if intervals := _INTERVAL.findall(shown):
        found["intervals"] = f"{len(intervals)} scores shown with an interval; results recorded: " + str(
            len(recorded(content))
        )
    if values := _parameter_values(content):
        found["seed"] = ", ".join(f"{name} = {_named(value)}" for name, value in values.items())
    return found


def _counted(names: Sequence[str], numbers: Sequence[float]) -> str:
    """
    >>> _counted(["ill", "lowest", "patients"], [127, 0.25, 1341000])
    '127 ill, 0.25 lowest, 1341000 patients'
    """
    shown = [f"{number:g}" if isinstance(number, float) else str(number) for number in numbers]
    return ", ".join(f"{number} {name}" for name, number in zip(names, shown, strict=True))


def _parameter_values(content: Mapping) -> dict[str, object]:
    """The values that the notebook ran with: those its cell declares, overridden by those papermill injected."""
    source = parameters_source(content)
    values = {} if source is None else {name: parameter.default for name, parameter in declared(source).items()}
    return values | content["metadata"].get("papermill", {}).get("parameters", {})


def _named(value: object) -> str:
    """A value in words; of a path its last part alone, which is the same on every machine."""
    return Path(value).name if isinstance(value, str) else str(value)


def _text(output: Mapping) -> str:
    return output.get("text") or output.get("data", {}).get("text/plain", "")
