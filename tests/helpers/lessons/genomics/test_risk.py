"""Risks by age follow the threshold model, and bands hold what they promise."""

import numpy as np
import pytest

from helpers import evaluation
from helpers.lessons.genomics import risk


def test_a_score_that_explains_nothing_leaves_the_average():
    assert risk.risk_given(0.0, 0.0, 0.1) == pytest.approx(0.1)


def test_the_mean_risk_of_all_is_the_average():
    known = np.sqrt(0.2) * np.random.default_rng(1).normal(size=400_000)
    assert risk.risk_given(known, 0.2, 0.1).mean() == pytest.approx(0.1, abs=0.001)


def test_nobody_is_ill_before_thirty_and_the_lifetime_is_reached():
    np.testing.assert_allclose(risk.baseline(np.array([20, 30, 55, 80, 95]), 0.1), [0, 0, 0.025, 0.1, 0.1])


def test_the_band_holds_the_genetic_part_of_95_in_100():
    rng = np.random.default_rng(2)
    known, unknown = np.sqrt(0.2) * rng.normal(size=50_000), np.sqrt(0.3) * rng.normal(size=50_000)
    low, high = risk.genetic_interval(known, 0.2, 0.5)
    held = ((low < known + unknown) & (known + unknown < high)).mean()
    assert held == pytest.approx(0.95, abs=0.005)
    low, high = risk.genetic_interval(known, 0.6, 0.5)
    np.testing.assert_array_equal(low, high)


def test_the_clinic_has_the_ill_that_age_and_sex_foretell():
    rng = np.random.default_rng(3)
    score = rng.normal(size=40_000)
    people = risk.clinic(np.sqrt(0.2) * score + np.sqrt(0.8) * rng.normal(size=40_000), seed=4)
    young, old = people["age"] < 50, people["age"] > 70
    assert people.loc[old, "ill"].mean() > 4 * people.loc[young, "ill"].mean()
    assert people.groupby("sex")["ill"].mean()["M"] > people.groupby("sex")["ill"].mean()["F"]
    half = people.iloc[:20_000], people.iloc[20_000:]
    plain = risk.fit_risk(half[0], None)(half[1], None)
    both = risk.fit_risk(half[0], score[:20_000])(half[1], score[20_000:])
    labels = half[1]["ill"].to_numpy()
    areas = [evaluation.auc(labels, evaluation.two_columns(one)) for one in (plain, both)]
    assert areas[1] > areas[0] + 0.05
    assert both.mean() == pytest.approx(labels.mean(), abs=0.006)
