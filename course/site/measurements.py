"""What bench/ measured, as the tables of docs/costs.md, glucose.md and xrays.md: `make refresh` writes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from course.run.terminal import three_digits
from course.site.syllabus import markdown, with_blocks
from helpers.base.files import write_whole
from helpers.base.paths import DATA, ROOT
from helpers.notebook.reference import spread, written

REFERENCE = DATA / "reference"
HISTORY = ROOT / "bench" / "history.csv"
PAGES = {name: ROOT / "docs" / f"{name}.md" for name in ("costs", "glucose", "xrays")}


def costs() -> dict[str, str]:
    """The tables of docs/costs.md: what `make bench --record` found when it last took each measure."""
    history = read_history()
    return {measure: _latest(rows) for measure, rows in history.groupby("measure", sort=False)}


def read_history(history: Path = HISTORY) -> pd.DataFrame:
    """What was ever recorded: a row per release, kind of machine, measure and what was measured."""
    return pd.read_csv(history, keep_default_na=False, dtype={"release": str})


def _latest(rows: pd.DataFrame) -> str:
    """The rows of a measure's last release on one kind of machine, and which that was."""
    last = rows.iloc[-1]
    where = ["release", "processor", "cores"]
    rows = rows[(rows[where] == last[where]).all(axis=1)]
    shown = {
        "median": rows["median"].map(three_digits),
        "unit": rows["unit"],
        "repeats": rows["repeats"].astype(str),
        "least to greatest": [
            f"{three_digits(least)} to {three_digits(greatest)}" if repeats > 1 else ""
            for least, greatest, repeats in zip(rows["least"], rows["greatest"], rows["repeats"], strict=True)
        ],
        "note": rows["note"],
    }
    head = f"Release {last['release']}, {last['date']}; {last['processor']}, {last['cores']} cores."
    return f"{head}\n\n{markdown(pd.DataFrame(shown).set_index(rows['what']))}"


def glucose() -> dict[str, str]:
    """The tables of docs/glucose.md, by protocol: RMSE and MAE, each person's RMSE, and the ratio to the ridge's."""
    stored = pd.read_csv(REFERENCE / "glucose_models.csv", index_col=["protocol", "model"])
    people = [name for name in stored if name.startswith("person ")]
    ratio = stored.apply(
        lambda row: "" if pd.isna(row["ratio"]) else f"{row['ratio']:.3f} ({row['low']:.3f} to {row['high']:.3f})",
        axis=1,
    )
    errors = stored[["rmse", "mae", *people]].map(lambda value: f"{value:.2f}")
    tables = errors.rename(columns={"rmse": "RMSE", "mae": "MAE"}).assign(**{"over ridge": ratio})
    return {
        protocol.replace(" ", "-"): markdown(tables.loc[protocol])
        for protocol in tables.index.get_level_values("protocol").unique()
    }


def xrays() -> dict[str, str]:
    """The tables of docs/xrays.md: what validation said of each recipe, and what came out on the test images."""
    choice, later = (pd.read_csv(REFERENCE / f"xrays_{name}.csv", index_col="recipe") for name in ("choice", "later"))
    test = pd.read_csv(REFERENCE / "xrays_test.csv")
    scores = [name for name in test if name not in ("recipe", "way", "seed", "CPU seconds")]
    rows = {}
    for (recipe, way), runs in test.groupby(["recipe", "way"], sort=False):
        shown = {name: spread(runs[name]) for name in scores}
        rows[f"{recipe}: {way}"] = {"training, CPU s": f"{runs['CPU seconds'].mean():.0f}"} | shown
    return {
        "choice": markdown(choice.map(written)),
        "later": markdown(later.map(written)),
        "test": markdown(pd.DataFrame.from_dict(rows, orient="index").rename_axis("recipe")),
    }


BLOCKS = {"costs": costs, "glucose": glucose, "xrays": xrays}


def page(name: str, text: str) -> str:
    """The text of a page of PAGES with its tables as data/reference and bench/history.csv have them now."""
    return with_blocks(text, BLOCKS[name]())


def refresh():
    """Write the tables of every page."""
    for name, path in PAGES.items():
        write_whole(path, page(name, path.read_text(encoding="utf-8")))
