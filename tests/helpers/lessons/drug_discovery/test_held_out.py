"""Groups stay together, models forecast molecules whose group they do not know, and scores are scores."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from helpers.datasets.molecules import MoleculeSplit
from helpers.datasets.simulators.chemistry.molecules import simulate_molecules
from helpers.datasets.sources.molecules.splits import scaffold_split
from helpers.lessons.drug_discovery import held_out, views


@pytest.fixture(scope="module")
def molecules():
    return held_out.all_of(simulate_molecules(200, seed=3), most=5000, seed=1)


@pytest.fixture(scope="module")
def kinds(molecules):
    return held_out.kinds_of_split(molecules, views.fingerprints(views.read(molecules.smiles)))


def test_every_molecule_is_there_once(molecules):
    assert len(molecules) == len(np.unique(molecules.keys)) == 200
    assert molecules.target.dtype == np.float64
    few = held_out.all_of(simulate_molecules(200, seed=3), most=50, seed=1)
    assert len(few) == 50
    assert set(few.keys) <= set(molecules.keys)


def test_kinds_group_more_and_more(molecules, kinds):
    counts = {kind: len(np.unique(groups)) for kind, groups in kinds.items()}
    assert counts["random"] == 200 > counts["scaffold"] > 10
    assert 10 < counts["cluster"] < 200


def test_the_order_is_the_same_however_the_data_set_was_split(molecules):
    data = simulate_molecules(200, seed=3)
    other = replace(data, train=data.test, test=data.train)
    assert held_out.all_of(other, most=5000, seed=9).keys.tolist() == molecules.keys.tolist()


def test_ring_systems_are_the_largest_that_share_atoms(molecules, kinds):
    lines = ["CCO", "Cc1ccccc1", "c1ccc2ccccc2c1CC1CC1", "C1CCC2(CC1)CCCC2"]
    assert held_out.ring_systems(views.read(lines)).tolist() == ["", "c1ccccc1", "c1ccc2ccccc2c1", "C1CCC2(CC1)CCCC2"]
    rings = held_out.ring_systems(views.read(molecules.smiles))
    leaks = held_out.leak_table(kinds, rings, folds=3, seed=1)
    assert leaks["groups"].tolist() == [len(np.unique(groups)) for groups in kinds.values()]
    whole = held_out.leak_table({"rings": rings}, rings, folds=3, seed=1)
    assert whole.loc["rings", "ring system known"] == 0 < leaks.loc["scaffold", "ring system known"]


def test_no_group_is_learned_from_where_it_is_forecast(molecules, kinds):
    learned = []

    def spy(rows, target, seed):
        learned.append(set(kinds["scaffold"][rows]))
        said = np.full(len(target), target[rows].mean())
        said[np.isin(kinds["scaffold"], list(learned[-1]))] = np.inf
        return said

    said = held_out.out_of_fold({"spy": spy}, molecules.target, kinds["scaffold"], folds=4, seed=1)
    assert len(learned) == 4
    assert np.isfinite(said["spy"]).all()


def test_scores_are_scikit_learns(molecules):
    rng = np.random.default_rng(1)
    said = molecules.target + rng.normal(0, 1, 200)
    rows = scaffold_split(molecules.scaffolds)["test"]
    found = held_out.protocol_table(molecules, {"near": lambda *_: said}, seed=1).loc["near", "scaffold"]
    of_test = molecules.target[rows], said[rows]
    assert found["test RMSE"] == pytest.approx(metrics.root_mean_squared_error(*of_test))
    assert found["test R²"] == pytest.approx(metrics.r2_score(*of_test))
    assert held_out.squared_correlation(molecules.target, 3 - 2 * molecules.target) == pytest.approx(1)
    assert np.isnan(held_out.squared_correlation(molecules.target, np.ones(200)))


def test_intervals_hold_the_score_and_are_wider_where_groups_are_few(molecules, kinds):
    def mean(rows, target, seed):
        return np.full(len(target), target[rows].mean())

    said = {
        kind: held_out.out_of_fold({"mean": mean}, molecules.target, groups, folds=3, seed=1)
        for kind, groups in kinds.items()
    }
    table = held_out.error_table(molecules.target, said, kinds, draws=100, seed=1)
    widths = {kind: table.loc["mean", kind].high - table.loc["mean", kind].low for kind in kinds}
    assert widths["scaffold"] > widths["random"]
    exact = {kind: table.assign(exact=molecules.target) for kind, table in said.items()}
    gaps = held_out.error_gaps(molecules.target, exact, kinds, ("exact", "mean"), draws=100, seed=1)
    one = gaps.loc["exact, less mean", "scaffold"]  # an exact model leaves the mean's error alone, draw by draw
    assert (one.estimate, one.low) == pytest.approx(
        (-table.loc["mean", "scaffold"].estimate, -table.loc["mean", "scaffold"].high)
    )
    protocol = held_out.protocol_table(molecules, {"mean": mean}, seed=1)
    assert protocol.index.tolist() == [("mean", "random"), ("mean", "scaffold")]
    assert (protocol["validation R²"] <= 0).all()


def test_of_classes_the_protocol_gives_the_auc(molecules):
    crosses = MoleculeSplit(
        molecules.smiles, (molecules.target > -3).astype(float), molecules.keys, molecules.scaffolds
    )
    protocol = held_out.protocol_table(crosses, {"truth": lambda rows, target, seed: target / 2}, seed=1)
    assert protocol.columns.tolist() == ["test RMSE", "test AUC", "validation AUC"]
    assert (protocol["test AUC"] == 1).all()
    alike = replace(crosses, target=np.where(np.arange(200) < 199, 1.0, 0.0))
    lacking = held_out.protocol_table(alike, {"truth": lambda rows, target, seed: target / 2}, seed=1)
    assert np.isnan(lacking[["test AUC", "validation AUC"]].to_numpy()).sum() >= 2, "of one class alone there is none"
