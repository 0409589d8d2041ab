"""Attacks find members where there is something to find, and nobody where there is not."""

import numpy as np
import pytest
from scipy.stats import norm

from helpers.lessons.privacy import crowd, membership

PEOPLE, NETWORKS = 400, 12
PATIENTS = np.repeat(np.arange(PEOPLE), 2)
MEMBERS = crowd.draw_halves(PEOPLE, NETWORKS, seed=1)


def made_margins(effect, seed=1):
    """Margins of two images a patient: a difficulty of their own, noise, and what having been seen adds."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 3, PEOPLE)
    seen = own[:, None] + effect * MEMBERS + rng.normal(0, 0.5, MEMBERS.shape)
    return np.repeat(seen, 2, axis=0)


def test_halves_have_everybody_in_half_of_the_networks():
    assert MEMBERS.sum(axis=1).tolist() == [NETWORKS // 2] * PEOPLE
    assert MEMBERS.sum(axis=0).tolist() == [PEOPLE // 2] * NETWORKS
    assert not np.array_equal(MEMBERS[:, 0], MEMBERS[:, 2])


def test_margins_and_losses_are_those_of_the_labels():
    log_odds = np.array([[2.0], [-1.0]])
    margin = membership.margins(log_odds, np.array([1, 0]))
    assert margin.tolist() == [[2.0], [1.0]]
    losses = membership.by_loss(margin, np.array([7, 7]))
    assert losses == pytest.approx(-np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(-1))]))


def test_a_likelihood_ratio_finds_what_the_loss_misses():
    margin = made_margins(1.0)
    by_ratio = membership.by_likelihood_ratio(margin, PATIENTS, MEMBERS)
    by_loss = membership.by_loss(margin, PATIENTS)
    assert membership.hits_at(by_ratio.ravel(), MEMBERS.ravel(), 0.01) > 0.2
    assert membership.hits_at(by_loss.ravel(), MEMBERS.ravel(), 0.01) < 0.03


def test_where_nothing_is_remembered_nothing_is_found():
    scores = membership.by_likelihood_ratio(made_margins(0.0), PATIENTS, MEMBERS)
    table = membership.attack_table({"LiRA": scores}, MEMBERS, draws=100, seed=1)
    assert table.loc["LiRA", "AUC"].low < 0.5 < table.loc["LiRA", "AUC"].high
    with pytest.raises(ValueError, match="three pairs"):
        membership.by_likelihood_ratio(made_margins(0.0)[:, :5], PATIENTS, MEMBERS[:, :5])
    assert table.loc["LiRA", "hits at 1 %"].estimate < 0.03


def test_the_target_is_never_its_own_shadow():
    """A margin that only the target has moves nothing that the shadows say: the formula, from the others alone."""
    margin = made_margins(1.0)
    scores = membership.by_likelihood_ratio(margin, PATIENTS, MEMBERS)
    seen, target = margin[::2], 3
    others = np.arange(NETWORKS) // 2 != target // 2
    sides = []
    for side in (MEMBERS[:, others], ~MEMBERS[:, others]):
        means = np.array([row[mine].mean() for row, mine in zip(seen[:, others], side, strict=True)])
        spread = np.sqrt(
            np.mean([(v - m) ** 2 for r, s, m in zip(seen[:, others], side, means, strict=True) for v in r[s]])
        )
        sides.append(norm.logpdf(seen[:, target], means, spread))
    assert scores[:, target] == pytest.approx(sides[0] - sides[1])


def test_false_alarms_are_no_more_than_allowed_and_ties_help_nobody():
    rng = np.random.default_rng(1)
    others, members = rng.normal(size=1000), rng.normal(2.0, 1, 1000)
    scores, inside = np.concatenate([members, others]), np.arange(2000) < 1000
    hits = membership.hits_at(scores, inside, 0.01)
    assert hits == pytest.approx(1 - norm.cdf(norm.ppf(0.99) - 2), abs=0.07)
    assert membership.hits_at(np.ones(2000), inside, 0.01) == 0
    assert membership.hits_at(rng.permutation(scores), inside, 0.0) < 0.02


def test_roc_rises_from_nothing_to_everything():
    false, hits = membership.roc(np.array([[3.0, 1.0], [2.0, 0.0]]), np.array([[True, False], [True, False]]))
    assert (false[0], hits[0], false[-1], hits[-1]) == (0, 0, 1, 1)
    assert hits[false == 0].max() == 1


def test_a_group_is_held_against_its_own_strangers_at_everybodys_threshold():
    scores = membership.by_likelihood_ratio(made_margins(1.0), PATIENTS, MEMBERS)
    group = np.arange(PEOPLE) < 40
    scores[group] += 1.0  # suspicious as a group, members and strangers alike
    found = membership.group_table({"a": scores}, MEMBERS, group, rate=0.01, draws=60, seed=1).loc["a"]
    others = np.sort(scores[~MEMBERS])[::-1]
    threshold = others[int(0.01 * len(others))]
    hits = (scores[group][MEMBERS[group]] > threshold).mean()
    assert found["hits"].estimate == pytest.approx(hits)
    assert found["false alarms"].estimate == pytest.approx((scores[group][~MEMBERS[group]] > threshold).mean())
    assert found["false alarms"].estimate > 0.02, "more than everybody's 1 %"
    assert found["hits minus everybody's"].estimate == pytest.approx(hits - (scores[MEMBERS] > threshold).mean())
    assert found["hits"].low < hits < found["hits"].high
    inside, outside = scores[group][MEMBERS[group]], scores[group][~MEMBERS[group]]
    assert found["AUC inside"].estimate == pytest.approx((inside[:, None] > outside).mean())


def test_all_may_be_called():
    others = np.array([3.0, 1.0, 2.0])
    assert membership.passed_by(others, 1.0) == 1.0
    assert membership.passed_by(others, 0.34) == 2.0


def test_exposure_is_what_membership_adds():
    found = membership.exposure(made_margins(1.5), PATIENTS, MEMBERS)
    assert found.shape == (PEOPLE,)
    assert found.mean() == pytest.approx(1.5, abs=0.1)


def test_miscoded_people_are_so_many_and_wrong_in_all_their_images():
    labels = np.tile([0, 1], PEOPLE)
    told, wrong = membership.miscode(labels, PATIENTS, 0.05, seed=1)
    assert wrong.sum() == 20
    assert ((told != labels) == wrong[PATIENTS]).all()
