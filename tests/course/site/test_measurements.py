"""The pages of what bench/ measured have its tables as they are stored, and their sentences agree with them."""

import numpy as np
import pandas as pd
import pytest

from bench.real.xrays.recipe import CHOSEN, read_recipes
from course.site import measurements
from helpers.evaluation import auc_half_width

USUAL, LATER = "notebook 02", "both, twice as long, two convolutions"


@pytest.mark.parametrize("name", measurements.PAGES)
def test_a_page_is_as_generated(name):
    text = measurements.PAGES[name].read_text(encoding="utf-8")
    assert text == measurements.page(name, text), "run `make refresh`"


def test_a_table_has_the_last_release_on_one_kind_of_machine(tmp_path, monkeypatch):
    columns = "release,processor,cores,measure,what,unit,date,median,least,greatest,repeats,note"
    lines = (
        "v1,a,2,loops,one,s",
        "v2,b,4,loops,one,s",
        "v2,a,2,loops,one,s",
        "v2,a,2,loops,two,s",
        "v1,b,4,memory,one,s",
    )
    values = (f"2026-11-28,{k},{k - 0.5},{k + 0.5},{k},note" for k in range(1, 6))
    history = tmp_path / "history.csv"
    history.write_text("\n".join([columns, *map(",".join, zip(lines, values, strict=True))]))
    stored = measurements.read_history
    monkeypatch.setattr(measurements, "read_history", lambda: stored(history))
    found = measurements.costs()
    assert found.keys() == {"loops", "memory"}
    assert found["loops"].splitlines()[0] == "Release v2, 2026-11-28; a, 2 cores."
    assert found["loops"].splitlines()[4:] == [
        "| one | 3 | s | 3 | 2.5 to 3.5 | note |",
        "| two | 4 | s | 4 | 3.5 to 4.5 | note |",
    ]


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


def test_what_is_said_of_what_was_judged_later():
    choice, later = (
        pd.read_csv(measurements.REFERENCE / f"xrays_{name}.csv", index_col="recipe") for name in ("choice", "later")
    )
    first, second = ((table["changed"] + table["kinds left out"]) / 2 for table in (choice, later))
    assert len(second) == 4
    assert second.drop(LATER).max() < first[CHOSEN]
    assert (round(first[CHOSEN], 3), round(second[LATER], 3)) == (0.987, 0.991)
    assert read_recipes().keys() == {*choice.index, *later.index}


def test_what_is_said_of_the_recipe_tested_later():
    test = pd.read_csv(measurements.REFERENCE / "xrays_test.csv").set_index(["recipe", "way"]).sort_index()
    one, copies = (test.loc[(LATER, way)] for way in ("one network", "shifted copies too"))
    assert len(one) == 5
    assert round(one["AUC"].min(), 3) >= 0.979
    assert one["AUC"].mean() == pytest.approx(0.984, abs=0.0005)
    assert one["accuracy, changed"].min() >= 0.93
    assert one["CPU seconds"].mean() == pytest.approx(107, abs=1)
    together = test.loc[(LATER, "2 networks, shifted copies too")]
    assert together["CPU seconds"] < 300
    assert together["AUC"] > 0.98
    assert together["accuracy, changed"] > 0.92
    gains = copies["AUC"].mean() - one["AUC"].mean(), together["AUC"] - one["AUC"].mean()
    assert max(gains) < 0.004
    assert abs(one["accuracy, changed"].mean() - one["accuracy, even odds"].mean()) < 0.005
    chosen, usual = (test.loc[(recipe, "one network"), "AUC"].mean() for recipe in (CHOSEN, USUAL))
    assert one["AUC"].mean() - chosen > 0.008 > chosen - usual, "the second convolution helped most"


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


def test_what_is_said_of_costs():
    rows = measurements.read_history().set_index(["release", "what"])
    small = "CNN, batches of 32: "
    before, after = (rows.loc[(release, f"{small}the course's fit")] for release in ("14d6197", "58a14a4"))
    assert (before["least"], before["median"]) == (1557, 2519)
    assert (after["least"], after["median"]) == (2741, 2817)
    on_arrays = rows.loc[("58a14a4", f"{small}Keras' fit")]
    assert on_arrays["least"] / on_arrays["median"] == pytest.approx(0.53, abs=0.01)
    paces = {
        name: rows.loc[("58a14a4", f"{name}"), "median"] for name in rows.loc["58a14a4"].index if "against" in name
    }
    assert paces[f"{small}the course's fit against Keras' fit"] == pytest.approx(1, abs=0.05)
    assert paces[f"{small}the course's fit against bare compiled loop"] == pytest.approx(0.7, abs=0.05)
    assert paces[f"{small}the course's fit against PyTorch"] < 0.7
    assert paces["LSTM, batches of 32: the course's fit against PyTorch"] == pytest.approx(0.25, abs=0.03)
    for release, seconds in (("33992fc", (571, 302)), ("58a14a4", (534, 286))):
        for crew, took in zip(("1 worker of 2 threads", "2 workers of 1 thread"), seconds, strict=True):
            assert round(rows.loc[(release, f"12 notebooks, default, by {crew}"), "median"]) == took
    ours, theirs = (
        rows.loc[("58a14a4", f"{name}: until AUC 0.944"), "median"] for name in ("better network", "ResNet-18")
    )
    epochs = rows.loc[("58a14a4", "better network: epochs until then")]
    assert (round(ours), round(theirs), epochs["least"], epochs["greatest"]) == (7, 148, 1, 6)
    assert rows.loc[("58a14a4", "ResNet-18: epochs until then"), "greatest"] == 2
    assert round(rows.loc[("58a14a4", "until AUC 0.944: ResNet-18 against the better network"), "median"]) == 20
    assert round(rows.loc[("58a14a4", "the whole recipe: ResNet-18 against the better network"), "median"]) == 227
    minute = rows.loc[("58a14a4", "recipe of docs/xrays.md: whole training of one network")]
    assert [round(minute[name]) for name in ("least", "median", "greatest")] == [57, 60, 74], "docs/xrays.md says so"
    assert rows.loc[("33992fc", "table of 7,999 readings: against the loop"), "median"] < 1
    busy = {
        crew: rows.loc[("58a14a4", f"12 notebooks, default, by {crew}: cores busy"), "median"]
        for crew in ("1 worker of 2 threads", "2 workers of 1 thread")
    }
    assert list(busy.values()) == pytest.approx([0.6, 0.9], abs=0.03)


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
