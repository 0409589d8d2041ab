"""Molecules are counted, not lines; and the floors do what they are there for."""

import math

import numpy as np
import pytest

from helpers.lessons.drug_discovery import grades

LEARNED = ["CCO", "c1ccccc1", "CCN", "CC(=O)O", "CCCC"]


def test_one_molecule_has_one_spelling_and_no_molecule_none():
    assert grades.canonical(["OCC", "C(C)O", "C1CC", "", None]) == ["CCO", "CCO", None, None, None]


def test_the_shares_are_those_counted_by_hand():
    graded = grades.grade(["OCC", "CCO", "CCC", "C1CC", None], LEARNED)
    assert graded.valid == 3 / 5
    assert graded.unique == 2 / 3
    assert graded.novel == 1 / 2


def test_what_was_learned_is_neither_new_nor_far():
    graded = grades.grade(LEARNED, LEARNED)
    assert (graded.valid, graded.unique, graded.novel) == (1, 1, 0)
    assert graded.distance == pytest.approx(0)


def test_nothing_valid_has_no_other_grade():
    graded = grades.grade(["C1CC", None], LEARNED)
    assert graded.valid == 0
    assert all(math.isnan(one) for one in graded[1:])


def test_larger_molecules_are_farther():
    near, far = (grades.grade([line], LEARNED).distance for line in ("CCCO", "C" * 20))
    assert near < far


def test_alike_is_less_diverse():
    assert grades.diversity(["CCO", "CCCO"]) < grades.diversity(["CCO", "c1ccncc1"])
    assert math.isnan(grades.diversity(["CCO"]))


def test_a_carbon_put_in_is_always_a_molecule_and_one_atom_larger():
    made = grades.add_a_carbon(LEARNED, 40, np.random.default_rng(1))
    assert None not in grades.canonical(made)
    before = set(grades.properties(LEARNED)[:, 0])
    assert set(grades.properties(made)[:, 0]) <= {size + 1 for size in before}


def test_pairs_only_follow_what_followed():
    made = grades.by_pairs(["CO", "CN"], 50, np.random.default_rng(1))
    assert set(made) == {"CO", "CN"}
    endless = grades.by_pairs(["CCCCCCCCCCCCCCCCCCCCCCCCO"], 50, np.random.default_rng(1), longest=5)
    assert None in endless


def test_the_loss_of_pairs_is_that_of_their_counted_chances():
    learned = ["CO", "CN"]  # of five tokens C has begun both lines; O and N have followed it once each
    begins, follows, ends = 3 / 7, 2 / 7, 2 / 6
    assert grades.loss_of_pairs(learned, ["CO"], tokens=5) == pytest.approx(-np.mean(np.log([begins, follows, ends])))
    never = [1 / 7, 1 / 5]  # begins with a token not seen there, of which nothing is known
    assert grades.loss_of_pairs(learned, ["F"], tokens=5) == pytest.approx(-np.mean(np.log(never)))
