"""A screen's scores are RDKit's, decoys are inactive and like the hits, and counting atoms is caught."""

import numpy as np
import pytest
from rdkit.ML.Scoring import Scoring

from helpers.lessons.drug_discovery import screening, views


@pytest.fixture(scope="module")
def screen():
    return screening.simulate_screen(1500, seed=2)


def test_the_rule_wants_both_groups_at_their_distance_in_a_molecule_that_fills_the_pocket():
    fits, near, small, none = views.read(
        ["NCCCc1ccc(Cl)cc1CCCC", "NCc1ccccc1CCCCCCCC", "NCCc1ccc(Cl)cc1", "CCCCCCCCc1ccc(Cl)cc1C"]
    )
    assert screening.binds([fits, near, small, none]).tolist() == [True, False, False, False]


def test_decoys_are_inactive_and_nobody_is_there_twice(screen):
    for decoys in (screen.small, screen.matched):
        assert not screen.active[decoys].any()
        assert len(np.unique(decoys)) == len(decoys)
        assert not set(decoys) & set(screen.learned)
    assert screen.active[screen.hits].all()
    atoms = screen.facts["atoms"].to_numpy()
    apart = {
        name: abs(atoms[rows].mean() - atoms[screen.hits].mean())
        for name, rows in {"small": screen.small, "matched": screen.matched}.items()
    }
    assert apart["matched"] < 0.5 * apart["small"]


def test_the_first_percent_is_a_molecule_at_least():
    assert [screening.first_of(n) for n in (20, 149, 151, 840)] == [1, 1, 2, 8]
    assert screening.first_of(20, 0.5) == 10


def test_scores_are_rdkits():
    rng = np.random.default_rng(1)
    active = rng.permutation(400) < 20
    scores = rng.normal(size=400) + active
    ranked = screening.ordered(scores, active)[:, None]
    assert screening.bedroc(scores, active) == pytest.approx(Scoring.CalcBEDROC(ranked, 0, screening.ALPHA))
    (right,) = Scoring.CalcEnrichment(ranked, 0, [0.01])
    assert screening.enrichment_factor(scores, active) == pytest.approx(right)
    assert screening.bedroc(active.astype(float), active) == pytest.approx(1)
    assert screening.bedroc(-active.astype(float), active) == pytest.approx(0)


def test_a_draw_and_the_best_order_are_where_the_marks_are():
    rng = np.random.default_rng(3)
    active = np.arange(840) < 40
    drawn = [screening.bedroc(rng.random(840), active) for _ in range(400)]
    marks = screening.best_and_drawn(40, 840)
    assert marks["BEDROC"][0] == pytest.approx(np.mean(drawn), abs=0.01)
    assert marks[screening.EARLY] == (1.0, screening.enrichment_factor(active.astype(float), active))


def test_the_interval_of_none_found_reaches_above_0_and_of_all_found_not_above_the_best(screen):
    truth = screen.active.astype(float)
    tables = screening.screen_tables(screen, {"all": truth, "none": -truth}, draws=50, seed=1)
    early = tables[screening.EARLY]["matched decoys"]
    assert early["none"].estimate == early["none"].low == 0 < early["none"].high
    best = screening.best_and_drawn(len(screen.hits), len(screen.hits) + len(screen.matched))[screening.EARLY][1]
    assert early["all"].estimate == pytest.approx(best)
    assert early["all"].low < best >= early["all"].high - 1e-9


def test_counting_atoms_beats_small_decoys_alone(screen):
    atoms = screen.facts["atoms"].to_numpy(float)
    tables = screening.screen_tables(screen, {"atoms": atoms}, draws=50, seed=1)
    early = tables["BEDROC"].loc["atoms"]
    assert early["small decoys"].estimate > 0.4 > early["matched decoys"].estimate
