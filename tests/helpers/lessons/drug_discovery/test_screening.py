"""A screen's scores are RDKit's, decoys are inactive and like the hits, and counting atoms is caught."""

from types import SimpleNamespace

import numpy as np
import pytest
from rdkit.ML.Scoring import Scoring

from helpers import evaluation
from helpers.lessons.drug_discovery import screening, views


def tables_of(scores, active):
    """The tables of one ranking of a library whose inactive molecules are the decoys of either kind."""
    hits, others = np.flatnonzero(active), np.flatnonzero(~active)
    screen = SimpleNamespace(active=active, hits=hits, small=others, matched=others)
    return screening.screen_tables(screen, {"one": scores}, draws=20, seed=1)


def early(scores, active):
    """The enrichment factor at 1 %, as the table has it."""
    return tables_of(scores, active)[screening.EARLY].loc["one", "small decoys"]


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
    ranked = active[np.argsort(-scores)][:, None]
    assert screening.bedroc(scores, active) == pytest.approx(Scoring.CalcBEDROC(ranked, 0, screening.ALPHA))
    (right,) = Scoring.CalcEnrichment(ranked, 0, [0.01])
    assert early(scores, active).estimate == pytest.approx(right)
    assert screening.bedroc(active.astype(float), active) == pytest.approx(1)
    assert screening.bedroc(-active.astype(float), active) == pytest.approx(0)


def test_a_draw_and_the_best_order_are_where_the_marks_are():
    rng = np.random.default_rng(3)
    active = np.arange(840) < 40
    drawn = [screening.bedroc(rng.random(840), active) for _ in range(400)]
    marks = screening.best_and_drawn(40, 840)
    assert marks["BEDROC"][0] == pytest.approx(np.mean(drawn), abs=0.01)
    assert marks[screening.EARLY] == (1.0, pytest.approx(early(active.astype(float), active).estimate))


def test_a_score_that_is_the_same_for_all_is_worth_a_draw():
    """One order of equals, drawn once, would be a lucky or an unlucky one: of these it gave a BEDROC of .13."""
    active = np.arange(840) < 40
    marks = screening.best_and_drawn(40, 840)
    assert screening.bedroc(np.ones(840), active) == pytest.approx(marks["BEDROC"][0])
    found = early(np.ones(840), active)
    assert found.estimate == pytest.approx(1)
    assert (found.low, found.high) == (0, pytest.approx(evaluation.wilson(1, 8).high * 840 / 40))


def test_equals_count_as_the_mean_of_their_orders():
    rng = np.random.default_rng(4)
    active = rng.permutation(300) < 30
    scores = np.round(rng.normal(size=300) + active)
    orders = [scores + 1e-3 * rng.random(300) for _ in range(2000)]
    mean = np.mean([screening.bedroc(order, active) for order in orders])
    assert screening.bedroc(scores, active) == pytest.approx(mean, abs=0.005)
    assert early(scores, active).estimate == pytest.approx(
        np.mean([early(o, active).estimate for o in orders[:500]]), abs=0.2
    )


def test_the_last_bits_of_a_score_are_no_order():
    """A forest adds up its trees in the order in which they are ready: a third and a half, or a half and a third."""
    active = np.arange(100) < 10
    noise = 1e-15 * np.random.default_rng(5).random(100)
    assert screening.bedroc(0.3 + noise, active) == pytest.approx(screening.bedroc(np.full(100, 0.3), active))


def test_resamples_of_equals_are_equals_too():
    table = tables_of(np.ones(840), np.arange(840) < 40)["BEDROC"].loc["one", "matched decoys"]
    assert (table.low, table.high) == pytest.approx((table.estimate, table.estimate))


def test_the_interval_of_none_found_reaches_above_0_and_of_all_found_not_above_the_best(screen):
    truth = screen.active.astype(float)
    tables = screening.screen_tables(screen, {"all": truth, "none": -truth}, draws=50, seed=1)
    found = tables[screening.EARLY]["matched decoys"]
    assert found["none"].estimate == found["none"].low == 0 < found["none"].high
    best = screening.best_and_drawn(len(screen.hits), len(screen.hits) + len(screen.matched))[screening.EARLY][1]
    assert found["all"].estimate == pytest.approx(best)
    assert found["all"].low < best >= found["all"].high - 1e-9


def test_counting_atoms_beats_small_decoys_alone(screen):
    atoms = screen.facts["atoms"].to_numpy(float)
    tables = screening.screen_tables(screen, {"atoms": atoms}, draws=50, seed=1)
    found = tables["BEDROC"].loc["atoms"]
    assert found["small decoys"].estimate > 0.4 > found["matched decoys"].estimate
