"""Logistic regression is scikit-learn's, a draw scatters as it should, and Rubin's rules give known numbers."""

import math

import numpy as np
import pytest
from scipy.special import expit
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (makes IterativeImputer known)
from sklearn.impute import IterativeImputer
from sklearn.linear_model import LogisticRegression

from helpers.lessons.missing_data.imputation import complete_by_draw, fit_logit, pool


def test_logistic_regression_is_that_of_scikit_learn_with_errors_that_simulation_confirms():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(400, 2))

    def fit(outcome):
        return fit_logit(np.column_stack([np.ones(400), features]), outcome)

    risk = expit(0.3 + features @ [1.0, -0.5])
    outcome = (rng.uniform(size=400) < risk).astype(int)
    line, covariance = fit(outcome)
    library = LogisticRegression(C=np.inf, tol=1e-10).fit(features, outcome)
    assert line == pytest.approx([library.intercept_[0], *library.coef_[0]], abs=1e-4)
    lines = [fit((rng.uniform(size=400) < risk).astype(int))[0] for _ in range(400)]
    assert np.sqrt(np.diag(covariance)) == pytest.approx(np.std(lines, axis=0), rel=0.15)


def test_a_draw_keeps_what_is_seen_and_scatters_around_the_line():
    rng = np.random.default_rng(2)
    known = rng.normal(size=(4000, 1))
    true = 2 * known[:, 0] + rng.normal(0, 0.7, 4000)
    holed = true[:, np.newaxis].copy()
    gone = rng.uniform(size=4000) < 0.5
    holed[gone] = np.nan
    whole = complete_by_draw(holed, 0, known, rng)
    assert np.array_equal(whole[~gone], holed[~gone])
    residual = whole[gone, 0] - 2 * known[gone, 0]
    assert residual.mean() == pytest.approx(0, abs=0.08)
    assert residual.std() == pytest.approx(0.7, abs=0.05)  # 0 were it the line itself
    assert np.isnan(holed[gone]).all()


def test_a_shift_moves_imputed_values_alone():
    holed = np.array([[1.0], [2.0], [np.nan], [4.0], [np.nan], [3.0]])
    known = np.arange(6.0)[:, np.newaxis]
    plain, moved = (complete_by_draw(holed, 0, known, np.random.default_rng(1), shift) for shift in (0, 1.5))
    assert moved[:, 0] - plain[:, 0] == pytest.approx([0, 0, 1.5, 0, 1.5, 0])


def test_few_seen_rows_make_the_line_itself_uncertain():
    """A draw that took the fitted line for true would scatter by the residual alone."""
    rng = np.random.default_rng(4)
    known = np.append(np.linspace(-1, 1, 8), 6.0)[:, np.newaxis]
    holed = np.append(known[:8, 0] + rng.normal(0, 0.5, 8), np.nan)[:, np.newaxis]
    far = [complete_by_draw(holed, 0, known, rng)[-1, 0] for _ in range(600)]
    assert np.std(far) > 1.0


def test_the_draws_of_scikit_learn_take_the_line_for_known():
    """Why the notebook does not send you there: tables drawn so agree too well, and their intervals are too short."""
    rng = np.random.default_rng(5)
    known = rng.normal(size=(200, 1))
    holed = np.column_stack([known[:, 0] + rng.normal(0, 1, 200), known])
    holed[rng.uniform(size=200) < expit(1.5 * known[:, 0]), 0] = np.nan
    library = [IterativeImputer(sample_posterior=True, random_state=k).fit_transform(holed) for k in range(40)]
    proper = [complete_by_draw(holed, 0, known, rng) for _ in range(40)]
    between = [np.var([table[:, 0].mean() for table in tables], ddof=1) for tables in (library, proper)]
    assert between[0] < 0.6 * between[1]


def test_rubins_rules_by_hand():
    one = pool([1.0, 3.0], [0.25, 2.25])
    assert (one.estimate, one.within, one.between) == (2.0, 1.25, 2.0)
    assert one.total == pytest.approx(1.25 + 1.5 * 2)
    assert one.owed_to_gaps == pytest.approx(3 / 4.25)
    assert one.freedom == pytest.approx(1 / (3 / 4.25) ** 2)


def test_the_degrees_of_freedom_of_the_manual():
    """SAS/STAT, PROC MI: with five imputations and a relative increase of 10 % they are 484."""
    spread = math.sqrt(0.1 / 1.2)
    estimates = spread * np.array([-1, -1, 0, 1, 1])
    assert pool(estimates, np.ones(5)).freedom == pytest.approx(484)
    assert pool(estimates, np.ones(5), 30).freedom < 30


def test_without_disagreement_the_interval_is_that_of_one_table():
    one = pool([2.0, 2.0, 2.0], [0.25] * 3)
    assert one.owed_to_gaps == 0
    assert one.interval().high == pytest.approx(2 + 1.96 * 0.5, abs=1e-3)
    assert pool([2.0, 2.0, 2.0], [0.25] * 3, 10).freedom == pytest.approx(11 / 13 * 10)


@pytest.mark.parametrize("answer", [([1.0], [1.0]), ([1.0, 2.0], [1.0])])
def test_one_estimate_or_a_lacking_variance_is_refused(answer):
    with pytest.raises(ValueError, match="two estimates or more"):
        pool(*answer)
