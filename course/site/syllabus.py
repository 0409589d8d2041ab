"""What the notebooks' metadata becomes on a page: a notebook's header, and the generated parts of the README.

`make refresh` writes them; tests/course/site/test_syllabus.py shows that what is committed is what this module makes.
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from helpers.base.paths import DATA, NOTEBOOKS, ROOT
from helpers.notebook.index import course_metadata
from helpers.notebook.reference import published, real_files, real_results, summary, written

PICTURE = ROOT / "docs" / "test_auc.png"
PICTURE_TAG = "readme-picture"
SHOWN = NOTEBOOKS / "02_cnn_imaging.ipynb"
# Of each notebook with results on real data: what they were measured on, and the data set's name in data/published.yml.
REAL = {
    "02_cnn_imaging": ("Notebook 02, PneumoniaMNIST: the official 624 test images", "pneumoniamnist"),
    "03_rnn_forecasting": (
        "Notebook 03, glucose of five adults (Broll et al. 2021), mg/dL: the last fifth of each record, 30 minutes "
        "ahead; and the whole hour ahead, averaged as GlucoBench does",
        "broll",
    ),
}
OTHER_SETS = DATA / "reference" / "medmnist"  # a table of runs for each set that somebody has recorded
FILES_ARE = {"original": "from the original file, verified by its hash", "copy": "from a copy of the published file"}


def header(notebook: Path, course: Mapping) -> str:
    """The first cell of a notebook, in Markdown: title, description and a table of what its metadata says.

    course: the metadata under `course`, as tests/notebook_rules.py demands it.
    """
    minutes = f"{course['teaching_minutes']} to read and run, {course['exercise_minutes']} for the exercises"
    budget = f"at most {course['seconds']} s on two cores and {course['memory_mb']} MB of memory"
    rows = {
        "You will be able to": "<br>".join(f"• {objective}" for objective in course["objectives"]),
        "Questions": "<br>".join(course["questions"]),
        "You need": "; ".join(course["prerequisites"]),
        "Minutes": minutes,
        "Data": ", ".join(f"`{name}`" for name in course["datasets"]),
        "It runs in": budget,
        "Licence": f"{course['licence']} · {', '.join(course['authors'])} · {course['updated']}",
    }
    table = "\n".join(f"| **{name}** | {text} |" for name, text in rows.items())
    return f"# {notebook.stem[:2]} · {course['title']}\n\n{course['description']}\n\n| | |\n|---|---|\n{table}"


def picture(notebook: Path) -> tuple[bytes, str]:
    """The README's picture of a result: PNG and alt text of the cell tagged PICTURE_TAG in a stored notebook."""
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    (output,) = (
        output
        for cell in cells
        if PICTURE_TAG in cell.metadata.get("tags", [])
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    )
    return base64.b64decode(output.data["image/png"]), output.metadata["image/png"]["alt"]


def repository() -> str:
    """The repository's address, from pyproject.toml: the one place that knows it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].rstrip("/")


def launch_links(notebook: Path) -> tuple[str, str]:
    """Addresses that open a notebook on Binder and on Colab (there from the branch of .github/workflows/colab.yml)."""
    owner_and_name = repository().removeprefix("https://github.com/")
    place = f"notebooks/{notebook.name}"
    binder = f"https://mybinder.org/v2/gh/{owner_and_name}/HEAD?urlpath=lab/tree/{place}"
    return binder, f"https://colab.research.google.com/github/{owner_and_name}/blob/colab/{place}"


def pages_address() -> str:
    """Where .github/workflows/pages.yml puts the web edition."""
    owner, name = repository().removeprefix("https://github.com/").split("/")
    return f"https://{owner}.github.io/{name}/"


def schedule(notebooks: Sequence[Path]) -> str:
    """The notebooks in teaching order as a Markdown table, a line for each: title, what it does, minutes, links.

    What a learner will be able to do stands at the head of each notebook.
    """
    lines = ["| lesson | in a line | minutes | open in |", "|---|---|---|---|"]
    minutes = 0
    for notebook in notebooks:
        course = course_metadata(notebook)
        binder, colab = launch_links(notebook)
        minutes += course["teaching_minutes"] + course["exercise_minutes"]
        cells = [
            f"[{notebook.stem[:2]} · {course['title']}](notebooks/{notebook.name})",
            course["description"],
            f"{course['teaching_minutes']} + {course['exercise_minutes']}",
            f"[Binder]({binder}) · [Colab]({colab})",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"Minutes are reading and running + exercises; {minutes} in all."])


def real_tables() -> str:
    """For each notebook with results on real data: ours and the published ones, as Markdown tables with a heading."""
    tables = [f"**{title}; {FILES_ARE[real_files(name)]}**\n\n{real_table(name)}" for name, (title, _) in REAL.items()]
    return "\n\n".join([*tables, *other_sets(OTHER_SETS)])


def other_sets(folder: Path) -> list[str]:
    """The table of MedMNIST's other sets, a row for each that is recorded; nothing where none is.

    folder: holds what `course results` wrote of studies/medmnist.yml, as SET.csv.
    """
    theirs = published("medmnist")
    recorded = [path for path in sorted(folder.glob("*.csv")) if path.stem in theirs.index]
    if not recorded:
        return []
    models = ("logistic regression", "network", "better network")
    rows = {}
    for path in recorded:
        ours = summary(pd.read_csv(path)).loc[list(models)]
        cells = {f"ours: {model}": f"{row['test AUC']}; {row['test accuracy']}" for model, row in ours.iterrows()}
        rows[path.stem] = cells | {"ResNet-18, 28 px": "; ".join(map(written, theirs.loc[path.stem]))}
    table = markdown(pd.DataFrame.from_dict(rows, orient="index").rename_axis("set"))
    return ["**Other sets of MedMNIST through the networks of notebook 02: test AUC; test accuracy**\n\n" + table]


def real_table(notebook: str) -> str:
    """Our results on test data and those that others published, as one Markdown table; a score nobody has is empty."""
    ours = summary(real_results(notebook))
    ours = ours[[heading for heading in ours if not heading.startswith("validation")]]
    ours.index = [f"ours: {model}" for model in ours.index]
    theirs = published(REAL[notebook][1])
    rows = pd.concat([ours, theirs.map(written)])
    rows = rows.loc[:, [heading for heading in rows if heading in ours]].fillna("")
    return markdown(rows.rename_axis("model"))


def markdown(table: pd.DataFrame) -> str:
    """A table of texts as Markdown, its index in the first column.

    >>> print(markdown(pd.DataFrame({"RMSE": ["17.56"]}, index=pd.Index(["ridge"], name="model"))))
    | model | RMSE |
    |---|---|
    | ridge | 17.56 |
    """
    heads = [table.index.name, *table.columns]
    lines = [[str(name), *map(str, row)] for name, row in zip(table.index, table.to_numpy(), strict=True)]
    return "\n".join(
        [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {' | '.join(line)} |" for line in lines)]
    )


def with_blocks(text: str, blocks: Mapping[str, str]) -> str:
    """The text with each part between `<!-- NAME: begin -->` and `<!-- NAME: end -->` replaced by its block.

    Raises ValueError where the text has no such part.

    >>> with_blocks("<!-- a: begin -->old<!-- a: end -->", {"a": "new"}).split()
    ['<!--', 'a:', 'begin', '-->', 'new', '<!--', 'a:', 'end', '-->']
    """
    for name, block in blocks.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"the text has no part between {begin} and {end}")
        text = pattern.sub(lambda _, block=block, begin=begin, end=end: f"{begin}\n{block}\n{end}", text)
    return text


def readme(text: str, notebooks: Sequence[Path]) -> str:
    """The README's text with its generated parts as the notebooks and the reference results have them now."""
    binder, colab = launch_links(notebooks[0])
    _, alt = picture(SHOWN)
    launches = (("Read the pages", pages_address()), ("Open on Binder", binder), ("Open on Colab", colab))
    return with_blocks(
        text,
        {
            "picture": f"![{alt}]({PICTURE.relative_to(ROOT).as_posix()})",
            "launch": f"**{' · '.join(f'[{text}]({address})' for text, address in launches)}**",
            "schedule": schedule(notebooks),
            "real": real_tables(),
        },
    )
