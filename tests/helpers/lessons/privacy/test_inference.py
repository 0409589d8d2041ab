"""Guesses about a hidden column: the prior decides where the model is silent, and the floors are what they say."""

import numpy as np
import pytest

from helpers.lessons.privacy import inference


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
    table = inference.attribute_table(people=300, seed=1)
    members = inference.simulate_cohort(300, seed=[1, 7, 0])
    assert table.loc["nobody carries it", "members"].estimate == pytest.approx((members.gene == 0).mean())
    assert table.loc["other columns", "strangers"].estimate > 0.6
    assert list(table.index) == ["nobody carries it", "other columns", "the model"]
