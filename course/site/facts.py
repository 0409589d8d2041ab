"""What the web edition says of the course as a whole: how to cite it, what its lessons take and were checked with."""

from __future__ import annotations

import csv

import yaml

from helpers.base.paths import ROOT, build_folder
from helpers.notebook.evidence import read_evidence
from helpers.notebook.index import course_metadata, find_notebooks


def citation() -> str:
    """The sentence by which the course is cited, from CITATION.cff."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = ", ".join(author["name"] for author in cited["authors"])
    year, version, place = cited["date-released"].year, cited["version"], cited["repository-code"]
    return f"Cite as: {authors} ({year}). {cited['title']}, version {version}. {place}"


def measured_table() -> str:
    """A row for each lesson in Markdown: what it may take, what its last run took, what its claims were checked with.

    The last run is the one that `course run` has left in build/course; without one the column says so.
    """
    lines = ["| lesson | at most | last run | claims held | checked with |", "|---|---|---|---|---|"]
    runs = _last_runs()
    for notebook in find_notebooks():
        course, run, evidence = course_metadata(notebook), runs.get(notebook.stem), read_evidence(notebook.stem)
        cells = [
            f"[{notebook.stem[:2]} · {course['title']}](../notebooks/{notebook.name})",
            f"{course['seconds']} s, {course['memory_mb']} MB",
            f"{float(run['seconds']):.0f} s, {run['peak_mb']} MB" if run else "none here",
            run["claims"] if run else "",
            "; ".join(evidence.about[key] for key in ("processor", "versions")) if evidence else "not yet",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _last_runs() -> dict[str, dict[str, str]]:
    """The rows of the last results.csv by notebook, those that ran with the text's values and did not fail."""
    table = build_folder() / "course" / "results.csv"
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["notebook"]: row for row in rows if row["status"] == "ok" and row["parameters"] == "{}"}
