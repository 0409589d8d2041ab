"""What bench/real measured, as the tables of docs/glucose.md and docs/xrays.md: `make refresh` writes them."""

from __future__ import annotations

import pandas as pd

from course.site.syllabus import markdown, with_blocks
from helpers.base.files import write_whole
from helpers.base.paths import DATA, ROOT
from helpers.notebook.reference import spread, written

REFERENCE = DATA / "reference"
PAGES = {name: ROOT / "docs" / f"{name}.md" for name in ("glucose", "xrays")}


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


BLOCKS = {"glucose": glucose, "xrays": xrays}


def page(name: str, text: str) -> str:
    """The text of a page of PAGES with its tables as data/reference has them now."""
    return with_blocks(text, BLOCKS[name]())


def refresh():
    """Write the tables of every page."""
    for name, path in PAGES.items():
        write_whole(path, page(name, path.read_text(encoding="utf-8")))
