"""A register without names: groups are counted as a loop counts them, and totals give suppressed cells back."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from helpers.lessons.privacy import register

SMALL = pd.DataFrame({"born": [1950, 1950, 1950, 1960, 1960], "sex": list("FFMMM")})


@pytest.fixture(scope="module")
def town():
    return register.simulate_town(20_000, seed=1)


def test_groups_and_kinds_are_counted():
    assert register.group_sizes(SMALL).tolist() == [2, 2, 1, 2, 2]
    assert register.kinds_in_group(SMALL, list("abccc")).tolist() == [2, 2, 1, 1, 1]


def test_groups_of_a_town_are_those_of_a_loop(town):
    told = register.DETAILS["decade of birth, sex, postcode"](town)
    counted = Counter(map(tuple, told.to_numpy().tolist()))
    assert register.group_sizes(told).tolist() == [counted[tuple(row)] for row in told.to_numpy().tolist()]


def test_the_town_repeats_and_depends_on_the_seed(town):
    assert town.equals(register.simulate_town(20_000, seed=1))
    assert not town.equals(register.simulate_town(20_000, seed=2))


def test_the_town_is_as_described(town):
    assert town["in_register"].mean() == pytest.approx(0.6, abs=0.02)
    assert town["born"].between("1930-01-01", "2009-12-31").all()
    assert town["postcode"].between(10, 69).all()
    rates = town["diagnosis"].value_counts(normalize=True)
    assert rates["HIV"] == pytest.approx(0.02, abs=0.006)
    old = town["born"].dt.year < 1950
    assert (town["diagnosis"] == "heart failure")[old].mean() > 2 * (town["diagnosis"] == "heart failure")[~old].mean()


def test_less_detail_gives_less_away(town):
    table = register.anonymity_table(town)
    for column in ("alone in the register", "named", "diagnosis known"):
        assert table[column].is_monotonic_decreasing
    assert table["k"].is_monotonic_increasing
    assert (table["named"] <= table["alone in the register"]).all(), "who is alone in the town is alone in its register"
    assert (table["diagnosis known"] >= table["alone in the register"]).all()


def test_the_expected_share_of_the_unique_is_that_of_a_draw():
    drawn = np.random.default_rng(1).integers(5000, size=3000)
    alone = (np.bincount(drawn, minlength=5000) == 1).sum() / 3000
    assert register.expected_unique(3000, 5000) == pytest.approx(alone, abs=0.03)
    assert register.expected_unique(1, 10) == 1


def test_a_shift_keeps_the_gaps_of_a_person_and_differs_between_people():
    days = register.simulate_visits(300, 4, seed=1)
    shifted = register.shift_days(days, seed=1)
    assert (np.diff(shifted, axis=1) == np.diff(days, axis=1)).all()
    moved = (shifted - days)[:, 0]
    assert np.abs(moved).max() <= 365
    assert len(np.unique(moved)) > 150


def test_suppressed_cells_come_back_where_totals_tell():
    counts = pd.DataFrame([[12, 3, 0], [7, 9, 31], [4, 22, 18]], index=list("abc"), columns=list("xyz"))
    published = register.suppress(counts)
    assert np.isnan(published.loc["a", "y"])
    assert published.loc["a", "z"] == 0
    assert published.loc["all", "all"] == 106
    solved = register.solve_suppressed(published)
    assert (solved.iloc[:3, :3].to_numpy() == counts.to_numpy()).all()


def test_a_square_of_suppressed_cells_stays_closed():
    published = register.suppress(pd.DataFrame([[1, 2, 9], [3, 4, 9], [9, 9, 9]]))
    assert np.isnan(register.solve_suppressed(published).to_numpy()).sum() == 4
