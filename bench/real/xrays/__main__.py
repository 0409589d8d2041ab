"""python -m bench.real.xrays choose|confirm FILE: judge the recipes of studies/xrays.yml, then test those chosen."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import tensorflow as tf

from bench.real.xrays.choosing import judge
from bench.real.xrays.confirming import confirm, known_images
from bench.real.xrays.recipe import read_recipes
from helpers.base.paths import DATA
from helpers.datasets import load

CHOICE, RESULT = (DATA / "reference" / f"xrays_{name}.csv" for name in ("choice", "test"))


def choose(file: str, names: list[str], out: Path):
    """Judge recipes on the training and validation images together, a row each; those in the table stay as they are."""
    images, labels = known_images(load(file))
    recipes = read_recipes()
    table = pd.read_csv(out, index_col="recipe") if out.exists() else pd.DataFrame()
    for name in names or recipes:
        if name not in table.index:
            row = judge(recipes[name], images, labels).rename(name)
            table = pd.concat([table, row.to_frame().T.rename_axis("recipe")])
            table.round(4).to_csv(out)
            print(table.loc[[name]].round(4).to_string(), flush=True)


def main(arguments: list[str] | None = None):
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m bench.real.xrays", description=__doc__)
    parser.add_argument("what", choices=["choose", "confirm"])
    parser.add_argument("file", help="pneumoniamnist, or a copy of it")
    parser.add_argument("recipes", nargs="*", help="names in studies/xrays.yml; choose takes all by default")
    parser.add_argument("--out", type=Path, help="table to write or to go on with")
    given = parser.parse_intermixed_args(arguments)
    if unknown := sorted(set(given.recipes) - read_recipes().keys()):
        parser.error(f"no recipe {unknown[0]}; there are {', '.join(read_recipes())}")
    if given.what == "confirm" and not given.recipes:
        parser.error("confirm: name the recipes that were chosen")
    tf.config.threading.set_intra_op_parallelism_threads(1)  # more threads wait for each other, which counts as work
    if given.what == "choose":
        choose(given.file, given.recipes, given.out or CHOICE)
    else:
        table = confirm(load(given.file), given.recipes)
        print(table.to_string())
        table.round(4).to_csv(given.out or RESULT)


if __name__ == "__main__":
    main()
