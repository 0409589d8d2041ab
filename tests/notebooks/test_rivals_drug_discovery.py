"""What notebook 11 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from helpers import evaluation
from helpers.datasets.simulators.chemistry import molecules as made_up
from helpers.datasets.simulators.chemistry.molecules import draw_molecules
from helpers.lessons.drug_discovery import expression, grades, held_out, network, screening, views

# Sections 1 and 3: a target, and a molecule


@pytest.fixture(scope="module")
def diseases():
    """Networks with the p values of a cohort each, the day in the model."""
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        web = network.simulate_interactions(2000, rng)
        cohort = expression.simulate_cohort(web.drivers, rng)
        found.append((web, expression.compare_genes(cohort, batch=True).p))
    return found


def test_uncorrected_tests_call_more_drivers_and_far_more_false_ones(diseases):
    called = [expression.discoveries(p < 0.05, web.drivers) for web, p in diseases]
    assert np.mean([one["false share"] for one in called]) > 0.6
    assert np.mean([one["share of drivers"] for one in called]) > 0.4


def test_known_drivers_flatter_edges_and_not_p_values(diseases):
    judged = [
        {name: network.judge(score, web) for name, score in network.rankings(web, p, [0.4]).items()}
        for web, p in diseases
    ]
    means = {name: {key: np.mean([one[name][key] for one in judged]) for key in judged[0][name]} for name in judged[0]}
    assert means["own p value"]["known"] < 0.92, "the rival of the edges' AUC for known drivers"
    assert means["interactions recorded"]["known"] > 0.62, "and that of their AUC for unknown ones"
    assert means["walk, r = 0.4"]["yield"] - means["own p value"]["yield"] < -0.05, "and that of the yield without hubs"


def test_what_the_floors_of_writing_reach():
    learned = draw_molecules(300, np.random.default_rng(1))[0].tolist()
    by_pairs = grades.grade(grades.by_pairs(learned, 200, np.random.default_rng(1)), learned)
    assert by_pairs.valid < 0.2
    assert not by_pairs.distance < 0.6, "NaN where none is valid, or far off"
    assert grades.grade(learned, learned).novel == 0


# Section 2: a screen


def forest(prints):
    def said(rows, target, seed):
        trees = RandomForestRegressor(30, max_features=0.1, random_state=seed)
        return trees.fit(prints[rows], target[rows]).predict(prints)

    return said


def test_where_a_ring_system_adds_nothing_of_its_own_new_scaffolds_cost_little(monkeypatch):
    monkeypatch.setattr(made_up, "PACKING", 0.0)
    molecules = held_out.all_of(made_up.simulate_molecules(600, seed=1), most=5000, seed=1)
    prints = views.fingerprints(views.read(molecules.smiles))
    kinds = held_out.kinds_of_split(molecules, prints)
    errors = {}
    for kind in ("random", "scaffold"):
        said = held_out.out_of_fold({"forest": forest(prints)}, molecules.target, kinds[kind], folds=3, seed=1)
        errors[kind] = evaluation.rmse(molecules.target, said["forest"].to_numpy())
    assert np.log(errors["scaffold"] / errors["random"]) < 0.15


def test_an_interval_of_half_the_width_holds_too_few():
    sizes = np.abs(np.random.default_rng(1).normal(size=4000))
    width = evaluation.conformal_half_width(sizes[:1000], 0.9)
    assert (sizes[1000:] <= width / 2).mean() < 0.85 < (sizes[1000:] <= width).mean() < 0.96


def test_counting_atoms_finds_nothing_among_decoys_of_the_same_size():
    screen = screening.simulate_screen(2000, seed=1)
    atoms = screen.facts["atoms"].to_numpy(float)
    early = {
        name: screening.bedroc(atoms[rows], screen.active[rows])
        for name, rows in {
            "small": np.concatenate([screen.hits, screen.small]),
            "matched": np.concatenate([screen.hits, screen.matched]),
        }.items()
    }
    assert early["small"] > 0.3 > 0.25 > early["matched"]
