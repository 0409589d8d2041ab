"""The pages of what bench/real measured have the tables of data/reference, and their sentences agree with them."""

import numpy as np
import pandas as pd
import pytest

from bench.real.xrays.recipe import CHOSEN, read_recipes
from course.site import measurements
from helpers.evaluation import auc_half_width

USUAL = "notebook 02"


@pytest.mark.parametrize("name", measurements.PAGES)
def test_a_page_is_as_generated(name):
    text = measurements.PAGES[name].read_text(encoding="utf-8")
    assert text == measurements.page(name, text), "run `make refresh`"


def test_what_is_said_of_the_choice():
    choice = pd.read_csv(measurements.REFERENCE / "xrays_choice.csv", index_col="recipe")
    means = (choice["changed"] + choice["kinds left out"]) / 2
    assert means.idxmax() == CHOSEN
    first, second = means.nlargest(2)
    assert first - second < 0.001
    assert choice["as they are"].idxmax() == "standardised"
    assert choice["as they are"].rank(ascending=False)[CHOSEN] == 3
    assert choice["changed"].idxmax() == CHOSEN
    assert np.ptp(choice["grain"]) > 10 * np.ptp(choice["as they are"])
    assert (choice["as they are"] > 0.99).all()


def test_what_was_judged_later_would_not_have_been_chosen():
    choice, later = (
        pd.read_csv(measurements.REFERENCE / f"xrays_{name}.csv", index_col="recipe") for name in ("choice", "later")
    )
    means = (later["changed"] + later["kinds left out"]) / 2
    assert len(means) == 3
    assert means.max() < (choice.loc[CHOSEN, "changed"] + choice.loc[CHOSEN, "kinds left out"]) / 2
    assert set(read_recipes()) - {*choice.index, *later.index} == {"both, twice as long, two convolutions"}


def test_what_is_said_of_the_test():
    test = pd.read_csv(measurements.REFERENCE / "xrays_test.csv").set_index(["recipe", "way"]).sort_index()
    one = {recipe: test.loc[(recipe, "one network")] for recipe in (CHOSEN, USUAL)}
    assert [len(runs) for runs in one.values()] == [5, 5]
    assert one[CHOSEN]["AUC"].min() >= 0.970 > one[USUAL]["AUC"].max()
    assert one[CHOSEN]["accuracy, changed"].min() >= 0.92 > one[USUAL]["accuracy, changed"].max()
    assert one[CHOSEN]["CPU seconds"].mean() == pytest.approx(65, abs=1)
    spared = {recipe: runs["specificity, as they are"].mean() for recipe, runs in one.items()}
    assert max(spared.values()) < 0.8
    for rule in ("as they are", "even odds", "changed"):
        assert one[CHOSEN][f"specificity, {rule}"].mean() > one[USUAL][f"specificity, {rule}"].mean()
        assert one[CHOSEN][f"sensitivity, {rule}"].mean() < one[USUAL][f"sensitivity, {rule}"].mean()
    helped = {r: runs["accuracy, changed"].mean() - runs["accuracy, even odds"].mean() for r, runs in one.items()}
    assert helped[USUAL] > 0.02
    assert abs(helped[CHOSEN]) < 0.005
    together = test.loc[(CHOSEN, "4 networks, shifted copies too")]
    assert together["AUC"] < 0.98
    assert together["AUC"] - one[CHOSEN]["AUC"].mean() < 0.003
    assert together["accuracy, changed"] > 0.92
    assert auc_half_width(0.97, 390, 234) == pytest.approx(0.012, abs=0.001)


def test_what_is_said_of_glucose():
    stored = pd.read_csv(measurements.REFERENCE / "glucose_models.csv", index_col=["protocol", "model"])
    line = "ridge, 50 minutes"
    later, new = stored.loc["later days"], stored.loc["new person"]
    people = [name for name in later if name.startswith("person")]
    best = later.loc["Gaussian process, people differ"]
    assert later["rmse"].idxmin() == best.name
    assert later.loc[line, "rmse"] == pytest.approx(17.56, abs=0.005)
    assert later.loc[line, "rmse"] - best["rmse"] == pytest.approx(0.87, abs=0.005)
    assert 1 - best["ratio"] == pytest.approx(0.05, abs=0.01)
    assert (best[people] < later.loc[line, people]).sum() == 4
    assert later.loc["a line per person, shrunk", "rmse"] < later.loc[line, "rmse"] - 0.5
    for model in ("ridge, 2 hours", "ridge, with simulated people"):
        assert abs(later.loc[model, "ratio"] - 1) < 0.005
    assert new["rmse"].idxmin() == "ridge, with simulated people"
    assert new.loc[line, "rmse"] - new["rmse"].min() == pytest.approx(0.28, abs=0.005)
    assert (new.loc["ridge, with simulated people", people] < new.loc[line, people]).sum() == 4
    for table in (later, new):
        assert ((table["low"] < 1) & (table["high"] > 1))[table["ratio"].notna()].all(), "all intervals hold 1"
        assert table.loc[["GRU", "GRU, first on simulated people"], "ratio"].min() > 1.05
        assert table.loc["GRU, first on simulated people", "rmse"] < table.loc["GRU", "rmse"]
