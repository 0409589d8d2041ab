"""Hospitals that are left out: nobody foretells themselves, and what a hospital never measures is known."""

import numpy as np
import pandas as pd
import pytest

from helpers.datasets import DataError
from helpers.lessons.generalisation import four_hospitals


@pytest.fixture(scope="module")
def simulated():
    return four_hospitals.hospitals_of("simulated", seed=1)


def test_the_stand_in_differs_as_the_text_says(simulated):
    assert simulated.simulated
    missing = simulated.shares_missing
    assert missing.loc["hospital 3", "cholesterol"] == 1
    assert missing.loc["hospital 1", "scan"] < 0.1 < 0.8 < missing.loc["hospital 2", "scan"]
    shares = pd.Series(simulated.labels).groupby(simulated.sites).mean()
    assert shares["hospital 3"] - shares["hospital 2"] > 0.3


def test_each_row_is_foretold_by_a_model_that_has_not_seen_its_hospital(simulated):
    """The base rate of the others is the whole of what such a model can know."""
    found = four_hospitals.left_out_risks(simulated, seed=1)
    for site in np.unique(simulated.sites):
        here = simulated.sites == site
        assert found["base rate"][here] == pytest.approx(np.full(here.sum(), simulated.labels[~here].mean()))
    assert all(np.isfinite(risks).all() for risks in found.values())
    mixed = four_hospitals.mixed_risks(simulated, seed=1)["base rate"]
    assert mixed == pytest.approx(np.full(len(mixed), simulated.labels.mean()), abs=0.01)


def test_a_column_that_the_hospital_never_measures_is_not_used_there(simulated):
    swapped = simulated.features.copy()
    column = simulated.feature_names.index("cholesterol")
    there = simulated.sites == "hospital 3"
    swapped[~there, column] = np.random.default_rng(1).normal(size=(~there).sum())
    other = four_hospitals.Hospitals(
        "x", True, swapped, simulated.labels, simulated.sites, simulated.patients, simulated.feature_names
    )
    before, after = (four_hospitals.left_out_risks(one, seed=1) for one in (simulated, other))
    name = four_hospitals.SHARED
    assert after[name][there] == pytest.approx(before[name][there])
    assert not np.allclose(after["mean"][there], before["mean"][there])


def test_a_leak_shows(simulated):
    """Where the test hospital trains too, its base rate is known: the planted fault changes the level."""
    honest = four_hospitals.left_out_risks(simulated, seed=1)["mean"]
    mixed = four_hospitals.mixed_risks(simulated, seed=1)["mean"]
    there = simulated.sites == "hospital 3"
    ill = simulated.labels[there].mean()
    assert abs(mixed[there].mean() - ill) < abs(honest[there].mean() - ill)


def test_scores_have_a_line_per_hospital_and_model(simulated):
    risks = {name: one for name, one in four_hospitals.left_out_risks(simulated, seed=1).items() if name != "mean"}
    table = four_hospitals.scores_by_hospital(simulated, risks, draws=30, seed=1)
    assert table.index.levshape == (4, 3)
    assert pd.isna(table.loc[("hospital 1", "base rate"), "AUC"])
    assert table.loc[("hospital 1", "mean + indicators"), "AUC"].estimate > 0.7


def test_a_file_of_ones_own(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"outcome": np.arange(90) % 2, "site": np.arange(90) % 3, "age": rng.normal(60, 9, 90)})
    table.to_csv(tmp_path / "own.csv", index=False)
    found = four_hospitals.hospitals_of(str(tmp_path / "own.csv"), seed=1)
    assert sorted(set(found.sites)) == ["hospital 0", "hospital 1", "hospital 2"]
    assert found.feature_names == ("age",)
    table.assign(site=1).to_csv(tmp_path / "one.csv", index=False)
    with pytest.raises(DataError, match="3 hospitals or more"):
        four_hospitals.hospitals_of(str(tmp_path / "one.csv"), seed=1)
    table.drop(columns="site").to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(DataError, match="a column site"):
        four_hospitals.hospitals_of(str(tmp_path / "none.csv"), seed=1)


def test_without_its_own_a_hospital_is_foretold_by_the_others_alone(simulated):
    train = np.random.default_rng(1).random(len(simulated.labels)) < 0.6
    found = four_hospitals.with_and_without_own(simulated, train, ~train, seed=1)
    assert all(np.isnan(risks[train]).all() and np.isfinite(risks[~train]).all() for risks in found.values())
    turned = simulated.labels.copy()
    there = simulated.sites == "hospital 2"
    turned[there] = 1 - turned[there]
    other = four_hospitals.Hospitals(
        "x", True, simulated.features, turned, simulated.sites, simulated.patients, simulated.feature_names
    )
    again = four_hospitals.with_and_without_own(other, train, ~train, seed=1)
    asked = there & ~train
    assert again["without its own"][asked] == pytest.approx(found["without its own"][asked])
    assert not np.allclose(again["with its own"][asked], found["with its own"][asked])
