"""Guesses about a hidden column: the prior decides where the model is silent, and the floors are what they say."""

import numpy as np
import pytest

from helpers.datasets import Split
from helpers.lessons.privacy import crowd, inference


class Says:
    """A model whose risk depends on the gene alone, or on nothing."""

    def __init__(self, risks):
        self.risks = risks

    def predict_proba(self, columns):
        risk = np.where(columns[:, 0] == 1, self.risks[1], self.risks[0])
        return np.stack([1 - risk, risk], axis=1)


def test_a_silent_model_leaves_the_prior_and_a_telling_one_moves_it():
    people = inference.Cohort(np.zeros((4, 5)), np.zeros(4, int), np.array([0, 1, 0, 1]))
    prior = np.array([0.4, 0.4, 0.6, 0.6])
    assert inference.guess_gene(Says((0.5, 0.5)), prior, people).tolist() == [0, 0, 1, 1]
    assert inference.guess_gene(Says((0.1, 0.9)), prior, people).tolist() == [0, 1, 0, 1]


def test_the_floor_of_the_marginal_is_the_share_without_the_gene():
    table = inference.attribute_table(people=300, draws=50, seed=1)
    members = inference.simulate_cohort(300, seed=[1, 7, 0])
    assert table.loc["nobody carries it", "members"].estimate == pytest.approx((members.gene == 0).mean())
    assert table.loc["other columns", "strangers"].estimate > 0.6
    names = ["nobody carries it", "other columns", "the model", "the model minus other columns"]
    assert list(table.index) == names
    for column in ("members", "strangers"):
        model, columns, difference = (table.loc[name, column].estimate for name in names[2:0:-1] + names[3:])
        assert difference == pytest.approx(model - columns)
    gap = table.loc["the model"]
    between = gap["members minus strangers"].estimate
    assert between == pytest.approx(gap["members"].estimate - gap["strangers"].estimate)


def test_every_network_gets_a_picture_and_both_groups_one_size():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
    rows = Split(images, np.ones(40, np.int64), np.arange(40))
    usual = images.mean(axis=0)
    pictures = inference.invert(crowd.build_crowd((8, 8, 1), 3), 3, usual)
    assert pictures.shape == (3, 8, 8, 1)
    assert not np.allclose(pictures[0], pictures[1])
    members = np.repeat((np.arange(40) < 30)[:, None], 3, axis=1)
    copied = images[[0, 0, 35]].astype(float)  # a member's image, and a stranger's
    always = [inference.inversion_table(copied, rows, members, usual, seed=seed) for seed in range(12)]
    assert all(table["strangers"].iloc[2] == pytest.approx(1) for table in always), "the smaller group is whole"
    found = np.mean([table["members"].iloc[0] > 0.999 for table in always])
    assert 0 < found < 1, "of 30 members only ten are compared"
