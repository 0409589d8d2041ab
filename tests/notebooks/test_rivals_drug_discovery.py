"""What notebook 11 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import numpy as np
import pytest

from helpers.datasets.simulators.molecules import draw_molecules
from helpers.lessons.drug_discovery import expression, grades, network

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
    assert np.mean([one["false"] for one in called]) > 0.6
    assert np.mean([one["drivers found"] for one in called]) > 0.4


def test_known_drivers_flatter_edges_and_not_p_values(diseases):
    judged = [
        {name: network.judge(score, web) for name, score in network.rankings(web, p, 0.4).items()}
        for web, p in diseases
    ]
    means = {name: {key: np.mean([one[name][key] for one in judged]) for key in judged[0][name]} for name in judged[0]}
    assert means["own p value"]["known"] < 0.92, "the rival of the edges' AUC for known drivers"
    assert means["interactions recorded"]["known"] > 0.62, "and that of their AUC for unknown ones"
    assert means["walk"]["yield"] - means["own p value"]["yield"] < -0.05, "and that of the yield without hubs"


def test_what_the_floors_of_writing_reach():
    learned = draw_molecules(300, np.random.default_rng(1))[0].tolist()
    by_pairs = grades.grade(grades.by_pairs(learned, 200, np.random.default_rng(1)), learned)
    assert by_pairs.valid < 0.2
    assert not by_pairs.distance < 0.6, "NaN where none is valid, or far off"
    assert grades.grade(learned, learned).novel == 0
