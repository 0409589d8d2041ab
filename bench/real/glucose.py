"""What foretells real glucose better than a line? Every candidate on the same windows, in two protocols.

    python -m bench.real.glucose COPY_OF_cgm_broll.csv

*Later days*: each person's record cut by time as in notebook 03; learned on the first part, chosen on the second,
tested on the last fifth. *New person*: the same test windows of one person, learned and chosen on the other people.
docs/glucose.md says what came out; the tables are data/reference/glucose_models.csv.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from bench.real import forecasters
from helpers.base.paths import DATA
from helpers.datasets import load
from helpers.datasets.series import SeriesDataset
from helpers.datasets.windows import Windows, make_windows, split_by_time
from helpers.lessons import forecasting

HISTORY, AHEAD = 24, 6  # steps of five minutes: two hours back, half an hour ahead
RESULTS = DATA / "reference" / "glucose_models.csv"
FLOOR = "ridge, 50 minutes"
PEOPLE = "person"


def parts_of(data: SeriesDataset) -> dict[str, Windows]:
    """Training, validation and test windows by time; inputs of the last two reach back into the part before.

    Windows of another history would not be the same moments: every model gets two hours, and takes what it wants.
    """
    cut, back = split_by_time(data), HISTORY + AHEAD - 1
    parts = {
        "train": cut.train,
        "validation": forecasting.reaching_back(cut.validation, cut.train, back),
        "test": forecasting.reaching_back(cut.test, cut.validation, back),
    }
    return {name: make_windows(part, HISTORY, AHEAD) for name, part in parts.items()}


def later_days(parts: Mapping[str, Windows], fit: forecasters.Fit) -> np.ndarray:
    """The forecasts (n,) of the test windows by a model that knows each person's earlier days."""
    forecast = fit(parts["train"], parts["validation"])
    return forecast(parts["test"])


def new_person(parts: Mapping[str, Windows], fit: forecasters.Fit) -> np.ndarray:
    """The forecasts (n,) of each person's test windows by a model that learned and chose on all the others."""
    test = parts["test"]
    found = np.empty(len(test))
    for person in pd.unique(test.people):
        others = [forecasting.take(parts[part], parts[part].people != person) for part in ("train", "validation")]
        here = test.people == person
        found[here] = fit(*others)(forecasting.take(test, here))
    return found


def table(forecasts: Mapping[str, np.ndarray], test: Windows) -> pd.DataFrame:
    """RMSE and MAE (mg/dL) of each model, that of each person, and the ratio to the floor's with its interval.

    The interval is that of `paired_ratios`: people are the units, and all comparisons together keep 95 %.
    """
    errors = {"rmse": forecasting.rmse, "mae": forecasting.mae}
    rows = pd.DataFrame(
        {name: {m: error(test.targets, y) for m, y in forecasts.items()} for name, error in errors.items()}
    )
    pairs = [(model, FLOOR) for model in forecasts if model != FLOOR]
    ratios = forecasting.paired_ratios(forecasts, pairs, test)["ratio"]
    ratios.index = [one for one, _ in pairs]
    ends = pd.DataFrame(
        {end: ratios.map(lambda ratio, end=end: getattr(ratio, end)) for end in ("estimate", "low", "high")}
    )
    people = forecasting.person_errors(forecasts, test).T
    people.columns = [f"{PEOPLE} {k}" for k in range(1, len(people.columns) + 1)]
    return rows.join(ends.rename(columns={"estimate": "ratio"})).join(people).rename_axis("model")


def main(arguments: list[str] | None = None):
    """Measure both protocols, print and store the tables."""
    parser = argparse.ArgumentParser(description="Compare forecasters of glucose on real people.")
    parser.add_argument("dataset", type=Path, help="glucose of several people: id, time, gl")
    parser.add_argument("--seeds", type=int, default=1, help="starts of each network, averaged (default: 1)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="table to write")
    given = parser.parse_args(arguments)
    data = load(str(given.dataset))
    parts = parts_of(data)
    simulated = make_windows(forecasting.with_only(load("glucose"), data.features), HISTORY, AHEAD)
    protocols: dict[str, Callable] = {"later days": later_days, "new person": new_person}
    tables = {}
    for name, forecast in protocols.items():
        found = {}
        for model, fit in forecasters.candidates(simulated, given.seeds).items():
            found[model] = forecast(parts, fit)
            print(f"{name}, {model}: {forecasting.rmse(parts['test'].targets, found[model]):.2f}", flush=True)
        tables[name] = table(found, parts["test"])
    result = pd.concat(tables, names=["protocol"]).round(4)
    print(result.to_string())
    result.to_csv(given.out)


if __name__ == "__main__":
    main()
